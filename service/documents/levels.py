"""What is known of each level of care asked about: authorization, share, cost, limits and claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.documents.form import Cell
from service.documents.matter import NOT_SAID, Answer, Matter, answered
from service.explain.page.reader import capitalized, contact_line
from service.explain.page.verdict import billing_line, coverage_names, limit_line

Rows = Iterator[tuple[str, Cell]]
OF_THE_PROVIDER = ("setting_not_covered", "modality_not_covered")
SHARES = {
    "copay": ("copay", "share_changes"),
    "coinsurance": ("coinsurance",),
    "deductible_applies": ("deductible_first", "deductible_waived"),
}
"""The steps of an answer that say what a share is."""

BESIDE = {"copay": "coinsurance", "coinsurance": "copay"}
RATES = ("allowed_amount", "level_not_priced", "not_on_fee_schedule")


def levels(matter: Matter) -> list[dict[str, Cell]]:
    """Return every field of every level of care that was asked about, in the order of care."""
    sections = (_verdict, _authorization, _shares, _cost, _limits, _claim)
    return [
        {field: cell for section in sections for field, cell in section(index, matter)}
        for index in range(len(matter.shown["phases"]))
    ]


def _phase(index: int, matter: Matter) -> Answer:
    phase: Answer = matter.shown["phases"][index]
    return phase


def _refused(phase: Answer) -> bool:
    return bool(phase["coverage"]["status"] == "not_covered")


def _verdict(index: int, matter: Matter) -> Rows:
    phase, words = _phase(index, matter), matter.reader.words
    status = phase["coverage"]["status"]
    if status == "undetermined":
        yield "level_covered", matter.ask_plan()
    else:
        names = coverage_names(matter.shown, "plan_coverage_short")
        reasons = [number for reason in phase["coverage"]["reasons"] for number in reason["citations"]]
        yield "level_covered", answered(capitalized(words.name(names, status)), sorted({*reasons}))
    yield (
        "level_dates",
        answered(
            matter.reader.label(
                "sessions_from_to",
                sessions=words.count("session", phase["sessions"]),
                start=matter.day(phase["start_date"]),
                end=matter.day(phase["end_date"]),
            )
        ),
    )


def _authorization(index: int, matter: Matter) -> Rows:
    phase, words = _phase(index, matter), matter.reader.words
    asked, status = phase["prior_authorization"], phase["prior_authorization"]["status"]
    if _refused(phase):
        yield "authorization_required", matter.not_applicable()
    elif status == "undetermined":
        yield "authorization_required", matter.ask_plan()
    else:
        yield (
            "authorization_required",
            answered(capitalized(words.name("authorization_short", status)), asked["citations"]),
        )
    terms = dict(_terms(asked, _level(phase, matter, "authorization"), matter))
    applies = not _refused(phase) and status != "not_required"
    for field, text in terms.items():
        if not applies:
            yield field, matter.not_applicable()
        else:
            yield field, answered(text) if text else matter.ask_plan()


def _terms(asked: Answer, told: Any, matter: Matter) -> Iterator[tuple[str, str]]:
    """Yield what is known of asking for an authorization; empty where nothing is."""
    words, told = matter.reader.words, told if isinstance(told, Mapping) else {}
    contact, administrator = asked["contact"], matter.shown["administrator"]
    yield "authorization_contact", contact_line(contact) if contact else ""
    decides = administrator or (contact if asked["status"] == "required" else None)
    yield "authorization_decides", (decides or {}).get("name") or ""
    yield "authorization_criteria", "; ".join(asked["criteria"])
    first, review = asked["initial_authorization"], asked["concurrent_review"]
    yield "authorization_first", words.count(first["unit"] or "day", first["units"]) if first else ""
    yield (
        "authorization_review",
        matter.label("every", days=words.count("day", review["every_days"])) if review else "",
    )
    retro = asked["retro_allowed"]
    yield "authorization_retro", "" if retro is None else matter.yes_or_no(retro)
    yield "authorization_number", str(told.get("number") or "")
    yield "authorization_dates", "; ".join(_days(asked, told, matter))


def _days(asked: Answer, told: Mapping[str, Any], matter: Matter) -> Iterator[str]:
    if asked["submit_by"]:
        yield matter.label("submit_by", date=matter.day(asked["submit_by"]))
    if told.get("submitted_at"):
        sent = matter.local(told["submitted_at"]).date().isoformat()
        yield matter.label("submitted", date=matter.day(sent))
    due = (asked["decision_due"] or {}).get("standard")
    if due:
        yield matter.label("decision_due", date=matter.day(due))


def _shares(index: int, matter: Matter) -> Rows:
    phase = _phase(index, matter)
    for field in SHARES:
        if _refused(phase):
            yield field, matter.not_applicable()
            continue
        told = _level(phase, matter, field)
        if told is not NOT_SAID:
            yield field, _told_share(field, told, matter)
        elif _level(phase, matter, BESIDE.get(field, "")) not in (NOT_SAID, None):
            yield field, answered(matter.label("none"))  # who was told of one share was told of no other
        else:
            yield field, _share(field, phase, matter)


def _told_share(field: str, told: Any, matter: Matter) -> Cell:
    words = matter.reader.words
    if told is None:
        return answered(matter.label("none"))
    if field == "copay":
        per = words.name("per", told.get("per") or "session")
        return answered(f"{words.money(told['amount'])} {per}")
    return answered(words.rate(told) if field == "coinsurance" else matter.yes_or_no(told))


def _share(field: str, phase: Answer, matter: Matter) -> Cell:
    """Return a share as the answer's steps say it; of several levels, they do not say of which."""
    steps = matter.shown["steps"]
    found = [matter.reader.sentence(step) for step in steps if step["code"] in SHARES[field]]
    several = len({one["level_of_care"] for one in matter.shown["phases"]}) > 1
    if found and phase["coverage"]["status"] == "covered":
        text = " ".join(found)
        return answered(matter.label("of_some_level", text=text) if several else text)
    is_open = matter.asks(f"levels/{phase['level_of_care']}/{field}")
    stated = any(step["code"] in ("no_share", "copay", "coinsurance") for step in steps)
    if field != "deductible_applies" and stated and not several and not is_open:
        return answered(matter.label("none"))
    return matter.ask_plan()


