"""Turns the settled benefits into the list of sessions to be priced, each with its terms."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from schemas.model import COPAY_UNITS, Copay, Coverage, Fact, LevelBenefits, Limit, Phase, Step
from service.engine.brief import View
from service.engine.calendar import DAY, birthday, period_start
from service.engine.cost import Charge, LimitUse, Line, Share, Terms
from service.engine.coverage import confirms_level, cover
from service.engine.episode import DAILY_LEVELS, LaidPhase
from service.engine.money import UNLIMITED, Ranged, certain
from service.engine.prices import ONE, Price, price_session
from service.engine.settle_level import for_visit, share_facts
from service.engine.share_of_cost import months_of_share

# The note of a payer that must pay for the young beyond its limits, where that is medically necessary.
EXCEEDABLE = "epsdt_may_exceed"
# Why a session is not paid for, and what is said of coverage where the first one is that.
USED_UP = {"limit_reached": "limit_used_up", "limit_exception_needed": "limit_used_up_exceedable"}
UNKNOWN_SHARE: Ranged[Share] = Ranged(
    Share(), Share(unknown=True), Share(coinsurance=ONE), "cost_share_unknown"
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sessions of a phase, from a date on, to which the same verdict, price and terms apply."""

    starts: date
    verdict: Coverage
    price: Price
    terms: Terms


