"""Runs the same simulation for low, expected and high, and tells what each unknown moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.model import Assumption, Citation
from service.engine.cost import Charge, Line, SecondaryPays, Terms, walk
from service.engine.money import EXPECTED, HIGH, LOW, Scenario, total
from service.engine.pots import YearPots

# Unknowns of the cost share that are not worth naming where they change nothing.
QUIET = ("deductible_", "out_of_pocket_")
# Unknowns that no number can stand for.
UNPRICED = ("allowed_amount_unknown", "facility_fee_unpriced", "level_not_priced")


@dataclass(frozen=True, slots=True)
class Range:
    """The three simulations of an episode, and the assumptions that part them."""

    low: Sequence[Line]
    expected: Sequence[Line]
    high: Sequence[Line]
    assumptions: tuple[Assumption, ...]


class Simulation:
    """One episode, ready to be walked in any scenario."""

    def __init__(
        self,
        charges: Sequence[Charge],
        years: Sequence[YearPots],
        second: Callable[[Scenario], SecondaryPays] | None,
        second_codes: tuple[str, ...] = (),
    ) -> None:
        self.charges, self.years, self._second, self._second_codes = charges, years, second, second_codes

    def run(self, scenario: Scenario) -> list[Line]:
        """Walk the episode in a scenario."""
        second = self._second(scenario) if self._second is not None else None
        return walk(self.charges, self.years, scenario, second)

    def unknowns(self) -> list[str]:
        """Return the codes of every unknown input, in the order a reader would ask about them."""
        found: dict[str, None] = {}
        distinct = {id(charge.terms): charge.terms for charge in self.charges}.values()
        covered = [terms for terms in distinct if terms.covered]
        for terms in covered:
            codes = [*terms.price.unknowns(), terms.share.code, terms.deductible_applies.code]
            codes += [use.opening.code for use in terms.limits]
            found.update(dict.fromkeys(code for code in codes if code is not None))
        deductible, shared = pots_that_matter(self.charges)
        for year in self.years:
            pots = (*(year.deductible if deductible else ()), *(year.out_of_pocket if shared else ()))
            found.update(dict.fromkeys(pot.code for pot in pots if pot.code is not None))
        if covered:
            found.update(dict.fromkeys(self._second_codes))
        return list(found)


def pots_that_matter(charges: Sequence[Charge]) -> tuple[bool, bool]:
    """Return whether any session can take from the deductible, and from the out-of-pocket maximum."""
    covered = [terms for terms in {id(c.terms): c.terms for c in charges}.values() if terms.covered]
    deductible = any(
        terms.deductible_applies.high or (terms.then is not None and terms.then.deductible_applies)
        for terms in covered
    )
    return deductible, deductible or any(_costs_something(terms) for terms in covered)


def _costs_something(terms: Terms) -> bool:
    share = terms.share.high
    return bool(share.copay or share.coinsurance or share.unknown or terms.then)


def simulate(
    simulation: Simulation, describe: Callable[[str], tuple[Mapping[str, Any], tuple[Citation, ...]]]
) -> Range:
    """Walk low, expected and high; each unknown comes back with what it moves when varied alone."""
    expected = simulation.run(Scenario(EXPECTED))
    codes = simulation.unknowns()
    if any(line.reason == "limit_exception_needed" for line in expected):
        codes.append("limit_exception_needed")
    if not codes:
        return Range(expected, expected, expected, ())
    low, high = simulation.run(Scenario(LOW)), simulation.run(Scenario(HIGH))
    assumptions = []
    for code in codes:
        moves = _moves(simulation, code, len(codes) == 1, low, high)
        if code.startswith(QUIET) and moves == 0:
            continue
        params, citations = describe(code)
        assumptions.append(Assumption(code, params, moves, citations))
    return Range(low, expected, high, tuple(assumptions))


def _moves(simulation: Simulation, code: str, alone: bool, low: list[Line], high: list[Line]) -> int | None:
    if code in UNPRICED:
        return None
    if not alone:
        low = simulation.run(Scenario(EXPECTED, code, LOW))
        high = simulation.run(Scenario(EXPECTED, code, HIGH))
    least, most = paid(low), paid(high)
    return None if least is None or most is None else abs(most - least)


def paid(lines: Sequence[Line]) -> int | None:
    """Return what the patient pays in all, or `None` where a session is not known."""
    return total([line.patient for line in lines])


def ordered(low: int | None, expected: int | None, high: int | None) -> tuple[int | None, int | None]:
    """Return low and high so that low ≤ expected ≤ high holds.

    Self-pay may be cheaper than a share: where an unknown decides between them, the ends can cross.
    """
    known = [amount for amount in (low, expected, high) if amount is not None]
    return (min(known) if low is not None else None), (max(known) if high is not None else None)
