"""Limits of visits, days, hours and units: their periods, what is used of them, and what lies beyond."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from schemas.model import Citation, Copay, Fact, Fee, LevelBenefits, Limit
from tests.engine.builders import (
    IOP,
    OP,
    SITE,
    answer,
    codes,
    copay,
    covered_level,
    per_diem,
    phase,
    plan,
    pot,
    pots,
    published,
    sessions,
    told,
)

SELF_PAY = 25000


def ask(*phases, limits, level=IOP, on=date(2026, 2, 20), at=None, **more):
    facts = tuple(told(limit, on) for limit in limits)
    said = plan(more.pop("deductible", None), **{level: covered_level(limits=facts, **copay(10))})
    when = {"at": at} if at else {}
    return answer(*phases, told_benefits=said, trace=True, **when, **more)


def covered_days(d):
    return [line.covered for line in d.estimate.trace]


def test_sessions_beyond_a_limit_are_not_covered_and_cost_the_self_pay_rate():
    # 2 of 5 are left: 10 + 10 + 250.
    d = ask(sessions(3), limits=[Limit(5, used=3)])
    assert (d.estimate.expected, d.estimate.certainty) == (2 * 1000 + SELF_PAY, "exact")
    assert [line.reason for line in d.estimate.trace] == [None, None, "limit_reached"]
    assert d.estimate.self_pay == SELF_PAY


def test_a_session_beyond_a_limit_takes_nothing_from_the_pots_and_the_plan_pays_nothing():
    e = ask(sessions(2), limits=[Limit(1, used=0)], deductible=pots(pot(50000, 0), pot(None))).estimate
    # Deductible 500: all 100 of the first session; the second is no session of the plan.
    assert [line.patient for line in e.trace] == [10000, SELF_PAY]
    assert [line.deductible_remaining for line in e.trace] == [40000, 40000]
    assert (e.trace[1].plan, e.trace[1].allowed, e.total_allowed) == (0, None, 10000)


def test_a_session_beyond_a_limit_is_billable_only_after_notice():
    d = ask(sessions(3), limits=[Limit(5, used=3)])
    (step,) = [step for step in d.next_steps if step.code == "give_notice_before_billing"]
    assert (step.by, step.params) == (date(2026, 3, 6), {"sessions": 1})


def test_a_limit_that_is_used_up_refuses_from_the_first_session_on():
    assert covered_days(ask(sessions(2), limits=[Limit(5, used=9)])) == [False, False]


def test_a_limit_whose_use_nobody_stated_ranges_from_none_used_to_all():
    # None used: 3 x 10. All used: 3 x 250.
    e = ask(sessions(3), limits=[Limit(5)]).estimate
    assert (e.low, e.expected, e.high, e.certainty) == (3000, 3000, 3 * SELF_PAY, "estimated")
    (unknown,) = e.assumptions
    assert (unknown.code, unknown.moves) == ("limit_used_unknown", 3 * SELF_PAY - 3000)
    assert unknown.params == {"units": 5, "unit": "session", "period": "plan_year"}
    assert unknown.citations


def test_where_the_self_pay_rate_is_less_than_the_share_the_range_is_still_in_order():
    # None used: 3 x 10; all used: 3 x 5, which is less.
    site = replace(SITE, self_pay_rates={IOP: told(500)})
    e = ask(sessions(3), limits=[Limit(5)], site=site).estimate
    assert (e.low, e.expected, e.high) == (1500, 3000, 3000)


def test_a_limit_that_an_authorization_can_lift_refuses_nothing_for_good():
    # 1 of 3 is inside: 10. For the others: low and expected 0, high 2 x 250.
    d = ask(sessions(3), limits=[Limit(1, used=0, exceedable=True)])
    e = d.estimate
    assert (e.low, e.expected, e.high) == (1000, 1000, 1000 + 2 * SELF_PAY)
    assert [(a.code, a.moves) for a in e.assumptions] == [("limit_exception_needed", 2 * SELF_PAY)]
    assert [line.reason for line in e.trace][1:] == ["limit_exception_needed"] * 2
    assert ("request_limit_exception", date(2026, 3, 4)) in [(s.code, s.by) for s in d.next_steps]


def test_of_two_limits_in_one_period_the_smaller_holds():
    assert (
        covered_days(ask(sessions(5), limits=[Limit(2, used=0), Limit(5, used=0)]))
        == [True] * 2 + [False] * 3
    )


def test_a_session_that_one_limit_refuses_uses_nothing_of_the_other():
    # One a calendar month, four a year: March, April, May and June, whatever was refused in between.
    monthly = phase(OP, weeks=20)
    d = ask(monthly, limits=[Limit(1, period="month"), Limit(4, used=0)], level=OP)
    inside = [line.date.month for line in d.estimate.trace if line.covered]
    assert inside == [3, 4, 5, 6]


@pytest.mark.parametrize(
    ("period", "start", "covered"),
    [
        # One a month: 29 June is June's; 1 July is July's, 3 July the second of it.
        ("month", date(2026, 6, 29), [True, True, False]),
        ("day", date(2026, 6, 29), [True, True, True]),
        # Florida's fiscal year turns on 1 July.
        ("state_fiscal_year", date(2026, 6, 29), [True, True, False]),
        ("calendar_year", date(2026, 6, 29), [True, False, False]),
        ("calendar_year", date(2026, 12, 28), [True, False, True]),
        ("plan_year", date(2026, 12, 28), [True, False, True]),
        ("lifetime", date(2026, 12, 28), [True, False, False]),
    ],
)
def test_a_limit_is_counted_anew_in_each_of_its_periods(period, start, covered):
    d = ask(
        phase(start=start, weeks=1),
        limits=[Limit(1, period=period, used=0)],
        on=start,
        at=datetime(start.year, start.month, start.day, 15, tzinfo=UTC),
    )
    assert covered_days(d) == covered


def test_the_plan_year_of_a_limit_is_the_plans_own():
    level = covered_level(limits=(told(Limit(1, used=1), date(2026, 6, 20)),), **copay(10))
    said = replace(plan(**{IOP: level}), plan_year_start=told((7, 1)))
    e = answer(phase(start=date(2026, 6, 29), weeks=1), told_benefits=said, trace=True).estimate
    # Mon 29 June: used up. Wed 1 July: the new year's one. Fri 3 July: used up again.
    assert [line.covered for line in e.trace] == [False, True, False]


def test_use_that_was_told_of_an_earlier_period_is_over_by_then():
    # All 5 used in December; in January all 5 are there again.
    d = ask(phase(start=date(2027, 1, 4), weeks=1), limits=[Limit(5, used=5)], on=date(2026, 12, 20))
    assert covered_days(d) == [True] * 3


def test_use_that_was_told_of_a_later_period_says_nothing_of_an_earlier_one():
    # Told on 15 January that nothing is used; of the December sessions nobody knows.
    e = ask(
        phase(start=date(2025, 12, 29), weeks=1),
        limits=[Limit(5, used=0)],
        on=date(2026, 1, 15),
        at=datetime(2026, 1, 15, 15, tzinfo=UTC),
    ).estimate
    # None used: 30. All used: 2 x 250 in December, then January's own: 10.
    assert (e.low, e.expected, e.high) == (3000, 3000, 2 * SELF_PAY + 1000)


def test_use_without_a_date_belongs_to_the_period_of_the_first_session():
    assert covered_days(ask(sessions(2), limits=[Limit(5, used=4)], on=None)) == [True, False]


def test_a_limit_in_hours_counts_every_hour_begun():
    # 3 hours and 10 minutes are 4 hours: 10 hours hold two such days.
    d = ask(phase(weeks=1, minutes_per_day=190), limits=[Limit(10, "hour", used=0)])
    assert covered_days(d) == [True, True, False]


def test_a_limit_in_days_or_visits_counts_sessions():
    assert covered_days(ask(sessions(3), limits=[Limit(2, "day", used=0)])) == [True, True, False]
    assert covered_days(ask(sessions(3), limits=[Limit(2, "visit", used=0)])) == [True, True, False]


def fifteen_minutes(**more):
    return Fee("H2019", published(1800), "HR", service="individual", unit_minutes=15, units_per_day=4, **more)


def therapy(limit, *, stated=(), birth=date(1980, 5, 5), weeks=3):
    level = LevelBenefits(
        covered=published(True),
        deductible_applies=published(False),
        copay=(published(Copay(200)),),
        coinsurance=(published(None),),
        fees=(fifteen_minutes(limit=published(limit)),),
    )
    heard = plan(**{OP: LevelBenefits(limits=stated)}) if stated else None
    return answer(
        phase(OP, weeks=weeks),
        rules=plan(None, None, "published", **{OP: level}),
        told_benefits=heard,
        line_of_business="medicaid",
        birth_date=birth,
        trace=True,
    )


def test_a_limit_in_units_counts_the_units_of_each_visit():
    # 60 minutes are 4 units: 9 units hold two visits, and the third is beyond them.
    assert covered_days(therapy(Limit(9, "unit", "state_fiscal_year", used=0))) == [True, True, False]


def test_the_schedules_own_limit_is_shown_with_the_coverage():
    (state,) = therapy(Limit(9, "unit", "state_fiscal_year", used=0)).phases[0].coverage.limits
    assert (state.limit.units, state.limit.unit) == (9, "unit")
    assert state.citations


def test_a_limit_that_was_told_stands_in_for_the_schedules_own():
    # The schedule would hold two visits; told: one is left.
    d = therapy(Limit(9, "unit", used=0), stated=(told(Limit(5, "visit", used=4)),))
    assert covered_days(d) == [True, False, False]


def test_a_told_limit_can_be_exceeded_where_the_schedules_own_can():
    d = therapy(Limit(9, "unit", exceedable=True), stated=(told(Limit(5, "visit", used=4)),))
    assert [line.reason for line in d.estimate.trace] == [None] + ["limit_exception_needed"] * 2


def test_that_there_is_no_limit_lifts_the_schedules_own():
    d = therapy(Limit(9, "unit", used=9), stated=(told(None),))
    assert (covered_days(d), d.phases[0].coverage.limits) == ([True] * 3, ())


def test_a_limit_of_a_program_days_row_is_asked_about():
    row = replace(per_diem(10000), limit=published(Limit(30)))
    level = LevelBenefits(
        covered=published(True),
        deductible_applies=published(False),
        fees=(row,),
        **copay(2, said=published),
    )
    d = answer(rules=plan(witness="published", **{IOP: level}), line_of_business="medicaid")
    assert "limit_used_unknown" in codes(d.estimate.assumptions)
    assert "ask_limit" in codes(d.call_script)


def test_the_trace_of_a_refused_session_names_the_limit():
    page = Citation("told", "Told by phone", None, "CALL-LIMIT")
    level = covered_level(limits=(Fact(Limit(0, used=0), page),), **copay(10))
    e = answer(sessions(1), told_benefits=plan(**{IOP: level}), trace=True).estimate
    assert page in e.trace[0].citations
