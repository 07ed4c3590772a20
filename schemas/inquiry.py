"""How a verification request travels, and how it becomes an `Inquiry`: every error at once, or none.

Care is asked for in one of two forms, never both: fields of one stretch of care (`level_of_care`,
`start_date` …), or `phases`. `Known` is what the request is held against: payers, sites, today.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from schemas.benefits import build_tellings, check_told
from schemas.coverages import (
    MOST_COVERAGES,
    HeldCoverageSchema,
    check_coverage,
    check_forms,
    each_coverage,
    in_short_form,
)
from schemas.fields import Day
from schemas.known import (
    NETWORKED_LINES,
    Known,
    PayerCard,
    SiteCard,
    find_network,
    find_plan,
    member_id_fits,
    suggest_payers,
    suggest_sites,
    written_member_id,
)
from schemas.model import (
    CONDITIONS,
    INJURIES,
    MODALITIES,
    NETWORKS,
    PARENTS,
    SELF_PAY,
    Benefits,
    Inquiry,
    Phase,
    Secondary,
    Step,
)
from schemas.people import MemberSchema, build_person, check_person
from schemas.phases import CARE_FIELDS, MOST_PHASES, CareSchema, PhaseSchema, build_phase, check_phases
from schemas.problem import Complaints, read_shape
from schemas.shapes import Choice, Flag, Items, Part, Shape, Text, Verbatim, about
from schemas.told import TOLD_BENEFITS, ToldBenefitsSchema

__all__ = ["VERIFICATION_REQUEST", "Known", "PayerCard", "SiteCard", "load_inquiry"]

Body = Mapping[str, Any]
REPLY_FORMATS = ("x12_271",)
LONGEST_REPLY = 1_000_000
# Fields that mean the same inside as outside.
COPIED = (
    *("condition", "modality", "parents", "injury"),
    *("live", "trace", "as_of", "case_id", "external_id"),
)


class SecondarySchema(Shape):
    """A second coverage of the same person."""

    payer = Text(80, required=True)
    plan = Text(120, load_default=None)
    member_id = Text(40, load_default=None)
    told_benefits = Part(ToldBenefitsSchema(), load_default=None)


class PayerReplySchema(Shape):
    """A payer's reply that the caller already has, from a portal or another system."""

    format = Choice(REPLY_FORMATS, required=True)
    content = Verbatim(LONGEST_REPLY, required=True, metadata=about("The whole file, as it came."))


class VerificationRequestSchema(CareSchema):
    """A verification request: payer, member and the care asked for; all the rest has defaults."""

    case_id = Text(64, load_default=None, metadata=about("The case it belongs to; opened if not given."))
    external_id = Text(100, load_default=None, metadata=about("Its id in another system."))
    payer = Text(
        80, metadata=about("A payer's id, such as `medicare` or `cigna`; needed without `coverages`.")
    )
    plan = Text(120, load_default=None, metadata=about("A plan's id; one the library lacks only warns."))
    network = Choice(
        NETWORKS, load_default=None, metadata=about("What was told, else the site's profile, else `in`.")
    )
    site = Text(80, load_default=None, metadata=about("A site's id; the clinic's default site if not given."))
    member = Part(MemberSchema(), required=True)
    condition = Choice(CONDITIONS, load_default="mental_health")
    modality = Choice(MODALITIES, load_default="in_person")
    phases = Items(
        Part(PhaseSchema()),
        most=MOST_PHASES,
        least=1,
        load_default=None,
        metadata=about(
            "Several stretches of care in order, instead of `level_of_care` and what goes with it."
        ),
    )
    secondary = Part(
        SecondarySchema(), load_default=None, metadata=about("The coverage that pays after `payer`.")
    )
    coverages = Items(
        Part(HeldCoverageSchema()),
        most=MOST_COVERAGES,
        least=1,
        load_default=None,
        metadata=about("The member's coverages in any order, instead of `payer` and what goes with it."),
    )
    parents = Choice(
        PARENTS, load_default=None, metadata=about("Of a child on two plans: whether they live together.")
    )
    injury = Choice(
        INJURIES, load_default=None, metadata=about("An injury that another insurer answers for, or `none`.")
    )
    told_benefits = Part(
        ToldBenefitsSchema(),
        load_default=None,
        metadata=about("What was said: a key left out was not said, null was said to be none."),
    )
    payer_reply = Part(
        PayerReplySchema(),
        load_default=None,
        metadata=about("A reply about this member that is at hand; the payer is not asked then."),
    )
    live = Flag(load_default=True, metadata=about("False never leaves the machine."))
    trace = Flag(load_default=False, metadata=about("Show the arithmetic of every session."))
    as_of = Day(load_default=None, metadata=about("Answer from the rulebook last in use on this day."))


