"""The letter to the patient: one page, in plain words, in the patient's language.

It says what a plan covers, never that a person is covered whom nobody confirmed; amounts with what could
change them; and no promise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from service.documents.matter import Answer, Matter
from service.explain.page.reader import capitalized
from service.explain.page.verdict import is_confirmed, pays_alone

NONE = "0.00"


@dataclass(frozen=True, slots=True)
class Letter:
    """The content of a letter, in words; `amounts` is what there is to pay, each with when.

    `title` and `heading` are codes of labels: of a plan, or of paying without one.
    """

    title: str
    heading: str
    to: str
    on: str
    intro: str
    covers: Sequence[str]
    amounts: Sequence[tuple[str, str]]
    about_amounts: Sequence[str]
    changes: Sequence[str]
    next: Sequence[str]


def write_letter(matter: Matter) -> Letter:
    """Write the letter about a verification."""
    member = matter.request["member"]
    alone = pays_alone(matter.shown)
    return Letter(
        title="title_letter_alone" if alone else "title_letter",
        heading="letter_plan_alone" if alone else "letter_plan",
        to=" ".join(member[part] for part in ("first_name", "last_name") if member.get(part)),
        on=matter.reader.words.date(matter.local(matter.shown["created_at"]).date()),
        intro=_intro(matter),
        covers=[*_covers(matter)],
        amounts=[*_amounts(matter)],
        about_amounts=[*_about_amounts(matter)],
        changes=[*_changes(matter)],
        next=[*_next(matter)],
    )


def _intro(matter: Matter) -> str:
    shown, words = matter.shown, matter.reader.words
    site, plan = matter.site, shown["plan"]
    return matter.label(
        "letter_intro_alone" if pays_alone(shown) else "letter_intro",
        payer=shown["payer"]["name"],
        plan=plan["name"] if plan else None,
        care=_care([one["level_of_care"] for one in shown["phases"]], matter),
        site=site.name if site else matter.clinic.name,
        date=words.date(shown["phases"][0]["start_date"]),
    )


def _care(levels: Sequence[str], matter: Matter) -> str:
    """Return levels of care as they follow one another, each once."""
    names = [matter.reader.words.name("level", level) for level in dict.fromkeys(levels)]
    joined = names[0]
    for name in names[1:]:
        joined = matter.label("letter_then", care=joined, next=name)
    return joined


def _covers(matter: Matter) -> Iterator[str]:
    """Yield what the plan pays for and whether it must agree first, each for all levels it is true of."""
    shown, confirmed = matter.shown, is_confirmed(matter.shown)
    if pays_alone(shown):
        levels = [phase["level_of_care"] for phase in shown["phases"]]
        yield matter.label("letter_self_pay", care=_care(levels, matter))
        return
    if shown["eligibility"]["status"] == "inactive":
        yield matter.label("letter_inactive")
        return
    for status, levels in _by_status("coverage", shown["phases"]).items():
        known = "_confirmed" if confirmed and status == "covered" else ""
        yield matter.label(f"letter_{status}{known}", care=_care(levels, matter))
    if not confirmed:
        yield matter.label("letter_not_confirmed")
    open_to_it = [one for one in shown["phases"] if one["coverage"]["status"] != "not_covered"]
    for status, levels in _by_status("prior_authorization", open_to_it).items():
        yield matter.label(f"letter_authorization_{status}", care=_care(levels, matter))


def _by_status(part: str, phases: Sequence[Answer]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for phase in phases:
        found.setdefault(phase[part]["status"], []).append(phase["level_of_care"])
    return found


def _amounts(matter: Matter) -> Iterator[tuple[str, str]]:
    estimate, words = matter.shown["estimate"], matter.reader.words
    if estimate["expected"] is None:
        return
    first, typical = estimate["first_session"], estimate["typical_session"]
    start = words.date(matter.shown["phases"][0]["start_date"])
    if first is not None and typical is not None and Decimal(first) != Decimal(typical):
        yield matter.label("letter_first_day", date=start), words.money(first)
        yield matter.label("letter_later_days"), words.money(typical)
    elif first is not None:
        yield matter.label("letter_every_day"), words.money(first)
    phases = _by_level(estimate["by_phase"])
    if len(phases) > 1:
        for level, (sessions, amount) in phases.items():
            name = capitalized(words.name("level", level))
            visits = words.count("visit", sessions)
            yield matter.label("letter_of_level", care=name, visits=visits), matter.reader.money(amount)
    visits = words.count("visit", estimate["sessions"])
    yield matter.label("letter_in_all", visits=visits), words.money(estimate["expected"])


def _by_level(phases: Sequence[Answer]) -> Mapping[str, tuple[int, str | None]]:
    """Return visits and amount of each level of care, whatever stretches they come in."""
    found: dict[str, tuple[int, str | None]] = {}
    for phase in phases:
        visits, amount = found.get(phase["level_of_care"], (0, NONE))
        known = amount is not None and phase["patient"] is not None
        together = f"{Decimal(amount or 0) + Decimal(phase['patient']):.2f}" if known else None
        found[phase["level_of_care"]] = (visits + phase["sessions"], together)
    return found


def _about_amounts(matter: Matter) -> Iterator[str]:
    shown, words = matter.shown, matter.reader.words
    estimate = shown["estimate"]
    if estimate["expected"] is None:
        yield matter.label("letter_no_amount")
        return
    low, high = estimate["low"], estimate["high"]
    if low is not None and high is not None and low != high:
        yield matter.label("letter_range", low=words.money(low), high=words.money(high))
    elif high is None:
        yield matter.label("letter_no_most")
    if _has_open_deductible(matter):
        yield matter.label("letter_deductible")
    if all(one["coverage"]["status"] == "not_covered" for one in shown["phases"]):
        yield matter.label("letter_own_price")
    if estimate["balance_billing"] != NONE:
        extra = estimate["balance_billing"]
        yield matter.label("letter_balance", amount=words.money(extra) if extra else None)
    if shown["collect"]["allowed"] == "no":
        yield matter.label("letter_nothing_first")


def _has_open_deductible(matter: Matter) -> bool:
    """Whether some of a yearly deductible may still be the patient's to pay."""
    comes_first = any(step["code"] == "deductible_first" for step in matter.shown["steps"])
    pot = matter.shown["accumulators"]["deductible"]["individual"]
    open_ = pot is not None and not pot["unlimited"] and pot["remaining"] != NONE
    return comes_first and open_ and pot["limit"] not in (NONE, pot["met"])


def _changes(matter: Matter) -> Iterator[str]:
    shown = matter.shown
    if not is_confirmed(shown):
        yield matter.label("letter_change_membership")
    undecided = any(
        phase["prior_authorization"]["status"] in ("required", "undetermined")
        for phase in shown["phases"]
        if phase["coverage"]["status"] != "not_covered"
    )
    if undecided:
        yield matter.label("letter_change_authorization")
    yield matter.label("letter_change_visits")
    if not all(phase["coverage"]["status"] == "not_covered" for phase in shown["phases"]):
        yield matter.label("letter_change_bills")
        if shown["phases"][0]["start_date"][:4] != shown["phases"][-1]["end_date"][:4]:
            yield matter.label("letter_change_year")
        yield matter.label("letter_change_plan")


def _next(matter: Matter) -> Iterator[str]:
    yield matter.label("letter_call_us", clinic=matter.clinic.name, phone=matter.clinic.phone)
    if pays_alone(matter.shown):
        yield matter.label("letter_good_faith_estimate")
        return
    contact = matter.shown["contact"] or {}
    yield matter.label("letter_call_plan", payer=matter.shown["payer"]["name"], phone=contact.get("phone"))
    yield matter.label("letter_bring")
