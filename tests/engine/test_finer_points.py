"""Finer points of pricing and settling, where a plausible shortcut gives a wrong answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from schemas.model import (
    Accumulator,
    Copay,
    Fact,
    LevelBenefits,
    Limit,
    Payer,
    Period,
    Secondary,
    Then,
)
from tests.engine.builders import (
    IOP,
    PROFILE,
    SITE,
    answer,
    codes,
    coinsurance,
    copay,
    covered_level,
    per_diem,
    plan,
    pot,
    pots,
    published,
    reported,
    sessions,
    told,
)

FIFTH = coinsurance("0.20")


def second(rules=None, told_benefits=None):
    return {
        "secondary": Secondary("second", told=told_benefits),
        "second_payer": Payer("second", "Second Health", "commercial"),
        "second_published": (Period(date.min, rules),) if rules else (),
    }


def test_a_second_plans_amount_carried_forward_is_an_unknown_of_the_second_plan():
    # Primary leaves 50 of 100. Second allows 40 of last year and pays 80 %: 32 (28.80, 35.20).
    # Left: 18 (14.80, 21.20).
    level = LevelBenefits(
        covered=published(True),
        deductible_applies=published(False),
        allowed_amount=published(4000, through=date(2025, 12, 31)),
        **coinsurance("0.20", published),
    )
    rules = plan(witness="published", **{IOP: level})
    e = answer(
        sessions(1), told_benefits=plan(**{IOP: covered_level(**coinsurance("0.50"))}), **second(rules)
    ).estimate
    assert (e.low, e.expected, e.high, e.certainty) == (1480, 1800, 2120, "estimated")
    assert codes(e.assumptions) == ["secondary_benefits_unknown"]


def test_a_second_plans_wage_index_is_an_unknown_of_the_second_plan():
    level = LevelBenefits(
        covered=published(True),
        deductible_applies=published(False),
        fees=(per_diem(4000),),
        **coinsurance("0.20", published),
    )
    rules = plan(witness="published", **{IOP: level})
    site = replace(SITE, wage_index=None)
    e = answer(
        sessions(1),
        told_benefits=plan(**{IOP: covered_level(**coinsurance("0.50"))}),
        site=site,
        **second(rules),
    ).estimate
    assert e.certainty == "estimated"


def test_the_limit_that_is_described_is_the_one_whose_use_nobody_stated():
    level = covered_level(
        limits=(told(Limit(20, used=0)), told(Limit(60, period="calendar_year"))), **copay(10)
    )
    e = answer(sessions(1), told_benefits=plan(**{IOP: level})).estimate
    assert [a.params["units"] for a in e.assumptions if a.code == "limit_used_unknown"] == [60]


def test_the_formula_names_the_deductible_whose_amount_is_missing():
    said = plan(pots(Accumulator(met=told(5000)), pot(None)), **{IOP: covered_level(**FIFTH)})
    assert answer(sessions(1), told_benefits=said).estimate.formula.code == "formula_limit_unknown"


def test_the_formula_names_the_maximum_whose_amount_is_missing():
    out = pots(Accumulator(met=told(0)), pot(None))
    said = plan(pots(pot(10000, 10000), pot(None)), out, **{IOP: covered_level(**FIFTH)})
    assert answer(sessions(1), told_benefits=said).estimate.formula.code == "formula_limit_unknown"


def test_the_formula_names_the_second_coverage_where_the_primary_has_a_deductible():
    # Original Medicare with the deductible met, Medicaid behind it: nothing but Medicaid's part is missing.
    said = plan(pots(pot(28300, 28300), pot(None)), **{IOP: covered_level(**FIFTH)})
    d = answer(
        sessions(1),
        told_benefits=said,
        line_of_business="medicare",
        secondary=Secondary("medicaid"),
        second_payer=Payer("medicaid", "Medicaid", "medicaid"),
    )
    assert d.estimate.formula.code == "formula_second_coverage_unknown"


def test_a_second_plan_of_which_nobody_spoke_is_one_assumption():
    d = answer(sessions(1), told_benefits=plan(**{IOP: covered_level(**FIFTH)}), **second())
    assert codes(d.estimate.assumptions) == ["secondary_benefits_unknown"]


def every_citation(d):
    found = {cited for step in (*d.steps, *d.collect.reasons) for cited in step.citations}
    found |= {cited for line in d.estimate.trace for cited in line.citations}
    return found | {cited for a in d.estimate.assumptions for cited in a.citations}


def test_balance_billing_rests_on_the_clinics_charge():
    site = replace(SITE, charges={IOP: Fact(18000, PROFILE)})
    inside = plan(**{IOP: covered_level(**FIFTH)})
    said = replace(inside, networks={"out": inside.networks["in"]})
    d = answer(sessions(1), told_benefits=said, network="out", site=site, trace=True)
    assert d.estimate.balance_billing == 8000
    assert PROFILE in every_citation(d)


def test_the_self_pay_comparison_rests_on_the_clinics_rate():
    d = answer(sessions(1), told_benefits=plan(**{IOP: covered_level(**FIFTH)}), trace=True)
    assert d.estimate.self_pay_comparison == 25000
    assert PROFILE in every_citation(d)


def test_a_coinsurance_of_nothing_says_that_there_is_no_share():
    d = answer(sessions(1), told_benefits=plan(**{IOP: covered_level(**coinsurance("0"))}))
    assert "no_share" in codes(d.steps)


def test_an_inferred_need_does_not_beat_the_levels_own_published_none():
    rules = plan(witness="published", **{IOP: LevelBenefits(prior_authorization=published("not_required"))})
    reply = plan(
        witness="reported", **{IOP: LevelBenefits(prior_authorization=reported("required", inferred=True))}
    )
    d = answer(rules=rules, reported_benefits=reply)
    assert d.phases[0].prior_authorization.status == "not_required"


def test_a_qmb_session_that_medicare_does_not_cover_is_not_collected_as_nothing():
    # The estimate says 250.00 (self-pay); collect must not say that nothing may be collected because of QMB.
    said = replace(plan(**{IOP: LevelBenefits(covered=told(False))}), qmb=told(True))
    d = answer(sessions(1), told_benefits=said, line_of_business="medicare")
    assert (d.estimate.expected, d.collect.allowed) == (25000, "ask")


def test_a_weekly_copay_that_follows_waits_for_the_next_calendar_week():
    # 20 % for one session, then 40 a week: Mon 20; Wed and Fri are not the first of their week: 0, 0.
    then = told(Then(1, Copay(4000, "week"), None, deductible_applies=False))
    e = answer(
        sessions(3), told_benefits=plan(**{IOP: covered_level(then=then, **FIFTH)}), trace=True
    ).estimate
    assert [line.patient for line in e.trace] == [2000, 0, 0]


def test_a_told_part_of_a_share_that_is_none_does_not_erase_the_published_other_part():
    # Told: "there is no copay" says nothing of the coinsurance (None never beats a fact): 20 % of 100.
    rules = plan(
        witness="published", **{IOP: covered_level(10000, published, **coinsurance("0.20", published))}
    )
    heard = plan(**{IOP: LevelBenefits(copay=(told(None),))})
    assert answer(sessions(1), rules=rules, told_benefits=heard).estimate.expected == 2000


def test_a_told_no_to_a_copay_leaves_the_coinsurance_to_ask():
    # The told loop: ask_copay is answered with "none"; the coinsurance is still an open question.
    d = answer(sessions(1), told_benefits=plan(**{IOP: covered_level(copay=(told(None),))}))
    assert "ask_coinsurance" in codes(d.call_script)
    assert (d.estimate.low, d.estimate.expected, d.estimate.high) == (0, None, 10000)


def test_a_published_no_to_a_copay_alone_leaves_the_share_unknown():
    # Section 4, "copay and coinsurance": none due, null, the whole allowed amount; never 0 and exact.
    rules = plan(witness="published", **{IOP: covered_level(10000, published, copay=(published(None),))})
    e = answer(sessions(1), rules=rules).estimate
    assert (e.low, e.expected, e.high) == (0, None, 10000)
