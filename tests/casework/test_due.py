"""When a case is to be verified again, on either side of every date: months, plan years, what ends.

The calendar is that of March 2026: the 2nd is a Monday, and care is three days a week for eight weeks, to
24 April. Where nothing else is said, the case was last asked about on 20 February.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from schemas.reverification import AUTHORIZATION, COVERAGE, MONTHLY, PLAN_YEAR, REASONS, Terms
from service.casework.due import reasons_of
from service.store.verifications import Verification
from tests.casework.invented import CALL, approved, file_on, recorded, required, verified

IOP = "intensive_outpatient"
LONG = verified(required(), start_date="2026-03-02", weeks=8)


def ends(on: str | None, latest: Verification = LONG) -> Verification:
    answer = deepcopy(dict(latest.answer))
    answer["eligibility"] |= {"coverage_end": on}
    return replace(latest, answer=answer)


def due(
    day: str,
    reason: str,
    *said: dict[str, Any],
    latest: Verification = LONG,
    asked: str = "2026-02-20",
    **terms: Any,
) -> list[dict[str, Any]]:
    """What of one reason a case is due for on a day."""
    found = [recorded("authorization", LONG, **one) for one in said]
    wanted = Terms(reasons=(reason,), **terms)
    return reasons_of(file_on(day, latest, *found), date.fromisoformat(asked), wanted)


@pytest.mark.parametrize(
    ("day", "asked", "is_due"),
    [
        ("2026-02-28", "2026-02-20", False),
        ("2026-03-01", "2026-02-20", True),
        ("2026-03-09", "2026-02-28", True),
        ("2026-03-09", "2026-03-01", False),
    ],
)
def test_a_month_is_due_from_its_first_day_until_somebody_asked_in_it(
    day: str, asked: str, is_due: bool
) -> None:
    assert due(day, MONTHLY, asked=asked) == ([{"code": "monthly"}] if is_due else [])


YEAR = verified(required(plan_year_start="04-01"), start_date="2026-03-02", weeks=8)
OTHER = verified(required(plan_year_start="07-01"), start_date="2026-03-02", weeks=8)


@pytest.mark.parametrize(
    ("day", "latest", "found"),
    [
        ("2026-03-31", YEAR, []),
        ("2026-04-01", YEAR, [{"date": "2026-04-01", "is_assumed": False}]),
        ("2026-06-30", OTHER, []),
        ("2026-07-01", OTHER, [{"date": "2026-07-01", "is_assumed": False}]),
        ("2026-12-31", LONG, []),
        ("2027-01-01", LONG, [{"date": "2027-01-01", "is_assumed": True}]),
    ],
)
def test_the_plan_year_turns_when_it_was_said_to_else_on_the_first_of_january(
    day: str, latest: Verification, found: list[Any]
) -> None:
    assert due(day, PLAN_YEAR, latest=latest) == [{"code": "plan_year", **one} for one in found]
    assert due(day, PLAN_YEAR, latest=latest, asked=day) == []


def test_medicaid_has_no_plan_year_and_who_pays_alone_is_never_asked_about() -> None:
    medicaid = verified(payer="sunshine-health", site="cmhc", modality="in_person", start_date="2026-03-02")
    assert due("2027-01-01", PLAN_YEAR, latest=medicaid) == []
    assert due("2027-01-01", MONTHLY, latest=medicaid) != []
    alone = verified(payer="self-pay", site="cmhc", modality="in_person", start_date="2026-03-02")
    assert due("2027-01-01", MONTHLY, latest=alone) == []


BY_UNITS = approved(IOP, "2026-03-02", 10, unit="day")  # to Monday, 23 March
BY_DATES = approved(IOP, "2026-03-02", None, valid_to="2026-03-25")  # to Wednesday, 25 March
RENEWED = approved(IOP, "2026-03-24", None, valid_to="2026-04-10")  # to Friday, 10 April


@pytest.mark.parametrize(
    ("day", "said", "days", "on"),
    [
        ("2026-03-15", [BY_UNITS], 7, None),
        ("2026-03-16", [BY_UNITS], 7, "2026-03-23"),
        ("2026-04-03", [BY_UNITS], 7, "2026-03-23"),
        ("2026-03-17", [BY_DATES], 7, None),
        ("2026-03-18", [BY_DATES], 7, "2026-03-25"),
        ("2026-03-20", [BY_DATES], 5, "2026-03-25"),
        ("2026-03-19", [BY_DATES], 5, None),
        ("2026-03-18", [BY_UNITS, RENEWED], 7, None),
        ("2026-04-02", [BY_UNITS, RENEWED], 7, None),
        ("2026-04-03", [BY_UNITS, RENEWED], 7, "2026-04-10"),
        ("2026-04-20", [approved(IOP, "2026-03-02", 24, unit="day")], 7, None),  # it covers all there is
        ("2026-03-20", [BY_UNITS | {"status": "denied"}], 7, None),
    ],
)
def test_an_authorization_is_due_some_days_before_its_last_session_by_dates_or_by_units(
    day: str, said: list[dict[str, Any]], days: int, on: str | None
) -> None:
    found = due(day, AUTHORIZATION, *said, authorization_days=days)
    assert found == ([{"code": "authorization", "level": IOP, "date": on}] if on else [])
    assert due(day, AUTHORIZATION, *said, authorization_days=days, asked=day) == []


@pytest.mark.parametrize(
    ("day", "on", "days", "is_due"),
    [
        ("2026-03-23", "2026-03-31", 7, False),
        ("2026-03-24", "2026-03-31", 7, True),
        ("2026-03-20", "2026-03-31", 10, False),
        ("2026-03-21", "2026-03-31", 10, True),
        ("2026-03-24", None, 7, False),
    ],
)
def test_a_coverage_is_due_some_days_before_it_ends(
    day: str, on: str | None, days: int, is_due: bool
) -> None:
    found = due(day, COVERAGE, latest=ends(on), coverage_days=days)
    assert found == ([{"code": "coverage", "date": on}] if is_due else [])
    assert due(day, COVERAGE, latest=ends(on), coverage_days=days, asked=day) == []


def test_several_reasons_on_one_day_are_one_row_the_most_pressing_first() -> None:
    file = file_on("2026-04-01", ends("2026-04-05", YEAR), recorded("authorization", LONG, **RENEWED))
    found = reasons_of(file, date(2026, 2, 20), Terms(authorization_days=14))
    assert [one["code"] for one in found] == [AUTHORIZATION, COVERAGE, PLAN_YEAR, MONTHLY]
    assert tuple(one["code"] for one in found) == REASONS


@pytest.mark.parametrize("status", ["discharged", "not_admitted"])
def test_a_case_that_is_closed_is_never_due_nor_one_that_nobody_asked_about(status: str) -> None:
    file = file_on("2026-04-01", LONG)
    closed = replace(file, case=replace(file.case, status=status))
    assert reasons_of(file, date(2026, 2, 20), Terms()) != []
    assert reasons_of(closed, date(2026, 2, 20), Terms()) == []
    assert reasons_of(file_on("2026-04-01", None), date(2026, 2, 20), Terms()) == []


def test_what_was_told_of_the_plan_year_is_the_newest_telling() -> None:
    earlier = {**required(plan_year_start="07-01"), "told_by": CALL | {"at": "2026-02-10T14:02:00Z"}}
    both = replace(OTHER, told=[earlier, required(plan_year_start="05-15")])
    assert due("2026-05-14", PLAN_YEAR, latest=both) == []
    assert due("2026-05-15", PLAN_YEAR, latest=both) != []
