"""The verdict: settle, coverage, authorization, episode, cost. Pure: same inputs, same answer, for ever."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from schemas.model import (
    Accumulators,
    Assumption,
    Benefits,
    Billing,
    Coordination,
    Coverage,
    Determination,
    Eligibility,
    Estimate,
    Fact,
    LimitState,
    OtherCoverage,
    PhaseAnswer,
    Step,
)
from service.engine.assumptions import describer, more_assumptions
from service.engine.authorization import authorize
from service.engine.brief import NO_NETWORK, Brief, View
from service.engine.calendar import CALENDAR_YEAR_START
from service.engine.charges import ChargeMaker, beyond_limit, limits_in_force
from service.engine.collect import decide_collection
from service.engine.coordination import Second, find_second
from service.engine.cost import Charge, Line
from service.engine.coverage import find_eligibility, level_for, weekly_hours
from service.engine.disagree import find_disagreements
from service.engine.episode import LaidPhase, lay_episode
from service.engine.estimate import Around, estimate
from service.engine.next_steps import plan_next_steps
from service.engine.parity import flag_parity
from service.engine.payment_order import order_warnings, payment_order
from service.engine.plausible import find_implausible
from service.engine.pots import open_years
from service.engine.ranges import Range, Simulation, simulate
from service.engine.script import write_script
from service.engine.secondary import second_payer
from service.engine.self_pay import NO_MEMBERSHIP, pays_alone
from service.engine.steps import explain

# Whoever takes these payers has agreed, or is bound by law, not to bill above what they allow.
NEVER_BALANCE_BILLED = ("medicare", "medicaid", "tricare")


def determine(brief: Brief) -> Determination:
    """Answer an inquiry: is it covered, does it need authorization, what will it cost, what to do."""
    view = View(brief)
    laid = brief.laid or lay_episode(brief.inquiry.phases, brief.site.closed_days)
    first = laid[0].dates[0]
    benefits = view.benefits_on(first)
    plan_year = benefits.plan_year_start.value if benefits.plan_year_start else CALENDAR_YEAR_START
    maker = ChargeMaker(view, plan_year, first)
    charges = maker.charges(laid)
    alone = pays_alone(brief)
    eligibility = NO_MEMBERSHIP if alone else find_eligibility(benefits, first)
    second = None if alone else find_second(brief, benefits, laid, charges)
    coordination = None if alone else payment_order(brief, benefits)
    ranged, costs = _price(view, laid, charges, eligibility, second, plan_year, coordination)
    answers = tuple(_answer(view, maker, each, ranged.expected) for each in laid)
    collect = decide_collection(brief, benefits, laid, answers, costs, second.zero_share if second else None)
    levels = list(dict.fromkeys(each.phase.level_of_care for each in laid))
    network = benefits.networks.get(view.network, NO_NETWORK)
    return Determination(
        network=view.network,
        eligibility=eligibility,
        phases=answers,
        estimate=costs,
        collect=collect,
        steps=explain(view, laid, ranged.expected, second.step if second else None),
        disagreements=find_disagreements(
            (view.published_on(first), brief.reported, brief.inquiry.told), benefits, view.network, levels
        ),
        warnings=(
            *brief.warnings,
            *order_warnings(brief, coordination, laid[-1].end),
            *_warnings(view, laid, maker),
            *find_implausible(view, laid, maker),
        ),
        parity_flags=tuple(
            flag
            for level in levels
            for flag in flag_parity(
                brief.payer.line_of_business, benefits, level, view.level_on(first, level)
            )
        ),
        next_steps=plan_next_steps(view, laid, answers, eligibility, collect, ranged.expected, plan_year),
        call_script=() if alone else write_script(view, laid, answers),
        accumulators={"deductible": network.deductible, "out_of_pocket_max": network.out_of_pocket_max},
        accumulators_as_of=_as_of(network.deductible, network.out_of_pocket_max),
        administrator=benefits.administrator,
        other_payers=_other_payers(benefits),
        coordination=coordination,
        contact=benefits.contact,
    )


def _price(
    view: View,
    laid: tuple[LaidPhase, ...],
    charges: Sequence[Charge],
    eligibility: Eligibility,
    second: Second | None,
    plan_year: tuple[int, int],
    coordination: Coordination | None,
) -> tuple[Range, Estimate]:
    """Simulate the episode, and put its cost together."""
    brief = view.brief
    benefits = view.benefits_on(charges[0].date)
    dates = [charge.date for charge in charges]
    years = open_years(view.benefits_on, view.network, dates, plan_year, view.published_on)
    payer = second_payer(second.coverage) if second is not None else None
    simulation = Simulation(charges, years, payer, second.codes if second is not None else ())
    ranged = simulate(simulation, describer(charges, benefits, view.network))
    around = Around(
        laid=laid,
        site=brief.site,
        bills_balance=_bills_balance(brief, benefits, second),
        years=years,
        trace=brief.inquiry.trace,
        more_assumptions=(
            *more_assumptions(brief, eligibility, charges, years, benefits.plan_year_start),
            *_assumed_order(brief, coordination),
        ),
    )
    costs = estimate(ranged, around)
    if pays_alone(brief):
        # The price is the price: there is nothing to compare it with.
        costs = replace(costs, self_pay_comparison=None)
    return ranged, costs


def _assumed_order(brief: Brief, coordination: Coordination | None) -> Iterator[Assumption]:
    """Yield that the amounts rest on an order nobody settled, where a list of coverages was sent."""
    if coordination is not None and brief.inquiry.coverages and coordination.status != "settled":
        yield Assumption("payment_order_assumed", {"payer": brief.payer.name}, None)


def _bills_balance(brief: Brief, benefits: Benefits, second: Second | None) -> bool:
    if brief.network == "in" or brief.payer.line_of_business in NEVER_BALANCE_BILLED:
        return False
    prohibited = benefits.balance_billing is not None and not benefits.balance_billing.value
    return not prohibited and (second is None or second.zero_share is None)


def _answer(view: View, maker: ChargeMaker, laid: LaidPhase, lines: Sequence[Line]) -> PhaseAnswer:
    """Return coverage, authorization and billing of one phase, as of its first session."""
    starts = laid.dates[0]
    first = maker.stretches(laid)[0]
    own = next(line for line in lines if line.charge.phase == laid.index)
    verdict, price = beyond_limit(first.verdict, own), first.price
    benefit = view.level_on(starts, laid.phase.level_of_care)
    limits = tuple(
        LimitState(fact.value, (fact.citation,))
        for _, fact in limits_in_force(benefit, price, laid.phase.level_of_care)
    )
    billing = benefit.billing
    if billing is None and price.code is not None and price.citations:
        codes = Billing(codes=(price.code,), modifiers=(price.modifier,) if price.modifier else ())
        billing = Fact(codes, price.citations[0])
    return PhaseAnswer(
        level_of_care=laid.phase.level_of_care,
        start_date=laid.start,
        end_date=laid.end,
        sessions=len(laid.dates),
        coverage=Coverage(verdict.status, verdict.reasons, limits),
        prior_authorization=authorize(view, laid),
        billing=billing,
    )


def _warnings(view: View, laid: tuple[LaidPhase, ...], maker: ChargeMaker) -> list[Step]:
    found: list[Step] = []
    for each in laid:
        level = each.phase.level_of_care
        fits = level_for(weekly_hours(each.phase), view.brief.hours)
        stretches = maker.stretches(each)
        reasons = {step.code for step in stretches[0].verdict.reasons}
        if (
            view.brief.hours
            and level in view.brief.hours
            and fits != level
            and "hours_below_minimum" not in reasons
        ):
            hours = f"{weekly_hours(each.phase).normalize():f}"
            found.append(Step("hours_fit_other_level", {"hours": hours, "level": fits, "asked": level}))
        turn = next((one for one in stretches if one.verdict.status != stretches[0].verdict.status), None)
        if turn is not None:
            found.append(Step("coverage_changes", {"date": turn.starts.isoformat(), "level": level}))
    return found


def _as_of(*pots: Accumulators) -> date | None:
    facts = [
        fact
        for each in pots
        for pot in (each.individual, each.family)
        if pot is not None
        for fact in (pot.limit, pot.met, pot.remaining)
        if fact is not None
    ]
    return max((fact.as_of for fact in facts if fact.as_of is not None), default=None)


def _other_payers(benefits: Benefits) -> tuple[Fact[OtherCoverage], ...]:
    facts = (benefits.medicare_advantage, benefits.managed_care_plan, benefits.other_coverage)
    return tuple(
        Fact(fact.value, fact.citation) for fact in facts if fact is not None and fact.value is not None
    )
