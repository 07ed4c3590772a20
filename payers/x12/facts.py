"""Facts of an eligibility reply: each value with the segment that states it, and how specific it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from payers.x12.amounts import write_rate
from payers.x12.level import COVERED, NOT_COVERED, UNDETERMINED, Level
from payers.x12.model import Line
from payers.x12.pots import Figure, Pot, Pots
from payers.x12.shares import LimitLine
from payers.x12.status import Status
from schemas.model import (
    LIMIT_PERIODS,
    Accumulator,
    Accumulators,
    Citation,
    Copay,
    Fact,
    LevelBenefits,
    Limit,
    Step,
)


class Facts:
    """Makes facts that cite one reply; `steps` gathers what could not become one."""

    def __init__(self, title: str, as_of: date) -> None:
        self.as_of = as_of
        self.steps: list[Step] = []
        self._title = title
        self._citations: dict[int | str | None, Citation] = {}

    def cite(self, at: int | str | None) -> Citation:
        """Return the citation of a place in the reply."""
        if at not in self._citations:
            locator = f"segment {at}" if isinstance(at, int) else at
            self._citations[at] = Citation("reported", self._title, locator=locator, retrieved=self.as_of)
        return self._citations[at]

    def fact(self, value: Any, at: int | str | None, **marks: Any) -> Fact[Any]:
        """Return a value as a fact of this reply."""
        return Fact(value, self.cite(at), as_of=self.as_of, **marks)

    def level(self, level: Level, status: Status) -> LevelBenefits:
        """Return what a reply says of a level, on a day on which the patient has a status."""
        shares = level.shares
        return LevelBenefits(
            covered=self._covered(level, status),
            prior_authorization=self._verdict(
                None if level.prior_authorization == UNDETERMINED else level.prior_authorization,
                level,
                level.authorized_by,
            ),
            copay=tuple(
                self.fact(Copay(one.cents, one.per), one.line.at, **self._marks(level, one.line))
                for one in shares.copays
            ),
            coinsurance=tuple(
                self.fact(Decimal(write_rate(one.rate)), one.line.at, **self._marks(level, one.line))
                for one in shares.coinsurances
            ),
            limits=tuple(self._limits(level)),
        )

    def _covered(self, level: Level, status: Status) -> Fact[bool] | None:
        if level.covered_by is None or level.covered_by is status.line:
            return None
        said = {COVERED: True, NOT_COVERED: False}.get(level.covered)
        return self._verdict(said, level, level.covered_by)

    def _verdict(self, value: Any, level: Level, line: Line | None) -> Fact[Any] | None:
        if value is None or line is None:
            return None
        return self.fact(value, line.at, **self._marks(level, line))

    def _marks(self, level: Level, line: Line) -> dict[str, bool]:
        """Say how specific a line is: this procedure, this level, or no more than a service type."""
        return {"inferred": not level.ranks.is_own(line), "by_procedure": bool(line.procedure)}

    def _limits(self, level: Level) -> Iterator[Fact[Limit | None]]:
        for one in level.limits:
            at = one.line.at
            if one.units is None or one.period not in LIMIT_PERIODS:
                self.steps.append(_partial_limit(one, self.cite(at)))
                continue
            limit = Limit(one.units, one.unit, one.period, one.used)
            yield self.fact(limit, at, **self._marks(level, one.line))

    def pots(self, pots: Pots) -> Accumulators:
        """Return the individual and the family pot of one kind."""
        return Accumulators(self._pot(pots.individual), self._pot(pots.family))

    def _pot(self, pot: Pot | None) -> Accumulator | None:
        if pot is None:
            return None
        met = None if pot.limit is not None and pot.limit.cents is None else self._figure(pot.met)
        return Accumulator(self._figure(pot.limit), met, self._figure(pot.remaining))

    def _figure(self, figure: Figure | None) -> Fact[Any] | None:
        return None if figure is None else self.fact(figure.cents, figure.line.at)


def _partial_limit(limit: LimitLine, citation: Citation) -> Step:
    params = {"units": limit.units if limit.units is not None else limit.remaining, "unit": limit.unit}
    return Step("reply_limit_partial", params, (citation,))
