"""Prior authorization: whether, whom to ask, by when, and when the payer has to answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from schemas.model import AuthorizationTerms, Citation, Clock, Contact, Fact, LevelBenefits
from service.engine.calendar import clock_end, latest_submission, start_of_day
from tests.engine.builders import (
    CALL,
    IOP,
    MONDAY,
    OP,
    RULEBOOK,
    answer,
    codes,
    phase,
    plan,
    published,
    reported,
    says,
    told,
)

NEW_YORK = ZoneInfo("America/New_York")
FOURTEEN = Clock(14, "calendar_days")


def ask(status=None, *, hint=None, heard=None, said=published, at=None, **terms):
    level = LevelBenefits(
        prior_authorization=said(status) if status else None,
        authorization_hint=published(hint) if hint else None,
        authorization=AuthorizationTerms(**terms),
    )
    rules = plan(witness="published", **{IOP: level})
    when = {"at": at} if at else {}
    return answer(rules=rules, told_benefits=heard, **when).phases[0].prior_authorization


@pytest.mark.parametrize("status", ["required", "notification", "not_required"])
def test_a_published_status_is_the_answer_with_its_source(status):
    answered = ask(status)
    assert (answered.status, codes(answered.reasons)) == (status, [f"authorization_{status}"])
    assert answered.citations == (RULEBOOK,)


def test_where_nobody_said_it_is_undetermined():
    answered = ask()
    assert (answered.status, codes(answered.reasons)) == ("undetermined", ["authorization_not_published"])
    assert (answered.submit_by, answered.citations) == (None, ())


def test_a_hint_says_what_may_be_needed_and_decides_nothing():
    answered = ask(hint="authorization_or_notification", standard=published(FOURTEEN))
    assert (answered.status, codes(answered.reasons)) == (
        "undetermined",
        ["hint_authorization_or_notification"],
    )
    # Monday 16 February and 14 days are 2 March, the day care starts; Friday 13 ends in February.
    assert answered.submit_by == date(2026, 2, 20)


def test_an_authorization_that_is_only_inferred_is_no_fact_of_this_level():
    rules = plan(witness="published", **{IOP: LevelBenefits(prior_authorization=published("required"))})
    reply = plan(
        witness="reported",
        **{IOP: LevelBenefits(prior_authorization=reported("not_required", inferred=True))},
    )
    d = answer(rules=rules, reported_benefits=reply)
    assert d.phases[0].prior_authorization.status == "required"


# --- dates


def at(year, month, day, hour=15):
    return datetime(year, month, day, hour, tzinfo=UTC)


def dates(answered):
    return answered.submit_by, answered.late, answered.decision_due_standard


def test_the_request_is_counted_back_from_the_start_by_calendar_days():
    # Sent on Friday 13 February, 14 days end on the 27th; sent on Monday 16, only on the day care starts.
    assert dates(ask("required", standard=published(FOURTEEN), at=at(2026, 2, 2))) == (
        date(2026, 2, 13),
        False,
        date(2026, 2, 27),
    )


def test_the_request_is_counted_back_by_business_days_over_weekends_and_holidays():
    # 5 business days before 2 March, Presidents' Day (16 February) a holiday: sent on Friday 20, they
    # are 23, 24, 25, 26 and 27 February.
    clock, holidays = Clock(5, "business_days"), frozenset({date(2026, 2, 16)})
    args = (NEW_YORK, holidays, date(2026, 2, 1))
    assert latest_submission(MONDAY, clock, *args) == date(2026, 2, 20)
    # 8 of them: 13 February (a Friday) gives 17, 18, 19, 20, 23, 24, 25, 26.
    assert latest_submission(MONDAY, Clock(9, "business_days"), *args) == date(2026, 2, 13)


def test_a_request_is_sent_on_a_business_day():
    # 3 calendar days: Thursday 26 ends on Sunday, in time; Friday 27 would end on Monday itself.
    args = (NEW_YORK, frozenset(), date(2026, 2, 1))
    assert latest_submission(MONDAY, Clock(3, "calendar_days"), *args) == date(2026, 2, 26)
    holiday = (NEW_YORK, frozenset({date(2026, 2, 26)}), date(2026, 2, 1))
    assert latest_submission(MONDAY, Clock(3, "calendar_days"), *holiday) == date(2026, 2, 25)


def test_a_request_that_can_no_longer_be_in_time_is_sent_today_and_called_late():
    assert dates(ask("required", standard=published(FOURTEEN), at=at(2026, 2, 24))) == (
        date(2026, 2, 24),
        True,
        date(2026, 3, 10),
    )


def test_the_last_day_is_the_clinics_date_not_that_of_utc():
    # 03:00 UTC on 14 February is still Friday the 13th in New York.
    answered = ask("required", standard=published(FOURTEEN), at=at(2026, 2, 14, 3))
    assert dates(answered)[:2] == (date(2026, 2, 13), False)


def test_an_expedited_decision_is_due_hours_after_the_request():
    answered = ask(
        "required",
        standard=published(FOURTEEN),
        expedited=published(Clock(72, "hours")),
        at=at(2026, 2, 2),
    )
    assert answered.decision_due_expedited == datetime(2026, 2, 16, tzinfo=NEW_YORK)


def test_once_it_was_sent_decisions_are_due_from_then_and_nothing_is_late():
    answered = ask(
        "required",
        standard=published(FOURTEEN),
        expedited=published(Clock(24, "hours")),
        submitted_at=told(datetime(2026, 2, 23, 14, tzinfo=UTC)),
        at=at(2026, 2, 24),
    )
    assert (answered.decision_due_standard, answered.late) == (date(2026, 3, 9), False)
    assert answered.decision_due_expedited == datetime(2026, 2, 24, 14, tzinfo=UTC)


def test_without_a_clock_there_is_no_day_to_submit_by():
    assert dates(ask("required")) == (None, False, None)


def test_an_expedited_clock_alone_counts_from_the_submission():
    sent = told(datetime(2026, 2, 23, 14, tzinfo=UTC))
    answered = ask("required", expedited=published(Clock(24, "hours")), submitted_at=sent)
    assert (answered.submit_by, answered.decision_due_standard) == (None, None)
    assert answered.decision_due_expedited == datetime(2026, 2, 24, 14, tzinfo=UTC)


def test_where_none_is_needed_there_are_no_days():
    assert dates(ask("not_required", standard=published(FOURTEEN))) == (None, False, None)


def test_a_clock_of_hours_counts_hours_over_the_change_to_summer_time():
    # 72 hours from midnight on Friday 6 March 2026 (05:00 UTC) end on Monday 9 March at 05:00 UTC.
    end = clock_end(start_of_day(date(2026, 3, 6), NEW_YORK), Clock(72, "hours"), NEW_YORK, frozenset())
    assert end.astimezone(UTC) == datetime(2026, 3, 9, 5, tzinfo=UTC)


def test_a_clock_of_business_days_ends_at_the_same_hour():
    sent = datetime(2026, 2, 27, 10, tzinfo=NEW_YORK)
    end = clock_end(sent, Clock(2, "business_days"), NEW_YORK, frozenset())
    assert end == datetime(2026, 3, 3, 10, tzinfo=NEW_YORK)


# --- whom to ask, and for what


LINE, CARVE_OUT, PAYER = Contact("Line"), Contact("Carve-out"), Contact("Payer")


@pytest.mark.parametrize(
    ("line", "administrator", "expected"),
    [
        (told(LINE), told(CARVE_OUT), LINE),
        (published(LINE), told(CARVE_OUT), CARVE_OUT),
        (published(LINE), published(CARVE_OUT), LINE),
        (None, published(CARVE_OUT), CARVE_OUT),
        (published(LINE), None, LINE),
        (published(LINE), told(None), LINE),
        (None, None, PAYER),
    ],
)
def test_whom_to_ask(line, administrator, expected):
    level = LevelBenefits(authorization=AuthorizationTerms(contact=line))
    rules = replace(
        plan(witness="published", **{IOP: level}),
        contact=published(PAYER),
        administrator=administrator,
    )
    assert answer(rules=rules).phases[0].prior_authorization.contact == expected


def test_criteria_documents_units_and_reviews_are_passed_on():
    answered = ask(
        "required",
        criteria=published(("ASAM",)),
        documents=published(("treatment plan",)),
        initial_units=published(10),
        unit="day",
        review_every_days=published(7),
        retro_allowed=published(False),
    )
    assert (answered.criteria, answered.documents) == (("ASAM",), ("treatment plan",))
    assert (answered.initial_units, answered.unit) == (10, "day")
    assert (answered.review_every_days, answered.retro_allowed) == (7, False)


def test_every_source_of_the_answer_is_named_once():
    answered = ask("required", said=told, standard=published(FOURTEEN), criteria=told(("ASAM",)))
    assert answered.citations == (CALL, RULEBOOK)


def test_each_phase_has_its_own_answer():
    rules = plan(
        witness="published",
        **{
            IOP: LevelBenefits(prior_authorization=published("required")),
            OP: LevelBenefits(prior_authorization=published("not_required")),
        },
    )
    d = answer(phase(weeks=1), phase(OP, None, 1), rules=rules)
    assert [one.prior_authorization.status for one in d.phases] == ["required", "not_required"]


# --- what to confirm


def test_an_old_or_second_hand_source_still_answers_and_is_to_be_confirmed():
    cited = Citation(
        "published", "Old list", "https://example.org", "row 1", date(2019, 1, 1), None, "secondary"
    )
    level = LevelBenefits(prior_authorization=Fact("required", cited, note="list_of_2019"))
    answered = answer(rules=plan(witness="published", **{IOP: level})).phases[0].prior_authorization
    assert answered.status == "required"
    assert codes(answered.reasons) == [
        "authorization_required",
        "list_of_2019",
        "confirm_secondary_source",
        "confirm_old_source",
    ]
    assert answered.reasons[-1].params == {"year": "2019"}


def test_a_status_on_which_two_sources_differ_is_open_and_asked():
    other = published("required")
    level = LevelBenefits(prior_authorization=published("not_required", others=(other,)))
    answered = answer(rules=plan(witness="published", **{IOP: level}))
    asked = answered.phases[0].prior_authorization
    assert asked.status == "undetermined"
    assert codes(asked.reasons) == ["authorization_disputed"]
    assert "ask_prior_authorization" in codes(answered.call_script)
    assert "ask_about_authorization" in codes(answered.next_steps)


def test_a_call_closes_what_two_sources_differ_on():
    level = LevelBenefits(prior_authorization=published("not_required", others=(published("required"),)))
    heard = plan(**{IOP: LevelBenefits(prior_authorization=told("required"))})
    answered = answer(rules=plan(witness="published", **{IOP: level}), told_benefits=heard)
    assert answered.phases[0].prior_authorization.status == "required"


def test_a_source_without_a_date_that_was_read_long_ago_is_to_be_confirmed():
    cited = Citation("published", "Old page", "https://example.org", "row 1", None, date(2019, 1, 1))
    level = LevelBenefits(authorization_hint=Fact("needed", cited))
    answered = answer(rules=plan(witness="published", **{IOP: level})).phases[0].prior_authorization
    assert codes(answered.reasons) == ["hint_needed", "confirm_source_not_read_lately"]
    assert answered.reasons[-1].params == {"date": "2019-01-01"}


def test_what_was_told_of_the_plan_before_is_to_be_confirmed():
    cited = Citation("published", "A call on the plan", None, "CALL-9", None, date(2026, 1, 5), "told")
    level = LevelBenefits(prior_authorization=Fact("required", cited))
    answered = answer(rules=plan(witness="published", **{IOP: level})).phases[0].prior_authorization
    assert codes(answered.reasons) == ["authorization_required", "confirm_told_of_plan"]
    assert answered.reasons[-1].params == {"date": "2026-01-05"}


@pytest.mark.parametrize(("day", "late"), [(date(2025, 8, 24), False), (date(2025, 8, 23), True)])
def test_a_source_is_read_long_ago_after_180_days(day, late):
    # Today is 20 February 2026; 180 days before it was 24 August 2025.
    cited = Citation("published", "Page", None, None, date(2026, 1, 1), day)
    level = LevelBenefits(prior_authorization=Fact("required", cited))
    answered = answer(rules=plan(witness="published", **{IOP: level})).phases[0].prior_authorization
    assert ("confirm_source_not_read_lately" in codes(answered.reasons)) is late


@pytest.mark.parametrize(("through", "carried"), [(date(2026, 3, 2), False), (date(2026, 3, 1), True)])
def test_what_was_published_for_a_time_before_the_care_is_to_be_confirmed(through, carried):
    # Care starts on 2 March 2026.
    level = LevelBenefits(prior_authorization=published("required", through=through))
    d = answer(rules=plan(witness="published", **{IOP: level}))
    reasons = codes(d.phases[0].prior_authorization.reasons)
    assert ("confirm_carried_forward" in reasons) is carried
    asked = [question.code for question in d.call_script]
    assert ("ask_prior_authorization" in asked) is carried


@pytest.mark.parametrize(("day", "old"), [(date(2024, 2, 21), False), (date(2024, 2, 20), True)])
def test_a_source_is_old_after_two_years(day, old):
    # Today is 20 February 2026; twice 365 days before it was 21 February 2024.
    cited = Citation("published", "Page", None, None, day)
    level = LevelBenefits(prior_authorization=Fact("required", cited))
    answered = answer(rules=plan(witness="published", **{IOP: level})).phases[0].prior_authorization
    assert ("confirm_old_source" in codes(answered.reasons)) is old


def test_what_was_told_needs_no_confirmation():
    heard = plan(**{IOP: LevelBenefits(prior_authorization=told("required"))})
    answered = answer(rules=says("published"), told_benefits=heard).phases[0].prior_authorization
    assert codes(answered.reasons) == ["authorization_required"]
