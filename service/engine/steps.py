"""The explanation: a by-product of the calculation, one step for each thing the answer rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from schemas.model import Accumulators, Fact, LevelBenefits, Step
from service.engine.brief import NO_NETWORK, View
from service.engine.confirm import confirm_reasons, noted
from service.engine.cost import Line
from service.engine.disagree import plain
from service.engine.episode import LaidPhase
from service.engine.money import dollars
from service.engine.self_pay import pays_alone
from service.engine.settle_level import for_visit, share_facts


def explain(
    view: View, laid: tuple[LaidPhase, ...], lines: Sequence[Line], second: Step | None
) -> tuple[Step, ...]:
    """Return the steps of an answer, without repeats, in the order they are read."""
    steps: list[Step] = []
    for phase in laid:
        benefit = view.level_on(phase.dates[0], phase.phase.level_of_care)
        own = [line for line in lines if line.charge.phase == phase.index]
        if any(line.covered for line in own):
            steps += _prices(own, view.brief.today)
            steps += _shares(for_visit(benefit, phase.phase.service), view.brief.today, phase.dates[0])
        steps += _own_prices(view, phase)
        steps += benefit.notes
        if not all(line.covered is False for line in own):
            steps += _certification(benefit)
        steps += _referral(benefit)
    if any(line.covered for line in lines):
        steps += _pots(view, laid[0].dates[0])
    if second is not None:
        steps.append(second)
    return tuple(_once_each(steps))


def _once_each(steps: Sequence[Step]) -> Iterator[Step]:
    said: dict[str, list[Mapping[str, Any]]] = {}
    for step in steps:
        before = said.setdefault(step.code, [])
        if step.params not in before:
            before.append(step.params)
            yield step


def _prices(lines: Sequence[Line], today: date) -> Iterator[Step]:
    seen: set[int] = set()
    for line in lines:
        price = line.charge.terms.price
        if line.covered and id(price) not in seen:
            seen.add(id(price))
            if price.step is not None:
                yield price.step
            if price.factors and line.allowed is not None:
                yield Step("allowed_amount_adjusted", {"amount": dollars(line.allowed)}, price.citations)
            for cited in price.citations:
                yield from confirm_reasons(Fact(None, cited), today)


def _shares(benefit: LevelBenefits, today: date, on: date) -> Iterator[Step]:
    for copay in benefit.copay:
        if copay.value is not None:
            yield Step("copay", plain(copay.value), (copay.citation,))
        yield from (*noted(copay), *confirm_reasons(copay, today, on))
    for rate in benefit.coinsurance:
        if rate.value:
            yield Step("coinsurance", {"rate": str(rate.value)}, (rate.citation,))
        yield from (*noted(rate), *confirm_reasons(rate, today, on))
    if benefit.coinsurance and not any(fact.value for fact in share_facts(benefit)):
        cited = tuple(dict.fromkeys(fact.citation for fact in share_facts(benefit)))
        yield Step("no_share", {}, cited)
    applies = benefit.deductible_applies
    if applies is not None:
        code = "deductible_first" if applies.value else "deductible_waived"
        yield Step(code, {}, (applies.citation,))
        yield from confirm_reasons(applies, today, on)
    if benefit.then is not None and benefit.then.value is not None:
        yield Step("share_changes", {"after": benefit.then.value.after_units}, (benefit.then.citation,))


def _certification(benefit: LevelBenefits) -> Iterator[Step]:
    fact = benefit.certification
    if fact is not None:
        params = {
            "by": fact.value.by,
            "hours": fact.value.hours_per_week,
            "days": fact.value.recertify_days,
        }
        yield Step("certification_needed", params, (fact.citation,))


def _own_prices(view: View, laid: LaidPhase) -> Iterator[Step]:
    """The clinic's own prices: what self-pay is compared with, and what balance billing starts from."""
    level, site = laid.phase.level_of_care, view.brief.site
    rate, charge = site.self_pay_rates.get(level), site.charges.get(level)
    if rate is not None:
        yield Step(
            "own_price" if pays_alone(view.brief) else "self_pay_rate",
            {"amount": dollars(rate.value)},
            (rate.citation,),
        )
    if charge is not None and view.network == "out":
        yield Step("clinic_charge", {"amount": dollars(charge.value)}, (charge.citation,))


def _referral(benefit: LevelBenefits) -> Iterator[Step]:
    fact = benefit.referral_required
    if fact is not None:
        yield Step("referral_required" if fact.value else "referral_not_required", {}, (fact.citation,))
    if benefit.exclusions is not None and benefit.exclusions.value:
        yield Step("exclusions_stated", {"text": benefit.exclusions.value}, (benefit.exclusions.citation,))


def _pots(view: View, on: date) -> Iterator[Step]:
    own = view.benefits_on(on).networks.get(view.network, NO_NETWORK)
    for name, pots in (("deductible", own.deductible), ("out_of_pocket", own.out_of_pocket_max)):
        yield from _pot(name, pots)
        for pot in (pots.individual, pots.family):
            if pot is not None:
                yield from confirm_reasons(pot.limit, view.brief.today, on)


def _pot(name: str, pots: Accumulators) -> Iterator[Step]:
    for scope, pot in (("individual", pots.individual), ("family", pots.family)):
        if pot is None:
            continue
        facts: tuple[Fact[int | None] | Fact[int] | None, ...] = (pot.limit, pot.met, pot.remaining)
        cited = tuple(dict.fromkeys(fact.citation for fact in facts if fact is not None))
        yield from noted(pot.limit)
        if pot.limit is not None and pot.limit.value is None:
            yield Step(f"{name}_none", {"scope": scope}, cited)
        elif cited:
            limit, met, left = (
                dollars(f.value) if f is not None and f.value is not None else None for f in facts
            )
            yield Step(
                f"{name}_stated", {"scope": scope, "limit": limit, "met": met, "remaining": left}, cited
            )
