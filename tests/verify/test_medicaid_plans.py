"""Florida Medicaid's managed care plans, from the shipped rulebook: figures worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest

from payers.medicaid_plans import find_medicaid_plans
from service.directory import payer_of
from tests.verify.desk import LUZ, TEO, ask, desk, told

PLANS = (
    "sunshine-health",
    "simply-healthcare",
    "humana-healthy-horizons",
    "aetna-better-health-florida",
    "unitedhealthcare-community-plan-florida",
    "molina-healthcare-florida",
    "community-care-plan",
    "florida-community-care",
    "childrens-medical-services",
    "sunshine-pathway-to-shine",
)


def care(payer, member, level, **more):
    asked = {"payer": payer, "member": member, "level_of_care": level, "start_date": "2026-11-30"}
    return ask({**asked, **more}).determination


def used(days, **more):
    limit = {"units": 90, "used": days, "unit": "day", "period": "state_fiscal_year"}
    levels = {"partial_hospitalization": {"limit": limit, **more}}
    return told("2026-11-20T15:02:00Z", levels=levels)


def codes(steps):
    return [step.code for step in steps]


@pytest.mark.parametrize("payer", PLANS)
def test_no_plan_is_said_to_cover_a_program_that_it_may_offer_or_not(payer):
    for level in ("iop", "php"):
        answer = care(payer, LUZ, level)
        assert answer.phases[0].coverage.status == "undetermined"
        assert "smmc_in_lieu_of_service" in codes(answer.phases[0].coverage.reasons)
        assert answer.phases[0].prior_authorization.contact is not None


@pytest.mark.parametrize("payer", PLANS)
def test_therapy_is_covered_by_every_plan_and_costs_the_young_nothing(payer):
    answer = care(payer, TEO, "op")
    assert (answer.phases[0].coverage.status, answer.estimate.expected) == ("covered", 0)


def test_an_adult_pays_nothing_or_two_dollars_a_visit_and_is_asked_for_neither():
    answer = care("molina-healthcare-florida", LUZ, "op")
    assert (answer.estimate.low, answer.estimate.high) == (0, 12 * 200)
    assert (answer.collect.allowed, answer.collect.amount) == ("ask", None)
    assert "smmc_copay_plan_decides" in codes(answer.steps)


def test_the_ninety_first_day_of_an_adults_year_is_beyond_the_limit():
    answer = care("sunshine-health", LUZ, "php", told_benefits=used(90))
    verdict = answer.phases[0].coverage
    assert (verdict.status, codes(verdict.reasons)) == ("not_covered", ["limit_used_up"])
    assert answer.estimate.expected == 15 * 50000
    assert "give_notice_before_billing" in codes(answer.next_steps)


def test_the_days_that_are_left_are_the_plans_to_answer_for_and_the_rest_is_not():
    said = used(80, covered=True, copay={"amount": "0.00"})
    answer = care("sunshine-health", LUZ, "php", told_benefits=said)
    # 10 of 15 days are left
    assert (answer.phases[0].coverage.status, answer.estimate.expected) == ("covered", 5 * 50000)


def test_a_new_state_fiscal_year_gives_the_days_anew():
    said = used(90, covered=True, copay={"amount": "0.00"})
    answer = care("sunshine-health", LUZ, "php", start_date="2027-07-05", told_benefits=said)
    assert answer.phases[0].coverage.status == "covered"


def test_at_sixteen_a_limit_is_never_the_last_word():
    fresh = care("sunshine-health", TEO, "php")
    assert fresh.phases[0].coverage.limits == ()
    answer = care("sunshine-health", TEO, "php", told_benefits=used(90))
    verdict = answer.phases[0].coverage
    assert (verdict.status, verdict.reasons[0].code) == ("undetermined", "limit_used_up_exceedable")
    assert answer.estimate.expected is None
    assert "request_limit_exception" in codes(answer.next_steps)


def test_the_contracts_clock_stands_beside_what_a_plan_says_of_its_own():
    own, contract = (
        reason
        for payer in ("unitedhealthcare-community-plan-florida", "humana-healthy-horizons")
        for reason in care(payer, LUZ, "iop").phases[0].prior_authorization.reasons
        if reason.code.endswith("_clock")
    )
    assert (own.code, own.params["days"]) == ("plan_clock", 7)
    assert (contract.code, contract.params) == ("contract_clock", {"days": 5, "more": 4})


def test_the_childrens_plan_goes_from_sunshine_to_molina_overnight():
    before, after = (
        care("childrens-medical-services", TEO, "php", start_date=day) for day in ("2026-09-30", "2026-10-01")
    )
    assert before.administrator is not None
    assert before.administrator.value.name == "Sunshine Health"
    assert after.administrator.value.name == "Molina Healthcare of Florida"
    assert "plan_runs_since" in codes(after.phases[0].coverage.reasons)
    assert "continuity_of_care" in codes(after.phases[0].prior_authorization.reasons)


def test_a_card_of_a_plan_that_left_leads_to_the_plan_of_now():
    answer = care("amerihealth-caritas-florida", LUZ, "php")
    assert answer.phases[0].coverage.reasons[0].code == "plan_left_program"
    assert answer.collect.amount is None
    assert {"ask_which_medicaid_plan", "ask_for_current_coverage"} <= set(codes(answer.next_steps))


def test_whoever_has_straight_medicaid_is_asked_which_of_the_countys_plans_it_is():
    step = next(
        step
        for step in care("florida-medicaid", LUZ, "php").next_steps
        if step.code == "ask_which_medicaid_plan"
    )
    assert step.params["county"] == "Miami-Dade"
    assert "Molina Healthcare of Florida" in step.params["plans"]
    said = told("2026-11-20T15:02:00Z", managed_care_plan={"name": "Sunshine Health"})
    heard = care("florida-medicaid", LUZ, "php", told_benefits=said)
    assert "ask_which_medicaid_plan" not in codes(heard.next_steps)


@pytest.mark.parametrize(("day", "runs"), [("2026-09-15", "Sunshine Health"), ("2026-10-15", "Molina")])
def test_miami_dade_has_every_plan_and_each_says_who_runs_it(day, runs):
    found = find_medicaid_plans(desk().rulebook, "Miami-Dade County", date.fromisoformat(day))
    assert found.region is not None
    assert found.region.value == "I"
    plans = {plan.payer_id: plan for plan in found.plans}
    assert set(plans) == set(PLANS)
    assert all(plan.is_known and plan.citations for plan in found.plans)
    assert plans["childrens-medical-services"].operated_by.startswith(runs)


def test_a_county_whose_region_was_not_read_has_the_statewide_plans_for_certain_and_no_others():
    found = find_medicaid_plans(desk().rulebook, "Leon", date(2026, 11, 30))
    assert found.region is None
    known = {plan.payer_id for plan in found.plans if plan.is_known}
    assert "sunshine-health" in known
    assert not known & {"molina-healthcare-florida", "community-care-plan", "aetna-better-health-florida"}


def test_a_plan_is_not_listed_where_it_has_no_contract():
    listed = {plan.payer_id for plan in find_medicaid_plans(desk().rulebook, "Lee", date(2026, 11, 30)).plans}
    assert "community-care-plan" in listed
    assert not listed & {"molina-healthcare-florida", "aetna-better-health-florida"}
    assert find_medicaid_plans(desk().rulebook, "Lee", date(2025, 1, 31)).plans == ()


@pytest.mark.parametrize(
    ("card", "payer"),
    [
        ("SUNSHINE HEALTH", "sunshine-health"),
        ("Pathway to Shine", "sunshine-pathway-to-shine"),
        ("Simply Healthcare", "simply-healthcare"),
        ("Humana Healthy Horizons in Florida", "humana-healthy-horizons"),
        ("Aetna Better Health of Florida", "aetna-better-health-florida"),
        ("UnitedHealthcare Community Plan", "unitedhealthcare-community-plan-florida"),
        ("Children's Medical Services", "childrens-medical-services"),
        ("AmeriHealth Caritas Florida", "amerihealth-caritas-florida"),
    ],
)
def test_a_card_names_its_plan(card, payer):
    assert payer_of(desk(), card) == payer


def share(amount="412.00", at="2026-11-20T15:02:00Z", **said):
    return told(at, share_of_cost={"amount": amount, **said})


def needy(**more):
    return care("florida-medicaid", LUZ, "op", plan="medically-needy", weeks=1, **more)


def test_a_share_of_cost_that_is_not_met_leaves_the_bill_to_the_patient_and_it_counts():
    answer = needy(told_benefits=share(met=False))
    verdict = answer.phases[0].coverage
    assert (verdict.status, verdict.reasons[0].code) == ("not_covered", "share_of_cost_not_met")
    assert answer.estimate.expected == 14000
    assert "keep_bills_toward_share" in codes(answer.next_steps)


def test_once_it_is_met_the_month_is_as_any_months_of_medicaid():
    answer = needy(told_benefits=share(met=True))
    assert (answer.phases[0].coverage.status, answer.estimate.expected) == ("covered", 200)


@pytest.mark.parametrize("met", [True, False])
def test_what_was_said_of_one_month_says_nothing_of_the_next(met):
    verdict = needy(start_date="2026-12-07", told_benefits=share(met=met)).phases[0].coverage
    assert (verdict.status, verdict.reasons[0].code) == ("undetermined", "share_of_cost_begins_anew")


def test_while_nobody_says_whether_it_is_met_somebody_has_to_ask():
    for said in ({}, {"told_benefits": share(met=None)}):
        answer = needy(**said)
        assert answer.phases[0].coverage.status == "undetermined"
        assert "ask_share_of_cost" in codes(answer.call_script)
    assert "ask_share_of_cost" not in codes(needy(told_benefits=share(met=True)).call_script)


def test_a_program_that_medicaid_does_not_cover_stays_so_whatever_is_met():
    answer = care(
        "florida-medicaid", LUZ, "iop", plan="medically-needy", told_benefits=share(met=True), weeks=1
    )
    assert answer.phases[0].coverage.reasons[0].code == "not_on_fee_schedule"


@pytest.mark.parametrize("plan", ["family-planning", "emergency-only"])
def test_groups_that_have_no_behavioral_care_are_in_no_plan_either(plan):
    answer = care("florida-medicaid", LUZ, "php", plan=plan)
    assert answer.phases[0].coverage.status == "not_covered"
    assert "ask_which_medicaid_plan" not in codes(answer.next_steps)
