"""What other rules would change of an answer, in words: each value before and after, with its sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Any

from service.explain.page.reader import Answer, Reader, capitalized, contact_line
from service.explain.page.verdict import CODES, limit_line
from service.explain.page.work import dated_steps, source_line

Write = Callable[[Any, Reader], str]
NOTHING = "–"
ARROW = " → "
IN_ORDER = ("coverage", "prior_authorization", "billing", "estimate", "collect")
"""What someone looks at first; all else comes after it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One value: what it is called, and what it was and would be."""

    named: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Part:
    """Values that rest on the same sources; `about` is the level of care, empty where it is the whole."""

    about: str
    rows: Sequence[Row]
    sources: Sequence[tuple[str, str | None]]


def parts_of(changes: Sequence[Answer], levels: Sequence[str], reader: Reader) -> list[Part]:
    """Return the changes of an answer in words; `levels` are those of its phases, in order."""
    return [
        _part(key, [*group], levels, reader)
        for key, group in groupby(sorted(changes, key=_order), key=lambda change: _order(change)[1:])
    ]


def _order(change: Answer) -> tuple[int, int, str]:
    """Return where a change stands: by what is looked at first, then phase by phase."""
    _, first, *rest = change["pointer"].split("/")
    phase, part = (int(rest[0]), rest[1]) if first == "phases" else (-1, first)
    place = IN_ORDER.index(part) if part in IN_ORDER else len(IN_ORDER)
    return place, phase, part


def _part(key: tuple[int, str], changes: Sequence[Answer], levels: Sequence[str], reader: Reader) -> Part:
    phase, _ = key
    about = reader.words.name("level_title", levels[phase]) if 0 <= phase < len(levels) else ""
    rows = [_row(change, reader) for change in changes]
    cited = [source for change in changes for source in change["citations"]]
    sources = [(source_line(source, reader), source["url"]) for source in cited]
    return Part(about, rows, [*dict.fromkeys(sources)])


def _row(change: Answer, reader: Reader) -> Row:
    pointer: str = change["pointer"]
    if pointer.startswith("/phases/"):
        pointer = "/" + pointer.split("/", 3)[3]
    code, write = FIELDS.get(pointer, (pointer, _plain))
    named = reader.label(code)
    if pointer.startswith("/accumulators/"):
        named, write = reader.words.name("subject", pointer.rpartition("/")[2]), _pots
    before, after = (_written(change[side], write, reader) for side in ("before", "after"))
    return Row(capitalized(named), before, after)


def _written(value: Any, write: Write, reader: Reader) -> str:
    return NOTHING if value is None or value == [] else write(value, reader)


def _named(context: str) -> Write:
    return lambda value, reader: reader.words.name(context, value)


def _plain(value: Any, reader: Reader) -> str:
    return str(value)


def _money(value: Any, reader: Reader) -> str:
    return reader.words.money(value)


def _day(value: Any, reader: Reader) -> str:
    return reader.words.date(value)


def _whether(value: Any, reader: Reader) -> str:
    return reader.words.name("answer", "true" if value else "false")


def _joined(value: Sequence[str], reader: Reader) -> str:
    return "; ".join(value)


def _sentences(value: Sequence[Answer], reader: Reader) -> str:
    return " ".join(reader.sentence(step) for step in value)


def _steps(value: Sequence[Answer], reader: Reader) -> str:
    return " ".join(dated_steps(value, reader))


def _contact(value: Answer, reader: Reader) -> str:
    return contact_line(value)


def _limits(value: Sequence[Answer], reader: Reader) -> str:
    return "; ".join(limit_line({**limit, "citations": ()}, reader) for limit in value)


def _pots(value: Mapping[str, Any], reader: Reader) -> str:
    """Write a deductible or a most out of pocket: each scope with its limit and what is left."""
    said = []
    for scope, pot in value.items():
        if pot is None:
            continue
        limit = reader.words.name("answer", "none") if pot["unlimited"] else reader.money(pot["limit"])
        said.append(f"{reader.words.name('scope', scope)} {limit}")
        if pot["remaining"] is not None:
            said[-1] += f" ({reader.label('impact_left', amount=reader.money(pot['remaining']))})"
    return "; ".join(said) or NOTHING


def _due(value: Mapping[str, Any], reader: Reader) -> str:
    said = [reader.words.date(value["standard"])] if value.get("standard") else []
    if value.get("expedited"):
        day, time = reader.moment(value["expedited"])
        said.append(reader.label("decision_due_expedited", date=day, time=time))
    return "; ".join(said)


def _units(value: Mapping[str, Any], reader: Reader) -> str:
    return reader.words.count(value["unit"] or "day", value["units"])


def _every(value: Mapping[str, Any], reader: Reader) -> str:
    return reader.words.count("day", value["every_days"])


def _retro(value: bool, reader: Reader) -> str:
    return reader.label("retro_allowed" if value else "retro_not_allowed")


def _billing(value: Mapping[str, Any], reader: Reader) -> str:
    listed = {name: value[name] for name in CODES if value[name]}
    written = {name: one if isinstance(one, str) else ", ".join(one) for name, one in listed.items()}
    return "; ".join(reader.label(f"billing_{name}", list=text) for name, text in written.items())


def _order_of_payers(value: Sequence[Answer], reader: Reader) -> str:
    return ARROW.join(place["payer"]["name"] for place in value)


FIELDS: Mapping[str, tuple[str, Write]] = MappingProxyType(
    {
        "/status": ("impact_status", _plain),
        "/network": ("impact_network", _named("network")),
        "/plan/id": ("plan", _plain),
        "/eligibility/status": ("impact_membership", _named("eligibility_status")),
        "/eligibility/basis": ("impact_membership_basis", _named("basis")),
        "/eligibility/coverage_start": ("impact_coverage_start", _day),
        "/eligibility/coverage_end": ("impact_coverage_end", _day),
        "/administrator/name": ("impact_administrator", _plain),
        "/administrator/phone": ("impact_administrator", _plain),
        "/administrator/portal": ("impact_administrator", _plain),
        "/contact": ("impact_contact", _contact),
        "/estimate/certainty": ("certainty", _named("certainty")),
        "/estimate/low": ("low", _money),
        "/estimate/expected": ("cost", _money),
        "/estimate/high": ("high", _money),
        "/estimate/sessions": ("sessions", _plain),
        "/estimate/first_session": ("first_day", _money),
        "/estimate/typical_session": ("impact_typical_session", _money),
        "/estimate/last_session": ("impact_last_session", _money),
        "/estimate/total_allowed_expected": ("total_allowed_expected", _money),
        "/estimate/plan_pays_expected": ("plan_pays_expected", _money),
        "/estimate/secondary_pays_expected": ("secondary_pays_expected", _money),
        "/estimate/write_off_expected": ("write_off_expected", _money),
        "/estimate/balance_billing": ("balance_billing", _money),
        "/estimate/self_pay": ("self_pay", _money),
        "/collect/amount": ("impact_collect", _money),
        "/collect/when": ("impact_collect_when", _day),
        "/collect/allowed": ("impact_may_collect", _named("collect")),
        "/coordination/status": ("coordination", _plain),
        "/coordination/order": ("coordination", _order_of_payers),
        "/next_steps": ("do_next", _steps),
        "/level_of_care": ("care", _named("level_title")),
        "/start_date": ("impact_starts", _day),
        "/end_date": ("impact_ends", _day),
        "/sessions": ("sessions", _plain),
        "/coverage/status": ("coverage", _named("coverage_status")),
        "/coverage/reasons": ("impact_reasons", _sentences),
        "/coverage/limits": ("impact_limits", _limits),
        "/prior_authorization/status": ("prior_authorization", _named("authorization_short")),
        "/prior_authorization/reasons": ("impact_authorization_reasons", _sentences),
        "/prior_authorization/contact": ("impact_authorization_contact", _contact),
        "/prior_authorization/submit_by": ("impact_submit_by", _day),
        "/prior_authorization/late": ("impact_late", _whether),
        "/prior_authorization/decision_due": ("impact_decision_due", _due),
        "/prior_authorization/initial_authorization": ("impact_first_units", _units),
        "/prior_authorization/concurrent_review": ("impact_review", _every),
        "/prior_authorization/retro_allowed": ("impact_retro", _retro),
        "/prior_authorization/criteria": ("impact_criteria", _joined),
        "/prior_authorization/documents": ("impact_documents", _joined),
        "/billing": ("impact_billing", _billing),
    }
)
"""What each part of an answer is called, and how its values are written."""
