"""The care that is left: weeks that are over are gone, what runs goes on, what follows follows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from schemas.determination import dump_outcome
from service.jobs.care import care_left
from tests.verify.desk import ask, medicare

MONDAY = "2026-03-02"


def laid(asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Phases as the calendar has them."""
    body = medicare(phases=asked)
    del body["level_of_care"], body["start_date"]
    phases: list[dict[str, Any]] = dump_outcome(ask(body))["phases"]
    return phases


def left(asked: list[dict[str, Any]], day: str) -> list[dict[str, Any]]:
    return care_left(asked, laid(asked), date.fromisoformat(day))


IOP = {"level_of_care": "intensive_outpatient", "weeks": 8, "days_per_week": 3}
PHP = {"level_of_care": "partial_hospitalization", "weeks": 2}
OP = {"level_of_care": "outpatient", "weeks": 4}


@pytest.mark.parametrize(
    ("day", "weeks"),
    [
        ("2026-03-02", 8),
        ("2026-03-03", 8),  # fifty-five days are nearly eight weeks
        ("2026-03-08", 8),
        ("2026-03-09", 7),
        ("2026-03-10", 7),
        ("2026-04-20", 1),
        ("2026-04-26", 1),
    ],
)
def test_the_weeks_that_are_left_are_rounded_up(day: str, weeks: int) -> None:
    assert left([{**IOP, "start_date": MONDAY}], day) == [{**IOP, "start_date": day, "weeks": weeks}]


def test_weeks_that_were_not_said_are_those_of_the_level() -> None:
    [phase] = left([{"level_of_care": "iop", "start_date": MONDAY}], "2026-03-16")
    assert phase == {"level_of_care": "iop", "start_date": "2026-03-16", "weeks": 6}


def test_a_phase_that_ended_is_dropped_and_the_next_one_runs() -> None:
    asked = [{**PHP, "start_date": MONDAY}, IOP, OP]
    assert left(asked, "2026-03-23") == [{**IOP, "start_date": "2026-03-23", "weeks": 7}, OP]
    assert left(asked, "2026-03-16") == [{**IOP, "start_date": "2026-03-16"}, OP]
    assert left(asked, "2026-03-15") == [{**PHP, "start_date": "2026-03-15", "weeks": 1}, IOP, OP]


def test_what_follows_keeps_its_own_start_unless_it_would_overlap() -> None:
    asked = [{**PHP, "start_date": MONDAY}, {**IOP, "start_date": "2026-03-16"}]
    assert left(asked, "2026-03-09") == [{**PHP, "start_date": "2026-03-09", "weeks": 1}, asked[1]]
    assert left(asked, "2026-03-10") == [{**PHP, "start_date": "2026-03-10", "weeks": 1}, IOP]


def test_care_that_has_not_begun_begins_on_the_day_and_is_whole() -> None:
    asked = [{**PHP, "start_date": MONDAY}, IOP]
    assert left(asked, "2026-02-23") == [{**PHP, "start_date": "2026-02-23"}, IOP]


def test_of_care_that_is_over_the_last_phase_is_asked_for_once_more() -> None:
    asked = [{**PHP, "start_date": MONDAY}, OP]
    assert left(asked, "2026-09-01") == [{**OP, "start_date": "2026-09-01"}]
