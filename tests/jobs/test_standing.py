"""What stands with a case on the day of an appointment: its authorization, and what the family was told.

The calendar of these examples is that of March 2026: the 2nd is a Monday, and care is three days a week.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from service.casework.keeping import draft_change
from service.jobs.standing import authorization_findings, quote_findings
from tests.casework.invented import SUPERVISOR, approved, file_on, recorded, required, verified

IOP = "intensive_outpatient"
NEEDED = verified(required(), start_date="2026-03-02", weeks=8)
MEDICARE = verified(payer="medicare", site="cmhc", modality="in_person", start_date="2026-03-02")
LONGER = verified(payer="medicare", site="cmhc", modality="in_person", start_date="2026-03-02", weeks=12)


def on(day: str, *said: dict[str, Any], latest: Any = NEEDED) -> list[tuple[str, str | None]]:
    found = [recorded("authorization", latest, **one) for one in said]
    ledger = file_on(day, latest, *found).ledger
    findings = authorization_findings(ledger, date.fromisoformat(day))
    assert {one["code"] for one in findings} <= {"authorization_ends"}
    return [(one["how"], one["date"]) for one in findings]


def test_care_that_needs_an_authorization_and_has_none_is_told() -> None:
    assert on("2026-03-02") == [("missing", None)]
    assert on("2026-03-02", latest=MEDICARE) == []
    denied = {"level_of_care": IOP, "payer": "cigna", "status": "denied"}
    assert on("2026-03-02", denied, approved("outpatient", "2026-03-01", 30)) == [("missing", None)]
    assert on("2026-03-02", approved(IOP, "2026-03-01", 30) | {"payer": "aetna"}) == [("missing", None)]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-03-02", []),  # ten sessions: the last is on the 23rd, the next would be on the 25th
        ("2026-03-16", []),  # nine days before the first that is not covered
        ("2026-03-18", [("ends", "2026-03-23")]),
        ("2026-03-25", [("over", "2026-03-23")]),
    ],
)
def test_an_authorization_is_told_a_week_before_a_session_that_it_does_not_cover(
    day: str, expected: list[Any]
) -> None:
    assert on(day, approved(IOP, "2026-03-02", 10, unit="day")) == expected


def test_one_that_has_not_begun_and_one_that_is_over_are_told_as_what_they_are() -> None:
    assert on("2026-03-02", approved(IOP, "2026-03-09", 24)) == [("not_begun", "2026-03-09")]
    assert on("2026-04-01", approved(IOP, "2026-03-02", 24, valid_to="2026-03-20")) == [
        ("over", "2026-03-20")
    ]


def test_where_another_follows_nothing_is_told() -> None:
    first, second = approved(IOP, "2026-03-02", 10, valid_to="2026-03-23"), approved(IOP, "2026-03-24", 14)
    assert on("2026-03-18", first, second) == []


def quote(**said: Any) -> Any:
    record = draft_change(
        recorded("quote", MEDICARE), {"status": "approved", "reason": "The portal is down."}, SUPERVISOR
    )
    return draft_change(record, said, SUPERVISOR) if said else record


def test_a_quote_that_no_longer_holds_is_told_with_both_amounts() -> None:
    before, now = (one.answer["estimate"]["expected"] for one in (MEDICARE, LONGER))
    assert quote_findings([quote()], LONGER, 50_00) == [
        {"code": "quote_moved", "before": before, "now": now},
    ]
    assert quote_findings([quote()], MEDICARE, 50_00) == []
    assert quote_findings([], LONGER, 50_00) == []
    assert quote_findings([recorded("quote", MEDICARE)], LONGER, 50_00) == [], "a draft was told to nobody"


def test_a_quote_of_other_care_says_so() -> None:
    php = verified(payer="medicare", level="php", site="cmhc", modality="in_person", start_date="2026-03-02")
    (found,) = quote_findings([quote()], php, 50_00)
    assert found == {"code": "quote_moved", "how": "quote_of_other_care", "before": None, "now": None}
