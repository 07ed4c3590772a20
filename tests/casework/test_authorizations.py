"""Which sessions an authorization covers, how many are left, and where none does: before the session.

The calendar of these examples is that of March 2026: the 2nd is a Monday.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.casework.authorizations import Standing, keep_ledger, read_authorization
from service.casework.calendar import Session
from service.casework.clocks import clocks_of
from tests.casework.invented import STEP_DOWN, approved, file_on, recorded, required, verified

IOP, PHP = "intensive_outpatient", "partial_hospitalization"
EIGHT_WEEKS = verified(required(), start_date="2026-03-02", weeks=8)


def standing(day: str, *said: dict[str, Any], latest: Any = EIGHT_WEEKS) -> Standing:
    """How the first of these authorizations stands on a day."""
    found = [recorded("authorization", latest, **one) for one in said]
    return file_on(day, latest, *found).ledger.standings[0]


def test_ten_days_of_a_plan_of_24_sessions_with_two_absences_end_with_the_twelfth_session() -> None:
    # Mondays, Wednesdays and Fridays from March 2: the 12th session is Friday, March 27.
    one = approved(IOP, "2026-03-02", 10, unit="day", absences=["2026-03-06", "2026-03-11"])
    on_the_first_day = standing("2026-03-02", one)
    assert (on_the_first_day.used, on_the_first_day.left, on_the_first_day.sessions_left) == (0, 10, 10)
    assert on_the_first_day.ends_on == date(2026, 3, 27)
    assert on_the_first_day.first_uncovered == date(2026, 3, 30)
    # Three business days before the last session that is covered.
    assert (on_the_first_day.review_on, on_the_first_day.review_is_ours) == (date(2026, 3, 24), True)
    # By the morning of March 16: sessions 2, 4, 9, 13; the 6th and the 11th fell out.
    later = standing("2026-03-16", one)
    assert (later.used, later.left) == (4, 6)


def test_without_absences_they_end_with_the_tenth_session() -> None:
    found = standing("2026-03-02", approved(IOP, "2026-03-02", 10, unit="day"))
    assert (found.ends_on, found.first_uncovered) == (date(2026, 3, 23), date(2026, 3, 25))


def test_the_review_is_on_the_day_that_the_payer_named_where_it_did() -> None:
    found = standing("2026-03-02", approved(IOP, "2026-03-02", 10, next_review_due="2026-03-13"))
    assert (found.review_on, found.review_is_ours) == (date(2026, 3, 13), False)


def test_an_authorization_ends_with_its_last_day_however_much_is_left() -> None:
    found = standing("2026-03-02", approved(IOP, "2026-03-02", 24, valid_to="2026-03-09"))
    assert (found.ends_on, found.first_uncovered) == (date(2026, 3, 9), date(2026, 3, 11))
    assert found.left == 24


def test_hours_are_counted_as_long_as_sessions_take() -> None:
    # Three hours a session: 10 hours are three sessions, and the fourth does not fit.
    found = standing("2026-03-09", approved(IOP, "2026-03-02", 10, unit="hour"))
    assert (found.used, found.left, found.ends_on) == (9, 1, date(2026, 3, 6))


def test_one_that_was_not_granted_covers_nothing() -> None:
    for status in ("not_started", "submitted", "pended", "denied", "withdrawn"):
        found = standing("2026-03-02", approved(IOP, "2026-03-02", 10) | {"status": status})
        assert (found.ends_on, found.left, found.sessions_left) == (None, None, 0)


def test_two_authorizations_follow_one_another_and_no_session_is_counted_twice() -> None:
    first = approved(IOP, "2026-03-02", 10, valid_to="2026-03-31")
    second = approved(IOP, "2026-03-20", 10)
    records = [recorded("authorization", EIGHT_WEEKS, **one) for one in (first, second)]
    one, two = file_on("2026-03-02", EIGHT_WEEKS, *records).ledger.standings
    assert (one.ends_on, one.sessions_left) == (date(2026, 3, 23), 10)
    assert (two.ends_on, two.sessions_left) == (date(2026, 4, 15), 10)
    # Since another follows, none of its sessions is without one until both are spent.
    assert one.first_uncovered == two.first_uncovered == date(2026, 4, 17)


# --- phases


def states(day: str, latest: Any, *said: dict[str, Any]) -> list[tuple[str, str, str | None, str | None]]:
    found = [recorded("authorization", latest, **one) for one in said]
    phases = file_on(day, latest, *found).ledger.phases
    return [(one.level, one.state, one.from_.isoformat() if one.from_ else None, one.asked) for one in phases]


BOTH_REQUIRED = required(
    levels={level: {"covered": True, "prior_authorization": "required"} for level in (PHP, IOP)}
)


def stepping_down() -> Any:
    body = {"phases": STEP_DOWN, "level_of_care": None, "start_date": None}
    return verified(BOTH_REQUIRED, **body)


def test_a_step_from_php_to_iop_is_not_authorized_until_a_new_one_is_entered() -> None:
    plan = stepping_down()
    php = approved(PHP, "2026-03-02", 15)
    assert states("2026-03-02", plan, php) == [
        (PHP, "authorized", None, "approved"),
        (IOP, "not_authorized", "2026-03-23", None),
    ]
    asked = approved(IOP, "2026-03-23", 24) | {"status": "submitted"}
    assert states("2026-03-02", plan, php, asked)[1] == (IOP, "not_authorized", "2026-03-23", "submitted")
    assert states("2026-03-02", plan, php, asked | {"status": "approved"})[1] == (
        IOP,
        "authorized",
        None,
        "approved",
    )


def test_an_authorization_of_another_payer_does_not_follow_by_itself() -> None:
    other = approved(IOP, "2026-03-02", 24) | {"payer": "aetna"}
    assert states("2026-02-20", EIGHT_WEEKS, other) == [(IOP, "not_authorized", "2026-03-02", "other_payer")]


def test_a_start_before_the_first_day_is_not_authorized_on_these_days() -> None:
    late = approved(IOP, "2026-03-09", 24)
    found = file_on("2026-02-20", EIGHT_WEEKS, recorded("authorization", EIGHT_WEEKS, **late)).ledger.phases[
        0
    ]
    assert (found.state, found.from_) == ("runs_out", date(2026, 3, 2))


def test_sessions_behind_that_had_none_are_counted() -> None:
    late = approved(IOP, "2026-03-09", 24)
    found = file_on("2026-03-10", EIGHT_WEEKS, recorded("authorization", EIGHT_WEEKS, **late)).ledger.phases[
        0
    ]
    assert (found.state, found.past) == ("authorized", 3)


def test_what_needs_none_and_what_nobody_knows_are_two_things() -> None:
    medicare = verified(payer="medicare", site="cmhc", modality="in_person")
    assert [one.state for one in file_on("2026-03-02", medicare).ledger.phases] == ["not_needed"]
    unknown = verified(payer="florida-blue", site="two-tier", modality="in_person")
    assert [one.state for one in file_on("2026-03-02", unknown).ledger.phases] == ["ask"]


def test_a_payer_that_only_wants_to_know_is_told_once_something_was_submitted() -> None:
    told = required(levels={IOP: {"covered": True, "prior_authorization": "notification"}})
    plan = verified(told)
    assert states("2026-02-20", plan) == [(IOP, "not_notified", "2026-03-02", None)]
    sent = {"level_of_care": IOP, "payer": "cigna", "status": "submitted"}
    assert states("2026-02-20", plan, sent) == [(IOP, "authorized", None, "submitted")]


# --- clocks


def test_every_clock_of_a_case_is_told_the_soonest_first() -> None:
    plan = stepping_down()
    denied = {
        "level_of_care": IOP,
        "payer": "cigna",
        "status": "denied",
        "peer_to_peer_by": "2026-03-05",
        "appeal_by": "2026-08-30",
    }
    php = approved(PHP, "2026-03-02", 10)
    records = [recorded("authorization", plan, **one) for one in (php, denied)]
    found = [
        (one.kind, one.on.isoformat(), one.days_left)
        for one in clocks_of(file_on("2026-03-03", plan, *records))
    ]
    assert found == [
        ("peer_to_peer", "2026-03-05", 2),
        ("review_due", "2026-03-10", 7),
        ("runs_out", "2026-03-16", 13),
        ("not_authorized", "2026-03-23", 20),
        ("appeal", "2026-08-30", 180),
    ]


def test_a_decision_is_due_on_the_day_that_the_payer_named_until_it_decides() -> None:
    asked = {"level_of_care": IOP, "payer": "cigna", "status": "pended", "decision_due": "2026-02-27"}
    found = clocks_of(file_on("2026-02-20", EIGHT_WEEKS, recorded("authorization", EIGHT_WEEKS, **asked)))
    assert (found[0].kind, found[0].on) == ("decision_due", date(2026, 2, 27))


def test_a_case_that_nobody_verified_has_no_clocks() -> None:
    assert clocks_of(file_on("2026-03-02", None)) == []


# --- what always holds

DAYS = st.dates(date(2026, 3, 1), date(2026, 5, 1))
ONE = st.builds(
    lambda first, units, unit, absent: (
        approved(IOP, first.isoformat(), units, unit=unit)
        | {"absences": sorted({on.isoformat() for on in absent})}
    ),
    DAYS,
    st.integers(0, 30),
    st.sampled_from(("day", "hour", "session", "visit")),
    st.lists(DAYS, max_size=6),
)


@given(said=st.lists(ONE, max_size=4), today=DAYS)
def test_no_authorization_covers_more_than_it_has_and_no_session_twice(said: list[Any], today: date) -> None:
    sessions = [
        Session(date.fromordinal(date(2026, 3, 2).toordinal() + 7 * week + day), IOP, 0, 180)
        for week in range(8)
        for day in (0, 2, 4)
    ]
    given_ = [read_authorization(str(number), "approved", one) for number, one in enumerate(said)]
    answer = {"payer": {"id": "cigna"}, "phases": EIGHT_WEEKS.answer["phases"]}
    ledger = keep_ledger(answer, sessions, given_, today)
    absent = {on for one in given_ for on in one.absences}
    held = [one for one in sessions if one.on not in absent]
    assert sum(one.sessions_left for one in ledger.standings) <= sum(one.on >= today for one in held)
    for one in ledger.standings:
        assert one.left is not None
        cost = Fraction(3) if one.authorization.unit == "hour" else Fraction(1)
        assert one.used + one.sessions_left * cost <= (one.authorization.units or 0)
        assert one.ends_on is None or one.ends_on not in absent


@pytest.mark.parametrize("day", ["2026-03-02", "2026-03-11", "2026-04-24"])
def test_what_is_used_and_what_is_left_are_all_there_is(day: str) -> None:
    found = standing(day, approved(IOP, "2026-03-02", 10))
    assert found.left is not None
    assert found.used + found.left == 10
