"""Keeps what was paid for the sessions of a case, beside what the estimate said of each; a record a session.

What was expected is copied when a session is kept, so that nothing that follows changes how good an
estimate was. The amounts are sealed with the rest of a record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from service.actuals.matching import Planned
from service.casework.actuals import Comparison, Expected, Terms, compare
from service.casework.file import ACTUAL
from service.casework.paid import Session as Lines
from service.casework.paid import Stated, as_actual, is_of_several_claims, status_of
from service.store import cases, records, timeline
from service.store.records import Record
from service.store.session import Session

IMPORTED, ADDED = "actuals_imported", "actual_added"
UNKNOWN_LEVEL = "unknown"


@dataclass(frozen=True, slots=True)
class Given:
    """A session that was given: its day, what was planned of it, and what was stated."""

    position: int
    on: date
    planned: Planned
    stated: Sequence[Stated]


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a session: an outcome for each line that was stated, and its record."""

    given: Given
    outcomes: Sequence[str]
    record: Record


def keep(
    session: Session, case_id: str, given: Sequence[Given], by: str, at: datetime, event: str
) -> list[Done] | None:
    """Keep sessions of a case, as the first thing in a transaction; `None` where the case is gone."""
    if not cases.take(session, case_id):
        return None
    there = {_name(record.data): record for record in records.of_case(session, case_id, ACTUAL)}
    done, changed = [], 0
    for one in given:
        outcomes, record, is_changed = _keep_one(session, case_id, one, there, by, at)
        there[_name(record.data)] = record
        done.append(Done(one, outcomes, record))
        changed += is_changed
    if changed:
        cases.change(session, case_id, {}, at)
        timeline.add(session, timeline.Event(case_id, at, event, by, {"sessions": changed}))
    return done


def _keep_one(
    session: Session, case_id: str, one: Given, there: Mapping[Any, Record], by: str, at: datetime
) -> tuple[list[str], Record, bool]:
    about = {"date": one.on.isoformat(), "level_of_care": one.planned.level or UNKNOWN_LEVEL}
    before = there.get(_name(about))
    lines = Lines(None if before is None else before.data)
    outcomes = [lines.take(stated) for stated in one.stated]
    data = {**about, **lines.data(), **_copied(one.planned, before)}
    if before is None:
        record = records.draft(case_id, ACTUAL, status_of(data), data, by=by, at=at)
        records.add(session, record)
        return outcomes, record, True
    if data == before.data:
        return outcomes, before, False
    return outcomes, records.change(session, before, status_of(data), data, at), True


def comparison_of(data: Mapping[str, Any]) -> Comparison:
    """How a kept session compares with its estimate."""
    reason = data["reason"]
    if not data["lines"]:
        reason = "reversed"
    elif is_of_several_claims(data):
        reason = reason or "several_claims"
    if reason is not None or data["expected"] is None:
        return Comparison(reason or "no_estimate")
    return compare(expected_of(data["expected"]), as_actual(data))


def expected_of(frozen: Mapping[str, Any]) -> Expected:
    """What was expected of a session, as it was copied."""
    terms = frozen["terms"]
    return Expected(
        **{**frozen, "terms": None if terms is None else Terms(terms["copay"], Decimal(terms["rate"]))}
    )


def in_order(found: Sequence[Record]) -> Iterator[Record]:
    """The sessions of a case by their day."""
    yield from sorted(found, key=lambda record: _name(record.data))


def _copied(planned: Planned, before: Record | None) -> dict[str, Any]:
    """What was expected; what was copied once stands."""
    if before is not None and before.data["expected"] is not None:
        return {name: before.data[name] for name in ("expected", "about", "reason")}
    return {"expected": _frozen(planned), "about": dict(planned.context), "reason": planned.reason}


def _frozen(planned: Planned) -> dict[str, Any] | None:
    if planned.expected is None:
        return None
    frozen = asdict(planned.expected)
    if planned.expected.terms is not None:
        frozen["terms"]["rate"] = str(planned.expected.terms.rate)
    return frozen


def _name(data: Mapping[str, Any]) -> tuple[str, str]:
    return data["date"], data["level_of_care"]
