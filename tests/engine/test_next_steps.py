"""What staff do next, each with its day inside the episode."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from schemas.model import (
    AuthorizationTerms,
    Certification,
    Clock,
    Contact,
    Copay,
    LevelBenefits,
    OtherCoverage,
    ProgramRules,
    Step,
)
from tests.engine.builders import (
    IOP,
    MONDAY,
    PHP,
    REPLY,
    answer,
    copay,
    covered_level,
    phase,
    plan,
    published,
    reported,
    says,
    sessions,
    told,
)


def steps(*phases, active=True, **more):
    heard = more.pop("heard", plan(**{IOP: covered_level(**copay(10))}))
    if active:
        heard = replace(heard, active=told(True))
    return answer(*(phases or (sessions(3),)), told_benefits=heard, **more).next_steps


def days(found, code):
    return [step.by for step in found if step.code == code]


def level(**more):
    return plan(**{IOP: covered_level(**{**copay(10), "prior_authorization": told("not_required"), **more})})


def test_a_member_whom_nobody_confirmed_is_confirmed_by_the_first_session():
    (step,) = [one for one in steps(active=False) if one.code == "confirm_membership"]
    assert (step.by, step.params) == (MONDAY, {"payer": "Invented Health"})
    assert days(steps(), "confirm_membership") == []


def test_what_is_due_first_comes_first():
    found = steps(phase(), active=False)
    assert [step.by for step in found] == sorted(step.by for step in found)


# --- authorization


TERMS = AuthorizationTerms(standard=published(Clock(14, "calendar_days")))


@pytest.mark.parametrize(
    ("status", "today", "code", "by"),
    [
        ("required", 2, "submit_authorization", date(2026, 2, 13)),
        ("required", 20, "submit_authorization_late", date(2026, 2, 20)),
        ("notification", 2, "notify_payer", date(2026, 2, 13)),
    ],
)
def test_an_authorization_or_a_notification_is_sent_by_its_day(status, today, code, by):
    found = steps(
        heard=level(prior_authorization=told(status), authorization=TERMS),
        at=datetime(2026, 2, today, 15, tzinfo=UTC),
    )
    assert days(found, code) == [by]


def test_where_nobody_knows_whether_one_is_needed_it_is_asked_by_the_first_session():
    assert days(steps(heard=level(prior_authorization=None)), "ask_about_authorization") == [MONDAY]


def test_where_none_is_needed_nothing_is_sent():
    codes_ = {step.code for step in steps(heard=level())}
    assert not codes_ & {"submit_authorization", "notify_payer", "ask_about_authorization"}


@pytest.mark.parametrize(
    ("status", "every", "expected"),
    [
        ("required", 14, [date(2026, 3, 16)]),
        # Eight weeks end on 26 April; 60 days after 2 March is 1 May.
        ("required", 60, []),
        ("not_required", 14, []),
    ],
)
def test_a_concurrent_review_is_prepared_inside_the_episode(status, every, expected):
    terms = replace(TERMS, review_every_days=told(every))
    found = steps(phase(), heard=level(prior_authorization=told(status), authorization=terms))
    assert days(found, "prepare_concurrent_review") == expected


def test_of_a_level_that_is_not_covered_nothing_is_authorized_or_certified():
    refused = level(
        covered=told(False),
        prior_authorization=told("required"),
        certification=published(Certification("physician")),
    )
    assert {step.code for step in steps(heard=refused)} == set()


# --- coverage


def test_a_level_that_nobody_spoke_of_is_asked_about_by_its_start():
    assert days(steps(heard=plan()), "ask_about_coverage") == [MONDAY]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"medicare_advantage": told(OtherCoverage("A"))}, "verify_with_that_plan"),
        ({"managed_care_plan": told(OtherCoverage("B"))}, "verify_with_that_plan"),
        ({"coverage_end": told(date(2026, 1, 31))}, "ask_for_current_coverage"),
    ],
)
def test_a_reason_not_to_be_covered_says_what_to_do_about_it(facts, code):
    assert days(steps(heard=replace(level(), **facts)), code) == [None]


def test_an_inactive_member_is_asked_for_the_coverage_of_today():
    found = steps(heard=replace(level(), active=told(False)), active=False)
    assert days(found, "ask_for_current_coverage") == [None]


def test_a_setting_or_hours_that_do_not_do_name_what_would():
    rules = ProgramRules(
        provider_types=published(("hospital_outpatient",)), minimum_hours_per_week=published(12)
    )
    benefit = LevelBenefits(covered=published(True), rules=rules)
    found = steps(heard=says("told"), rules=plan(witness="published", **{IOP: benefit}))
    refer, hours = (
        next(step for step in found if step.code == code)
        for code in ("refer_to_covered_setting", "raise_hours_or_change_level")
    )
    assert refer.params == {"setting": "cmhc", "settings": ["hospital_outpatient"], "level": IOP}
    assert (hours.params["minimum"], hours.citations[0].kind) == (12, "published")


# --- certification


def certified(**more):
    return plan(
        witness="published",
        **{
            IOP: covered_level(
                said=published,
                certification=published(Certification("physician", 9, **more)),
                **copay(10, said=published),
            )
        },
    )


def test_the_need_is_certified_by_the_first_session():
    found = steps(heard=says("told"), rules=certified())
    (step,) = [one for one in found if one.code == "certify_before_admission"]
    assert (step.by, step.params) == (MONDAY, {"by": "physician", "hours": 9})
    assert days(found, "recertify") == []


def test_it_is_certified_again_every_so_many_days_of_the_phase():
    # 18 days from 2 March: 20 March, 7 April, 25 April; the phase ends on 26 April.
    found = steps(phase(), heard=says("told"), rules=certified(recertify_days=18))
    assert days(found, "recertify") == [date(2026, 3, 20), date(2026, 4, 7), date(2026, 4, 25)]


# --- collecting, and verifying again


def test_what_may_be_collected_is_collected_at_the_first_session():
    (step,) = [one for one in steps() if one.code == "collect_first_session"]
    assert (step.by, step.params) == (MONDAY, {"amount": "10.00"})


def test_nothing_due_is_nothing_to_collect():
    free = level(copay=(told(Copay(0)),), coinsurance=(told(None),))
    assert days(steps(heard=free), "collect_first_session") == []


def test_coverage_is_verified_again_on_the_first_of_each_month():
    # Eight weeks from 2 March end on 26 April.
    assert days(steps(phase()), "reverify") == [date(2026, 4, 1)]
    assert days(steps(sessions(3)), "reverify") == []


def over_new_year(**more):
    when = datetime(2026, 12, 1, 15, tzinfo=UTC)
    return steps(phase(start=date(2026, 12, 7), weeks=8), at=when, **more)


def test_a_new_plan_year_has_a_step_of_its_own():
    found = over_new_year()
    assert days(found, "reverify_new_plan_year") == [date(2027, 1, 1)]
    # Eight weeks from 7 December end on 31 January.
    assert days(found, "reverify") == []


def test_a_plan_year_turns_on_the_plans_own_day():
    found = over_new_year(heard=replace(level(), plan_year_start=told((1, 15))))
    assert days(found, "reverify_new_plan_year") == [date(2027, 1, 15)]
    assert days(found, "reverify") == [date(2027, 1, 1)]


def test_medicaid_has_no_pots_that_a_new_year_would_fill_again():
    found = over_new_year(line_of_business="medicaid")
    assert days(found, "reverify_new_plan_year") == []
    assert days(found, "reverify") == [date(2027, 1, 1)]


# --- what a live reply, or its failing to come, leaves to do


PASSING = (
    "payer_busy",
    "payer_failing",
    "payer_interrupted",
    "payer_no_connection",
    "payer_resting",
    "payer_throttled",
    "payer_timed_out",
    "rejected_retry_later",
)
LASTING = (
    "payer_not_trusted",
    "payer_refused_credentials",
    "payer_refused_address",
    "payer_reply_unreadable",
    "payer_reply_wrong_member",
    "payer_needs_identifiers",
    "rejected_fix_patient_data",
)
TODAY = date(2026, 2, 20)


@pytest.mark.parametrize("code", PASSING)
def test_a_payer_that_may_answer_a_little_later_is_asked_again(code):
    (step,) = [one for one in steps(warnings=(Step(code),)) if one.code == "ask_again_later"]
    assert (step.by, step.params) == (TODAY, {"payer": "Invented Health"})


@pytest.mark.parametrize("code", LASTING)
def test_where_asking_again_does_not_help_nobody_is_sent_to_ask(code):
    assert days(steps(warnings=(Step(code),)), "ask_again_later") == []


def test_however_much_went_wrong_the_payer_is_asked_again_once():
    assert days(steps(warnings=tuple(Step(code) for code in PASSING)), "ask_again_later") == [TODAY]


WHO = Contact("Invented Minds", "800-555-0102", None, "INVBH")


def administered(who=WHO, **more):
    found = steps(reported_benefits=says("reported", administrator=reported(who)), **more)
    return [step for step in found if step.code == "call_administrator"]


def test_an_administrator_that_was_not_heard_is_called_about_the_level():
    (step,) = administered()
    assert step.params == {"payer": "Invented Minds", "phone": "800-555-0102", "level": IOP}
    assert (step.by, step.citations) == (TODAY, (REPLY,))


def test_an_administrator_that_was_heard_need_not_be_called():
    assert administered(administrator_heard=True) == []


def test_where_the_payer_says_that_there_is_none_nobody_is_called():
    assert administered(who=None) == []


def test_an_administrator_whom_only_the_call_named_is_known_already():
    heard = replace(level(), administrator=told(WHO))
    assert days(steps(heard=heard), "call_administrator") == []


def test_the_administrator_is_called_about_each_level_once():
    asked = (phase(PHP, weeks=2), phase(IOP, None, weeks=2), phase(IOP, None, weeks=2, days_per_week=2))
    found = steps(*asked, reported_benefits=says("reported", administrator=reported(WHO)))
    assert [step.params["level"] for step in found if step.code == "call_administrator"] == [PHP, IOP]
