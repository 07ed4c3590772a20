"""The pots of a plan year, deductible and out-of-pocket maximum, individual and family.

Where they start, what turns them back to zero, and what is taken from them as sessions are paid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from schemas.model import Accumulator, Accumulators, Benefits, Citation, Fact, NetworkBenefits
from service.engine.calendar import year_start
from service.engine.money import UNLIMITED, Ranged, Scenario, certain

_SILENT = Accumulator()
_NONE_SAID = Accumulators()
# What is left of a pot that is not there stays above this, whatever is taken from it.
NO_END = UNLIMITED // 2
NO_POT: Ranged[int | None] = certain(UNLIMITED)


@dataclass(frozen=True, slots=True)
class YearPots:
    """What is left in each pot when a plan year begins, or when the episode does."""

    starts: date
    deductible: tuple[Ranged[int | None], Ranged[int | None]]
    out_of_pocket: tuple[Ranged[int | None], Ranged[int | None]]
    carried: tuple[tuple[str, Citation], ...] = ()
    inside: NetworkBenefits | None = None

    def citations(self) -> tuple[Citation, ...]:
        """Return what the pots rest on."""
        return tuple(dict.fromkeys(_citations(self.inside)))


class Pots:
    """What is left in the four pots as the walk goes on, in one scenario; `turns` is the next new year.

    A pot that is not there holds more than anything could take from it.
    """

    __slots__ = ("_deductible", "_out_of_pocket", "_scenario", "_years", "turns", "year")

    def __init__(self, years: Sequence[YearPots], scenario: Scenario) -> None:
        self._years = years
        self._scenario = scenario
        self.year = -1
        self.turns = date.min
        self._deductible: tuple[int | None, int | None] = (UNLIMITED, UNLIMITED)
        self._out_of_pocket: tuple[int | None, int | None] = (UNLIMITED, UNLIMITED)

    def enter(self, on: date) -> None:
        """Open the plan year that `on` falls in, if it is a new one."""
        years = self._years
        while self.year + 1 < len(years) and on >= years[self.year + 1].starts:
            self.year += 1
            (one, other), (first, second) = years[self.year].deductible, years[self.year].out_of_pocket
            self._deductible = (one.at(self._scenario), other.at(self._scenario))
            self._out_of_pocket = (first.at(self._scenario), second.at(self._scenario))
        self.turns = years[self.year + 1].starts if self.year + 1 < len(years) else date.max

    def deductible_left(self) -> int | None:
        """Return the smaller of what individual and family have left; without any pot, nothing is due."""
        left = _smaller(*self._deductible)
        return 0 if left is not None and left >= NO_END else left

    def out_of_pocket_left(self) -> int | None:
        """Return the smaller of what individual and family have left; without any pot, no limit."""
        return _smaller(*self._out_of_pocket)

    def take(self, deductible: int | None, patient: int | None) -> None:
        """Accrue what the patient paid."""
        if deductible != 0:
            one, other = self._deductible
            self._deductible = (_less(one, deductible), _less(other, deductible))
        if patient != 0:
            one, other = self._out_of_pocket
            self._out_of_pocket = (_less(one, patient), _less(other, patient))

    def shown(self) -> tuple[int | None, int | None]:
        """Return what people see of deductible and out-of-pocket: `None` for no pot, or an unknown one."""
        deductible, out_of_pocket = _smaller(*self._deductible), _smaller(*self._out_of_pocket)
        return (
            None if deductible is None or deductible >= NO_END else deductible,
            None if out_of_pocket is None or out_of_pocket >= NO_END else out_of_pocket,
        )


def _smaller(individual: int | None, family: int | None) -> int | None:
    if individual is not None and family is not None:
        return individual if individual < family else family
    return 0 if individual == 0 or family == 0 else None


def _less(left: int | None, taken: int | None) -> int | None:
    if left is not None and taken is not None:
        return left - taken
    return left if left == 0 or (left is not None and left >= NO_END) else None


def open_years(
    benefits_on: Callable[[date], Benefits],
    network: str,
    dates: Sequence[date],
    plan_year: tuple[int, int],
    published_on: Callable[[date], Benefits],
) -> tuple[YearPots, ...]:
    """Return the pots of each plan year that the session dates fall in, in order.

    `benefits_on` gives the settled benefits on a date, `published_on` the rulebook's alone.
    """
    years: list[YearPots] = []
    first_year = year_start(dates[0], plan_year)
    seen: set[date] = set()
    for on in dates:
        starts = year_start(on, plan_year)
        if starts in seen:
            continue
        seen.add(starts)
        opener = _Opener(starts, first_year, on, plan_year)
        settled = benefits_on(on)
        networks = (settled.networks.get(network), published_on(on).networks.get(network))
        deductible = _open(opener, "deductible", *networks, settled.legal_maximum)
        out_of_pocket = _open(opener, "out_of_pocket", *networks, settled.legal_maximum)
        years.append(YearPots(starts, deductible, out_of_pocket, tuple(opener.carried), networks[0]))
    return tuple(years)


def _citations(network: NetworkBenefits | None) -> Iterator[Citation]:
    """Yield what the pots of a network rest on."""
    for pots in (network.deductible, network.out_of_pocket_max) if network is not None else ():
        for pot in (pots.individual or _SILENT, pots.family or _SILENT):
            for fact in (pot.limit, pot.met, pot.remaining):
                if fact is not None:
                    yield fact.citation


class _Opener:
    """Opens the pots of one plan year, and remembers which limits it carried forward."""

    def __init__(self, starts: date, first_year: date, on: date, plan_year: tuple[int, int]) -> None:
        self.starts, self.first_year, self.on, self.plan_year = starts, first_year, on, plan_year
        self.first = starts == first_year
        self.carried: list[tuple[str, Citation]] = []

    def year_of(self, accumulator: Accumulator) -> date:
        """Return the plan year that stated amounts belong to; undated ones belong to the first."""
        for fact in (accumulator.met, accumulator.remaining):
            if fact is not None:
                return year_start(fact.as_of, self.plan_year) if fact.as_of else self.first_year
        limit = accumulator.limit
        return (
            year_start(limit.as_of, self.plan_year) if limit is not None and limit.as_of else self.first_year
        )

    def limit(
        self, name: str, accumulator: Accumulator, published: Accumulator, *, later: bool
    ) -> Fact[int | None] | None:
        """Return the limit in force: for a later year the rulebook's own, else the same again."""
        stated = accumulator.limit
        if later and published.limit is not None and not self._is_past(published.limit):
            return published.limit
        chosen = stated if stated is not None else published.limit
        if (
            chosen is not None
            and chosen.value is not None
            and (later_told(chosen, later) or self._is_past(chosen))
        ):
            self.carried.append((name, chosen.citation))
        return chosen

    def _is_past(self, limit: Fact[int | None]) -> bool:
        return limit.through is not None and self.on > limit.through


