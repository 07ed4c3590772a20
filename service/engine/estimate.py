"""Puts the simulation's lines together: totals, by phase, by week, session by session."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.model import (
    Assumption,
    Citation,
    Estimate,
    PhaseCost,
    SessionCost,
    Site,
    Step,
    WeekCost,
)
from service.engine.calendar import monday_of
from service.engine.cost import Line
from service.engine.episode import LaidPhase
from service.engine.money import total
from service.engine.pots import YearPots
from service.engine.ranges import Range, ordered, paid


@dataclass(frozen=True, slots=True)
class Around:
    """What the estimate needs besides the simulation."""

    laid: tuple[LaidPhase, ...]
    site: Site
    bills_balance: bool
    years: Sequence[YearPots]
    trace: bool
    more_assumptions: tuple[Assumption, ...] = ()


class _Sums:
    """The columns of the expected run, to be summed by phase, by week and in all."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.known = None not in [line.covered for line in lines]
        self.patients = [line.patient for line in lines]
        self.typical = typical(self.patients)
        self._allowed = [line.allowed for line in lines if line.covered]
        self._plans = [line.plan for line in lines]
        self._seconds = [line.secondary for line in lines]
        self._write_offs = [line.write_off for line in lines]

    def allowed(self) -> int | None:
        """What the payer allows for the sessions it covers."""
        return total(self._allowed) if self.known else None

    def parts(self, begin: int = 0, end: int | None = None) -> tuple[int | None, ...]:
        """What patient, plan and second coverage pay, and what is written off, from one line to another."""
        return (
            total(self.patients[begin:end]),
            total(self._plans[begin:end]),
            total(self._seconds[begin:end]),
            total(self._write_offs[begin:end]),
        )


def estimate(ranged: Range, around: Around) -> Estimate:
    """Return the estimate of an episode."""
    lines = ranged.expected
    sums = _Sums(lines)
    expected, plan, secondary, write_off = sums.parts()
    alone = ranged.low is ranged.expected is ranged.high
    low, high = (expected, expected) if alone else ordered(paid(ranged.low), expected, paid(ranged.high))
    assumptions = (*around.more_assumptions, *ranged.assumptions)
    certainty = "indicative" if not sums.known else "estimated" if assumptions else "exact"
    return Estimate(
        certainty=certainty,
        low=low,
        expected=expected,
        high=high,
        total_allowed=sums.allowed(),
        plan_pays=plan,
        secondary_pays=secondary,
        write_off=write_off,
        balance_billing=_balance(lines, around),
        self_pay=total([line.patient for line in lines if line.covered is False]),
        sessions=len(lines),
        first_session=sums.patients[0],
        typical_session=sums.typical,
        last_session=sums.patients[-1],
        by_phase=tuple(_phase_costs(lines, sums, around.laid)),
        by_week=tuple(_by_week(lines, sums)),
        trace=tuple(_session_cost(line, around.years) for line in lines) if around.trace else (),
        assumptions=assumptions,
        formula=_formula(ranged) if None in (low, expected, high) else None,
        self_pay_comparison=_self_pay_comparison(around),
    )


def typical(patients: Sequence[int | None]) -> int | None:
    """Return the most frequent amount; of those equally frequent, the one that comes later."""
    counts: dict[int | None, int] = {}
    for amount in patients:
        counts[amount] = counts.get(amount, 0) + 1
    most = max(counts.values())
    return next(amount for amount in reversed(patients) if counts[amount] == most)


def _phase_costs(lines: Sequence[Line], sums: _Sums, laid: Sequence[LaidPhase]) -> Iterator[PhaseCost]:
    for each in laid:
        # The sums of a single phase are those of the whole.
        own = sums if len(laid) == 1 else _Sums([line for line in lines if line.charge.phase == each.index])
        patient, plan, secondary, write_off = own.parts()
        yield PhaseCost(
            level_of_care=each.phase.level_of_care,
            sessions=len(own.patients),
            allowed=own.allowed(),
            patient=patient,
            plan=plan,
            secondary=secondary,
            write_off=write_off,
            typical_session=own.typical,
        )


def _by_week(lines: Sequence[Line], sums: _Sums) -> Iterator[WeekCost]:
    weeks = [monday_of(line.charge.date) for line in lines]
    begin = 0
    while begin < len(lines):
        end = bisect_right(weeks, weeks[begin])
        patient, plan, secondary, write_off = sums.parts(begin, end)
        yield WeekCost(
            week_of=weeks[begin],
            sessions=end - begin,
            patient=patient,
            plan=plan,
            secondary=secondary,
            write_off=write_off,
            deductible_remaining=lines[end - 1].deductible_left,
            out_of_pocket_remaining=lines[end - 1].out_of_pocket_left,
        )
        begin = end


def _rests_on(line: Line, years: Sequence[YearPots]) -> tuple[Citation, ...]:
    """Return what one session's amounts rest on: price, share and pots, or the limit that refuses it."""
    terms = line.charge.terms
    if line.covered is False:
        limits = [citation for use in terms.limits for citation in use.citations]
        return tuple(dict.fromkeys(limits))
    pots = next(year for year in reversed(years) if line.charge.date >= year.starts).citations()
    return tuple(dict.fromkeys((*terms.price.citations, *terms.citations, *pots)))


def _session_cost(line: Line, years: Sequence[YearPots]) -> SessionCost:
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
        citations=_rests_on(line, years),
    )


def _balance(lines: Sequence[Line], around: Around) -> int | None:
    """Charges above what an out-of-network plan allows; never in the accumulators."""
    if not around.bills_balance:
        return 0
    excess: list[int | None] = []
    for line in lines:
        charge = around.site.charges.get(line.charge.level_of_care)
        if line.covered and charge is not None and line.allowed is not None:
            excess.append(max(0, charge.value - line.allowed))
        elif line.covered:
            excess.append(None)
    return total(excess)


def _self_pay_comparison(around: Around) -> int | None:
    rates = around.site.self_pay_rates
    own = [
        rate.value * len(laid.dates) if (rate := rates.get(laid.phase.level_of_care)) is not None else None
        for laid in around.laid
    ]
    return total(own)


def _formula(ranged: Range) -> Step:
    """Say in words what a figure that is not known would be made of."""
    runs = (ranged.expected, ranged.high, ranged.low)
    line = next(line for run in runs for line in run if line.patient is None)
    if line.covered is None:
        return Step("formula_coverage_unknown")
    if line.covered is False:
        return Step("formula_self_pay_unknown")
    if "level_not_priced" in line.charge.terms.price.unknowns():
        return Step("formula_level_not_priced")
    share = line.charge.terms.share.expected
    if share.unknown:
        return Step("formula_share_unknown")
    if line.plan is not None:
        return Step("formula_second_coverage_unknown")
    if line.allowed is not None:
        return Step("formula_limit_unknown")
    params = {
        "deductible": line.charge.terms.deductible_applies.expected,
        "coinsurance": str(share.coinsurance) if share.coinsurance is not None else None,
    }
    return Step("formula_share_of_allowed", params)
