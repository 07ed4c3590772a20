"""Somebody who pays without insurance: the clinic's price, exactly, and an estimate in writing in time."""

from __future__ import annotations

from datetime import date

import pytest

from schemas.problem import BadRequest
from service.engine.self_pay import estimate_due
from service.federal_holidays import federal_holidays
from tests.verify.desk import ask

LUZ = {"first_name": "Luz", "last_name": "Ensayo", "birth_date": "1990-01-01"}
HOLIDAYS = federal_holidays(2026, 2027)


def wants(**more):
    body = {"payer": "self-pay", "member": LUZ, "level_of_care": "iop", "start_date": "2026-12-07"}
    return {**body, "weeks": 3, **more}


def codes(items):
    return [item.code for item in items]


def test_nine_sessions_cost_nine_times_the_clinics_own_price_exactly():
    said = ask(wants()).determination
    assert (said.estimate.expected, said.estimate.certainty) == (9 * 35000, "exact")
    assert said.estimate.assumptions == ()
    assert (said.collect.amount, said.collect.allowed) == (35000, "yes")


def test_nobody_is_to_be_called_confirmed_or_asked_for_an_authorization():
    said = ask(wants()).determination
    assert said.call_script == ()
    assert said.phases[0].prior_authorization.status == "not_required"
    assert codes(said.phases[0].coverage.reasons) == ["paying_yourself"]
    assert codes(said.next_steps) == ["ask_for_any_coverage", "give_good_faith_estimate"]


def test_a_level_without_a_price_is_agreed_on_first():
    said = ask(wants(level_of_care="ip", weeks=1)).determination
    assert said.estimate.expected is None
    assert (said.collect.allowed, codes(said.collect.reasons)) == ("ask", ["collect_after_price_known"])


@pytest.mark.parametrize(
    ("first", "due"),
    [
        # Thursday 26 November is Thanksgiving; business days ahead are counted from Monday 23 November.
        ("2026-11-24", "2026-11-24"),
        ("2026-11-27", "2026-11-24"),
        ("2026-11-30", "2026-11-24"),
        ("2026-12-07", "2026-11-24"),
        ("2026-12-08", "2026-11-27"),
        ("2027-01-04", "2026-11-27"),
    ],
)
def test_the_estimate_is_due_within_one_or_three_business_days(first, due):
    assert estimate_due(date(2026, 11, 23), date.fromisoformat(first), HOLIDAYS) == date.fromisoformat(due)


def test_a_member_id_is_needed_for_everybody_else():
    with pytest.raises(BadRequest) as refused:
        ask(wants(payer="cigna"))
    assert [(each.pointer, each.code) for each in refused.value.errors] == [("/member/member_id", "required")]
