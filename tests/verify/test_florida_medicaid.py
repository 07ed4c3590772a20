"""Florida Medicaid, fee for service, from the shipped rulebook: figures worked out by hand."""

from __future__ import annotations

from tests.verify.desk import LUZ, TEO, ask, told


def visits(member, **more):
    return {
        "payer": "florida-medicaid",
        "member": member,
        "level_of_care": "op",
        "start_date": "2026-07-06",
        **more,
    }


def test_twelve_therapy_visits_cost_an_adult_two_dollars_each():
    # 4 units of 21.87 are 87.48 a visit
    e = ask(visits(LUZ)).determination.estimate
    assert (e.sessions, e.total_allowed, e.expected) == (12, 12 * 8748, 2400)


def test_nobody_under_21_pays_a_copay():
    answer = ask(visits(TEO)).determination
    assert answer.estimate.expected == 0
    assert answer.collect.allowed == "no"


def test_visits_beyond_the_units_of_the_state_fiscal_year_are_the_patients_only_after_notice():
    # 26 visits x 4 units = 104; 26 x 2.00 + 4 x 140.00
    answer = ask(visits(LUZ, weeks=30)).determination
    assert answer.estimate.expected == 5200 + 4 * 14000
    assert "give_notice_before_billing" in [step.code for step in answer.next_steps]


def test_under_21_the_limit_can_be_exceeded_so_nothing_is_final():
    answer = ask(visits(TEO, weeks=30)).determination
    assert answer.estimate.expected == 0
    assert "limit_exception_needed" in {assumption.code for assumption in answer.estimate.assumptions}


def test_a_use_that_was_told_narrows_the_range():
    limit = {"units": 104, "used": 0, "unit": "unit", "period": "state_fiscal_year"}
    said = told("2026-07-02T15:00:00Z", levels={"outpatient": {"limit": limit}})
    e = ask(visits(LUZ, told_benefits=said)).determination.estimate
    assert (e.low, e.expected, e.high) == (2400, 2400, 2400)


def test_the_state_fiscal_year_turns_on_the_first_of_july():
    # From 6 April: 13 visits before 1 July 2026, the rest in the new year; no visit is beyond a limit.
    e = ask(visits(LUZ, start_date="2026-04-06", weeks=30)).determination.estimate
    assert e.expected == 30 * 200


def test_a_program_is_no_community_benefit_for_adults_and_open_for_the_young():
    statuses = [
        ask({**visits(member), "level_of_care": "iop"}).determination.phases[0].coverage.status
        for member in (LUZ, TEO)
    ]
    assert statuses == ["not_covered", "undetermined"]


def test_the_script_asks_first_which_managed_plan():
    script = ask(visits(LUZ)).determination.call_script
    assert (script[0].code, script[0].answers) == (
        "ask_managed_care_plan",
        "/told_benefits/managed_care_plan",
    )
