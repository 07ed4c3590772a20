"""Puts the simulation's lines together: totals, by phase, by week, session by session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from schemas.model import Assumption, Estimate, PhaseCost, SessionCost, Site, Step, WeekCost
from service.engine.calendar import monday_of
from service.engine.cost import Line
from service.engine.episode import LaidPhase
from service.engine.money import total
from service.engine.ranges import Range, ordered, paid


@dataclass(frozen=True, slots=True)
class Around:
    """What the estimate needs besides the simulation."""

    laid: tuple[LaidPhase, ...]
    site: Site
    bills_balance: bool
    trace: bool
    more_assumptions: tuple[Assumption, ...] = ()


def estimate(ranged: Range, around: Around) -> Estimate:
    """Return the estimate of an episode."""
    lines = ranged.expected
    expected = paid(lines)
    low, high = ordered(paid(ranged.low), expected, paid(ranged.high))
    covered = [line for line in lines if line.covered]
    patients = [line.patient for line in lines]
    assumptions = (*around.more_assumptions, *ranged.assumptions)
    return Estimate(
        certainty=_certainty(lines, assumptions),
        low=low,
        expected=expected,
        high=high,
        total_allowed=_sum_unless_unknown(lines, [line.allowed for line in covered]),
        plan_pays=_sum_unless_unknown(lines, [line.plan for line in lines]),
        secondary_pays=_sum_unless_unknown(lines, [line.secondary for line in lines]),
        write_off=_sum_unless_unknown(lines, [line.write_off for line in lines]),
        balance_billing=_balance(lines, around),
        self_pay=total([line.patient for line in lines if line.covered is False]),
        sessions=len(lines),
        first_session=patients[0],
        typical_session=typical(patients),
        last_session=patients[-1],
        by_phase=tuple(_phase_cost(laid, lines) for laid in around.laid),
        by_week=_by_week(lines),
        trace=tuple(_session_cost(line) for line in lines) if around.trace else (),
        assumptions=assumptions,
        formula=_formula(ranged),
        self_pay_comparison=_self_pay_comparison(around),
    )


def _certainty(lines: Sequence[Line], assumptions: tuple[Assumption, ...]) -> str:
    if any(line.covered is None for line in lines):
        return "indicative"
    return "estimated" if assumptions else "exact"


def _sum_unless_unknown(lines: Sequence[Line], amounts: list[int | None]) -> int | None:
    return None if any(line.covered is None for line in lines) else total(amounts)


def typical(patients: Sequence[int | None]) -> int | None:
    """Return the most frequent amount; of those equally frequent, the one that comes later."""
    counts = Counter(patients)
    most = max(counts.values())
    return next(amount for amount in reversed(patients) if counts[amount] == most)


def _phase_cost(laid: LaidPhase, lines: Sequence[Line]) -> PhaseCost:
    own = [line for line in lines if line.charge.phase == laid.index]
    return PhaseCost(
        level_of_care=laid.phase.level_of_care,
        sessions=len(own),
        allowed=_sum_unless_unknown(own, [line.allowed for line in own if line.covered]),
        patient=paid(own),
        plan=total([line.plan for line in own]),
        secondary=total([line.secondary for line in own]),
        write_off=total([line.write_off for line in own]),
        typical_session=typical([line.patient for line in own]),
    )


def _by_week(lines: Sequence[Line]) -> tuple[WeekCost, ...]:
    weeks: dict[date, list[Line]] = {}
    for line in lines:
        weeks.setdefault(monday_of(line.charge.date), []).append(line)
    return tuple(
        WeekCost(
            week_of=week,
            sessions=len(own),
            patient=paid(own),
            plan=total([line.plan for line in own]),
            secondary=total([line.secondary for line in own]),
            write_off=total([line.write_off for line in own]),
            deductible_remaining=own[-1].deductible_left,
            out_of_pocket_remaining=own[-1].out_of_pocket_left,
        )
        for week, own in weeks.items()
    )


def _session_cost(line: Line) -> SessionCost:
    charge = line.charge
    return SessionCost(
        date=charge.date,
        phase=charge.phase,
        covered=line.covered is True,
        allowed=line.allowed,
        deductible=line.deductible,
        copay=line.copay,
        coinsurance=line.coinsurance,
        share=line.share,
        patient=line.patient,
        plan=line.plan,
        secondary=line.secondary,
        write_off=line.write_off,
        deductible_remaining=line.deductible_left,
        out_of_pocket_remaining=line.out_of_pocket_left,
        reason=line.reason,
        citations=(*charge.price.citations, *charge.citations),
    )


def _balance(lines: Sequence[Line], around: Around) -> int | None:
    """Charges above what an out-of-network plan allows; never in the accumulators."""
    if not around.bills_balance:
        return 0
    excess: list[int | None] = []
    for line in lines:
        charge = around.site.charges.get(line.charge.level_of_care)
        if line.covered:
            known = charge is not None and line.allowed is not None
            excess.append(max(0, charge.value - line.allowed) if known else None)  # type: ignore[union-attr,operator]
    return total(excess)


def _self_pay_comparison(around: Around) -> int | None:
    rates = around.site.self_pay_rates
    own = [
        rate.value * len(laid.dates) if (rate := rates.get(laid.phase.level_of_care)) is not None else None
        for laid in around.laid
    ]
    return total(own)


def _formula(ranged: Range) -> Step | None:
    """Say in words what a figure that is not known would be made of."""
    missing = [line for line in ranged.expected if line.patient is None]
    if not missing:
        return None
    line = missing[0]
    if line.covered is None:
        return Step("formula_coverage_unknown")
    if line.covered is False:
        return Step("formula_self_pay_unknown")
    if "level_not_priced" in line.charge.price.unknowns():
        return Step("formula_level_not_priced")
    share = line.charge.share.expected
    if share.unknown:
        return Step("formula_share_unknown")
    if line.share is not None and line.deductible_left is None and line.out_of_pocket_left is None:
        return (
            Step("formula_second_coverage_unknown")
            if line.plan is not None
            else Step("formula_limit_unknown")
        )
    params = {
        "deductible": line.charge.deductible_applies.expected,
        "coinsurance": str(share.coinsurance) if share.coinsurance is not None else None,
    }
    return Step("formula_share_of_allowed", params)
