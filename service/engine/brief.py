"""Everything one determination is made from, and the settled view of it on each date."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any

from schemas.model import (
    Benefits,
    Fact,
    Inquiry,
    LevelBenefits,
    NetworkBenefits,
    Payer,
    Period,
    Site,
    Step,
)
from service.engine.episode import LaidPhase
from service.engine.settle import settle
from service.engine.settle_level import NO_LEVEL

NO_NETWORK = NetworkBenefits()
NOTHING = Benefits(witness="published")


@dataclass(frozen=True, slots=True)
class Brief:
    """The inputs of a determination.

    `administrator_heard` tells that a carve-out's administrator reported too. `hours` maps a level to the
    weekly hours (from, below) it stands for; `order_rules` say which coverage pays first; `laid` is the
    episode on the calendar, where somebody has laid it out already. `local_plans` are the Medicaid plans
    of the site's county, where the member may be in one of them.
    """

    inquiry: Inquiry
    payer: Payer
    site: Site
    network: str
    published: tuple[Period, ...]
    now: datetime
    zone: tzinfo
    reported: Benefits | None = None
    administrator_heard: bool = False
    holidays: Set[date] = frozenset()
    hours: Mapping[str, tuple[int, int | None]] | None = None
    second_payer: Payer | None = None
    second_published: tuple[Period, ...] = ()
    second_site: Site | None = None
    network_assumed: bool = False
    order_rules: Mapping[str, Fact[Any]] = field(default_factory=dict)
    laid: tuple[LaidPhase, ...] | None = None
    warnings: tuple[Step, ...] = ()
    local_plans: tuple[str, ...] = ()

    @property
    def today(self) -> date:
        """The clinic's date."""
        return self.now.astimezone(self.zone).date()


class View:
    """The settled benefits on each date, settled once for each published period."""

    def __init__(self, brief: Brief) -> None:
        self.brief = brief
        self.network = brief.network
        self._starts = [period.starts for period in brief.published]
        self._settled: dict[int, Benefits] = {}

    def period_on(self, on: date) -> int:
        """Return the index of the published period a date falls in, or -1 before the first."""
        return bisect_right(self._starts, on) - 1

    def published_on(self, on: date) -> Benefits:
        """Return what the rulebook says on a date."""
        index = self.period_on(on)
        return self.brief.published[index].benefits if index >= 0 else NOTHING

    def benefits_on(self, on: date) -> Benefits:
        """Return what all witnesses, settled, say on a date."""
        index = self.period_on(on)
        if index not in self._settled:
            brief = self.brief
            self._settled[index] = settle(
                self.published_on(on), brief.reported, brief.inquiry.told, brief.network
            )
        return self._settled[index]

    def level_on(self, on: date, level_of_care: str) -> LevelBenefits:
        """Return the settled benefits of a level, in the network asked about, on a date."""
        network = self.benefits_on(on).networks.get(self.network, NO_NETWORK)
        return network.levels.get(level_of_care, NO_LEVEL)
