"""Which coverage pays first, and what the second one brings to the arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from schemas.model import OUTPATIENT, Benefits, SecondaryRule, Step
from service.engine.brief import Brief, View
from service.engine.calendar import CALENDAR_YEAR_START
from service.engine.charges import ChargeMaker
from service.engine.cost import Charge
from service.engine.episode import LaidPhase
from service.engine.money import EXPECTED, Ranged, Scenario
from service.engine.pots import YearPots, open_years
from service.engine.prices import Price
from service.engine.ranges import Simulation
from service.engine.secondary import SECONDARY_MEDICAID, SECONDARY_UNKNOWN, SecondCoverage

T = TypeVar("T")
MEDICARE_LINES = ("medicare", "medicare_advantage")


@dataclass(frozen=True, slots=True)
class Second:
    """A second coverage, the codes of what it leaves unknown, and the steps that speak of it."""

    coverage: SecondCoverage
    codes: tuple[str, ...]
    step: Step
    zero_share: Step | None = None


def find_second(
    brief: Brief, benefits: Benefits, laid: tuple[LaidPhase, ...], charges: Sequence[Charge]
) -> Second | None:
    """Return the second coverage, from the request or from what was told of QMB, or `None`."""
    medicare = brief.payer.line_of_business in MEDICARE_LINES
    rule = _rule(brief, laid[0].dates[0])
    told_qmb = benefits.qmb is not None and benefits.qmb.value
    if medicare and told_qmb and benefits.qmb is not None and (rule is None or rule.kind != "zero_share"):
        rule = SecondaryRule("zero_share", citation=benefits.qmb.citation)
    if rule is None:
        return None
    if rule.kind == "zero_share" and not medicare:
        rule = replace(rule, kind="medicaid")
    name = brief.second_payer.name if brief.second_payer is not None else "Medicaid"
    coverage = _coverage(brief, rule, laid, charges)
    cited = [rule.citation] if rule.citation else []
    cited += [citation for charge in coverage.charges[:1] for citation in charge.terms.citations]
    step = Step(f"second_{rule.kind}", {"payer": name}, tuple(dict.fromkeys(cited)))
    zero = Step("qmb_owes_nothing", {}, step.citations) if rule.kind == "zero_share" else None
    return Second(coverage, _codes(coverage, laid), step, zero)


def _rule(brief: Brief, on: date) -> SecondaryRule | None:
    if brief.inquiry.secondary is None or brief.second_payer is None:
        return None
    published = _published_rule(brief, on)
    if published is not None:
        return published
    line = brief.second_payer.line_of_business
    return SecondaryRule("medicaid" if line == "medicaid" else "coordination")


def _published_rule(brief: Brief, on: date) -> SecondaryRule | None:
    return View(replace(brief, published=brief.second_published)).published_on(on).secondary


def _coverage(
    brief: Brief, rule: SecondaryRule, laid: tuple[LaidPhase, ...], charges: Sequence[Charge]
) -> SecondCoverage:
    if rule.kind not in ("zero_share", "coordination") or brief.second_payer is None:
        return SecondCoverage(rule, rule_on=lambda on: _published_rule(brief, on) or rule)
    told = brief.inquiry.secondary.told if brief.inquiry.secondary is not None else None
    own_brief = replace(
        brief,
        payer=brief.second_payer,
        site=brief.second_site or brief.site,
        published=brief.second_published,
        reported=None,
        inquiry=replace(brief.inquiry, told=told),
    )
    view = View(own_brief)
    first = laid[0].dates[0]
    starts = view.benefits_on(first).plan_year_start
    plan_year = starts.value if starts is not None else CALENDAR_YEAR_START
    own = ChargeMaker(view, plan_year, first).charges(laid)
    if rule.kind == "zero_share":
        expected = Scenario(EXPECTED)
        rates = {(c.phase, c.date): rate for c in own if (rate := c.terms.price.at(expected)) is not None}
        return SecondCoverage(rule, own_rates=rates)
    # Where its own allowed amount is not known, it is taken to allow what the primary allows.
    priced = tuple(_apart(mine, theirs) for mine, theirs in zip(own, charges, strict=True))
    dates = [charge.date for charge in own]
    years = open_years(view.benefits_on, view.network, dates, plan_year, view.published_on)
    return SecondCoverage(
        rule,
        charges=priced,
        years=tuple(_years_apart(year) for year in years),
        allowed_assumed=any(charge.terms.price.unknown for charge in own),
    )


def _apart(mine: Charge, theirs: Charge) -> Charge:
    """Name whatever the second coverage leaves unknown as one unknown of its own."""
    terms = mine.terms
    own = replace(
        terms,
        price=theirs.terms.price if terms.price.unknown else _price_apart(terms.price),
        share=_renamed(terms.share),
        deductible_applies=_renamed(terms.deductible_applies),
        limits=tuple(replace(use, opening=_renamed(use.opening)) for use in terms.limits),
    )
    return mine._replace(terms=own)


def _price_apart(price: Price) -> Price:
    factors = tuple(_renamed(factor) for factor in price.factors)
    return replace(price, base=_renamed(price.base), factors=factors)


def _years_apart(year: YearPots) -> YearPots:
    deductible, out_of_pocket = (
        (_renamed(individual), _renamed(family))
        for individual, family in (year.deductible, year.out_of_pocket)
    )
    return replace(year, deductible=deductible, out_of_pocket=out_of_pocket)


def _renamed(ranged: Ranged[T]) -> Ranged[T]:
    return ranged._replace(code=SECONDARY_UNKNOWN) if ranged.code is not None else ranged


def _codes(coverage: SecondCoverage, laid: tuple[LaidPhase, ...]) -> tuple[str, ...]:
    rule = coverage.rule
    if rule.kind == "medicaid":
        return (SECONDARY_MEDICAID,)
    if rule.kind == "coordination":
        unknown = any(charge.terms.covered is None for charge in coverage.charges)
        own = Simulation(coverage.charges, coverage.years, None).unknowns()
        assumed = ("secondary_allowed_assumed",) if coverage.allowed_assumed and not unknown else ()
        return (*assumed, *((SECONDARY_UNKNOWN,) if unknown or SECONDARY_UNKNOWN in own else ()))
    if rule.kind == "supplement":
        return tuple(_supplement_codes(rule, laid))
    return ()


def _supplement_codes(rule: SecondaryRule, laid: tuple[LaidPhase, ...]) -> Iterator[str]:
    limit = rule.yearly_limit
    if rule.office_visit_copay is not None and any(one.phase.level_of_care == OUTPATIENT for one in laid):
        yield "office_visit_copay_range"
    if limit is not None:
        yield "secondary_limit_met_unknown"
        if limit.through is not None and laid[-1].dates[-1] > limit.through:
            yield "secondary_limit_carried_forward"
