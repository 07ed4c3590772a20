"""The call script: what to ask the payer, in the order a representative works.

Every question points to the place in `told_benefits` where its answer goes; a question is asked only
while nobody who speaks of this member has answered it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from schemas.model import OUTPATIENT, Benefits, Fact, LevelBenefits, Phase, PhaseAnswer, Question
from service.engine.brief import NO_NETWORK, View
from service.engine.confirm import to_confirm
from service.engine.coverage import weekly_hours
from service.engine.episode import LaidPhase
from service.engine.prices import scheduled

# Original Medicare and Medicaid have no plan year of their own, no funding, no carve-out.
COMMERCIAL_LINES = ("commercial", "marketplace", "fehb")

Judge = Callable[[Fact[Any] | None], bool]


def _spoken(fact: Fact[Any] | None) -> bool:
    return fact is not None and fact.citation.kind != "published"


def write_script(
    view: View, laid: tuple[LaidPhase, ...], answers: tuple[PhaseAnswer, ...]
) -> tuple[Question, ...]:
    """Return the questions that are open, without repeats."""
    first = laid[0].dates[0]
    benefits = view.benefits_on(first)
    common = {"payer": view.brief.payer.name, "date": first.isoformat()}
    questions = [*_about_member(view, benefits, common)]
    seen: set[str] = set()
    for phase, answer in zip(laid, answers, strict=True):
        if phase.phase.level_of_care not in seen:
            seen.add(phase.phase.level_of_care)
            questions += _about_level(view, phase, answer, common)
    if any(answer.coverage.status != "not_covered" for answer in answers):
        questions += _about_pots(view, benefits, common)
    questions += _about_claims(view, benefits, common)
    return tuple({question.answers: question for question in questions}.values())


def _about_member(view: View, benefits: Benefits, common: Mapping[str, Any]) -> Iterator[Question]:
    asked_first = {
        "medicare_advantage": benefits.medicare_advantage,
        "qmb": benefits.qmb,
        "other_coverage": benefits.other_coverage,
        "managed_care_plan": benefits.managed_care_plan,
    }
    for name in benefits.ask_first:
        if not _spoken(asked_first[name]):
            yield Question(f"ask_{name}", common, f"/told_benefits/{name}")
    share = benefits.share_of_cost
    if share is not None and share.value is not None and share.value.met is None:
        yield Question("ask_share_of_cost", common, "/told_benefits/share_of_cost")
    if not _spoken(benefits.active):
        yield Question("ask_active", common, "/told_benefits/active")
    if view.brief.payer.line_of_business not in COMMERCIAL_LINES:
        return
    for name in (
        "coverage_start",
        "coverage_end",
        "plan_year_start",
        "funding",
        "network_status",
        "administrator",
    ):
        if not _spoken(getattr(benefits, name)):
            yield Question(f"ask_{name}", common, f"/told_benefits/{name}")


def _about_level(
    view: View, laid: LaidPhase, answer: PhaseAnswer, common: Mapping[str, Any]
) -> Iterator[Question]:
    phase = laid.phase
    benefit = view.level_on(laid.dates[0], phase.level_of_care)

    def is_open(fact: Fact[Any] | None) -> bool:
        return fact is None or to_confirm(fact, view.brief.today, laid.dates[0])

    params = {
        **common,
        "payer": _who_answers(view, laid, common["payer"]),
        "date": laid.dates[0].isoformat(),
        "level": phase.level_of_care,
        "hours": f"{weekly_hours(phase).normalize():f}",
        "days": str(phase.days_per_week),
    }

    def ask(code: str, *place: str) -> Question:
        return Question(code, params, "/".join((_level_path(view, phase.level_of_care), *place)))

    if is_open(benefit.covered) or _rule_open(view, benefit, answer):
        yield ask("ask_covered", "covered")
    if answer.coverage.status == "not_covered":
        return
    if is_open(benefit.prior_authorization):
        yield ask("ask_prior_authorization", "prior_authorization")
    if _terms_matter(phase, answer):
        yield from _about_terms(benefit, ask, is_open)
    if _share_open(benefit.copay, is_open) and not _states(benefit.coinsurance):
        yield ask("ask_copay", "copay")
    if _share_open(benefit.coinsurance, is_open) and not _states(benefit.copay):
        yield ask("ask_coinsurance", "coinsurance")
    if is_open(benefit.deductible_applies):
        yield ask("ask_deductible_applies", "deductible_applies")
    commercial = view.brief.payer.line_of_business in COMMERCIAL_LINES
    if commercial and not _amount_known(view, benefit, phase, is_open):
        yield ask("ask_allowed_amount", "allowed_amount")
    if _limit_open(view, benefit, laid):
        yield ask("ask_limit", "limit")
    if _billing_open(view, benefit, answer, is_open):
        yield ask("ask_billing", "billing")


def _who_answers(view: View, laid: LaidPhase, payer: str) -> str:
    """Return whom to ask about the care: an administrator that somebody named, else the payer."""
    administrator = view.benefits_on(laid.dates[0]).administrator
    named = administrator is not None and administrator.value is not None and _spoken(administrator)
    return administrator.value.name if named and administrator and administrator.value else payer


def _share_open(facts: Sequence[Fact[Any]], is_open: Judge) -> bool:
    """Whether one part of the share is not stated, is one of several, or should be confirmed."""
    return len(facts) != 1 or is_open(facts[0])


def _states(facts: Sequence[Fact[Any]]) -> bool:
    """Whether somebody who speaks of this member stated an amount, so that there is no other part."""
    return any(_spoken(fact) and fact.value is not None for fact in facts)


def _terms_matter(phase: Phase, answer: PhaseAnswer) -> bool:
    """Whether to ask how an authorization goes: where one is needed, or where a program may need one."""
    status = answer.prior_authorization.status
    return status in ("required", "notification") or (
        status == "undetermined" and phase.level_of_care != OUTPATIENT
    )


def _rule_open(view: View, benefit: LevelBenefits, answer: PhaseAnswer) -> bool:
    """Whether nobody spoke of this way of delivery, or a program rule that refuses should be confirmed."""
    if _spoken(benefit.covered):
        return False
    unsaid = view.brief.inquiry.modality != "in_person" and benefit.rules.modalities is None
    return unsaid or any(reason.code.startswith("confirm_") for reason in answer.coverage.reasons)


def _about_terms(benefit: LevelBenefits, ask: Callable[..., Question], is_open: Judge) -> Iterator[Question]:
    terms = benefit.authorization
    for name, fact in (
        ("phone", terms.contact),
        ("criteria", terms.criteria),
        ("initial_units", terms.initial_units),
        ("review_every_days", terms.review_every_days),
        ("retro_allowed", terms.retro_allowed),
    ):
        if is_open(fact):
            yield ask(f"ask_authorization_{name}", "authorization", name)


def _billing_open(view: View, benefit: LevelBenefits, answer: PhaseAnswer, is_open: Judge) -> bool:
    """Ask for codes where none are known; a commercial plan may want others than are published."""
    codes_known = answer.billing is not None and bool(answer.billing.value.codes)
    commercial = view.brief.payer.line_of_business in COMMERCIAL_LINES
    return not _spoken(benefit.billing) and (commercial or not codes_known or is_open(answer.billing))


def _amount_known(view: View, benefit: LevelBenefits, phase: Phase, is_open: Judge) -> bool:
    """Whether an amount is contracted, stated or on a schedule, and need not be confirmed."""
    if view.network == "in" and phase.level_of_care in view.brief.site.contracted_rates:
        return True
    row = scheduled(benefit, phase)
    stated = (benefit.allowed_amount, row.amount if row is not None else None)
    return any(not is_open(fact) for fact in stated)


def _limit_open(view: View, benefit: LevelBenefits, laid: LaidPhase) -> bool:
    """Ask about a limit where one is known and its use is not, or where a commercial plan has not said."""
    counted = [fact.value for fact in benefit.limits if fact.value is not None]
    if benefit.limits:
        return any(limit.used is None for limit in counted)
    row = scheduled(benefit, laid.phase)
    commercial = view.brief.payer.line_of_business in COMMERCIAL_LINES
    return commercial or (row is not None and row.limit is not None)


def _level_path(view: View, level: str) -> str:
    return f"{_network_path(view)}/levels/{level}"


def _network_path(view: View) -> str:
    return "/told_benefits" if view.network == "in" else "/told_benefits/out_of_network"


def _about_pots(view: View, benefits: Benefits, common: Mapping[str, Any]) -> Iterator[Question]:
    start = _network_path(view)
    network = benefits.networks.get(view.network, NO_NETWORK)
    for name, pots in (("deductible", network.deductible), ("out_of_pocket_max", network.out_of_pocket_max)):
        for scope, pot in (("individual", pots.individual), ("family", pots.family)):
            if pot is not None and (
                pot.remaining or pot.met or (pot.limit is not None and pot.limit.value is None)
            ):
                continue
            # A told family pot alone is an aggregate one: there is no individual pot to ask for.
            if (
                scope == "individual"
                and pots.family is not None
                and (pots.family.met or pots.family.remaining)
            ):
                continue
            yield Question(f"ask_{name}_{scope}", common, f"{start}/{name}/{scope}")


def _about_claims(view: View, benefits: Benefits, common: Mapping[str, Any]) -> Iterator[Question]:
    if view.brief.payer.line_of_business in COMMERCIAL_LINES and not _spoken(benefits.claims):
        yield Question("ask_claims", common, "/told_benefits/claims")
