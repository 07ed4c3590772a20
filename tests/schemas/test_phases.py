"""The care asked for: its defaults, its two forms, and phases that follow one another."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from schemas.inquiry import load_inquiry
from schemas.model import LEVEL_ALIASES, WEEKDAYS
from schemas.problem import BadRequest
from tests.schemas.bodies import KNOWN, ask, care, errors, least

IOP = {"level_of_care": "iop", "start_date": "2026-12-01"}


@pytest.mark.parametrize(
    ("level", "weeks", "days", "minutes"), [("op", 12, 1, 60), ("iop", 8, 3, 180), ("php", 3, 5, 300)]
)
def test_each_level_of_care_has_its_usual_length(level: str, weeks: int, days: int, minutes: int) -> None:
    (phase,) = ask(least(level_of_care=level)).phases
    assert (phase.weeks, phase.days_per_week, phase.minutes_per_day) == (weeks, days, minutes)


@pytest.mark.parametrize(("written", "meant"), LEVEL_ALIASES.items())
def test_a_level_of_care_may_go_by_its_short_name(written: str, meant: str) -> None:
    assert ask(least(level_of_care=written, weeks=1)).phases[0].level_of_care == meant


@pytest.mark.parametrize(
    ("days", "weekdays"),
    [
        (1, ("mon",)),
        (2, ("mon", "thu")),
        (3, ("mon", "wed", "fri")),
        (4, ("mon", "tue", "wed", "thu")),
        (5, ("mon", "tue", "wed", "thu", "fri")),
        (6, ("mon", "tue", "wed", "thu", "fri", "sat")),
        (7, WEEKDAYS),
    ],
)
def test_days_a_week_have_their_usual_weekdays(days: int, weekdays: tuple[str, ...]) -> None:
    assert ask(least(days_per_week=days)).phases[0].weekdays == weekdays


def test_weekdays_alone_say_how_many_days_a_week() -> None:
    (phase,) = ask(least(weekdays=["thu", "tue"])).phases
    assert (phase.days_per_week, phase.weekdays) == (2, ("tue", "thu"))


def test_a_later_phase_may_leave_its_start_to_the_phase_before() -> None:
    phases = ask(care({"level_of_care": "php", "start_date": "2026-12-01"}, {"level_of_care": "iop"})).phases
    assert [phase.start_date for phase in phases] == [date(2026, 12, 1), None]


def test_residential_care_is_every_day() -> None:
    (phase,) = ask(least(level_of_care="rtc", weeks=4)).phases
    assert (phase.weeks, phase.days_per_week, phase.weekdays) == (4, 7, WEEKDAYS)


@pytest.mark.parametrize(("hours", "minutes"), [(3, 180), (2.5, 150), ("0.75", 45), ("2", 120), (24, 1440)])
def test_hours_are_whole_minutes_inside(hours: Any, minutes: int) -> None:
    assert ask(least(hours_per_day=hours)).phases[0].minutes_per_day == minutes


@pytest.mark.parametrize(
    ("hours", "code"),
    [
        (0, "hours_out_of_range"),
        (24.5, "hours_out_of_range"),
        (-3, "hours_out_of_range"),
        (0.333, "not_whole_minutes"),
        ("three", "not_hours"),
        (True, "not_hours"),
        (float("nan"), "not_hours"),
        ([3], "not_hours"),
    ],
)
def test_hours_that_no_day_has_are_refused(hours: Any, code: str) -> None:
    assert errors(least(hours_per_day=hours)) == {"/hours_per_day": code}


def test_care_is_asked_for_in_one_form_only() -> None:
    both = least(phases=[IOP])
    assert errors(both) == {"/level_of_care": "care_given_twice", "/start_date": "care_given_twice"}
    assert errors(least(level_of_care=..., start_date=...)) == {"/level_of_care": "care_missing"}
    assert errors(least(level_of_care=None, start_date=None, phases=None)) == {
        "/level_of_care": "care_missing"
    }
    assert not errors(least(level_of_care=None, start_date=None, phases=[IOP]))


def test_the_first_phase_must_say_when_it_starts() -> None:
    assert errors(least(start_date=...)) == {"/start_date": "start_date_missing"}
    assert errors(care({"level_of_care": "iop"})) == {"/phases/0/start_date": "start_date_missing"}


@pytest.mark.parametrize(
    ("start", "code"),
    [("2026-12-28", "phases_overlap"), ("2026-11-30", "phases_run_backwards"), ("2026-12-29", None)],
)
def test_phases_follow_one_another(start: str, code: str | None) -> None:
    # Four weeks from 1 December end on 28 December.
    first = {"level_of_care": "php", "start_date": "2026-12-01", "weeks": 4}
    found = errors(care(first, {"level_of_care": "iop", "start_date": start}))
    assert found == ({"/phases/1/start_date": code} if code else {})


def test_a_phase_overlaps_with_one_whose_start_was_left_out() -> None:
    # Two weeks from 1 December, then eight: the second phase ends on 8 February.
    first = {"level_of_care": "php", "start_date": "2026-12-01", "weeks": 2}
    late = {"level_of_care": "op", "start_date": "2027-02-08"}
    assert errors(care(first, {"level_of_care": "iop"}, late)) == {"/phases/2/start_date": "phases_overlap"}


def test_a_start_that_cannot_be_read_makes_no_overlap() -> None:
    first = {"level_of_care": "php", "start_date": "soon"}
    found = errors(care(first, {"level_of_care": "iop", "start_date": "2026-12-01"}))
    assert found == {"/phases/0/start_date": "not_a_date"}


@pytest.mark.parametrize(
    ("start", "fine"),
    [("2028-11-22", True), ("2028-11-23", False), ("2024-11-22", True), ("2024-11-21", False)],
)
def test_a_start_is_within_two_years_either_way(start: str, fine: bool) -> None:
    assert errors(least(start_date=start)) == ({} if fine else {"/start_date": "start_date_too_far"})


def test_two_years_from_a_leap_day_end_on_the_28th() -> None:
    known = type(KNOWN)(KNOWN.payers, KNOWN.sites, "cmhc", date(2028, 2, 29))
    with pytest.raises(BadRequest):
        load_inquiry(least(start_date="2030-03-01"), known)
    assert load_inquiry(least(start_date="2030-02-28"), known)


@pytest.mark.parametrize(("weeks", "fine"), [(1, True), (104, True), (105, False), (0, False)])
def test_weeks_are_one_to_a_hundred_and_four(weeks: int, fine: bool) -> None:
    assert errors(least(weeks=weeks)) == ({} if fine else {"/weeks": "out_of_range"})


def test_a_whole_number_is_neither_text_nor_fraction_nor_true() -> None:
    for value in ("8", 8.5, True):
        assert errors(least(weeks=value)) == {"/weeks": "not_a_whole_number"}


def test_weekdays_match_days_a_week() -> None:
    assert errors(least(days_per_week=3, weekdays=["mon", "tue"])) == {"/weekdays": "weekdays_do_not_match"}
    assert errors(least(days_per_week=2, weekdays=["mon", "mon"])) == {"/weekdays": "weekday_repeated"}
    assert errors(least(weekdays=[])) == {"/weekdays": "wrong_length"}
    assert errors(least(weekdays=["mo"])) == {"/weekdays/0": "not_a_choice"}


def test_residential_and_inpatient_care_must_say_its_weeks() -> None:
    assert errors(least(level_of_care="rtc")) == {"/weeks": "weeks_missing"}
    assert errors(care({**IOP, "level_of_care": "ip"})) == {"/phases/0/weeks": "weeks_missing"}


def test_residential_care_on_some_days_only_is_refused() -> None:
    stay = least(level_of_care="rtc", weeks=4)
    assert errors({**stay, "days_per_week": 5}) == {"/days_per_week": "every_day_needed"}
    assert errors({**stay, "weekdays": ["mon"]}) == {"/weekdays": "every_day_needed"}


def test_at_most_twelve_phases() -> None:
    phases = [{"level_of_care": "op", "weeks": 1} for _ in range(13)]
    phases[0]["start_date"] = "2026-12-01"
    assert errors(care(*phases)) == {"/phases": "wrong_length"}
    assert not errors(care(*phases[:12]))