VERIFICATION_REQUEST = VerificationRequestSchema()


def load_inquiry(
    data: Any, known: Known, told: Sequence[Mapping[str, Any]] = ()
) -> tuple[Inquiry, list[Step]]:
    """Turn a request as it travels into an inquiry and the warnings it gives rise to.

    `told` holds what was told later, as it travels; it is merged with the request's own telling by the
    times of the calls. Raises `BadRequest` with every error of the request.
    """
    complaints = Complaints()
    body = read_shape(VERIFICATION_REQUEST, data, complaints)
    check_forms(data, complaints)
    later = [_read_telling(telling, index, complaints) for index, telling in enumerate(told)]
    phases = list(_care(data, body, complaints))
    _check(body, phases, known, complaints)
    complaints.raise_any()
    body = in_short_form(body, known)
    own = body["told_benefits"]
    tellings = [*([own] if own else []), *later]
    benefits = build_tellings(tellings, known.zone) if tellings else None
    inquiry, warnings = _build(body, tuple(build_phase(phase) for _, phase in phases), benefits, known)
    return inquiry, [*warnings, *_told_warnings(tellings, known)]


def _read_telling(telling: Any, index: int, complaints: Complaints) -> dict[str, Any]:
    complaints.root = f"/told/{index}"
    valid = read_shape(TOLD_BENEFITS, telling, complaints)
    check_told("", valid, complaints)
    complaints.root = ""
    return valid


def _care(data: Any, body: Body, complaints: Complaints) -> Iterator[tuple[str, Body]]:
    """Yield each phase asked for with its pointer, whichever of the two forms it came in."""
    given = data if isinstance(data, Mapping) else {}
    raw_phases = given.get("phases")
    single = [name for name in CARE_FIELDS if given.get(name) is not None]
    if raw_phases is not None:
        for name in single:
            complaints.add(
                f"/{name}",
                "care_given_twice",
                "cannot stand beside phases; say it in the phase it belongs to",
            )
        # What is valid of the phases leaves out those that are null: pair them by what was sent.
        listed = raw_phases if isinstance(raw_phases, list) else []
        sent = [index for index, phase in enumerate(listed) if phase is not None]
        for index, phase in zip(sent, body.get("phases") or (), strict=False):
            yield f"/phases/{index}", phase
    elif "level_of_care" in single:
        yield "", {name: body[name] for name in CARE_FIELDS if name in body}
    else:
        complaints.add(
            "/level_of_care", "care_missing", "is missing; give it with start_date, or give phases instead"
        )


