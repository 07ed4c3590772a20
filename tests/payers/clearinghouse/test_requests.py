"""What a clearinghouse is asked, in both shapes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from payers.clearinghouse.request import (
    Question,
    benefits_information_request,
    control_number,
    plans_request,
)
from payers.x12.dates import askable_date
from schemas.model import Person

ANA = Person("M123456", "Ana", "Prueba", date(1990, 5, 17), sex="female", group_number="G-77")
LUIS = Person(
    "M123456", "Luis", "Prueba", date(2010, 5, 17), sex="other", relationship="child", subscriber=ANA
)
QUESTION = Question("INV01", "An invented center", "1234567893", ANA, None, ("MH",), date(2026, 3, 2), "T1")


def test_plans_are_asked_with_every_value_spelled_out() -> None:
    assert plans_request(QUESTION) == {
        "payerId": "INV01",
        "provider": {"name": {"organization": "An invented center"}, "npi": "1234567893"},
        "subscriber": {
            "name": {"person": {"firstName": "Ana", "lastName": "Prueba"}},
            "memberId": "M123456",
            "dateOfBirth": "1990-05-17",
            "gender": "FEMALE",
        },
        "encounter": {
            "services": [{"system": "STC", "value": "MH"}],
            "dates": {"service": {"start": "2026-03-02"}},
        },
        "externalPatientId": "T1",
    }


def test_benefits_information_is_asked_for_in_codes() -> None:
    assert benefits_information_request(replace(QUESTION, service_types=("BB", "MH"))) == {
        "controlNumber": control_number("T1"),
        "tradingPartnerServiceId": "INV01",
        "provider": {"organizationName": "An invented center", "npi": "1234567893"},
        "subscriber": {
            "memberId": "M123456",
            "firstName": "Ana",
            "lastName": "Prueba",
            "dateOfBirth": "19900517",
            "gender": "F",
        },
        "encounter": {"serviceTypeCodes": ["BB", "MH"], "dateOfService": "20260302"},
        "externalPatientId": "T1",
    }


def test_a_dependent_is_asked_about_under_a_subscriber_of_whom_no_more_is_told_than_needed() -> None:
    question = replace(QUESTION, dependent=LUIS)
    named = plans_request(question)
    assert named["subscriber"] == {
        "name": {"person": {"firstName": "Ana", "lastName": "Prueba"}},
        "memberId": "M123456",
    }
    assert named["dependent"] == {
        "name": {"person": {"firstName": "Luis", "lastName": "Prueba"}},
        "relationToSubscriber": "CHILD",
        "dateOfBirth": "2010-05-17",
    }
    flat = benefits_information_request(question)
    assert flat["subscriber"] == {"memberId": "M123456", "firstName": "Ana", "lastName": "Prueba"}
    assert flat["dependents"] == [
        {
            "firstName": "Luis",
            "lastName": "Prueba",
            "individualRelationshipCode": "19",
            "dateOfBirth": "20100517",
        }
    ]


def test_what_is_not_known_is_left_out() -> None:
    holder = Person("M123456", None, None, None)
    other = replace(LUIS, relationship="other", sex=None)
    named = plans_request(replace(QUESTION, subscriber=holder, dependent=other, trace=""))
    assert named["subscriber"] == {"memberId": "M123456"}
    assert "relationToSubscriber" not in named["dependent"]
    assert "externalPatientId" not in named
    flat = benefits_information_request(replace(QUESTION, subscriber=holder, trace=""))
    assert flat["subscriber"] == {"memberId": "M123456"}
    assert {"controlNumber", "externalPatientId", "dependents"}.isdisjoint(flat)


@pytest.mark.parametrize("trace", ["T1", "T1-2", "", "ñ"])
def test_a_control_number_is_nine_digits_and_never_zero(trace: str) -> None:
    number = control_number(trace)
    assert len(number) == 9
    assert number.isdigit()
    assert int(number) > 0


def test_a_control_number_follows_from_its_trace() -> None:
    assert control_number("T1") == control_number("T1")
    assert control_number("T1") != control_number("T1-2")


def test_a_question_shows_nothing_of_the_patient() -> None:
    shown = repr(replace(QUESTION, dependent=LUIS))
    assert not any(secret in shown for secret in ("Ana", "Luis", "Prueba", "M123456", "1990"))


@pytest.mark.parametrize(
    ("wanted", "asked"),
    [
        ([date(2026, 3, 10), date(2026, 3, 5)], date(2026, 3, 5)),
        ([date(2026, 3, 31)], date(2026, 3, 31)),
        ([date(2026, 4, 1)], date(2026, 3, 31)),
        ([date(2025, 3, 20)], date(2025, 3, 20)),
        ([date(2025, 3, 19), date(2026, 3, 25)], date(2025, 3, 20)),
        ([], date(2026, 3, 20)),
    ],
)
def test_the_day_that_is_asked_about_is_one_that_payers_answer_for(wanted: list[date], asked: date) -> None:
    assert askable_date(wanted, datetime(2026, 3, 20, 23, 30, tzinfo=UTC)) == asked


def test_twelve_months_before_a_leap_day_is_the_last_of_february() -> None:
    leap_day = datetime(2028, 2, 29, 12, tzinfo=UTC)
    assert askable_date([date(2020, 1, 1)], leap_day) == date(2027, 2, 28)
    assert askable_date([date(2030, 1, 1)], leap_day) == date(2028, 2, 29)


def test_the_month_that_counts_is_that_of_the_time_zone_it_is_asked_in() -> None:
    late = datetime(2026, 3, 31, 22, tzinfo=timezone(timedelta(hours=-4)))
    assert askable_date([date(2026, 4, 15)], late) == date(2026, 3, 31)
    assert askable_date([date(2026, 4, 15)], late.astimezone(UTC)) == date(2026, 4, 15)