def _cost(index: int, matter: Matter) -> Rows:
    cost, money = matter.shown["estimate"]["by_phase"][index], matter.reader.words.money
    for field, name in (("level_cost", "patient"), ("level_each", "typical_session")):
        yield field, matter.ask_plan() if cost[name] is None else answered(money(cost[name]))


def _limits(index: int, matter: Matter) -> Rows:
    phase = _phase(index, matter)
    found = phase["coverage"]["limits"]
    lifetime = [limit for limit in found if limit["period"] == "lifetime"]
    none = not found and _level(phase, matter, "limit") is None
    if _refused(phase):
        cells = [matter.not_applicable()] * 3
    elif none:
        cells = [answered(matter.label("none")), matter.not_applicable(), matter.ask_plan()]
    else:
        cells = [_listed(found, matter), _used(found, matter), _listed(lifetime, matter)]
    yield from zip(("limit", "limit_used", "lifetime_maximum"), cells, strict=True)
    excluded = _level(phase, matter, "exclusions")
    stated = [one for one in matter.shown["steps"] if one["code"] == "exclusions_stated"]
    if excluded is NOT_SAID:
        yield "exclusions", answered(matter.reader.sentence(stated[0])) if stated else matter.ask_plan()
    else:
        yield "exclusions", answered(excluded or matter.label("none"))
    provider = [one for one in phase["coverage"]["reasons"] if one["code"] in OF_THE_PROVIDER]
    text = " ".join(matter.reader.sentence(one) for one in provider)
    yield "provider_exclusions", answered(text) if text else matter.ask_plan()
    yield "pre_existing", matter.ask_plan()


def _listed(limits: Sequence[Answer], matter: Matter) -> Cell:
    if not limits:
        return matter.ask_plan()
    return answered("; ".join(limit_line(limit, matter.reader) for limit in limits))


def _used(limits: Sequence[Answer], matter: Matter) -> Cell:
    used = [limit for limit in limits if limit["used"] is not None]
    if not used:
        return matter.ask_plan()
    words = matter.reader.words
    return answered("; ".join(words.count(limit["unit"], limit["used"]) for limit in used))


def _claim(index: int, matter: Matter) -> Rows:
    phase = _phase(index, matter)
    basis, amount = _level(phase, matter, "rate_basis"), _level(phase, matter, "allowed_amount")
    steps = [matter.reader.sentence(one) for one in matter.shown["steps"] if one["code"].startswith(RATES)]
    several = len({one["level_of_care"] for one in matter.shown["phases"]}) > 1
    told = [text for text in (basis, amount) if text is not NOT_SAID]
    if told:
        written = [text if text is basis else matter.reader.words.money(text) for text in told]
        yield "rate_basis", answered("; ".join(written))
    elif steps:
        text = " ".join(steps)
        yield "rate_basis", answered(matter.label("of_some_level", text=text) if several else text)
    else:
        yield "rate_basis", matter.not_applicable() if _refused(phase) else matter.ask_plan()
    billing = phase["billing"]
    yield "claim_codes", answered(billing_line(billing, matter.reader)) if billing else matter.ask_plan()


def _level(phase: Answer, matter: Matter, field: str) -> Any:
    """Return what was told of a level, on the side of the network that was answered for."""
    side = () if matter.shown["network"] == "in" else ("out_of_network",)
    return matter.said(*side, "levels", phase["level_of_care"], field)