def later_told(limit: Fact[int | None], later: bool) -> bool:
    """Whether a limit that was told or reported of one plan year is used for a later one."""
    return later and limit.citation.kind != "published" and limit.value is not None


def _open(
    opener: _Opener,
    name: str,
    network: NetworkBenefits | None,
    published: NetworkBenefits | None,
    legal: Accumulators,
) -> tuple[Ranged[int | None], Ranged[int | None]]:
    field = "deductible" if name == "deductible" else "out_of_pocket_max"
    pots: Accumulators = getattr(network, field) if network is not None else _NONE_SAID
    rules: Accumulators = getattr(published, field) if published is not None else _NONE_SAID
    said = pots.individual is not None and pots.individual != _SILENT
    individual = _open_one(opener, f"{name}", pots.individual, rules.individual, legal.individual)
    if pots.family is None and said:
        return individual, _family_not_said(f"{name}_family_unknown", opener)
    if pots.family is None:
        return individual, NO_POT
    if not said and _has_amount(pots.family):
        # An aggregate family pot is the only one the plan has.
        individual = NO_POT
    return individual, _open_one(opener, f"{name}_family", pots.family, rules.family, legal.family)


def _has_amount(pot: Accumulator) -> bool:
    limit = pot.limit is not None and pot.limit.value is not None
    return limit or pot.remaining is not None or pot.met is not None


def _family_not_said(code: str, opener: _Opener) -> Ranged[int | None]:
    """Nobody spoke of a family pot: it may be met already, else the individual one governs."""
    return Ranged(0, UNLIMITED, UNLIMITED, code) if opener.first else NO_POT


def _open_one(
    opener: _Opener,
    name: str,
    accumulator: Accumulator | None,
    published: Accumulator | None,
    legal: Accumulator | None,
) -> Ranged[int | None]:
    stated, rule = accumulator or _SILENT, published or _SILENT
    year = opener.year_of(stated)
    if year == opener.starts and stated.remaining is not None:
        return certain(max(0, stated.remaining.value))
    limit = opener.limit(name, stated, rule, later=year != opener.starts)
    if limit is None:
        highest = legal.limit if legal is not None else None
        return Ranged(0, None, highest.value if highest is not None else None, f"{name}_limit_unknown")
    if limit.value is None:
        return NO_POT
    if year < opener.starts:
        return certain(limit.value)
    if year == opener.starts and stated.met is not None:
        return certain(max(0, limit.value - stated.met.value))
    if opener.first or year > opener.starts:
        return Ranged(0, limit.value, limit.value, f"{name}_met_unknown")
    return certain(limit.value)
