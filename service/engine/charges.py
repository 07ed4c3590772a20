"""Turns the settled benefits into the list of sessions to be priced, each with its terms."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date
from functools import partial

from schemas.model import Coverage, Fact, LevelBenefits, Limit, Phase, Step
from service.engine.brief import View
from service.engine.calendar import period_start
from service.engine.cost import Charge, LimitUse, Share
from service.engine.coverage import cover
from service.engine.episode import LaidPhase
from service.engine.money import Ranged, certain
from service.engine.prices import ONE, Price, price_session

UNKNOWN_SHARE: Ranged[Share] = Ranged(
    Share(), Share(unknown=True), Share(coinsurance=ONE), "cost_share_unknown"
)


class ChargeMaker:
    """Makes the charges of an episode; what is equal for a phase and a published period is made once."""

    def __init__(self, view: View, plan_year: tuple[int, int], first: date) -> None:
        self._view = view
        self._plan_year = plan_year
        self._first = first
        self._prices: dict[tuple[int, int, bool, int], Price] = {}
        self._ends: dict[tuple[int, int], list[date]] = {}
        self._verdicts: dict[tuple[int, int, bool], Coverage] = {}

    def charges(self, laid: tuple[LaidPhase, ...]) -> list[Charge]:
        """Return every session of the episode in date order."""
        made = [charge for phase in laid for charge in self._phase_charges(phase)]
        return sorted(made, key=lambda charge: charge.date)

    def verdict(self, laid: LaidPhase, on: date) -> Coverage:
        """Return the coverage of a phase on a date."""
        benefits = self._view.benefits_on(on)
        end, start = benefits.coverage_end, benefits.coverage_start
        outside = bool(end and end.value and on > end.value) or bool(
            start and start.value and on < start.value
        )
        key = (laid.index, self._view.period_on(on), outside)
        if key not in self._verdicts:
            self._verdicts[key] = self._with_price_rules(cover(self._view, laid.phase, on), laid, on)
        return self._verdicts[key]

    def _with_price_rules(self, verdict: Coverage, laid: LaidPhase, on: date) -> Coverage:
        """A schedule row may say that it is not paid by telehealth."""
        telehealth = self.price(laid, on).telehealth
        if verdict.status == "not_covered" or telehealth is None or telehealth.value:
            return verdict
        from_schedule = coverage_step("telehealth_not_covered", telehealth)
        return Coverage("not_covered", (from_schedule,))

    def price(self, laid: LaidPhase, on: date) -> Price:
        """Return the price of a phase's session on a date."""
        view, phase = self._view, laid.phase
        evaluation = phase.include_evaluation and on == laid.dates[0]
        benefit = view.level_on(on, phase.level_of_care)
        key = (laid.index, view.period_on(on), evaluation, self._ended(laid, benefit, on))
        if key not in self._prices:
            brief = view.brief
            self._prices[key] = price_session(
                benefit,
                phase,
                brief.site,
                on,
                brief.network,
                evaluation=evaluation,
                modality=brief.inquiry.modality,
            )
        return self._prices[key]

    def _ended(self, laid: LaidPhase, benefit: LevelBenefits, on: date) -> int:
        """Return how many of the amounts in force were published for a time that is over on a date."""
        key = (laid.index, self._view.period_on(on))
        if key not in self._ends:
            amounts = [fee.amount for fee in benefit.fees]
            amounts += [benefit.allowed_amount] if benefit.allowed_amount is not None else []
            self._ends[key] = sorted({amount.through for amount in amounts if amount.through is not None})
        return bisect_left(self._ends[key], on)

    def _phase_charges(self, laid: LaidPhase) -> Iterator[Charge]:
        view, phase = self._view, laid.phase
        self_pay = view.brief.site.self_pay_rates.get(phase.level_of_care)
        terms: dict[int, tuple[LevelBenefits, Ranged[Share], Ranged[bool]]] = {}
        for on in laid.dates:
            period = view.period_on(on)
            if period not in terms:
                benefit = view.level_on(on, phase.level_of_care)
                terms[period] = (benefit, shares(benefit), deductible_applies(benefit))
            benefit, share, applies = terms[period]
            verdict, price = self.verdict(laid, on), self.price(laid, on)
            yield Charge(
                date=on,
                phase=laid.index,
                level_of_care=phase.level_of_care,
                covered=None if verdict.status == "undetermined" else verdict.status == "covered",
                price=price,
                share=share,
                then=benefit.then.value if benefit.then else None,
                deductible_applies=applies,
                coinsurance_max=benefit.coinsurance_max.value if benefit.coinsurance_max else None,
                limits=tuple(self._limit_uses(benefit, price, phase)),
                self_pay=self_pay.value if self_pay else None,
                refusal=verdict.reasons[0].code if verdict.status == "not_covered" else None,
                citations=tuple(
                    fact.citation
                    for fact in (*benefit.copay, *benefit.coinsurance, benefit.deductible_applies)
                    if fact is not None
                ),
            )

    def _limit_uses(self, benefit: LevelBenefits, price: Price, phase: Phase) -> Iterator[LimitUse]:
        for key, fact in limits_in_force(benefit, price, phase.level_of_care):
            limit = fact.value
            period = partial(period_start, period=limit.period, plan_year=self._plan_year)
            first = period(self._first)
            stated = period(fact.as_of) if fact.as_of else first
            yield LimitUse(
                key,
                limit,
                _units(limit, price, phase),
                first,
                _opening(limit, stated, first),
                period,
                (fact.citation,),
            )


