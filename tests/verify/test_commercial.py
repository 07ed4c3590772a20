"""Commercial payers, from the shipped rulebook: what is known, and what has to be asked."""

from __future__ import annotations

import pytest

from payers.registry import resolve
from payers.rules_examples import ask as published
from tests.verify.desk import LUZ, ask, desk, told


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


def codes(steps):
    return [step.code for step in steps]


def coverage(body):
    return ask(body).determination.phases[0].coverage


def test_unitedhealthcare_out_of_network_warns_of_care_outside_the_service_area():
    out = coverage(wants("unitedhealthcare", network="out"))
    assert out.status == "undetermined"
    assert codes(out.reasons)[1:] == ["out_of_area_program_excluded", "service_area_is_state_and_neighbors"]
    assert {note.citations[0].confidence for note in out.reasons[1:]} == {"secondary"}
    assert codes(coverage(wants("unitedhealthcare", network="in")).reasons) == ["coverage_not_published"]
    surest = coverage(wants("unitedhealthcare", "php", plan="surest", network="out"))
    assert codes(surest.reasons)[1] == "out_of_area_request_denied"


def test_who_was_told_that_iop_is_covered_out_of_network_is_not_warned_again():
    said = told(
        "2026-11-20T15:02:00Z", out_of_network={"levels": {"intensive_outpatient": {"covered": True}}}
    )
    answer = coverage(wants("unitedhealthcare", network="out", told_benefits=said))
    assert codes(answer.reasons) == ["level_covered_confirmed"]


@pytest.mark.parametrize(
    ("day", "network", "tms"),
    [
        ("2026-03-05", "in", None),
        ("2026-03-06", "in", "procedure_authorization_not_required"),
        ("2026-03-05", "out", None),
        ("2026-03-06", "out", "procedure_authorization_required"),
    ],
)
def test_cigna_dropped_authorization_of_tms_in_network_on_6_march_2026(day, network, tms):
    question = {"level_of_care": "outpatient", "date_of_service": day, "network": network}
    level = published(desk().rulebook, "cigna", question).level
    assert level.prior_authorization is None, "routine care is another question"
    stated = [note for note in level.authorization_notes if note.params.get("procedure") == "tms"]
    assert codes(stated[:1]) == ([tms] if tms else [])
    if tms == "procedure_authorization_not_required":
        notice, policy = (note.citations[0] for note in stated)
        assert (notice.confidence, policy.confidence) == ("primary", "secondary")


def test_a_connect_member_hears_of_the_home_state_and_in_2027_of_the_exit():
    before = coverage(wants("cigna", plan="connect", start_date="2026-12-28", weeks=1))
    after = coverage(wants("cigna", plan="connect", start_date="2027-01-04"))
    assert codes(before.reasons)[1:] == ["care_outside_home_state_out_of_network"]
    assert codes(after.reasons)[1:] == ["care_outside_home_state_out_of_network", "individual_market_exit"]


def test_what_a_humana_list_names_needs_authorization_and_what_it_leaves_out_is_asked():
    assert authorization(wants("humana", "php")).status == "required"
    iop = authorization(wants("humana"))
    assert iop.status == "undetermined"
    assert "not_on_authorization_list" in codes(iop.reasons)
    assert iop.submit_by is None


def test_humana_medicare_advantage_out_of_network_is_asked_and_told_of_the_notification():
    out = authorization(wants("humana-medicare-advantage", "php", network="out"))
    assert out.status == "undetermined"
    assert "notification_asked_for" in codes(out.reasons)
    assert authorization(wants("humana-medicare-advantage", "php", network="in")).status == "required"


def test_another_states_blue_plan_is_asked_through_the_line_of_all_blue_plans():
    answer = ask(wants("bluecard", "php")).determination
    assert codes(answer.phases[0].coverage.reasons)[1:] == ["home_plan_decides"]
    assert "home_plan_says_how_to_bill" in codes(answer.steps)
    assert answer.phases[0].prior_authorization.contact.phone == "800-676-2583"


def test_devoted_manages_behavioral_care_itself_from_2026():
    assert ask(wants("devoted-health", start_date="2025-12-01")).determination.administrator.value.name == (
        "Magellan Healthcare"
    )
    now = ask(wants("devoted-health")).determination
    assert now.administrator.value is None
    assert now.phases[0].prior_authorization.contact.name == "Devoted Health"


def test_a_plan_that_decides_in_fourteen_days_is_asked_fourteen_days_before():
    said = authorization(wants("florida-health-care-plan"))
    assert (said.status, said.contact.phone) == ("undetermined", "800-352-9824, ext. 3230")
    # Asked on Monday 7 December, the answer could come as late as the first day, Monday 21 December.
    assert (str(said.submit_by), str(said.decision_due_standard)) == ("2026-12-04", "2026-12-18")


@pytest.mark.parametrize(
    ("card", "may_be"),
    [
        ("BCBS", {"florida-blue", "bluecard"}),
        ("Blue Cross Blue Shield of Florida", {"florida-blue"}),
        ("BCBS of Alabama", {"bluecard"}),
        ("Humana", {"humana", "humana-medicare-advantage"}),
        ("Humana Gold Plus", {"humana-medicare-advantage"}),
        ("Ambetter from Sunshine Health", {"ambetter-florida"}),
    ],
)
def test_a_card_that_may_mean_two_payers_is_never_taken_for_one(card, may_be):
    found = resolve(desk().rulebook, card)
    assert may_be <= {match.payer.id for match in found if match.score == found[0].score}
