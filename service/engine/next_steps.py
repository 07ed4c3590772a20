"""What staff do next, each with the day it is due where there is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from schemas.model import Benefits, Collect, Eligibility, NextStep, PhaseAnswer
from service.engine.brief import NO_NETWORK, View
from service.engine.calendar import next_month, next_year_start
from service.engine.cost import Line
from service.engine.episode import LaidPhase
from service.engine.money import dollars
from service.engine.self_pay import pays_alone, steps_alone
from service.engine.settle_level import NO_LEVEL


def plan_next_steps(
    view: View,
    laid: tuple[LaidPhase, ...],
    answers: tuple[PhaseAnswer, ...],
    eligibility: Eligibility,
    collect: Collect,
    lines: Sequence[Line],
    plan_year: tuple[int, int],
) -> tuple[NextStep, ...]:
    """Return what to do, in order of its day; what has no day comes first."""
    first = laid[0].dates[0]
    if pays_alone(view.brief):
        return tuple(steps_alone(view, laid))
    steps: list[NextStep] = []
    if eligibility.status == "undetermined":
        steps.append(NextStep("confirm_membership", {"payer": view.brief.payer.name}, first))
    steps += _which_plan(view, answers)
    steps += _live_steps(view, answers)
    for phase, answer in zip(laid, answers, strict=True):
        steps += _authorization_steps(phase, answer)
        steps += _coverage_steps(answer)
        steps += _certification_steps(view, phase, answer)
        steps += _referral_steps(view, phase, answer)
    if collect.allowed == "yes" and collect.amount:
        steps.append(NextStep("collect_first_session", {"amount": dollars(collect.amount)}, collect.when))
    steps += _limit_steps(lines)
    # Medicaid has no pots that a new year would fill again.
    turns = view.brief.payer.line_of_business != "medicaid"
    steps += _reverification(first, laid[-1].end, next_year_start(first, plan_year) if turns else None)
    return tuple(sorted(steps, key=lambda step: step.by or date.min))


# Groups of Medicaid whose members are in none of its plans.
_IN_NO_PLAN = frozenset(
    ("emergency_only", "family_planning_only", "medicare_cost_sharing_only", "premium_help_only")
)


def _which_plan(view: View, answers: tuple[PhaseAnswer, ...]) -> Iterator[NextStep]:
    """Somebody who may be in one of the county's Medicaid plans is asked which, until somebody says."""
    said = view.benefits_on(answers[0].start_date).managed_care_plan
    reasons = {reason.code for answer in answers for reason in answer.coverage.reasons}
    if view.brief.local_plans and said is None and not reasons & _IN_NO_PLAN:
        params = {"county": view.brief.site.county, "plans": "; ".join(view.brief.local_plans)}
        yield NextStep("ask_which_medicaid_plan", params)


# Warnings after which the same question may be answered a little later.
_ASK_AGAIN = frozenset(
    (
        "payer_busy",
        "payer_failing",
        "payer_interrupted",
        "payer_no_connection",
        "payer_resting",
        "payer_throttled",
        "payer_timed_out",
        "rejected_retry_later",
    )
)


def _live_steps(view: View, answers: tuple[PhaseAnswer, ...]) -> Iterator[NextStep]:
    """What a live reply, or its failing to come, leaves to be done."""
    brief = view.brief
    if any(step.code in _ASK_AGAIN for step in brief.warnings):
        yield NextStep("ask_again_later", {"payer": brief.payer.name}, brief.today)
    if brief.reported is None:
        return
    yield from _authorization_doubts(view, brief.reported, answers)
    administrator = brief.reported.administrator
    if administrator is None or administrator.value is None or brief.administrator_heard:
        return
    who = administrator.value
    for level in dict.fromkeys(answer.level_of_care for answer in answers):
        params = {"payer": who.name, "phone": who.phone, "level": level}
        yield NextStep("call_administrator", params, brief.today, (administrator.citation,))


def _authorization_doubts(
    view: View, reported: Benefits, answers: tuple[PhaseAnswer, ...]
) -> Iterator[NextStep]:
    """Where a reply asks for an authorization that the believed source does not, somebody has to ask."""
    levels = reported.networks.get(view.network, NO_NETWORK).levels
    for answer in answers:
        said = levels.get(answer.level_of_care, NO_LEVEL).prior_authorization
        if (
            said is not None
            and said.value == "required"
            and answer.prior_authorization.status == "not_required"
        ):
            level = {"level": answer.level_of_care}
            yield NextStep("ask_about_authorization", level, answer.start_date, (said.citation,))