def coverage_step(code: str, fact: Fact[bool]) -> Step:
    """Return a step that rests on one fact."""
    return Step(code, {}, (fact.citation,))


def limits_in_force(benefit: LevelBenefits, price: Price, level: str) -> list[tuple[str, Fact[Limit]]]:
    """Return the limits a session uses; what speaks of the member stands in for the schedule's own."""
    stated = [
        (f"{level}/{fact.value.unit}/{fact.value.period}", _exceedable(fact, fact.value, price))
        for fact in benefit.limits
        if fact.value is not None
    ]
    spoken = any(fact.citation.kind != "published" for fact in benefit.limits)
    if price.limit is not None and not spoken:
        stated.append((f"{price.code}/{price.modifier}", price.limit))
    return stated


def _exceedable(fact: Fact[Limit | None], limit: Limit, price: Price) -> Fact[Limit]:
    """A told limit does not say whether it can be exceeded; the schedule's own limit does."""
    rule = price.limit.value if price.limit is not None else None
    if rule is None or not rule.exceedable or limit.exceedable:
        return Fact(limit, fact.citation, fact.as_of)
    lifted = Limit(limit.units, limit.unit, limit.period, limit.used, exceedable=True)
    return Fact(lifted, fact.citation, fact.as_of)


def _units(limit: Limit, price: Price, phase: Phase) -> int:
    if limit.unit == "unit":
        return price.units
    # A limit in hours counts every hour begun.
    return -(-phase.minutes_per_day // 60) if limit.unit == "hour" else 1


def _opening(limit: Limit, stated: date, first: date) -> Ranged[int]:
    """Return what is left when the episode begins; a use told of an earlier period is over by then."""
    if limit.period == "day" or stated < first:
        return certain(limit.units)
    if limit.used is None or stated > first:
        return Ranged(limit.units, limit.units, 0, "limit_used_unknown")
    return certain(max(0, limit.units - limit.used))


def shares(benefit: LevelBenefits) -> Ranged[Share]:
    """Return the cost share; several that nothing tells apart range from the lowest to the highest."""
    if not benefit.copay and not benefit.coinsurance:
        return UNKNOWN_SHARE
    copays = sorted({fact.value for fact in benefit.copay}, key=lambda copay: copay.amount if copay else 0)
    rates = sorted({fact.value for fact in benefit.coinsurance}, key=lambda rate: rate or 0)
    low = Share(copays[0] if copays else None, rates[0] if rates else None)
    high = Share(copays[-1] if copays else None, rates[-1] if rates else None)
    return certain(low) if low == high else Ranged(low, high, high, "several_shares")


def deductible_applies(benefit: LevelBenefits) -> Ranged[bool]:
    """Return whether the deductible comes first; where nobody said, it usually does."""
    if benefit.deductible_applies is not None:
        return certain(benefit.deductible_applies.value)
    return Ranged(False, True, True, "deductible_applies_unknown")
