"""How an episode is laid out on the calendar: which days are sessions, and where phases begin and end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from schemas.model import Phase
from service.engine.calendar import is_business_day
from service.engine.episode import lay_episode
from tests.engine.builders import (
    IOP,
    MONDAY,
    OP,
    PHP,
    SITE,
    answer,
    brief,
    copay,
    covered_level,
    phase,
    plan,
    sessions,
)

MARCH = {day: date(2026, 3, day) for day in range(1, 32)}


def days_of(*phases: Phase, closed: frozenset[date] = frozenset()) -> list[tuple[date, ...]]:
    return [laid.dates for laid in lay_episode(phases, closed)]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (1, (2,)),
        (2, (2, 5)),
        (3, (2, 4, 6)),
        (4, (2, 3, 4, 5)),
        (5, (2, 3, 4, 5, 6)),
        (6, (2, 3, 4, 5, 6, 7)),
        (7, (2, 3, 4, 5, 6, 7, 8)),
    ],
)
def test_so_many_days_a_week_fall_on_their_usual_weekdays(days, expected):
    assert days_of(sessions(days)) == [tuple(MARCH[day] for day in expected)]


def test_weekdays_that_are_given_are_the_ones_used():
    chosen = phase(weeks=1, days_per_week=2, weekdays=("tue", "sat"))
    assert days_of(chosen) == [(MARCH[3], MARCH[7])]


def test_a_start_in_the_middle_of_a_week_walks_on_until_all_sessions_are_laid():
    # Monday, Wednesday, Friday from Wednesday 4 March: 4, 6 and Monday 9.
    assert days_of(phase(start=MARCH[4], weeks=1)) == [(MARCH[4], MARCH[6], MARCH[9])]


def test_a_phase_has_weeks_times_days_sessions():
    assert [len(dates) for dates in days_of(phase(weeks=8), phase(OP, None, 12))] == [24, 12]


def test_a_holiday_is_a_session_like_any_day():
    # 25 May 2026 is Memorial Day.
    memorial_day = date(2026, 5, 25)
    d = answer(
        phase(OP, memorial_day, 1),
        told_benefits=plan(**{OP: covered_level(**copay(10))}),
        holidays=frozenset({memorial_day}),
        trace=True,
    )
    assert [line.date for line in d.estimate.trace] == [memorial_day]


def test_a_closed_day_is_passed_over_and_the_number_of_sessions_holds():
    closed = frozenset({MARCH[6]})
    assert days_of(sessions(3), closed=closed) == [(MARCH[2], MARCH[4], MARCH[9])]


def test_the_closed_days_are_those_of_the_clinics_profile():
    site = replace(SITE, closed_days=frozenset({MONDAY}))
    d = answer(sessions(1), site=site)
    assert (d.phases[0].sessions, d.estimate.by_week[0].week_of) == (1, MARCH[9])


def test_a_phase_ends_with_its_last_week_or_with_its_last_session_if_that_is_later():
    ordinary, late = (
        lay_episode((sessions(3),), closed)[0] for closed in (frozenset(), frozenset({MARCH[6]}))
    )
    assert (ordinary.end, late.end) == (MARCH[8], MARCH[9])


def test_a_later_phase_begins_the_day_after_the_one_before_it_ends():
    # Two weeks of PHP end on Sunday 15 March; 16 March is a Monday.
    first, second = lay_episode((phase(PHP, weeks=2), phase(IOP, None, 1)))
    assert (first.end, second.start, second.dates[0]) == (MARCH[15], MARCH[16], MARCH[16])


def test_a_later_phase_begins_after_a_last_session_that_a_closed_day_pushed_out():
    # The last session is pushed to Monday 9 March; the next phase begins on the 10th: Wednesday 11.
    _, second = lay_episode((sessions(3), phase(weeks=1, start=None)), frozenset({MARCH[6]}))
    assert (second.start, second.dates) == (MARCH[10], (MARCH[11], MARCH[13], MARCH[16]))


def test_a_later_phase_may_name_its_own_start():
    _, second = lay_episode((sessions(3), phase(OP, MARCH[23], 1)))
    assert (second.start, second.dates) == (MARCH[23], (MARCH[23],))


def test_the_first_phase_needs_a_start():
    with pytest.raises(ValueError, match="needs a start date"):
        lay_episode((phase(start=None),))


@pytest.mark.parametrize("level", ["inpatient", "residential"])
def test_inpatient_and_residential_care_is_one_unit_a_day_every_day(level):
    stay = phase(level, weeks=2, days_per_week=3, weekdays=("mon", "wed", "fri"))
    assert days_of(stay) == [tuple(MARCH[day] for day in range(2, 16))]


def test_today_is_the_clinics_date():
    # 03:00 UTC on 1 March is 22:00 on 28 February in New York.
    early = datetime(2026, 3, 1, 3, tzinfo=UTC)
    assert brief(at=early).today == date(2026, 2, 28)
    assert replace(brief(at=early), zone=ZoneInfo("UTC")).today == MARCH[1]


def test_a_business_day_is_a_weekday_that_is_no_holiday():
    holidays = frozenset({MARCH[3]})
    assert [is_business_day(MARCH[day], holidays) for day in (2, 3, 6, 7, 8)] == [
        True,
        False,
        True,
        False,
        False,
    ]


def test_hours_that_stand_for_another_level_are_a_warning():
    # 3 days of 2 hours: 6 hours a week are outpatient hours; the plan states no minimum of its own.
    level = {IOP: covered_level(**copay(10))}
    d = answer(phase(minutes_per_day=120), told_benefits=plan(**level))
    assert [(w.code, w.params["level"]) for w in d.warnings] == [("hours_fit_other_level", OP)]
    assert answer(phase(), told_benefits=plan(**level)).warnings == ()
