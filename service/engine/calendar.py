"""Dates that rules turn on: plan years, limit periods, business days, and payers' clocks."""

from __future__ import annotations

from collections.abc import Set
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from schemas.model import Clock

DAY = timedelta(days=1)
# Florida's fiscal year; Florida Medicaid counts its limits by it.
STATE_FISCAL_YEAR_START = (7, 1)
CALENDAR_YEAR_START = (1, 1)


def year_start(on: date, starts: tuple[int, int]) -> date:
    """Return the first day of the year, starting each (month, day), that `on` falls in."""
    month, day = starts
    this_year = date(on.year, month, day)
    return this_year if on >= this_year else date(on.year - 1, month, day)


def next_year_start(on: date, starts: tuple[int, int]) -> date:
    """Return the first day of the year after the one that `on` falls in."""
    first = year_start(on, starts)
    return date(first.year + 1, first.month, first.day)


def period_start(on: date, period: str, plan_year: tuple[int, int]) -> date:
    """Return the first day of the limit period that `on` falls in; a lifetime has one period."""
    if period == "plan_year":
        return year_start(on, plan_year)
    if period == "calendar_year":
        return year_start(on, CALENDAR_YEAR_START)
    if period == "state_fiscal_year":
        return year_start(on, STATE_FISCAL_YEAR_START)
    if period == "month":
        return on.replace(day=1)
    return on if period == "day" else date.min


def monday_of(on: date) -> date:
    """Return the Monday of the calendar week that `on` falls in."""
    return on - timedelta(days=on.weekday())


def age_on(birth_date: date, on: date) -> int:
    """Return the age in whole years on a date."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def birthday(birth_date: date, age: int) -> date:
    """Return the day on which somebody comes to an age; one born on 29 February, on 1 March."""
    try:
        return birth_date.replace(year=birth_date.year + age)
    except ValueError:
        return date(birth_date.year + age, 3, 1)


def is_business_day(on: date, holidays: Set[date]) -> bool:
    """Whether a date is a weekday and no federal holiday."""
    return on.weekday() < 5 and on not in holidays


def clock_end(submitted: datetime, clock: Clock, zone: tzinfo, holidays: Set[date]) -> datetime:
    """Return when a clock that started at an aware time has run out, in the clinic's zone."""
    if clock.unit == "hours":
        # Hours are counted in UTC: a change of the clocks neither adds one nor takes one away.
        return (submitted.astimezone(UTC) + timedelta(hours=clock.n)).astimezone(zone)
    local = submitted.astimezone(zone)
    if clock.unit == "calendar_days":
        return datetime.combine(local.date() + timedelta(days=clock.n), local.timetz())
    on, left = local.date(), clock.n
    while left:
        on += DAY
        left -= is_business_day(on, holidays)
    return datetime.combine(on, local.timetz())


def start_of_day(on: date, zone: tzinfo) -> datetime:
    """Return midnight of a date in the clinic's zone."""
    return datetime.combine(on, time(), tzinfo=zone)


def latest_submission(
    starts: date, clock: Clock, zone: tzinfo, holidays: Set[date], today: date
) -> date | None:
    """Return the latest business day from today on whose clock ends before `starts`; `None` if past."""
    on = starts - DAY
    while on >= today:
        if (
            is_business_day(on, holidays)
            and clock_end(start_of_day(on, zone), clock, zone, holidays).date() < starts
        ):
            return on
        on -= DAY
    return None


def next_month(on: date) -> date:
    """Return the first day of the month after a date."""
    return date(on.year + on.month // 12, on.month % 12 + 1, 1)
