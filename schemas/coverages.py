"""How a person's coverages travel: a list in any order, and what the order of payment hangs on.

A list and the short form (`payer` and `secondary`) say the same, so only one of them may be given. A list
is put in order, and goes on as the short form of the two that pay first and second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from schemas.fields import Birthday, Day
from schemas.known import Known
from schemas.model import (
    COVERAGE_BASES,
    CUSTODIES,
    ENTITLEMENTS,
    NETWORKS,
    RELATIONSHIPS,
    HeldCoverage,
    Payer,
)
from schemas.problem import Complaints
from schemas.shapes import Choice, Flag, Part, Shape, Text, Whole, about
from schemas.told import ToldBenefitsSchema

MOST_COVERAGES = 5
MOST_EMPLOYEES = 10_000_000
SHORT_FORM = ("payer", "plan", "network", "secondary", "told_benefits", "payer_reply")

Body = Mapping[str, Any]


class CoverageSubscriberSchema(Shape):
    """Whose coverage it is, as far as the order hangs on it."""

    relationship = Choice(
        RELATIONSHIPS, load_default=None, metadata=about("What the member is to the subscriber.")
    )
    birth_date = Birthday(load_default=None, metadata=about("Month and day are enough: `MM-DD`."))
    custody = Choice(
        CUSTODIES,
        load_default=None,
        metadata=about("Of a child whose parents are apart; `spouse`: married to whoever has custody."),
    )
    court_order = Flag(
        load_default=None,
        allow_none=True,
        metadata=about("Whether a court order makes the subscriber answer for the child's health care."),
    )


class EmployerSizeSchema(Shape):
    """How many people the employer has: a number, or between which numbers."""

    employees = Whole(1, MOST_EMPLOYEES, load_default=None, allow_none=True)
    at_least = Whole(0, MOST_EMPLOYEES, load_default=None, allow_none=True)
    below = Whole(1, MOST_EMPLOYEES, load_default=None, allow_none=True)


class HeldCoverageSchema(Shape):
    """One of the member's coverages; what is left out was not said, and is asked where it matters."""

    payer = Text(80, required=True, metadata=about("A payer's id."))
    plan = Text(120, load_default=None)
    member_id = Text(40, load_default=None)
    network = Choice(NETWORKS, load_default=None)
    told_benefits = Part(ToldBenefitsSchema(), load_default=None)
    subscriber = Part(CoverageSubscriberSchema(), load_default=None)
    basis = Choice(COVERAGE_BASES, load_default=None, metadata=about("How the subscriber has it."))
    employer_size = Part(EmployerSizeSchema(), load_default=None)
    effective_date = Day(load_default=None, metadata=about("Since when it covers the subscriber."))
    entitlement = Choice(ENTITLEMENTS, load_default=None, metadata=about("Why the member has Medicare."))
    esrd_start = Day(
        load_default=None,
        metadata=about("A day of the first month in which ESRD makes the member eligible for Medicare."),
    )
    place = Whole(
        1,
        MOST_COVERAGES,
        load_default=None,
        allow_none=True,
        metadata=about("In which place a payer said that it pays: 1 is first."),
    )


def check_forms(data: Any, complaints: Complaints) -> None:
    """Check that coverages were given in one form: a list, or a payer with what goes with it."""
    given = data if isinstance(data, Mapping) else {}
    if given.get("coverages") is None:
        if "payer" not in given and isinstance(data, Mapping):
            complaints.add("/payer", "required", "is missing; give a value, or give coverages instead")
        return
    for name in SHORT_FORM:
        if given.get(name) is not None:
            message = "cannot stand beside coverages; say it in the coverage it belongs to"
            complaints.add(f"/{name}", "coverage_given_twice", message)


def check_coverage(pointer: str, coverage: Body, complaints: Complaints) -> None:
    """Check what no field of a coverage can see alone."""
    size = coverage.get("employer_size") or {}
    employees, least, below = (size.get(name) for name in ("employees", "at_least", "below"))
    is_range = least is not None or below is not None
    if is_range == (employees is not None) and size:
        message = "must say employees, or at_least and below"
        complaints.add(f"{pointer}/employer_size", "employer_size_unclear", message)
    elif least is not None and below is not None and least >= below:
        message = "must be of at_least less than below"
        complaints.add(f"{pointer}/employer_size", "employer_size_unclear", message)


def in_short_form(body: Body, known: Known) -> dict[str, Any]:
    """Return valid data with its list of coverages in order, as a payer and a secondary one.

    `held` is added: what was said of every coverage, as they were sent.
    """
    sent = body["coverages"]
    if not sent:
        return {**body, "held": ()}
    held = tuple(_hold(coverage, known) for coverage in sent)
    order = _order(body, held, known)
    first, *rest = (sent[index] for index in order)
    member = dict(body["member"])
    # The member's own id is one of the first coverage sent: no other payer may be sent it.
    member["member_id"] = first["member_id"] or (member["member_id"] if order[0] == 0 else None)
    member["relationship"] = (first["subscriber"] or {}).get("relationship") or member["relationship"]
    second = (
        {name: rest[0][name] for name in ("payer", "plan", "member_id", "told_benefits")} if rest else None
    )
    return {
        **body,
        **{name: first[name] for name in ("payer", "plan", "network", "told_benefits")},
        "member": member,
        "secondary": second,
        "held": held,
    }


def told_with(request: Body, answer: Body) -> Body | None:
    """Return what was told with a valid request of the coverage that its answer takes to pay first."""
    sent = request.get("coverages")
    if not sent:
        own: Body | None = request.get("told_benefits")
        return own
    order = (answer["coordination"] or {}).get("order") or [{"coverage": 0}]
    told: Body | None = sent[order[0]["coverage"]].get("told_benefits")
    return told


def _order(body: Body, held: tuple[HeldCoverage, ...], known: Known) -> Sequence[int]:
    if known.arrange is None:
        return range(len(held))
    phases = body["phases"] or [body]
    start = phases[0]["start_date"]
    return known.arrange(held, body["member"]["birth_date"], body["parents"], body["injury"], start)


def _hold(coverage: Body, known: Known) -> HeldCoverage:
    card = known.payers[coverage["payer"]]
    subscriber = coverage["subscriber"] or {}
    return HeldCoverage(
        payer=Payer(card.id, card.name, card.line_of_business),
        plan=coverage["plan"],
        relationship=subscriber.get("relationship"),
        birthday=subscriber.get("birth_date"),
        custody=subscriber.get("custody"),
        court_order=subscriber.get("court_order"),
        basis=coverage["basis"],
        employees=_employees(coverage["employer_size"]),
        since=coverage["effective_date"],
        entitlement=coverage["entitlement"],
        esrd_start=coverage["esrd_start"],
        place=coverage["place"],
    )


def _employees(size: Body | None) -> tuple[int, int | None] | None:
    if size is None:
        return None
    employees: int | None = size["employees"]
    return (employees, employees + 1) if employees is not None else (size["at_least"] or 0, size["below"])


def each_coverage(body: Body) -> Iterator[tuple[str, Body]]:
    """Yield each coverage of a list with its pointer."""
    for index, coverage in enumerate(body.get("coverages") or ()):
        yield f"/coverages/{index}", coverage