class ChargeMaker:
    """Makes the charges of an episode; what is equal for a stretch of sessions is made once."""

    def __init__(self, view: View, plan_year: tuple[int, int], first: date) -> None:
        self._view = view
        self._plan_year = plan_year
        self._first = first
        self._stretches: dict[int, tuple[Stretch, ...]] = {}

    def charges(self, laid: tuple[LaidPhase, ...]) -> list[Charge]:
        """Return every session of the episode in date order."""
        made = [charge for phase in laid for charge in self._phase_charges(phase)]
        return sorted(made, key=lambda charge: charge.date)

    def _phase_charges(self, laid: LaidPhase) -> Iterator[Charge]:
        level, stretches = laid.phase.level_of_care, self.stretches(laid)
        ends = [*(stretch.starts for stretch in stretches[1:]), date.max]
        dates = iter(laid.dates)
        on: date | None = next(dates)
        for stretch, end in zip(stretches, ends, strict=True):
            while on is not None and on < end:
                yield Charge(on, laid.index, level, stretch.terms)
                on = next(dates, None)

    def stretches(self, laid: LaidPhase) -> tuple[Stretch, ...]:
        """Return the stretches of a phase, in order; the first begins with its first session."""
        if laid.index not in self._stretches:
            firsts = {laid.dates[bisect_left(laid.dates, turn)] for turn in self._turns(laid)}
            made = [self._stretch(laid, on) for on in sorted({laid.dates[0], *firsts})]
            self._stretches[laid.index] = tuple(made)
        return self._stretches[laid.index]

    def _turns(self, laid: LaidPhase) -> Iterator[date]:
        """Yield every date in the phase on which its verdict, price or terms may change."""
        view, level = self._view, laid.phase.level_of_care
        first, last = laid.dates[0], laid.dates[-1]
        turns = [period.starts for period in view.brief.published]
        if laid.phase.include_evaluation:
            turns.append(first + DAY)
        turns += self._birthdays(view.level_on(first, level))
        for on in (first, *(turn for turn in turns if first < turn <= last)):
            benefits, benefit = view.benefits_on(on), view.level_on(on, level)
            turns += [fact.value for fact in (benefits.coverage_start,) if fact and fact.value]
            turns += months_of_share(benefits.share_of_cost, first, last)
            ends = [fact.value for fact in (benefits.coverage_end,) if fact and fact.value]
            amounts = [fee.amount for fee in benefit.fees]
            amounts += [benefit.allowed_amount] if benefit.allowed_amount is not None else []
            ends += [amount.through for amount in amounts if amount.through is not None]
            turns += [end + DAY for end in dict.fromkeys(ends)]
        return (turn for turn in turns if first < turn <= last)

    def _birthdays(self, benefit: LevelBenefits) -> list[date]:
        """Return the days on which the member comes to an age that the level's rules name."""
        born, rule = self._view.brief.inquiry.member.birth_date, benefit.rules.ages
        if born is None or rule is None:
            return []
        ages = (rule.value.from_age, rule.value.below)
        return [birthday(born, age) for age in ages if age is not None]

    def _stretch(self, laid: LaidPhase, on: date) -> Stretch:
        price = self._price(laid, on)
        verdict = cover(self._view, laid.phase, on)
        telehealth = price.telehealth
        confirmed = confirms_level(self._view.level_on(on, laid.phase.level_of_care).covered)
        refused = telehealth is not None and not telehealth.value and not confirmed
        if verdict.status != "not_covered" and telehealth is not None and refused:
            # A schedule row may say that it is not paid by telehealth.
            verdict = Coverage("not_covered", (Step("telehealth_not_covered", {}, (telehealth.citation,)),))
        return Stretch(on, verdict, price, self._terms(laid.phase, on, verdict, price))

    def _price(self, laid: LaidPhase, on: date) -> Price:
        brief, phase = self._view.brief, laid.phase
        benefit = self._view.level_on(on, phase.level_of_care)
        price = price_session(
            benefit,
            phase,
            brief.site,
            on,
            brief.network,
            evaluation=phase.include_evaluation and on == laid.dates[0],
            modality=brief.inquiry.modality,
        )
        if price.unknown == "level_not_priced" and shares_spoken(benefit):
            # A share that was told or reported prices the stay, as far as it needs no allowed amount.
            return replace(price, unknown="allowed_amount_unknown")
        return price

    def _terms(self, phase: Phase, on: date, verdict: Coverage, price: Price) -> Terms:
        benefit = for_visit(self._view.level_on(on, phase.level_of_care), phase.service)
        self_pay = self._view.brief.site.self_pay_rates.get(phase.level_of_care)
        share, applies = _share_terms(benefit, phase.level_of_care)
        facts = (*benefit.copay, *benefit.coinsurance, benefit.deductible_applies)
        return Terms(
            covered=None if verdict.status == "undetermined" else verdict.status == "covered",
            price=price,
            share=share,
            then=benefit.then.value if benefit.then else None,
            deductible_applies=applies,
            coinsurance_max=benefit.coinsurance_max.value if benefit.coinsurance_max else None,
            limits=tuple(self._limit_uses(benefit, price, phase)),
            self_pay=self_pay.value if self_pay else None,
            refusal=verdict.reasons[0].code if verdict.status == "not_covered" else None,
            citations=tuple(fact.citation for fact in facts if fact is not None),
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


def limits_in_force(benefit: LevelBenefits, price: Price, level: str) -> list[tuple[str, Fact[Limit]]]:
    """Return the limits a session uses; what speaks of the member stands in for the schedule's own."""
    law = any(step.code == EXCEEDABLE for step in benefit.notes)
    stated = [
        (f"{level}/{index}", _exceedable(fact, fact.value, price, law=law))
        for index, fact in enumerate(benefit.limits)
        if fact.value is not None
    ]
    spoken = any(fact.citation.kind != "published" for fact in benefit.limits)
    if price.limit is not None and not spoken:
        stated.append((f"{price.code}/{price.modifier}", price.limit))
    return stated


def beyond_limit(verdict: Coverage, line: Line) -> Coverage:
    """Return the verdict of a phase whose first session is this one: a limit that is used up refuses it.

    One that an authorization can exceed leaves the verdict, and is told beside it.
    """
    if verdict.status == "not_covered" or line.reason not in USED_UP:
        return verdict
    exceedable = line.reason == "limit_exception_needed"
    use = next(use for use in line.charge.terms.limits if use.limit.exceedable == exceedable)
    limit = use.limit
    params = {"units": limit.units, "unit": limit.unit, "period": limit.period}
    step = Step(USED_UP[line.reason], params, use.citations)
    return (
        Coverage(verdict.status, (step, *verdict.reasons)) if exceedable else Coverage("not_covered", (step,))
    )


def _exceedable(fact: Fact[Limit | None], limit: Limit, price: Price, *, law: bool) -> Fact[Limit]:
    """A told limit does not say whether it can be exceeded; the schedule's own does, or the law."""
    rule = price.limit.value if price.limit is not None else None
    lifts = law or (rule is not None and rule.exceedable)
    if not lifts or limit.exceedable:
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


def _share_terms(benefit: LevelBenefits, level: str) -> tuple[Ranged[Share], Ranged[bool]]:
    """Return share and deductible; residential and inpatient care has only what was told or reported."""
    if level in DAILY_LEVELS and not shares_spoken(benefit):
        return certain(Share(unknown=True)), certain(False)
    return shares(benefit), deductible_applies(benefit)


def shares_spoken(benefit: LevelBenefits) -> bool:
    """Whether somebody who speaks of this member stated the cost share."""
    return any(fact.citation.kind != "published" for fact in share_facts(benefit))


def shares(benefit: LevelBenefits) -> Ranged[Share]:
    """Return the cost share; several that nothing tells apart range from the lowest to the highest."""
    one_part = not benefit.copay or not benefit.coinsurance
    if one_part and not any(fact.value is not None for fact in share_facts(benefit)):
        # That there is no copay says nothing of a coinsurance, nor the other way round.
        return UNKNOWN_SHARE
    copays = sorted(dict.fromkeys(fact.value for fact in benefit.copay), key=_size)
    rates = sorted(dict.fromkeys(fact.value for fact in benefit.coinsurance), key=lambda rate: rate or 0)
    low = Share(copays[0] if copays else None, rates[0] if rates else None)
    high = Share(copays[-1] if copays else None, rates[-1] if rates else None)
    return certain(low) if low == high else Ranged(low, high, high, "several_shares")


def _size(copay: Copay | None) -> tuple[int, int, int]:
    """Order copays by what they can come to: the amount, how often it is due, how many times at most."""
    if copay is None:
        return 0, 0, 0
    return copay.amount, -COPAY_UNITS.index(copay.per), copay.max_units or UNLIMITED


def deductible_applies(benefit: LevelBenefits) -> Ranged[bool]:
    """Return whether the deductible comes first; where nobody said, it usually does."""
    if benefit.deductible_applies is not None:
        return certain(benefit.deductible_applies.value)
    return Ranged(False, True, True, "deductible_applies_unknown")
