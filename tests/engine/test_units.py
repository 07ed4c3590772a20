"""Fees by units of time, rows that are not payable by telehealth, and levels that no schedule prices."""

from __future__ import annotations

from dataclasses import replace

import pytest

from schemas.model import Copay, Fact, Fee, LevelBenefits, ProgramRules
from tests.engine.builders import (
    IOP,
    OP,
    PROFILE,
    SITE,
    answer,
    codes,
    coinsurance,
    copay,
    covered_level,
    phase,
    plan,
    published,
    told,
)

THERAPY = Fee("H2019", published(2187), "HR", service="individual", unit_minutes=15)
GROUP = Fee("H2019", published(2692), "HQ", service="group", telehealth=False)
BY_VIDEO = replace(GROUP, telehealth=True)


def level(*fees, **more):
    terms = {"covered": published(True), "deductible_applies": published(False)}
    return LevelBenefits(**{**terms, "fees": fees, **copay(2, said=published), **more})


def ask(asked, benefit, told_benefits=None, **more):
    rules = plan(witness="published", **{asked.level_of_care: benefit})
    return answer(
        asked, rules=rules, told_benefits=told_benefits, line_of_business="medicaid", trace=True, **more
    )


@pytest.mark.parametrize(
    ("minutes", "units"),
    # 15 minutes a unit: 60 are 4; 52 are 3, 53 (three and a half units and more) are 4; 5 are still 1.
    [(60, 4), (52, 3), (53, 4), (5, 1)],
)
def test_a_fee_by_the_unit_is_paid_for_each_unit_of_the_visit(minutes, units):
    d = ask(phase(OP, weeks=1, minutes_per_day=minutes), level(THERAPY))
    assert d.estimate.trace[0].allowed == units * 2187
    step = next(step for step in d.steps if step.code == "allowed_amount_by_unit")
    assert step.params == {"amount": "21.87", "code": "H2019 HR", "units": units, "minutes": 15}


def test_no_more_units_are_paid_than_the_schedule_allows_on_a_day():
    # 90 minutes are 6 units, of which 4 are paid.
    d = ask(phase(OP, weeks=1, minutes_per_day=90), level(replace(THERAPY, units_per_day=4)))
    assert d.estimate.trace[0].allowed == 4 * 2187


def test_the_billing_codes_are_those_of_the_row_that_prices_the_visit():
    billing = ask(phase(OP, weeks=1), level(THERAPY)).phases[0].billing
    assert (billing.value.codes, billing.value.modifiers) == (("H2019",), ("HR",))


# --- telehealth


def by_telehealth(benefit, **more):
    return ask(phase(OP, weeks=1, service="group"), benefit, modality="telehealth", **more)


def allowed_everywhere():
    return ProgramRules(modalities=published(("in_person", "telehealth")))


def test_a_row_that_is_not_paid_by_telehealth_is_not_covered_by_telehealth():
    d = by_telehealth(level(GROUP, rules=allowed_everywhere()))
    assert codes(d.phases[0].coverage.reasons) == ["telehealth_not_covered"]
    assert d.estimate.trace[0].reason == "telehealth_not_covered"


def test_the_same_row_is_covered_in_person_and_a_payable_one_by_telehealth():
    in_person = ask(phase(OP, weeks=1, service="group"), level(GROUP))
    by_video = by_telehealth(level(BY_VIDEO, rules=allowed_everywhere()))
    assert [d.phases[0].coverage.status for d in (in_person, by_video)] == ["covered", "covered"]


def test_a_row_that_says_nothing_of_telehealth_refuses_nothing():
    d = by_telehealth(level(replace(GROUP, telehealth=None), rules=allowed_everywhere()))
    assert d.phases[0].coverage.status == "covered"


def test_a_contracted_rate_does_not_make_a_row_payable_by_telehealth():
    site = replace(SITE, contracted_rates={OP: Fact(3000, PROFILE)})
    d = by_telehealth(level(GROUP, rules=allowed_everywhere()), site=site)
    assert codes(d.phases[0].coverage.reasons) == ["telehealth_not_covered"]


def test_a_told_covered_lifts_the_schedules_no_to_telehealth():
    d = by_telehealth(level(GROUP), told_benefits=plan(**{OP: LevelBenefits(covered=told(True))}))
    assert d.phases[0].coverage.status == "covered"


# --- residential and inpatient


def test_an_inpatient_stay_is_not_priced_from_a_published_copay():
    benefit = level(copay=(published(Copay(173600, "admission")),))
    d = ask(phase("inpatient", weeks=1), benefit)
    assert (d.phases[0].coverage.status, d.estimate.expected) == ("covered", None)
    assert "level_not_priced" in codes(d.estimate.assumptions)
    assert d.estimate.formula.code == "formula_level_not_priced"


def test_a_residential_stay_is_answered_for_coverage_and_authorization_all_the_same():
    d = ask(phase("residential", weeks=1), level(prior_authorization=published("required")))
    assert d.phases[0].prior_authorization.status == "required"
    assert "level_not_priced" in codes(d.estimate.assumptions)


def test_an_inpatient_stay_with_a_told_copay_is_priced():
    benefit = covered_level(None, deductible_applies=told(False), **copay(300, "admission"))
    e = answer(phase("inpatient", weeks=1), told_benefits=plan(inpatient=benefit)).estimate
    assert e.expected == 30000
    assert "level_not_priced" not in codes(e.assumptions)


def test_an_inpatient_coinsurance_that_was_told_needs_the_amount_that_nobody_stated():
    benefit = covered_level(None, deductible_applies=told(False), **coinsurance("0.20"))
    e = answer(phase("inpatient", weeks=1), told_benefits=plan(inpatient=benefit)).estimate
    assert (e.low, e.expected, e.high) == (0, None, None)
    assert (codes(e.assumptions), e.formula.code) == (["allowed_amount_unknown"], "formula_share_of_allowed")


def test_an_inpatient_coinsurance_of_a_told_amount_is_priced():
    # Seven days at 1,000, 20 % each.
    benefit = covered_level(100000, deductible_applies=told(False), **coinsurance("0.20"))
    e = answer(phase("inpatient", weeks=1), told_benefits=plan(inpatient=benefit)).estimate
    assert (e.sessions, e.expected) == (7, 140000)


def test_a_program_days_row_never_prices_a_visit():
    day = Fee("5851", published(10000), services_from=3)
    assert ask(phase(OP, weeks=1), level(day)).estimate.trace[0].allowed is None
    assert ask(phase(IOP, weeks=1), level(THERAPY)).estimate.trace[0].allowed is None
