"""Original Medicare, from the shipped rulebook: figures worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tests.verify.desk import ask, medicare, told, told_deductible

FEBRUARY = datetime(2026, 2, 20, 16, tzinfo=UTC)


def test_eight_weeks_of_iop_with_nothing_met():
    # 127.74 + 127.74 + (27.52 + 20.04) + 21 x 25.55 = 839.59
    heard = told_deductible("283.00", "0.00", "2026-02-20T15:02:00Z")
    answer = ask(medicare(told_benefits=heard), at=FEBRUARY).determination
    e = answer.estimate
    assert (e.sessions, e.total_allowed, e.low, e.expected, e.high) == (24, 306576, 83959, 83959, 83959)
    assert (e.first_session, e.typical_session, e.certainty) == (12774, 2555, "exact")
    assert answer.phases[0].prior_authorization.status == "not_required"
    assert answer.phases[0].coverage.reasons[0].citations


def test_an_unknown_deductible_is_a_range():
    e = ask(medicare(), at=FEBRUARY).determination.estimate
    assert (e.low, e.expected, e.high, e.certainty) == (61320, 83959, 83959, "estimated")


def test_an_episode_over_new_year_pays_each_years_rate_and_deductible():
    # 14 x 22.25 + (127.74 + 127.74 + 47.56 + 7 x 25.55) = 793.39
    heard = told_deductible("257.00", "257.00", "2025-11-20T15:02:00Z")
    e = ask(medicare(start_date="2025-12-01", told_benefits=heard)).determination.estimate
    assert (e.total_allowed, e.expected, e.certainty) == (283476, 79339, "exact")


def test_a_year_that_is_not_published_is_carried_forward_by_name():
    heard = told_deductible("283.00", "283.00", "2026-11-20T15:02:00Z")
    e = ask(medicare(start_date="2026-12-01", told_benefits=heard)).determination.estimate
    assert (e.low, e.expected, e.high, e.certainty) == (81145, 83959, 86766, "estimated")
    assert {a.code for a in e.assumptions} == {
        "allowed_amount_carried_forward",
        "deductible_limit_carried_forward",
    }


def test_a_freestanding_program_is_no_medicare_setting_and_the_answer_says_which_are():
    answer = ask(medicare(site="virtual")).determination
    reason = answer.phases[0].coverage.reasons[0]
    assert answer.phases[0].coverage.status == "not_covered"
    assert reason.code == "setting_not_covered"
    assert {"hospital_outpatient", "cmhc", "fqhc", "rhc"} <= set(reason.params["settings"])
    assert "refer_to_covered_setting" in [step.code for step in answer.next_steps]


def test_six_hours_a_week_are_outpatient_care():
    answer = ask(medicare(hours_per_day=2)).determination
    reason = answer.phases[0].coverage.reasons[0]
    assert reason.code == "hours_below_minimum"
    assert reason.params == {"hours": "6", "minimum": 9, "level": "outpatient"}


def test_a_qualified_medicare_beneficiary_owes_nothing_and_nothing_may_be_collected():
    answer = ask(medicare(secondary={"payer": "florida-medicaid", "plan": "qmb"})).determination
    assert (answer.estimate.low, answer.estimate.expected, answer.estimate.high) == (0, 0, 0)
    assert answer.collect.allowed == "no"


def test_medigap_plan_g_leaves_the_deductible_and_plan_f_nothing():
    heard = told_deductible("283.00", "0.00", "2026-02-20T15:02:00Z")
    left = [
        ask(
            medicare(told_benefits=heard, secondary={"payer": "medigap", "plan": plan})
        ).determination.estimate.expected
        for plan in ("g", "f")
    ]
    assert left == [28300, 0]


def test_inpatient_care_is_answered_and_not_priced():
    answer = ask(medicare(level_of_care="ip", weeks=2)).determination
    assert answer.phases[0].coverage.status == "covered"
    assert answer.estimate.expected is None
    assert answer.estimate.formula is not None
    assert answer.estimate.formula.code == "formula_level_not_priced"
    assert "psychiatric_hospital_190_days" in [step.code for step in answer.steps]


def test_residential_treatment_is_no_medicare_benefit():
    verdict = ask(medicare(level_of_care="rtc", weeks=4)).determination.phases[0].coverage
    assert (verdict.status, verdict.reasons[0].code) == ("not_covered", "no_residential_benefit")


def test_a_site_without_its_own_wage_index_gets_a_range_from_its_county():
    # Miami's index 0.9488 and the state's floor 1.0369 around the national rate of 319.38.
    e = ask(medicare(site="hospital")).determination.estimate
    assert e.total_allowed == 24 * 31938
    assert "wage_index_of_area" in {assumption.code for assumption in e.assumptions}


def test_a_visit_with_a_clinical_social_worker_is_paid_three_quarters_of_the_schedule():
    # 90837 in Miami, 2026: 169.67 x 0.75 = 127.25 (127.2525 rounded half-up)
    body = medicare(level_of_care="op", clinician="lcsw", weeks=1, start_date="2026-03-02")
    answer = ask(body).determination
    assert answer.estimate.total_allowed == 12725
    assert answer.phases[0].start_date == date(2026, 3, 2)


def test_an_iop_at_home_is_refused_by_a_second_hand_rule_that_is_to_be_confirmed():
    answer = ask(medicare(modality="telehealth")).determination
    reasons = [reason.code for reason in answer.phases[0].coverage.reasons]
    assert reasons[:2] == ["modality_not_covered", "program_not_at_home"]
    assert reasons[2:] == ["confirm_secondary_source", "confirm_old_source"]
    place = "/told_benefits/levels/intensive_outpatient/covered"
    assert place in [question.answers for question in answer.call_script]
    said = told("2026-11-20T15:02:00Z", levels={"intensive_outpatient": {"covered": False}})
    settled = ask(medicare(modality="telehealth", told_benefits=said)).determination
    assert place not in [question.answers for question in settled.call_script]
