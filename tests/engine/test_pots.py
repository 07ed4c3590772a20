"""Deductible and out-of-pocket maximum: where they start, what fills them, what a new plan year does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from schemas.model import Accumulator, NetworkBenefits, Period
from tests.engine.builders import (
    IOP,
    OP,
    PHP,
    answer,
    codes,
    coinsurance,
    copay,
    covered_level,
    phase,
    plan,
    pot,
    pots,
    published,
    says,
    sessions,
    told,
)

FIFTH = coinsurance("0.20")


def ask(*phases, said, **more):
    return answer(*phases, told_benefits=said, trace=True, **more).estimate


def with_deductible(individual, family=None, out_of_pocket=None, share=FIFTH, year=None):
    said = plan(pots(individual, family or pot(None)), out_of_pocket, **{IOP: covered_level(**share)})
    return replace(said, plan_year_start=told(year)) if year else said


def left(limit, met):
    """A pot of which limit and what remains were stated."""
    return Accumulator(told(limit), None, told(met))


def each(estimate):
    return [line.patient for line in estimate.trace]


def test_what_remains_begins_from_what_was_stated_to_remain():
    # 40 remain, whatever limit and met would give: 40 + 20 % of 60 = 52, then 20.
    stated = Accumulator(told(100000), told(20000), told(4000))
    assert each(ask(sessions(2), said=with_deductible(stated))) == [5200, 2000]


def test_else_it_begins_from_the_limit_less_what_is_met():
    # 150 - 60 = 90 left: 90 + 20 % of 10 = 92, then 20.
    assert each(ask(sessions(2), said=with_deductible(pot(15000, 6000)))) == [9200, 2000]


def test_more_met_than_the_limit_leaves_nothing_and_never_less():
    e = ask(sessions(1), said=with_deductible(pot(15000, 16000)))
    assert (each(e), e.trace[0].deductible_remaining) == ([2000], 0)


def test_the_family_pot_may_be_the_smaller_one():
    # Individual 200, family 50: 50 + 20 % of 50 = 60, then 20.
    assert each(ask(sessions(2), said=with_deductible(pot(20000, 0), pot(5000, 0)))) == [6000, 2000]


def test_both_pots_are_filled_by_what_is_paid():
    # Family 250 and individual 150, nothing met: 100, then 50 + 10, then 20 (the individual one is met).
    e = ask(sessions(3), said=with_deductible(pot(15000, 0), pot(25000, 0)))
    assert each(e) == [10000, 6000, 2000]
    assert [line.deductible_remaining for line in e.trace] == [5000, 0, 0]


def test_an_aggregate_family_deductible_is_the_only_one():
    # No individual pot was named: 120 for the family: 100, then 20 + 20 % of 80 = 36.
    assert each(ask(sessions(2), said=with_deductible(None, pot(12000, 0)))) == [10000, 3600]


def test_no_limit_of_either_kind_means_no_deductible_and_no_cap():
    e = ask(sessions(2), said=with_deductible(pot(None)))
    assert each(e) == [2000, 2000]
    assert (e.trace[0].deductible_remaining, e.trace[0].out_of_pocket_remaining) == (None, None)


def test_the_out_of_pocket_maximum_caps_what_the_patient_pays():
    # 45 left: 20, 20, 5, 0.
    e = ask(sessions(4), said=with_deductible(pot(None), out_of_pocket=pots(pot(50000, 45500), pot(None))))
    assert each(e) == [2000, 2000, 500, 0]
    assert [line.out_of_pocket_remaining for line in e.trace] == [2500, 500, 0, 0]
    assert [line.plan for line in e.trace] == [8000, 8000, 9500, 10000]


def test_the_family_maximum_caps_as_well():
    out = pots(pot(50000, 0), pot(80000, 77000))
    # 30 left for the family: 20, 10.
    assert each(ask(sessions(2), said=with_deductible(pot(None), out_of_pocket=out))) == [2000, 1000]


def test_the_deductible_takes_no_more_than_the_maximum_leaves_to_pay():
    # Deductible 100, maximum 60: the patient pays 60 of 100, so 40 of the deductible stay open.
    said = with_deductible(pot(10000, 0), out_of_pocket=pots(pot(6000, 0), pot(None)))
    e = ask(sessions(2), said=said)
    assert each(e) == [6000, 0]
    assert [line.deductible_remaining for line in e.trace] == [4000, 4000]


def test_a_copay_fills_the_maximum_but_not_the_deductible():
    said = plan(
        pots(pot(10000, 0), pot(None)),
        pots(pot(7000, 0), pot(None)),
        **{IOP: covered_level(deductible_applies=told(False), **copay(40))},
    )
    e = ask(sessions(2), said=said)
    assert each(e) == [4000, 3000]
    assert e.trace[-1].deductible_remaining == 10000


def test_all_levels_share_the_pots_of_the_plan():
    # PHP fills 150 of the deductible on two days of 100 (50 + 20 % of 50 on the second); IOP pays 20 %.
    levels = {level: covered_level(**FIFTH) for level in (PHP, IOP)}
    said = plan(pots(pot(15000, 0), pot(None)), **levels)
    e = ask(phase(PHP, weeks=1, days_per_week=2), phase(start=None, weeks=1), said=said)
    assert [one.patient for one in e.by_phase] == [10000 + 6000, 3 * 2000]


# --- plan years


TURN = phase(start=date(2026, 12, 28), weeks=1)  # Mon 28, Wed 30 December, Fri 1 January.
IN_DECEMBER = datetime(2026, 12, 20, 15, tzinfo=UTC)


def stated(limit, met, on):
    return Accumulator(told(limit), told(met, on) if met is not None else None)


def test_a_new_plan_year_takes_deductible_and_maximum_anew():
    # Nothing left of 100 in December: 20, 20. On 1 January all of it again: 100.
    day = date(2026, 12, 20)
    said = with_deductible(stated(10000, 10000, day), out_of_pocket=pots(stated(30000, 0, day), pot(None)))
    e = ask(TURN, said=said, at=IN_DECEMBER)
    assert each(e) == [2000, 2000, 10000]
    assert [line.out_of_pocket_remaining for line in e.trace] == [28000, 26000, 20000]


def test_a_plan_year_may_turn_on_another_day():
    # From 1 July: Mon 29 June is the old year, Wed 1 and Fri 3 July the new one.
    said = with_deductible(stated(10000, 10000, date(2026, 6, 20)), year=(7, 1))
    e = ask(phase(start=date(2026, 6, 29), weeks=1), said=said, at=datetime(2026, 6, 20, 15, tzinfo=UTC))
    assert each(e) == [2000, 10000, 2000]


def test_a_family_pot_turns_back_to_zero_too():
    day = date(2026, 12, 20)
    e = ask(TURN, said=with_deductible(None, stated(10000, 10000, day)), at=IN_DECEMBER)
    assert each(e) == [2000, 2000, 10000]


def test_what_was_met_in_december_is_not_met_in_a_january_start():
    said = with_deductible(stated(10000, 10000, date(2026, 12, 20)))
    e = ask(phase(start=date(2027, 1, 4), weeks=1), said=said, at=IN_DECEMBER)
    assert each(e) == [10000, 2000, 2000]


def test_what_was_said_to_remain_in_december_is_not_what_remains_in_january():
    said = with_deductible(Accumulator(told(10000), None, told(0, date(2026, 12, 20))))
    e = ask(phase(start=date(2027, 1, 4), weeks=1), said=said, at=IN_DECEMBER)
    assert each(e) == [10000, 2000, 2000]


def test_amounts_without_a_date_belong_to_the_plan_year_of_the_first_session():
    said = with_deductible(stated(10000, 10000, None))
    e = ask(phase(start=date(2027, 1, 4), weeks=1), said=said, at=IN_DECEMBER)
    assert each(e) == [2000, 2000, 2000]


def test_remaining_of_one_year_without_a_limit_leaves_the_next_year_unknown():
    said = with_deductible(Accumulator(None, None, told(0, date(2026, 12, 20))))
    e = ask(TURN, said=said, at=IN_DECEMBER)
    assert each(e) == [2000, 2000, None]


def rules(limit, year):
    through = date(year, 12, 31)
    level = covered_level(10000, published, **coinsurance("0.20", published))
    own = Accumulator(limit=published(limit, through=through))
    return Period(
        date(year, 1, 1), plan(pots(own, pot(None, said=published)), None, "published", **{IOP: level})
    )


def test_a_new_plan_year_brings_the_rulebooks_limit_of_that_year():
    # Told: 100 of 100 met in December. 2027's published limit is 60: 60 + 20 % of 40 = 68.
    told_pot = plan(pots(stated(10000, 10000, date(2026, 12, 20)), pot(None)))
    e = ask(TURN, said=told_pot, rules=(rules(10000, 2026), rules(6000, 2027)), at=IN_DECEMBER)
    assert (each(e), e.certainty) == ([2000, 2000, 6800], "estimated")
    assert codes(e.assumptions) == ["plan_year_assumed"]


def test_without_one_the_same_limit_is_carried_forward_by_name():
    told_pot = plan(pots(stated(10000, 10000, date(2026, 12, 20)), pot(None)))
    e = ask(TURN, said=told_pot, rules=(rules(6000, 2026),), at=IN_DECEMBER)
    assert each(e) == [2000, 2000, 10000]
    assert "deductible_limit_carried_forward" in codes(e.assumptions)


def test_the_limit_of_each_session_is_that_of_its_own_year_when_the_call_came_later():
    # Told on 15 January 2026: limit 120, met 0. Published for 2025: 60. 29 and 31 December, 2 January:
    # 2025: 60 + 20 % of 40 = 68, then 20; 2026: 100 of the 120.
    told_pot = plan(pots(stated(12000, 0, date(2026, 1, 15)), pot(None)))
    e = ask(
        phase(start=date(2025, 12, 29), weeks=1),
        said=told_pot,
        rules=(rules(6000, 2025), rules(12000, 2026)),
        at=datetime(2026, 1, 15, 15, tzinfo=UTC),
    )
    assert each(e) == [6800, 2000, 10000]


def test_a_limit_alone_that_was_told_in_a_later_year_is_that_years_and_nothing_of_it_is_met():
    # Told on 15 January: 120, what is met not said. Published for 2025: 60. 29 and 31 December, 2 January.
    # Not met: 60 + 20 % of 40, 20, 100; met in 2025: 20, 20, 100.
    e = ask(
        phase(start=date(2025, 12, 29), weeks=1),
        said=plan(pots(Accumulator(told(12000, date(2026, 1, 15))), pot(None))),
        rules=(rules(6000, 2025), rules(12000, 2026)),
        at=datetime(2026, 1, 15, 15, tzinfo=UTC),
    )
    assert (e.low, e.expected, e.high) == (14000, 18800, 18800)


def test_nobody_needs_to_name_a_family_pot_that_a_plan_states_as_none():
    # Individual 0 left, family none: 20 % of 100.
    e = ask(sessions(1), said=with_deductible(left(10000, 0), pot(None)))
    assert (e.expected, e.certainty) == (2000, "exact")


def test_a_deductible_that_nothing_takes_from_need_not_be_known():
    level = covered_level(deductible_applies=told(False), **copay(10))
    e = ask(sessions(1), said=plan(pots(pot(10000), pot(None)), **{IOP: level}))
    assert (e.expected, e.certainty) == (1000, "exact")


def test_pots_that_nothing_takes_from_need_not_be_known_even_where_nobody_spoke_of_them():
    level = covered_level(deductible_applies=told(False), **coinsurance("0"))
    inside = NetworkBenefits(levels={OP: level})
    e = answer(phase(OP, weeks=1), told_benefits=says("told", inside)).estimate
    assert (e.expected, e.certainty) == (0, "exact")
