"""Copay and coinsurance of one session: units, order, and what they turn into after so many sessions."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from schemas.model import Copay, Then
from tests.engine.builders import (
    IOP,
    OP,
    PHP,
    answer,
    coinsurance,
    copay,
    covered_level,
    phase,
    plan,
    pot,
    pots,
    sessions,
    told,
)


def cost(*phases, deductible=None, out_of_pocket=None, level=IOP, allowed=10000, **terms):
    said = plan(deductible, out_of_pocket, **{level: covered_level(allowed, **terms)})
    return answer(*phases, told_benefits=said, trace=True).estimate


def each(estimate):
    return [line.patient for line in estimate.trace]


def dollars_a_week(estimate):
    return [week.patient // 100 for week in estimate.by_week]


def test_a_copay_by_session_is_due_every_time():
    assert cost(sessions(3), **copay(40)).expected == 12000


def test_a_copay_by_day_is_due_once_a_date():
    assert cost(sessions(3), **copay(40, "day")).expected == 12000


def test_a_copay_by_week_is_due_on_the_first_session_of_each_calendar_week():
    # Wed 4, Fri 6 | Mon 9, Wed 11, Fri 13 | Mon 16: three calendar weeks from Monday to Sunday.
    e = cost(phase(start=date(2026, 3, 4), weeks=2), **copay(40, "week"))
    assert each(e) == [4000, 0, 4000, 0, 0, 4000]


def test_a_copay_by_admission_is_due_on_the_first_session_of_each_phase():
    both = {level: covered_level(**copay(100, "admission")) for level in (PHP, IOP)}
    e = answer(phase(PHP, weeks=1), phase(IOP, None, 1), told_benefits=plan(**both)).estimate
    assert [one.patient for one in e.by_phase] == [10000, 10000]


def test_a_copay_may_be_due_only_so_many_times_in_each_phase():
    # The first 5 of each phase: of 6 sessions five, in the next phase five again.
    e = cost(phase(weeks=2), phase(start=None, weeks=2), **copay(20, most=5))
    assert [one.patient for one in e.by_phase] == [10000, 10000]


def test_a_copay_by_week_may_be_due_only_so_many_times():
    assert dollars_a_week(cost(phase(weeks=3), **copay(40, "week", 2))) == [40, 40, 0]


def test_a_copay_is_never_more_than_what_the_deductible_leaves():
    # Deductible 90 of 100: 10 is left, so a copay of 40 is 10. Then 40 and 40.
    e = cost(sessions(3), deductible=pots(pot(9000, 0), pot(None)), **copay(40))
    assert each(e) == [10000, 4000, 4000]


def test_a_copay_that_is_due_uses_up_a_unit_even_where_nothing_is_left_to_pay():
    # Deductible 100 takes all of the first session; the copay is due twice: once there, once next.
    e = cost(sessions(3), deductible=pots(pot(10000, 0), pot(None)), **copay(40, most=2))
    assert each(e) == [10000, 4000, 0]


def test_the_copay_comes_first_and_the_coinsurance_is_of_the_rest():
    # 40 + 20 % of 60.
    e = cost(sessions(1), copay=(told(Copay(4000)),), coinsurance=(told(Decimal("0.20")),))
    assert (e.trace[0].copay, e.trace[0].coinsurance, e.expected) == (4000, 1200, 5200)


def test_deductible_copay_and_coinsurance_are_taken_in_that_order():
    # 100 allowed: deductible 30, rest 70, copay 20, 10 % of 50 is 5: in all 55.
    e = cost(
        sessions(1),
        deductible=pots(pot(3000, 0), pot(None)),
        copay=(told(Copay(2000)),),
        coinsurance=(told(Decimal("0.10")),),
    )
    line = e.trace[0]
    assert (line.deductible, line.copay, line.coinsurance, line.share) == (3000, 2000, 500, 5500)
    assert (line.patient, line.plan, line.allowed) == (5500, 4500, 10000)


def test_a_copay_that_does_not_wait_for_the_deductible_leaves_the_deductible_alone():
    e = cost(
        sessions(2), deductible=pots(pot(50000, 0), pot(None)), deductible_applies=told(False), **copay(40)
    )
    assert each(e) == [4000, 4000]
    assert e.trace[-1].deductible_remaining == 50000


@pytest.mark.parametrize(
    ("allowed", "rate", "share"),
    # 2.5 cents round up, 2.4 down, 33.3 % of 100.01 is 33.3033.
    [(10, "0.25", 3), (12, "0.20", 2), (10001, "0.333", 3330), (12774, "0.20", 2555)],
)
def test_coinsurance_is_rounded_half_up_once_a_session(allowed, rate, share):
    e = cost(sessions(3), allowed=allowed, **coinsurance(rate))
    assert each(e) == [share] * 3


def test_the_coinsurance_of_one_service_may_have_a_cap():
    # 20 % of 100 is 20, capped at 15.
    assert cost(sessions(1), coinsurance_max=told(1500), **coinsurance("0.20")).expected == 1500


def test_what_follows_after_so_many_sessions_takes_over():
    # $10 for two visits, then deductible (150 left) and 30 %: 10 + 10 + 100 + (50 + 15) + 30.
    then = Then(2, None, Decimal("0.30"), deductible_applies=True)
    e = cost(
        sessions(5),
        deductible=pots(pot(15000, 0), pot(None)),
        deductible_applies=told(False),
        then=told(then),
        **copay(10),
    )
    assert each(e) == [1000, 1000, 10000, 6500, 3000]


def test_what_follows_counts_the_sessions_of_a_level_over_all_its_phases():
    # Two phases of three sessions: $10 for four, then $30.
    then = told(Then(4, Copay(3000), None, deductible_applies=False))
    e = cost(sessions(3), phase(start=None, weeks=1), then=then, **copay(10))
    assert each(e) == [1000, 1000, 1000, 1000, 3000, 3000]


def test_what_follows_counts_each_level_by_itself():
    then = told(Then(1, Copay(3000), None, deductible_applies=False))
    levels = {level: covered_level(then=then, **copay(10)) for level in (IOP, OP)}
    e = answer(phase(weeks=1), phase(OP, None, 1), told_benefits=plan(**levels)).estimate
    assert [one.patient for one in e.by_phase] == [7000, 1000]


def test_what_follows_counts_anew_in_each_plan_year():
    # Mon 28, Wed 30 December; Fri 1 January: $10 once, then $30, and $10 again in the new year.
    then = told(Then(1, Copay(3000), None, deductible_applies=False))
    e = cost(phase(start=date(2026, 12, 28), weeks=1), then=then, **copay(10))
    assert each(e) == [1000, 3000, 1000]


def test_a_copay_that_follows_counts_its_own_units():
    # $40 for the first 2 sessions, then $10 for 2 more, then nothing.
    e = cost(sessions(5), **{**copay(40), "then": told(Then(2, Copay(1000, "session", 2), None, False))})
    assert each(e) == [4000, 4000, 1000, 1000, 0]


def test_several_copays_that_nothing_tells_apart_range_from_the_lowest_to_the_highest():
    e = cost(sessions(3), copay=(told(Copay(4000)), told(Copay(2500))), coinsurance=(told(None),))
    assert (e.low, e.expected, e.high, e.certainty) == (7500, 12000, 12000, "estimated")
    assert [(a.code, a.moves) for a in e.assumptions] == [("several_shares", 4500)]


def test_the_same_copay_stated_twice_is_one_copay():
    e = cost(sessions(3), copay=(told(Copay(4000)), told(Copay(4000))), coinsurance=(told(None),))
    assert (e.low, e.high, e.certainty) == (12000, 12000, "exact")


def test_several_copays_and_coinsurances_are_joined_low_with_low_and_high_with_high():
    # Lowest 10 + 10 % of 90 = 19; highest 40 + 50 % of 60 = 70.
    e = cost(
        sessions(1),
        copay=(told(Copay(4000)), told(Copay(1000))),
        coinsurance=(told(Decimal("0.10")), told(Decimal("0.50"))),
    )
    assert (e.low, e.expected, e.high) == (1900, 7000, 7000)


def test_several_coinsurances_range_from_the_lowest_to_the_highest():
    e = cost(sessions(1), copay=(), coinsurance=(told(Decimal("0.30")), told(Decimal("0.10"))))
    assert (e.low, e.expected, e.high) == (1000, 3000, 3000)


def test_copays_of_equal_amount_are_ordered_the_same_in_every_process():
    # $40 a session or $40 a week: 3 sessions cost 40 at least and 120 at most, whatever the hash seed.
    script = (
        "from tests.engine.builders import *\n"
        "from schemas.model import Copay\n"
        "both = (told(Copay(4000, 'session')), told(Copay(4000, 'week')))\n"
        "said = plan(**{IOP: covered_level(copay=both, coinsurance=(told(None),))})\n"
        "e = answer(phase(weeks=1), told_benefits=said).estimate\n"
        "print(e.low, e.expected, e.high)"
    )
    root = str(Path(__file__).resolve().parents[2])
    runs = set()
    for seed in range(3):
        env = {**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": root}
        run = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True)
        runs.add(run.stdout.strip() or run.stderr)
    assert runs == {"4000 12000 12000"}