def _check(body: Body, phases: list[tuple[str, Body]], known: Known, complaints: Complaints) -> None:
    """Check what no field can see alone, as far as the fields are valid."""
    check_phases(phases, known.today, complaints)
    first_day = phases[0][1].get("start_date") if phases else None
    member = body.get("member") or {}
    check_person("/member", member, known.today, first_day, complaints)
    check_person("/member/subscriber", member.get("subscriber") or {}, known.today, None, complaints)
    if body.get("site") is not None and body["site"] not in known.sites:
        complaints.add("/site", "unknown_site", suggest_sites(known, body["site"]))
    _check_payer("", body, "/member/member_id", member.get("member_id"), known, complaints)
    if "member" in body and member.get("member_id") is None and not _pays_alone(body, known):
        complaints.add("/member/member_id", "required", "is missing; give a value")
    check_told("/told_benefits", body.get("told_benefits") or {}, complaints)
    second = body.get("secondary")
    if second:
        _check_payer("/secondary", second, "/secondary/member_id", second.get("member_id"), known, complaints)
        check_told("/secondary/told_benefits", second.get("told_benefits") or {}, complaints)
    for index, (pointer, one) in enumerate(each_coverage(body)):
        own_id, place = one.get("member_id"), f"{pointer}/member_id"
        if own_id is None and index == 0:
            own_id, place = member.get("member_id"), "/member/member_id"
        _check_payer(pointer, one, place, own_id, known, complaints)
        check_told(f"{pointer}/told_benefits", one.get("told_benefits") or {}, complaints)
        check_coverage(pointer, one, complaints)


def _pays_alone(body: Body, known: Known) -> bool:
    card = known.payers.get(body.get("payer", ""))
    return card is not None and card.line_of_business == SELF_PAY


def _check_payer(
    pointer: str, body: Body, id_pointer: str, member_id: str | None, known: Known, complaints: Complaints
) -> None:
    if "payer" not in body:
        return
    card = known.payers.get(body["payer"])
    if card is None:
        complaints.add(f"{pointer}/payer", "unknown_payer", suggest_payers(known, body["payer"]))
    elif member_id is not None and card.member_id_strict and not member_id_fits(card, member_id):
        hint = card.member_id_hint or "the shape printed on the card"
        complaints.add(id_pointer, "member_id_shape", f"must have the shape that {card.name} uses: {hint}")


def _build(
    body: Body, phases: tuple[Phase, ...], told: Benefits | None, known: Known
) -> tuple[Inquiry, list[Step]]:
    card = known.payers[body["payer"]]
    warnings: list[Step] = []
    plan = find_plan(card, body["plan"], warnings)
    given = body["member"]["member_id"]
    member_id = written_member_id(card, given, warnings) if given else None
    member = build_person(body["member"], member_id)
    if member.relationship != "self" and member.subscriber is None:
        warnings.append(Step("subscriber_missing", {}))
    site = body["site"] or known.default_site
    inquiry = Inquiry(
        payer=card.id,
        member=member,
        phases=phases,
        site=site,
        plan=plan,
        network=body["network"] or _network(known.sites[site], card, plan, told, warnings),
        secondary=_secondary(body["secondary"], known, warnings),
        coverages=body["held"],
        told=told,
        payer_reply=body["payer_reply"]["content"] if body["payer_reply"] else None,
        **{name: body[name] for name in COPIED},
    )
    return inquiry, warnings


def _network(
    site: SiteCard, card: PayerCard, plan: str | None, told: Benefits | None, warnings: list[Step]
) -> str:
    network = find_network(site, card.id, plan, told)
    if network is None and card.line_of_business in NETWORKED_LINES:
        warnings.append(Step("network_defaulted", {"payer": card.name, "network": "in"}))
    return network or "in"


def _secondary(body: Body | None, known: Known, warnings: list[Step]) -> Secondary | None:
    if body is None:
        return None
    card = known.payers[body["payer"]]
    told, member_id = body["told_benefits"], body["member_id"]
    return Secondary(
        payer=card.id,
        plan=find_plan(card, body["plan"], warnings),
        member_id=written_member_id(card, member_id, warnings) if member_id else None,
        told=build_tellings([told], known.zone) if told else None,
    )


def _told_warnings(tellings: Sequence[Body], known: Known) -> Iterator[Step]:
    """Warn of a telling from the future, and of what was told that the arithmetic does not know."""
    if any(telling["told_by"]["at"].astimezone(known.zone).date() > known.today for telling in tellings):
        yield Step("told_in_future", {})
    if any(telling.get("out_of_pocket_includes_deductible") is False for telling in tellings):
        yield Step("deductible_outside_out_of_pocket", {})
