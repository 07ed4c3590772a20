"""Which day a payer may be asked about: not every payer answers for days far back, or beyond this month."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime


def askable_date(dates: Iterable[date], asked_at: datetime) -> date:
    """Return the first of the dates that are wanted, brought into the time that payers answer for.

    That is from twelve months before the day of `asked_at`, in its own time zone, to the end of that
    month. Without any date it is the day itself.
    """
    today = asked_at.date()
    first = min(dates, default=today)
    return min(max(first, _a_year_before(today)), _end_of_month(today))


def _a_year_before(day: date) -> date:
    last = monthrange(day.year - 1, day.month)[1]
    return day.replace(year=day.year - 1, day=min(day.day, last))


def _end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
