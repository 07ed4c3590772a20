"""Where the payer changes no authorization follows by itself; how long it is honored, as each source says."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from service.jobs.following import left_behind
from tests.casework.invented import file_on, recorded, verified
from tests.explain.desk import desk

LAST, DAY = date(2026, 11, 20), date(2026, 12, 1)
IOP = "intensive_outpatient"
BEFORE = verified(payer="cigna", start_date="2026-12-01", weeks=8)


def answered(payer: str, starts: str | None = None, **asked: Any) -> dict[str, Any]:
    made = deepcopy(dict(verified(payer=payer, start_date="2026-12-01", weeks=8, **asked).answer))
    made["eligibility"] |= {"coverage_start": starts}
    return made


def found(answer: dict[str, Any], before: dict[str, Any] | None = None, **said: Any) -> list[dict[str, Any]]:
    one = {"level_of_care": IOP, "payer": "cigna", "status": "approved", "valid_from": "2026-11-02"} | said
    standings = file_on("2026-12-01", BEFORE, recorded("authorization", BEFORE, **one)).ledger.standings
    was = dict(BEFORE.answer) if before is None else before
    return left_behind(desk(), answer, was, standings, (LAST, DAY))


def windows(found: list[dict[str, Any]]) -> list[tuple[int, str | None, str, str]]:
    [one] = found
    return [(two["days"], two["since"], two["date"], two["citation"]["title"]) for two in one["windows"]]


CONTRACT = (
    "Florida Health Justice Project: Medicaid managed care and continuity of care requirements "
    "(of the contracts since February 2025)"
)


def test_whoever_joins_a_medicaid_plan_has_what_was_authorized_for_ninety_days_as_a_source_says() -> None:
    [one] = found(answered("simply-healthcare", "2026-12-01"), number="A-77")
    assert (one["code"], one["how"]) == ("authorization_does_not_follow", "payer")
    assert one["authorizations"] == [
        {"level": IOP, "payer": "Cigna Healthcare", "number": "A-77", "until": None}
    ]
    assert windows([one]) == [(90, "2026-12-01", "2027-03-01", CONTRACT)]
    cited = one["windows"][0]["citation"]
    assert cited["confidence"] == "secondary"
    assert cited["url"].startswith("https://floridahealthjustice.org/")
    assert "at least 90 days after the effective date of enrollment" in cited["locator"]


def test_where_the_plan_says_less_than_its_contract_the_shorter_comes_first() -> None:
    said = windows(found(answered("aetna-better-health-florida", "2026-12-01")))
    assert [(days, until) for days, _, until, _ in said] == [(60, "2027-01-30"), (90, "2027-03-01")]
    assert said[0][3] == "Aetna Better Health of Florida: continuity of care"


def test_where_nobody_said_since_when_days_are_counted_from_when_it_was_last_not_so() -> None:
    assert windows(found(answered("simply-healthcare"))) == [(90, None, "2027-02-18", CONTRACT)]


def test_a_medicare_advantage_plan_goes_on_for_ninety_days_too() -> None:
    [(days, _, until, title)] = windows(found(answered("devoted-health", "2026-12-01", site="cmhc")))
    assert (days, until) == (90, "2027-03-01")
    assert "Medicare Advantage" in title


def test_of_a_payer_of_whom_the_rulebook_says_nothing_it_is_unknown() -> None:
    [one] = found(answered("aetna", "2026-12-01"))
    assert (one["now"], one["windows"]) == ("Aetna", [])


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ({"valid_to": "2026-11-30"}, 0),
        ({"valid_to": "2026-12-01"}, 1),
        ({"status": "submitted"}, 1),
        ({"status": "denied"}, 0),
        ({"payer": "simply-healthcare"}, 0),
    ],
)
def test_what_is_over_refused_or_with_the_new_payer_already_is_not_left_behind(
    said: dict[str, Any], number: int
) -> None:
    assert len(found(answered("simply-healthcare"), **said)) == number


def test_where_nothing_changed_nothing_is_left_behind() -> None:
    assert found(dict(BEFORE.answer)) == []
    assert left_behind(desk(), answered("aetna"), None, [], (LAST, DAY)) == []


def test_a_plan_that_others_run_from_now_on_honors_what_was_authorized_until_the_day_they_named() -> None:
    """The Children's Medical Services plan went from Sunshine Health to Molina on 1 October 2026."""
    plan, member = "childrens-medical-services", {"site": "cmhc", "modality": "in_person"}
    now = dict(verified(payer=plan, start_date="2026-10-05", weeks=8, **member).answer)
    then = dict(verified(payer=plan, start_date="2026-09-14", weeks=8, **member).answer)
    [one] = found(now, then, payer=plan)
    assert one["how"] == "transfer"
    assert [(two["days"], two["date"]) for two in one["windows"]] == [(240, "2027-05-29")]
    assert "written for behavior analysis" in one["windows"][0]["citation"]["locator"]
    assert found(now, now, payer=plan) == []
