"""How the care asked for travels: one level of care, or phases in order; defaults and checks.

The defaults are those of the estimate's specification: weeks, days, hours and weekdays by level of
care. Residential and inpatient care has one unit a day, every day, and must say its weeks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from schemas.fields import Day, Hours
from schemas.model import (
    CLINICIANS,
    INPATIENT,
    INTENSIVE_OUTPATIENT,
    LEVEL_ALIASES,
    LEVELS_OF_CARE,
    OUTPATIENT,
    PARTIAL_HOSPITALIZATION,
    RESIDENTIAL,
    SERVICES,
    WEEKDAYS,
    Phase,
)
from schemas.problem import Complaints
from schemas.shapes import Choice, Flag, Items, Shape, Whole, about

MOST_PHASES = 12
MOST_WEEKS = 104
MOST_YEARS_AWAY = 2
DEFAULTS: Mapping[str, tuple[int | None, int, int]] = MappingProxyType(
    {  # weeks, days a week, minutes a day
        OUTPATIENT: (12, 1, 60),
        INTENSIVE_OUTPATIENT: (8, 3, 180),
        PARTIAL_HOSPITALIZATION: (3, 5, 300),
        RESIDENTIAL: (None, 7, 1440),
        INPATIENT: (None, 7, 1440),
    }
)
USUAL_WEEKDAYS: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {
        1: ("mon",),
        2: ("mon", "thu"),
        3: ("mon", "wed", "fri"),
        4: ("mon", "tue", "wed", "thu"),
        5: ("mon", "tue", "wed", "thu", "fri"),
        6: ("mon", "tue", "wed", "thu", "fri", "sat"),
        7: WEEKDAYS,
    }
)


class CareSchema(Shape):
    """What one stretch of care may say of itself; only the level of care has no default."""

    level_of_care = Choice(
        LEVELS_OF_CARE,
        LEVEL_ALIASES,
        load_default=None,
        metadata=about("By name, by its usual abbreviation, or by its ASAM level."),
    )
    start_date = Day(
        load_default=None,
        metadata=about("First day a session may fall on; a later phase follows the one before it."),
    )
    weeks = Whole(
        1,
        MOST_WEEKS,
        load_default=None,
        metadata=about("Outpatient 12, intensive outpatient 8, partial hospitalization 3 if not given."),
    )
    days_per_week = Whole(1, 7, load_default=None, metadata=about("1, 3 and 5 by level if not given."))
    hours_per_day = Hours(load_default=None, metadata=about("1, 3 and 5 by level if not given."))
    weekdays = Items(
        Choice(WEEKDAYS),
        most=7,
        least=1,
        load_default=None,
        metadata={"uniqueItems": True, **about("As many as days a week.")},
    )
    service = Choice(SERVICES, load_default=None, metadata=about("Of an outpatient visit: individual."))
    clinician = Choice(
        CLINICIANS, load_default=None, metadata=about("Who treats; the site's usual clinician if not given.")
    )
    include_evaluation = Flag(
        load_default=None, metadata=about("Price the first visit as a diagnostic evaluation.")
    )
    services_per_day = Whole(
        1, 24, load_default=None, metadata=about("Services on a program day; from its hours if not given.")
    )


class PhaseSchema(CareSchema):
    """One phase of an episode of care."""

    level_of_care = Choice(LEVELS_OF_CARE, LEVEL_ALIASES, required=True)


CARE_FIELDS: tuple[str, ...] = tuple(PhaseSchema().fields)


def check_phases(
    phases: Sequence[tuple[str, Mapping[str, Any]]], today: date, complaints: Complaints
) -> None:
    """Check phases, each with its pointer, one by one and in their order."""
    for pointer, phase in phases:
        check_days(pointer, phase, complaints)
        _check_start(pointer, phase.get("start_date"), today, complaints)
    _check_order(phases, complaints)


def build_phase(phase: Mapping[str, Any]) -> Phase:
    """Build the phase that valid data asks for, with the defaults of its level of care."""
    level = phase["level_of_care"]
    weeks, days, minutes = DEFAULTS[level]
    weekdays = phase["weekdays"]
    if phase["days_per_week"] is not None:
        days = phase["days_per_week"]
    elif weekdays is not None:
        days = len(weekdays)
    return Phase(
        level_of_care=level,
        start_date=phase["start_date"],
        weeks=phase["weeks"] or weeks or 0,  # never 0: checked to be there where it has no default
        days_per_week=days,
        minutes_per_day=phase["hours_per_day"] or minutes,
        weekdays=tuple(sorted(weekdays, key=WEEKDAYS.index)) if weekdays else USUAL_WEEKDAYS[days],
        service=phase["service"] or "individual",
        clinician=phase["clinician"],
        include_evaluation=bool(phase["include_evaluation"]),
        services_per_day=phase["services_per_day"],
    )


def check_days(pointer: str, phase: Mapping[str, Any], complaints: Complaints) -> None:
    """Check the days and weeks of one phase, whatever comes before it."""
    weekdays, days = phase.get("weekdays"), phase.get("days_per_week")
    if weekdays is not None and len(set(weekdays)) < len(weekdays):
        complaints.add(f"{pointer}/weekdays", "weekday_repeated", "must name each weekday once")
    elif weekdays is not None and days is not None and len(weekdays) != days:
        complaints.add(
            f"{pointer}/weekdays", "weekdays_do_not_match", "must name as many weekdays as days_per_week says"
        )
    if phase.get("level_of_care") in (RESIDENTIAL, INPATIENT):
        if "weeks" in phase and phase["weeks"] is None:
            complaints.add(
                f"{pointer}/weeks", "weeks_missing", "must be given for residential and inpatient care"
            )
        if days not in (None, 7) or len(weekdays or WEEKDAYS) != 7:
            name = "days_per_week" if days not in (None, 7) else "weekdays"
            complaints.add(f"{pointer}/{name}", "every_day_needed", "must be every day here; leave it out")


def _check_start(pointer: str, start: date | None, today: date, complaints: Complaints) -> None:
    if start is not None and not years_from(today, -MOST_YEARS_AWAY) <= start <= years_from(
        today, MOST_YEARS_AWAY
    ):
        complaints.add(
            f"{pointer}/start_date", "start_date_too_far", "must be within two years of today; check the year"
        )


def _check_order(phases: Sequence[tuple[str, Mapping[str, Any]]], complaints: Complaints) -> None:
    """Walk the phases as far as their dates are known; a phase without a start follows the one before."""
    began: date | None = None
    ended: date | None = None
    for index, (pointer, phase) in enumerate(phases):
        start = phase.get("start_date")
        if index == 0 and start is None and "start_date" in phase:
            complaints.add(
                f"{pointer}/start_date", "start_date_missing", "must be given: the first day of care"
            )
        if start is not None and began is not None and start < began:
            complaints.add(
                f"{pointer}/start_date",
                "phases_run_backwards",
                "must come after the start of the phase before it; put the phases in order of time",
            )
        elif start is not None and ended is not None and start <= ended:
            complaints.add(
                f"{pointer}/start_date",
                "phases_overlap",
                "must come after the last week of the phase before it; leave it out to follow on directly",
            )
        follows = ended + timedelta(days=1) if ended and "start_date" in phase else None
        began = start or follows
        weeks = _weeks(phase)
        ended = began + timedelta(weeks=weeks, days=-1) if began and weeks else None


def _weeks(phase: Mapping[str, Any]) -> int | None:
    """Return how many weeks a phase lasts, or `None` where that is not known."""
    if "weeks" not in phase or "level_of_care" not in phase:
        return None
    weeks: int | None = phase["weeks"] or DEFAULTS[phase["level_of_care"]][0]
    return weeks


def years_from(day: date, years: int) -> date:
    """Return the same day `years` later; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
