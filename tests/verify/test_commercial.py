"""Commercial payers, from the shipped rulebook: what is known, and what has to be asked."""

from __future__ import annotations

import pytest

from tests.verify.desk import LUZ, ask, told


def wants(payer, level="iop", **more):
    return {"payer": payer, "member": LUZ, "level_of_care": level, "start_date": "2026-12-21", **more}


def authorization(body):
    return ask(body).determination.phases[0].prior_authorization


def test_cigna_asks_for_none_in_iop_says_a_second_hand_source():
    said = authorization(wants("cigna"))
    assert said.status == "not_required"
    assert "confirm_secondary_source" in [step.code for step in said.reasons]
    assert said.citations[0].confidence == "secondary"


def test_aetna_requires_one_for_php_says_a_source_of_2019():
    said = authorization(wants("aetna", "php"))
    assert said.status == "required"
    assert {"year": "2019"} in [dict(step.params) for step in said.reasons]
    # Fifteen calendar days before Monday 21 December, on a business day.
    assert (str(said.submit_by), str(said.decision_due_standard)) == ("2026-12-04", "2026-12-19")


def test_unitedhealthcare_is_undetermined_and_says_what_is_known():
    said = authorization(wants("unitedhealthcare"))
    assert said.status == "undetermined"
    assert said.reasons[0].code == "hint_authorization_or_notification"


def test_florida_blue_is_undetermined_and_comes_with_questions():
    answer = ask(wants("florida-blue")).determination
    assert answer.phases[0].prior_authorization.status == "undetermined"
    places = [question.answers for question in answer.call_script]
    assert "/told_benefits/levels/intensive_outpatient/prior_authorization" in places
    assert answer.estimate.expected is None
    assert answer.estimate.certainty == "indicative"


@pytest.mark.parametrize("payer", ["cigna", "aetna", "unitedhealthcare", "florida-blue"])
@pytest.mark.parametrize("level", ["ip", "rtc"])
def test_inpatient_and_residential_care_get_a_clear_answer(payer, level):
    answer = ask(wants(payer, level, weeks=2)).determination
    assert answer.phases[0].coverage.status == "undetermined"
    assert answer.call_script
    assert answer.estimate.formula is not None


def test_what_was_told_settles_a_florida_blue_iop():
    level = {
        "covered": True,
        "prior_authorization": "required",
        "copay": {"amount": "40.00", "per": "session"},
        "deductible_applies": False,
        "limit": None,
    }
    said = told(
        "2026-11-20T15:02:00Z",
        active=True,
        deductible={"individual": {"limit": "1500.00", "met": "200.00"}, "family": None},
        out_of_pocket_max={"individual": {"limit": "6000.00", "met": "200.00"}, "family": None},
        plan_year_start="01-01",
        levels={"intensive_outpatient": level},
    )
    answer = ask(wants("florida-blue", told_benefits=said, start_date="2026-11-30", weeks=4)).determination
    assert answer.eligibility.status == "active"
    assert answer.phases[0].coverage.status == "covered"
    assert answer.phases[0].prior_authorization.status == "required"
    assert (answer.estimate.expected, answer.estimate.certainty) == (12 * 4000, "exact")


def test_an_office_copay_of_a_plan_design_never_prices_a_program():
    body = wants("unitedhealthcare", plan="uhc-bronze-essential", site="two-tier")
    assert ask(body).determination.estimate.expected is None