def _authorization_steps(laid: LaidPhase, answer: PhaseAnswer) -> Iterator[NextStep]:
    asked, level = answer.prior_authorization, {"level": answer.level_of_care}
    if answer.coverage.status == "not_covered":
        return
    cited = asked.citations[:1]
    if asked.status == "required":
        yield NextStep(
            "submit_authorization_late" if asked.late else "submit_authorization",
            level,
            asked.submit_by,
            cited,
        )
    elif asked.status == "notification":
        yield NextStep("notify_payer", level, asked.submit_by, cited)
    elif asked.status == "undetermined":
        yield NextStep("ask_about_authorization", level, asked.submit_by or laid.dates[0], cited)
    if asked.review_every_days and asked.status != "not_required":
        review = laid.dates[0] + timedelta(days=asked.review_every_days)
        if review <= laid.end:
            yield NextStep("prepare_concurrent_review", level, review)


_REASON_STEPS = {
    "setting_not_covered": "refer_to_covered_setting",
    "hours_below_minimum": "raise_hours_or_change_level",
    "enrolled_in_medicare_advantage": "verify_with_that_plan",
    "enrolled_in_managed_care": "verify_with_that_plan",
    "member_inactive": "ask_for_current_coverage",
    "after_coverage_end": "ask_for_current_coverage",
    "plan_left_program": "ask_for_current_coverage",
    "share_of_cost_not_met": "keep_bills_toward_share",
}


def _coverage_steps(answer: PhaseAnswer) -> Iterator[NextStep]:
    if answer.coverage.status == "undetermined":
        yield NextStep("ask_about_coverage", {"level": answer.level_of_care}, answer.start_date)
    for reason in answer.coverage.reasons:
        if reason.code in _REASON_STEPS:
            yield NextStep(
                _REASON_STEPS[reason.code],
                {**reason.params, "level": answer.level_of_care},
                None,
                reason.citations,
            )


def _certification_steps(view: View, laid: LaidPhase, answer: PhaseAnswer) -> Iterator[NextStep]:
    fact = view.level_on(laid.dates[0], answer.level_of_care).certification
    if fact is None or answer.coverage.status == "not_covered":
        return
    rule, cited = fact.value, (fact.citation,)
    yield NextStep(
        "certify_before_admission", {"by": rule.by, "hours": rule.hours_per_week}, laid.dates[0], cited
    )
    if rule.recertify_days is None:
        return
    again = laid.dates[0] + timedelta(days=rule.recertify_days)
    while again <= laid.end:
        yield NextStep("recertify", {"days": rule.recertify_days}, again, cited)
        again += timedelta(days=rule.recertify_days)


def _referral_steps(view: View, laid: LaidPhase, answer: PhaseAnswer) -> Iterator[NextStep]:
    fact = view.level_on(laid.dates[0], answer.level_of_care).referral_required
    if fact is not None and fact.value and answer.coverage.status != "not_covered":
        yield NextStep("get_referral", {"level": answer.level_of_care}, laid.dates[0], (fact.citation,))


_LIMIT_STEPS = {
    "limit_exception_needed": "request_limit_exception",
    "limit_reached": "give_notice_before_billing",
}


def _limit_steps(lines: Sequence[Line]) -> Iterator[NextStep]:
    """The first session beyond a limit is the day by which something has to be done about it."""
    for reason, code in _LIMIT_STEPS.items():
        beyond = [line for line in lines if line.reason == reason]
        if beyond:
            cited = tuple(cite for use in beyond[0].charge.terms.limits for cite in use.citations)
            yield NextStep(code, {"sessions": len(beyond)}, beyond[0].charge.date, cited)


def _reverification(first: date, last: date, turn: date | None) -> Iterator[NextStep]:
    """Coverage is verified again on the first of each month, and when the pots start anew."""
    on = next_month(first)
    while on <= last:
        if on != turn:
            yield NextStep("reverify", {}, on)
        on = next_month(on)
    if turn is not None and turn <= last:
        yield NextStep("reverify_new_plan_year", {}, turn)
