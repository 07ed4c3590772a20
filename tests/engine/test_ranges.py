"""Low, expected and high: what each unknown input is taken for, and what it is said to move."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from schemas.model import Accumulator, Accumulators, Copay, LevelBenefits, Limit, NetworkBenefits, Then
from tests.engine.builders import (
    CALL,
    IOP,
    OP,
    RULEBOOK,
    SITE,
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


def ask(*phases, deductible=None, out_of_pocket=None, rules=None, **terms):
    said = plan(deductible, out_of_pocket, **{IOP: covered_level(terms.pop("allowed", 10000), **terms)})
    return answer(*(phases or (sessions(3),)), told_benefits=said, rules=rules, trace=True).estimate


def three(e):
    return e.low, e.expected, e.high


def named(e):
    return [(each.code, each.moves) for each in e.assumptions]


def test_if_nothing_is_unknown_the_three_are_equal_and_exact():
    e = ask(**FIFTH)
    assert (three(e), e.certainty, e.assumptions) == ((6000, 6000, 6000), "exact", ())


def test_a_deductible_of_which_nobody_said_what_is_met_is_met_at_best():
    # Not met: 100 + (50 + 10) + 20 = 180; met: 60.
    e = ask(deductible=pots(pot(15000), pot(None)), **FIFTH)
    assert (three(e), e.certainty) == ((6000, 18000, 18000), "estimated")
    (unknown,) = e.assumptions
    assert (unknown.code, unknown.moves) == ("deductible_met_unknown", 12000)
    assert (unknown.params, unknown.citations) == ({"scope": "individual", "limit": "150.00"}, (CALL,))


def test_a_maximum_of_which_nobody_said_what_is_met_is_met_at_best():
    # Not met: 20 + 20 + 5; met: nothing.
    e = ask(out_of_pocket=pots(pot(4500), pot(None)), **FIFTH)
    assert (three(e), named(e)) == ((0, 4500, 4500), [("out_of_pocket_met_unknown", 4500)])


def test_a_family_pot_of_which_nobody_said_what_is_met_is_met_at_best():
    e = ask(deductible=pots(None, pot(15000)), **FIFTH)
    assert (three(e), named(e)) == ((6000, 18000, 18000), [("deductible_family_met_unknown", 12000)])
    assert e.assumptions[0].params == {"scope": "family", "limit": "150.00"}


def test_a_family_pot_of_which_nobody_spoke_may_be_met_already():
    # Individual 150, nothing met: 180. If the family's is met: 60.
    e = ask(deductible=Accumulators(pot(15000, 0)), **FIFTH)
    assert (three(e), named(e)) == ((6000, 18000, 18000), [("deductible_family_unknown", 12000)])


def test_a_deductible_whose_limit_nobody_knows_is_none_at_best_and_not_known_in_truth():
    e = ask(deductible=pots(Accumulator(met=told(5000)), pot(None)), **FIFTH)
    assert three(e) == (6000, None, None)
    assert e.formula is not None
    assert named(e) == [("deductible_limit_unknown", None)]


def legal(individual, family=None):
    return replace(
        says("published"), legal_maximum=pots(pot(individual, said=published), pot(family, said=published))
    )


def test_no_family_deductible_says_nothing_of_the_individual_one():
    # At most the legal maximum, so all of 3 x 100.
    e = ask(deductible=pots(None, pot(None)), rules=legal(1060000), **FIFTH)
    assert three(e) == (6000, None, 30000)
    (unknown,) = e.assumptions
    assert unknown.code == "deductible_limit_unknown"
    assert (unknown.params, unknown.citations) == ({"scope": "individual", "limit": "10600.00"}, (RULEBOOK,))


def test_a_maximum_whose_limit_nobody_knows_is_at_most_the_legal_one():
    # 20 + 20 + 5 of a legal maximum of 45.
    e = ask(out_of_pocket=pots(Accumulator(met=told(0)), pot(None)), rules=legal(4500), **FIFTH)
    assert three(e) == (0, None, 4500)


def test_a_legal_maximum_that_no_law_names_gives_no_high():
    e = ask(out_of_pocket=pots(Accumulator(met=told(0)), pot(None)), rules=legal(None), **FIFTH)
    assert three(e) == (0, None, None)


def test_the_callers_own_plan_in_the_rulebook_gives_the_limit():
    # The published plan has 150 of deductible; told: 150 met.
    rules = plan(pots(pot(15000, said=published), pot(None, said=published)), witness="published")
    e = ask(deductible=pots(Accumulator(met=told(15000)), pot(None)), rules=rules, **FIFTH)
    assert three(e) == (6000, 6000, 6000)


def test_a_limit_published_for_an_earlier_year_is_kept_and_named():
    through = date(2025, 12, 31)
    own = Accumulator(limit=published(15000, through=through), met=published(15000))
    rules = plan(
        Accumulators(own, pot(None, said=published)),
        None,
        "published",
        **{IOP: covered_level(10000, published, **coinsurance("0.20", published))},
    )
    e = answer(sessions(3), rules=rules).estimate
    assert three(e) == (6000, 6000, 6000)
    carried = next(one for one in e.assumptions if one.code == "deductible_limit_carried_forward")
    assert (carried.moves, carried.citations) == (0, (RULEBOOK,))


def test_a_limit_carried_forward_that_nothing_takes_from_is_not_named():
    own = Accumulator(limit=published(15000, through=date(2025, 12, 31)), met=published(15000))
    level = covered_level(10000, published, deductible_applies=published(False), **copay(10, said=published))
    rules = plan(Accumulators(own, pot(None, said=published)), None, "published", **{IOP: level})
    e = answer(sessions(3), rules=rules).estimate
    assert codes(e.assumptions) == ["membership_not_confirmed"]


# --- the share


def test_a_copay_without_an_allowed_amount_is_due_alone():
    e = ask(allowed=None, deductible_applies=told(False), **copay(40))
    assert (three(e), e.total_allowed) == ((12000, 12000, 12000), None)
    assert (e.certainty, named(e)) == ("estimated", [("allowed_amount_unknown", None)])


def test_a_deductible_that_needs_the_amount_leaves_the_copay_alone_as_the_least():
    e = ask(allowed=None, deductible=pots(pot(50000, 0), pot(None)), **copay(40))
    assert (three(e), e.formula.code) == ((12000, None, None), "formula_share_of_allowed")
    assert e.formula.params == {"deductible": True, "coinsurance": None}


def test_a_coinsurance_that_needs_the_amount_is_told_in_words():
    e = ask(allowed=None, deductible_applies=told(False), **FIFTH)
    assert (three(e), e.formula.code) == ((0, None, None), "formula_share_of_allowed")
    assert e.formula.params == {"deductible": False, "coinsurance": "0.20"}


def test_a_share_that_nobody_stated_is_none_at_best_and_the_whole_amount_at_worst():
    e = ask()
    assert (three(e), e.formula.code) == ((0, None, 30000), "formula_share_unknown")
    assert named(e) == [("cost_share_unknown", 30000)]


def test_a_share_that_nobody_stated_is_nothing_where_the_deductible_takes_all():
    e = ask(deductible=pots(pot(500000, 0), pot(None)))
    assert three(e) == (30000, 30000, 30000)


def test_whether_the_deductible_comes_first_is_assumed_where_nobody_said():
    # It does: 100 + 60 + 20; it does not: 60.
    e = ask(deductible=pots(pot(15000, 0), pot(None)), deductible_applies=None, **FIFTH)
    assert (three(e), named(e)) == ((6000, 18000, 18000), [("deductible_applies_unknown", 12000)])


def test_an_unknown_that_moves_nothing_is_not_named():
    e = ask(deductible_applies=None, **FIFTH)
    assert (e.certainty, e.assumptions) == ("exact", ())


def test_a_deductible_that_begins_only_later_is_an_unknown_all_the_same():
    # $10 for two visits, then deductible and 20 %. Not met: 2 x 10 + 3 x 100; met: 2 x 10 + 3 x 20.
    then = Then(2, coinsurance=Decimal("0.20"), deductible_applies=True)
    e = ask(
        sessions(5),
        deductible=pots(pot(100000), pot(None)),
        deductible_applies=told(False),
        then=told(then),
        **copay(10),
    )
    assert (three(e), e.certainty) == ((8000, 32000, 32000), "estimated")
    assert "deductible_met_unknown" in codes(e.assumptions)


def test_each_unknown_says_what_it_moves_when_it_alone_is_varied():
    # Deductible of 100 met or not (80), two copays (10 or 20, a session).
    e = ask(
        sessions(2),
        deductible=pots(pot(10000), pot(None)),
        copay=(told(Copay(1000)), told(Copay(2000))),
        coinsurance=(told(None),),
    )
    # Expected: 100 + 20. Low: 10 + 10. Copays alone: 100 + (10 or 20). Deductible alone: (20 or 100) + 20.
    assert three(e) == (2000, 12000, 12000)
    assert sorted(named(e)) == [("deductible_met_unknown", 8000), ("several_shares", 1000)]


def test_a_high_that_nobody_can_name_comes_with_a_formula():
    # Beyond a limit that can be exceeded the high is the self-pay rate, which the site has not set.
    level = covered_level(limits=(told(Limit(0, used=0, exceedable=True)),), **copay(10))
    e = answer(
        sessions(1), told_benefits=plan(**{IOP: level}), site=replace(SITE, self_pay_rates={})
    ).estimate
    assert (three(e), e.formula.code) == ((0, 0, None), "formula_self_pay_unknown")


def test_the_limit_that_is_described_is_that_of_the_level_that_has_one():
    levels = {
        OP: covered_level(**copay(10)),
        IOP: covered_level(limits=(told(Limit(30)),), **copay(10)),
    }
    e = answer(phase(OP, weeks=1), phase(IOP, None, 1), told_benefits=plan(**levels)).estimate
    assert e.assumptions[0].params == {"units": 30, "unit": "session", "period": "plan_year"}


def test_nobody_having_spoken_of_any_pot_leaves_both_unknown():
    inside = NetworkBenefits(levels={IOP: covered_level(**FIFTH)})
    e = answer(sessions(3), told_benefits=says("told", inside)).estimate
    assert (three(e), codes(e.assumptions)) == (
        (0, None, None),
        ["deductible_limit_unknown", "out_of_pocket_limit_unknown"],
    )


def test_an_uncovered_episode_leaves_nothing_to_assume():
    said = plan(Accumulators(), **{IOP: LevelBenefits(covered=told(False))})
    e = answer(sessions(1), told_benefits=said).estimate
    assert (three(e), e.certainty) == ((25000, 25000, 25000), "exact")
