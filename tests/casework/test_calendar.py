"""The sessions of a case over several questions: what took place stays, what was put off does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from service.casework.calendar import EARLIER, sessions_of_case
from service.casework.file import lay_out
from tests.casework.invented import ASKED_AT, CASE, approved, recorded, required, verified
from tests.explain.desk import desk

FIRST = verified(required(), start_date="2026-03-02", weeks=8)
LEFT = replace(
    verified(required(), start_date="2026-03-16", weeks=6), created_at=ASKED_AT.replace(month=3, day=16)
)


def test_what_took_place_before_somebody_was_asked_about_again_stays() -> None:
    sessions = sessions_of_case(desk(), LEFT, [FIRST])
    # Six sessions of the first two weeks, then the 18 of the six that are left.
    assert [one.on.day for one in sessions[:7]] == [2, 4, 6, 9, 11, 13, 16]
    assert [one.phase for one in sessions[:7]] == [EARLIER] * 6 + [0]
    assert len(sessions) == 24


def test_care_that_was_put_off_before_it_began_took_no_session() -> None:
    put_off = replace(LEFT, created_at=ASKED_AT)
    assert sessions_of_case(desk(), put_off, [FIRST])[0].on == date(2026, 3, 16)


def test_an_authorization_goes_on_counting_over_a_later_question() -> None:
    ten = recorded("authorization", FIRST, **approved("intensive_outpatient", "2026-03-02", 10))
    file = lay_out(desk(), CASE, LEFT, [ten], ASKED_AT.replace(month=3, day=16, hour=17), [FIRST])
    (standing,) = file.ledger.standings
    assert (standing.used, standing.left, standing.ends_on) == (6, 4, date(2026, 3, 23))
    assert file.ledger.phases[0].state == "runs_out"
