"""Lays an episode of care out on the calendar: which dates are sessions, and where phases end."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, islice

from schemas.model import INPATIENT, RESIDENTIAL, WEEKDAYS, Phase
from service.engine.calendar import DAY

DEFAULT_WEEKDAYS = {
    1: ("mon",),
    2: ("mon", "thu"),
    3: ("mon", "wed", "fri"),
    4: ("mon", "tue", "wed", "thu"),
    5: ("mon", "tue", "wed", "thu", "fri"),
    6: ("mon", "tue", "wed", "thu", "fri", "sat"),
    7: WEEKDAYS,
}
# Residential and inpatient care is a unit a day, every day.
DAILY_LEVELS = (RESIDENTIAL, INPATIENT)


@dataclass(frozen=True, slots=True)
class LaidPhase:
    """A phase with its session dates, ascending, and its last day."""

    index: int
    phase: Phase
    start: date
    end: date
    dates: tuple[date, ...]


def lay_episode(phases: tuple[Phase, ...], closed: Set[date] = frozenset()) -> tuple[LaidPhase, ...]:
    """Lay phases one after the other; a phase without a start begins the day after the one before it."""
    laid: list[LaidPhase] = []
    for index, phase in enumerate(phases):
        start = phase.start_date or (laid[-1].end + DAY if laid else None)
        if start is None:
            raise ValueError("the first phase needs a start date")
        dates = session_dates(phase, start, closed)
        end = max(start + timedelta(days=7 * phase.weeks - 1), dates[-1])
        laid.append(LaidPhase(index, phase, start, end, dates))
    return tuple(laid)


def session_dates(phase: Phase, start: date, closed: Set[date]) -> tuple[date, ...]:
    """Return the dates of all sessions; a closed day is passed over, so the number of sessions holds."""
    daily = phase.level_of_care in DAILY_LEVELS
    per_week = 7 if daily else phase.days_per_week
    names = phase.weekdays if phase.weekdays and not daily else DEFAULT_WEEKDAYS[per_week]
    offsets = sorted((WEEKDAYS.index(name) - start.weekday()) % 7 for name in names)
    first = start.toordinal()
    days = (date.fromordinal(first + 7 * week + offset) for week in count() for offset in offsets)
    return tuple(islice((on for on in days if on not in closed), phase.weeks * per_week))
