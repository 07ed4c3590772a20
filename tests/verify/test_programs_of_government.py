"""TRICARE, federal employees and Medicare Advantage: what is published, and what has to be asked."""

from __future__ import annotations

from datetime import date

import pytest

from tests.verify.desk import ANA, LUZ, ask, told


def wants(payer, plan=None, level="iop", **more):
    body = {"payer": payer, "plan": plan, "member": LUZ, "level_of_care": level, "network": "in"}
    return {**body, "start_date": "2026-12-07", **more}


def codes(items):
    return [item.code for item in items]


def test_an_active_duty_family_in_prime_gets_a_referral_first_needs_no_authorization_and_pays_nothing():
    said = ask(wants("tricare-east", "prime-active-duty-family-a")).determination
    assert said.phases[0].coverage.status == "covered"
    assert said.phases[0].prior_authorization.status == "not_required"
    assert (said.estimate.expected, said.collect.allowed) == (0, "no")
    assert {"tricare_referral_first", "tricare_point_of_service", "referral_required"} <= {*codes(said.steps)}
    referral = next(step for step in said.next_steps if step.code == "get_referral")
    assert referral.by == date(2026, 12, 7)
    assert said.contact is not None
    assert said.contact.value.phone == "800-444-5445"


def test_outside_the_network_the_same_family_pays_point_of_service_fees():
    said = ask(wants("tricare-east", "prime-active-duty-family-a", network="out")).determination
    assert {"coinsurance", "deductible_stated"} <= {*codes(said.steps)}
    assert said.estimate.balance_billing == 0


def test_whose_prime_it_is_decides_the_cost_so_it_is_asked():
    said = ask(wants("tricare-east", "prime")).determination
    assert said.estimate.expected is None
    assert "tricare_prime_costs_differ" in codes(said.steps)
    assert "ask_copay" in codes(said.call_script)


def test_a_member_on_active_duty_needs_an_authorization_and_pays_nothing():
    said = ask(wants("tricare-east", "active-duty")).determination
    assert said.phases[0].prior_authorization.status == "required"
    assert said.estimate.expected == 0


def test_sources_disagree_on_authorization_for_federal_employees_so_the_plan_is_asked():
    said = ask(wants("fep-blue", "focus")).determination
    authorization = said.phases[0].prior_authorization
    assert (authorization.status, codes(authorization.reasons)) == (
        "undetermined",
        ["authorization_disputed"],
    )
    (found,) = [one for one in said.disagreements if one.about.endswith("prior_authorization")]
    assert [(value, cited[0].published.year) for _, value, cited in found.values] == [
        ("not_required", 2026),
        ("required", 2016),
    ]
    assert {"ask_prior_authorization", "ask_coinsurance"} <= {*codes(said.call_script)}
    assert "last_known_share" in codes(said.steps)
    assert said.estimate.expected is None


def test_ten_visits_of_blue_focus_cost_ten_dollars_each_and_that_rests_on_the_year_before():
    said = ask(wants("fep-blue", "focus", "op", weeks=3, days_per_week=1)).determination
    assert said.estimate.expected == 3 * 1000
    carried = [step for step in said.steps if step.code == "confirm_carried_forward"]
    assert [dict(step.params) for step in carried] == [{"year": "2025"}]


def test_blue_focus_pays_nothing_outside_its_network():
    verdict = ask(wants("fep-blue", "focus", network="out")).determination.phases[0].coverage
    assert (verdict.status, verdict.reasons[0].code) == ("not_covered", "preferred_providers_only")


def test_an_advantage_plan_covers_like_medicare_and_names_its_own_share():
    said = ask(wants("medicare-advantage", member=ANA)).determination
    assert said.phases[0].coverage.status == "covered"
    authorization = said.phases[0].prior_authorization
    assert codes(authorization.reasons)[0] == "hint_may_be_required"
    # Seven calendar days from Friday 27 November, the last business day whose clock ends before the start.
    assert (authorization.submit_by, authorization.decision_due_standard) == (
        date(2026, 11, 27),
        date(2026, 12, 4),
    )
    assert said.estimate.expected is None
    assert "ask_qmb" in codes(said.call_script)


@pytest.mark.parametrize("payer", ["medicare-advantage", "humana-medicare-advantage", "devoted-health"])
def test_every_advantage_organization_covers_a_program_where_medicare_does_and_is_asked_elsewhere(payer):
    at_center = ask(wants(payer, member=ANA, level_of_care="php")).determination
    alone = ask(wants(payer, member=ANA, level_of_care="php", site="two-tier")).determination
    assert at_center.phases[0].coverage.status == "covered"
    assert alone.phases[0].coverage.status == "undetermined"
    assert "advantage_setting_open" in codes(alone.steps)


def test_an_advantage_member_with_full_medicaid_is_asked_nothing_before_medicaid_has_spoken():
    second = {"payer": "florida-medicaid", "plan": "full"}
    share = told(levels={"intensive_outpatient": {"copay": {"amount": "40.00", "per": "session"}}})
    said = ask(wants("medicare-advantage", member=ANA, secondary=second, told_benefits=share)).determination
    assert "second_medicaid" in codes(said.steps)
    assert said.coordination is not None
    assert "medicaid_pays_last" in codes(said.coordination.reasons)
    assert (said.estimate.low, said.collect.allowed) == (0, "ask")


def test_an_advantage_member_who_is_a_qmb_owes_nothing():
    second = {"payer": "florida-medicaid", "plan": "qmb"}
    share = told(levels={"intensive_outpatient": {"copay": {"amount": "40.00", "per": "session"}}})
    said = ask(wants("medicare-advantage", member=ANA, secondary=second, told_benefits=share)).determination
    assert (said.collect.allowed, codes(said.collect.reasons)) == ("no", ["qmb_owes_nothing"])
