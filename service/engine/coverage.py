"""Whether a level of care is covered for this member, at this site, on a date: yes, no, or ask.

Program rules (setting, hours, age, condition, way of delivery) come first: only a fact about this
very level lifts them, never a general "active".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from schemas.model import (
    INPATIENT,
    OUTPATIENT,
    RESIDENTIAL,
    Benefits,
    Coverage,
    Eligibility,
    Fact,
    LevelBenefits,
    Phase,
    Step,
)
from service.engine.brief import Brief, View
from service.engine.calendar import age_on
from service.engine.confirm import confirm_reasons, noted
from service.engine.self_pay import cover_alone, pays_alone
from service.engine.share_of_cost import weigh_share_of_cost

Hours = Mapping[str, tuple[int, int | None]]
# A program rule that does not hold: the reason, and the rule itself.
Broken = tuple[Step, Fact[Any]]


def find_eligibility(benefits: Benefits, on: date) -> Eligibility:
    """Return whether anyone confirmed this member, for the date of the first session."""
    start, end = (fact.value if fact else None for fact in (benefits.coverage_start, benefits.coverage_end))
    fact = benefits.active
    if fact is None or fact.citation.kind == "published":
        return Eligibility("undetermined", "none", start, end)
    outside = (start is not None and on < start) or (end is not None and on > end)
    status = "active" if fact.value and not outside else "inactive"
    return Eligibility(status, fact.citation.kind, start, end, (fact.citation,))


def cover(view: View, phase: Phase, on: date) -> Coverage:
    """Return the verdict for a phase's level of care on a date, with every reason for it."""
    if pays_alone(view.brief):
        return cover_alone(view, phase.level_of_care, on)
    return weigh_share_of_cost(_judge(view, phase, on), view.benefits_on(on).share_of_cost, on)


def _judge(view: View, phase: Phase, on: date) -> Coverage:
    benefits, benefit = view.benefits_on(on), view.level_on(on, phase.level_of_care)
    elsewhere = _refused_membership(benefits, on)
    if elsewhere:
        return Coverage("not_covered", elsewhere)
    broken = _broken_rules(view.brief, benefit, phase, on)
    confirmed = confirms_level(benefit.covered)
    if broken and not confirmed:
        return Coverage("not_covered", tuple(_why_broken(broken, view.brief.today, on)))
    if benefit.covered is None:
        return Coverage("undetermined", (Step("coverage_not_published"), *benefit.coverage_notes))
    cited = (benefit.covered.citation,)
    if not benefit.covered.value:
        refused = Step(benefit.covered.note or "level_not_covered", {}, cited)
        return Coverage("not_covered", (refused, *confirm_reasons(benefit.covered, view.brief.today, on)))
    if not confirmed and _delivery_unsaid(view.brief, benefit, phase):
        reason = Step("modality_not_published", {"modality": view.brief.inquiry.modality})
        return Coverage("undetermined", (reason, *benefit.coverage_notes))
    code = "level_covered" if benefit.covered.citation.kind == "published" else "level_covered_confirmed"
    lifted = tuple(Step("rule_lifted", {"rule": step.code}, step.citations + cited) for step, _ in broken)
    confirm = confirm_reasons(benefit.covered, view.brief.today, on)
    remarks = () if confirmed else benefit.coverage_notes  # who spoke of this member knew of them
    return Coverage("covered", (Step(code, {}, cited), *noted(benefit.covered), *lifted, *confirm, *remarks))


def confirms_level(covered: Fact[bool] | None) -> bool:
    """Whether someone who speaks of this member confirmed this very level."""
    return (
        covered is not None
        and covered.value
        and covered.citation.kind != "published"
        and not covered.inferred
    )


