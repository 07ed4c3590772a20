"""What stands with a case beside its verifications, and what of it somebody has to look at before a day.

Two seams, each one function: whether an authorization holds on the day, whether a quote still does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from service.store import records
from service.store.records import Record
from service.store.session import Session

Finding = dict[str, Any]
AUTHORIZATION_DAYS = 7
"""Ours: so many days before an authorization ends somebody is told to ask for more."""

QUOTE_MOVES_BY = Decimal("1.00")
"""Ours: a quote that is off by less than this many dollars is left alone."""

GRANTED = ("approved", "partially_approved", "extended")
GIVEN = ("given", "acknowledged")
REQUIRED = "required"


def authorization_findings(
    session: Session, case_id: str, day: date, phases: Sequence[Mapping[str, Any]]
) -> list[Finding]:
    """What is wrong with the authorization of the care that is asked for on a day, by its dates."""
    level = phases[0]["level_of_care"]
    of_level = [one for one in records.of_case(session, case_id, "authorization") if _is_for(one, level)]
    needed = phases[0]["prior_authorization"]["status"] == REQUIRED
    if not of_level:
        return [_authorization("missing")] if needed else []
    ends = [_day(one, "valid_to") for one in of_level if _begins(one) <= day]
    last = max((end or date.max for end in ends), default=None)
    if last is None:
        return [_authorization("not_begun", min(_begins(one) for one in of_level))]
    if last < day:
        return [_authorization("over", last)]
    return [_authorization("ends", last)] if last <= _soon(day) else []


def quote_findings(session: Session, case_id: str, expected: str | None, *, has_begun: bool) -> list[Finding]:
    """Whether the quote that a family has still holds, where the care it is about has not begun.

    What is left of care that has begun costs less than was quoted, and that is no news.
    """
    quotes = [one for one in records.of_case(session, case_id, "quote") if one.status in GIVEN]
    quoted = _amount(quotes[-1].data.get("total")) if quotes else None
    if has_begun or quoted is None or expected is None:
        return []
    if abs(quoted - Decimal(expected)) < QUOTE_MOVES_BY:
        return []
    return [{"code": "quote_moved", "before": f"{quoted:.2f}", "now": expected}]


def _authorization(how: str, on: date | None = None) -> Finding:
    return {"code": "authorization_ends", "how": how, "date": on.isoformat() if on else None}


def _is_for(record: Record, level: str) -> bool:
    return record.status in GRANTED and record.data.get("level_of_care") in (None, level)


def _begins(record: Record) -> date:
    return _day(record, "valid_from") or date.min


def _soon(day: date) -> date:
    return day + timedelta(days=AUTHORIZATION_DAYS)


def _day(record: Record, name: str) -> date | None:
    text = record.data.get(name)
    try:
        return date.fromisoformat(text) if text else None
    except (TypeError, ValueError):
        return None


def _amount(text: Any) -> Decimal | None:
    try:
        return Decimal(str(text)) if text is not None else None
    except InvalidOperation:
        return None
