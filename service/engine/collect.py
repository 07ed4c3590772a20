"""What may be collected from the patient, and when, or that nothing may be."""

from __future__ import annotations

from schemas.model import Benefits, Collect, Estimate, Fact, PhaseAnswer, Step
from service.engine.brief import Brief
from service.engine.episode import LaidPhase
from service.engine.money import dollars
from service.engine.self_pay import collect_alone, pays_alone


def decide_collection(
    brief: Brief,
    benefits: Benefits,
    laid: tuple[LaidPhase, ...],
    answers: tuple[PhaseAnswer, ...],
    estimate: Estimate,
    zero_share: Step | None,
) -> Collect:
    """Return what may be collected at the first session."""
    when = laid[0].dates[0]
    if pays_alone(brief):
        return collect_alone(estimate, when)
    status = answers[0].coverage.status
    if zero_share is not None and status != "not_covered":
        return Collect(0, None, "no", (zero_share,))
    elsewhere = any(reason.code == "plan_left_program" for reason in answers[0].coverage.reasons)
    if status == "undetermined" or elsewhere:
        return Collect(None, None, "ask", (Step("collect_after_coverage_known"),))
    if status == "not_covered":
        reasons = (Step("collect_only_after_notice"), *_protection(benefits))
        return Collect(estimate.first_session, when, "ask", reasons)
    if estimate.first_session is None:
        return Collect(None, None, "ask", (Step("collect_after_share_known"),))
    copay_only = benefits.copay_is_all
    if copay_only is not None and copay_only.value:
        cited = (copay_only.citation,)
        if estimate.first_session == 0:
            return Collect(0, None, "no", (Step("collect_nothing_due", {}, cited),))
        if any(assumption.code == "several_shares" for assumption in estimate.assumptions):
            # More than the one copay that holds may not be taken, and nothing tells which it is.
            return Collect(None, None, "ask", (Step("collect_after_share_known", {}, cited),))
        only = Step("collect_copay_only", {"amount": dollars(estimate.first_session)}, cited)
        return Collect(estimate.first_session, when, "yes", (only,))
    if estimate.first_session == 0:
        return Collect(0, None, "no", (Step("collect_nothing_due"),))
    return Collect(estimate.first_session, when, "yes", _estimate_warning(estimate))


def _protection(benefits: Benefits) -> tuple[Step, ...]:
    fact: Fact[bool] | None = benefits.balance_billing
    return (Step("billing_protection", {}, (fact.citation,)),) if fact is not None and not fact.value else ()


def _estimate_warning(estimate: Estimate) -> tuple[Step, ...]:
    return () if estimate.certainty == "exact" else (Step("collect_is_an_estimate"),)
