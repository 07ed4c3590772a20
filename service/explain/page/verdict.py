"""The first part of a page: whether the member is confirmed, what the plan covers, what to authorize."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.known import NETWORKED_LINES
from schemas.model import SELF_PAY
from service.explain.page.layout import STEP, WIDTH, bullets, heading, line, numbered
from service.explain.page.reader import Answer, Reader, cited, contact_line

# A status is never a color alone: a word and a shape.
COVERAGE_SHAPES = {"covered": "●", "not_covered": "○", "undetermined": "◐"}
AUTHORIZATION_SHAPES = {"required": "■", "notification": "□", "not_required": "○", "undetermined": "◐"}
NOT_CONFIRMED = "◌"
# What decides which plan is to be asked at all.
ASKED_FIRST = (
    "ask_medicare_advantage",
    "ask_managed_care_plan",
    "ask_qmb",
    "ask_other_coverage",
    "ask_active",
)
CODES = ("codes", "revenue_codes", "bill_type", "place_of_service", "modifiers", "condition_code")


def is_confirmed(answer: Answer) -> bool:
    """Whether anyone confirmed this member; a part of an answer that does not say so is not confirmed.

    Who pays alone is nobody's member, so there is nothing left to confirm.
    """
    if pays_alone(answer):
        return True
    return bool(answer.get("eligibility", {}).get("status", "undetermined") != "undetermined")


def pays_alone(answer: Answer) -> bool:
    """Whether the patient pays without any insurance, so that nobody covers the care or refuses it."""
    return bool(answer.get("payer", {}).get("line_of_business") == SELF_PAY)


def coverage_names(answer: Answer, unconfirmed: str = "plan_coverage") -> str:
    """Return under which heading the words for coverage stand; `unconfirmed` speaks of the plan alone."""
    if pays_alone(answer):
        return "own_pay"
    return "coverage_status" if is_confirmed(answer) else unconfirmed


def opening(answer: Answer, reader: Reader) -> Iterator[str]:
    """Yield who and what the page is about; where nobody confirmed the member, that comes first."""
    if not is_confirmed(answer):
        yield f"{NOT_CONFIRMED} {reader.label('membership_not_confirmed').upper()}"
        yield from line(reader.label("membership_not_confirmed_means"))
        asked = asked_first(answer, reader)
        if asked:
            yield from line(reader.label("ask_first"))
            yield from numbered(asked, depth=2)
        yield ""
    yield from line(" · ".join(_about(answer, reader)), depth=0)
    yield "─" * WIDTH
    if is_confirmed(answer) and not pays_alone(answer):
        yield from _membership(answer["eligibility"], reader)


def asked_first(answer: Answer, reader: Reader) -> list[str]:
    """Return the questions that come before all others, in words."""
    return [
        reader.sentence(question) for question in answer["call_script"] if question["code"] in ASKED_FIRST
    ]


def _about(answer: Answer, reader: Reader) -> Iterator[str]:
    member = answer.get("request", {}).get("member", {})
    if member.get("first_name"):
        yield f"{member['first_name']} {(member.get('last_name') or '')[:1]}.".replace(" .", "")
    yield answer["payer"]["name"]
    if answer["plan"] is not None:
        yield answer["plan"]["name"] or answer["plan"]["id"]
    if answer["payer"]["line_of_business"] in NETWORKED_LINES:
        yield reader.words.name("network", answer["network"])
    yield answer["site"]
    yield reader.label("from", date=reader.words.date(answer["phases"][0]["start_date"]))


def _membership(eligibility: Answer, reader: Reader) -> Iterator[str]:
    words = reader.words
    text = reader.label(
        "membership",
        status=words.name("eligibility_status", eligibility["status"]),
        basis=words.name("basis", eligibility["basis"]),
    )
    start, end = eligibility["coverage_start"], eligibility["coverage_end"]
    if start is not None:
        until = words.date(end) if end is not None else None
        text += "; " + reader.label("coverage_dates", start=words.date(start), end=until)
    yield from line(cited(text, eligibility["citations"]), depth=0)


def coverage(answer: Answer, reader: Reader) -> Iterator[str]:
    """Yield the verdict on each phase, with its reasons and limits."""
    words, names = reader.words, coverage_names(answer)
    yield from heading(reader.label("verdict"))
    for phase in answer["phases"]:
        status = phase["coverage"]["status"]
        level = words.name("level_title", phase["level_of_care"])
        yield f"{STEP}{COVERAGE_SHAPES[status]} {words.name(names, status).upper()}"
        dates = reader.label(
            "sessions_from_to",
            sessions=words.count("session", phase["sessions"]),
            start=words.date(phase["start_date"]),
            end=words.date(phase["end_date"]),
        )
        yield from line(f"{level} · {dates}", depth=2)
        yield from bullets([reader.sentence(reason) for reason in phase["coverage"]["reasons"]], depth=2)
        yield from bullets([limit_line(limit, reader) for limit in phase["coverage"]["limits"]], depth=2)


def limit_line(limit: Answer, reader: Reader) -> str:
    """Return a limit of visits, days or hours, in one line."""
    text = reader.label(
        "limit",
        units=reader.words.count(limit["unit"], limit["units"]),
        period=reader.words.name("period", limit["period"]),
        used=limit["used"],
        remaining=limit["remaining"],
    )
    return cited(text, limit["citations"])


def authorization(answer: Answer, reader: Reader) -> Iterator[str]:
    """Yield what is known of prior authorization for each phase, and the codes of its claim."""
    yield from heading(reader.label("prior_authorization"))
    for phase in answer["phases"]:
        asked = phase["prior_authorization"]
        name = reader.words.name("authorization_status", asked["status"]).upper()
        yield f"{STEP}{AUTHORIZATION_SHAPES[asked['status']]} {name}"
        yield from line(reader.words.name("level_title", phase["level_of_care"]), depth=2)
        yield from bullets([reader.sentence(reason) for reason in asked["reasons"]], depth=2)
        if phase["coverage"]["status"] != "not_covered":
            yield from bullets([*terms(asked, reader)], depth=2)
        if phase["billing"] is not None:
            yield from bullets([billing_line(phase["billing"], reader)], depth=2)
    if answer["administrator"] is not None:
        named = reader.label("administrator", contact=contact_line(answer["administrator"]))
        yield from line(cited(named, answer["administrator"]["citations"]))


def terms(asked: Answer, reader: Reader) -> Iterator[str]:
    """Yield what is known of asking for an authorization: where, until when, for how much."""
    label, words = reader.label, reader.words
    if asked["contact"] is not None:
        yield label("contact", contact=contact_line(asked["contact"]))
    if asked["submit_by"] is not None:
        late = f" ({label('late')})" if asked["late"] else ""
        yield label("submit_by", date=words.date(asked["submit_by"])) + late
    due = asked["decision_due"] or {}
    if due.get("standard"):
        yield label("decision_due", date=words.date(due["standard"]))
    if due.get("expedited"):
        day, time = reader.moment(due["expedited"])
        yield label("decision_due_expedited", date=day, time=time)
    first, review = asked["initial_authorization"], asked["concurrent_review"]
    if first is not None:
        yield label("initial_units", units=words.count(first["unit"] or "day", first["units"]))
    if review is not None:
        yield label("review_every", days=words.count("day", review["every_days"]))
    if asked["retro_allowed"] is not None:
        yield label("retro_allowed" if asked["retro_allowed"] else "retro_not_allowed")
    for name in ("criteria", "documents"):
        if asked[name]:
            yield cited(label(name, list="; ".join(asked[name])), asked["citations"])


def billing_line(billing: Answer, reader: Reader) -> str:
    """Return the codes of the claim, in one line."""
    parts = []
    for name in CODES:
        value = billing[name]
        if value:
            listed = value if isinstance(value, str) else ", ".join(value)
            parts.append(reader.label(f"billing_{name}", list=listed))
    return cited(reader.label("billing", list="; ".join(parts)), billing["citations"])