def _refused_membership(benefits: Benefits, on: date) -> tuple[Step, ...]:
    """Reasons why this payer does not pay for this person on this date at all."""
    reasons: list[Step] = []
    if benefits.active is not None and not benefits.active.value:
        reasons.append(Step("member_inactive", {}, (benefits.active.citation,)))
    start, end = benefits.coverage_start, benefits.coverage_end
    if start is not None and start.value is not None and on < start.value:
        reasons.append(Step("before_coverage_start", {"date": start.value.isoformat()}, (start.citation,)))
    if end is not None and end.value is not None and on > end.value:
        reasons.append(Step("after_coverage_end", {"date": end.value.isoformat()}, (end.citation,)))
    for code, fact in (
        ("enrolled_in_medicare_advantage", benefits.medicare_advantage),
        ("enrolled_in_managed_care", benefits.managed_care_plan),
    ):
        if fact is not None and fact.value is not None:
            reasons.append(Step(code, {"plan": fact.value.name}, (fact.citation,)))
    return tuple(reasons)


def _broken_rules(brief: Brief, benefit: LevelBenefits, phase: Phase, on: date) -> tuple[Broken, ...]:
    checks = (
        _setting(brief, benefit),
        _hours(brief, benefit, phase),
        _age(brief, benefit, on),
        _condition(brief, benefit),
        _delivery(brief, benefit),
    )
    return tuple(broken for broken in checks if broken is not None)


def _why_broken(broken: tuple[Broken, ...], today: date, on: date) -> Iterator[Step]:
    """Yield each broken rule first, then what its source remarks on it, and whether to confirm it."""
    yield from (step for step, _ in broken)
    for _, rule in broken:
        yield from (*noted(rule), *confirm_reasons(rule, today, on))


def _setting(brief: Brief, benefit: LevelBenefits) -> Broken | None:
    rule, own = benefit.rules.provider_types, brief.site.provider_type
    if rule is None or own in rule.value:
        return None
    params = {"setting": own, "settings": list(rule.value)}
    return Step("setting_not_covered", params, (rule.citation,)), rule


def weekly_hours(phase: Phase) -> Decimal:
    """Return the hours of treatment a week that a phase asks for."""
    return _hours_of(phase.minutes_per_day * phase.days_per_week)


@lru_cache(maxsize=256)
def _hours_of(minutes: int) -> Decimal:
    return Decimal(minutes) / 60


def _hours(brief: Brief, benefit: LevelBenefits, phase: Phase) -> Broken | None:
    rule, asked = benefit.rules.minimum_hours_per_week, weekly_hours(phase)
    if rule is None or asked >= rule.value:
        return None
    params = {
        "hours": f"{asked.normalize():f}",
        "minimum": rule.value,
        "level": level_for(asked, brief.hours),
    }
    return Step("hours_below_minimum", params, (rule.citation,)), rule


def level_for(hours: Decimal, bands: Hours | None) -> str:
    """Return the level of care that so many hours a week would be."""
    for level, (least, below) in (bands or {}).items():
        if level not in (RESIDENTIAL, INPATIENT) and hours >= least and (below is None or hours < below):
            return level
    return OUTPATIENT


def _age(brief: Brief, benefit: LevelBenefits, on: date) -> Broken | None:
    rule, born = benefit.rules.ages, brief.inquiry.member.birth_date
    if rule is None or born is None:
        return None
    age, least, below = age_on(born, on), rule.value.from_age, rule.value.below
    if (least is None or age >= least) and (below is None or age < below):
        return None
    return Step("age_not_covered", {"from": least, "below": below}, (rule.citation,)), rule


def _condition(brief: Brief, benefit: LevelBenefits) -> Broken | None:
    rule = benefit.rules.conditions
    if rule is None or brief.inquiry.condition in rule.value:
        return None
    return Step("condition_not_covered", {"conditions": list(rule.value)}, (rule.citation,)), rule


def _delivery(brief: Brief, benefit: LevelBenefits) -> Broken | None:
    rule, asked = benefit.rules.modalities, brief.inquiry.modality
    # A hybrid program is partly by telehealth, so it needs telehealth to be a benefit.
    wanted = "telehealth" if asked == "hybrid" else asked
    if rule is None or wanted in rule.value or asked in rule.value:
        return None
    params = {"modality": asked, "modalities": list(rule.value)}
    return Step("modality_not_covered", params, (rule.citation,)), rule


def _delivery_unsaid(brief: Brief, benefit: LevelBenefits, phase: Phase) -> bool:
    """Whether the level is published as covered, but nobody said so of telehealth."""
    return brief.inquiry.modality != "in_person" and benefit.rules.modalities is None
