"""What payers really allow, against the contracted rates of the clinic's profile: rates to be corrected.

Pure. A person decides: a proposal is shown with the sessions it rests on, and changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from schemas.fields import format_money

AGREE = 3
"""So many sessions in a row, the newest ones, have to agree on an amount."""

Rates = Mapping[tuple[str, str, str], int]
"""The contracted rate in cents by site, payer and level."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What was allowed for one paid session; `expected` is what the estimate took for it, if anything."""

    site: str
    payer: str
    level: str
    codes: str
    on: str
    amount: int
    expected: int | None
    is_derived: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rate that the newest sessions agree on; `old` of `None`: the profile has none.

    `is_only` where all that is billed for the level is paid alike: a profile has one rate for a level.
    """

    site: str
    payer: str
    level: str
    codes: str
    old: int | None
    new: int
    sessions: int
    since: str
    is_derived: bool
    is_only: bool

    @property
    def snippet(self) -> str | None:
        """What to write into the profile, as YAML; `None` where one rate cannot say it."""
        if not self.is_only:
            return None
        return (
            f"sites:\n  - id: {self.site}\n    contracted_rates:\n"
            f'      {self.payer}:\n        {self.level}: "{format_money(self.new)}"\n'
        )


@dataclass(slots=True)
class Run:
    """The newest sessions in a row that agree."""

    amount: int = -1
    days: list[str] = field(default_factory=list)
    is_derived: bool = False
    has_hole: bool = False

    def add(self, one: Allowed) -> None:
        """Add the next session; another amount begins anew."""
        if one.amount != self.amount:
            self.amount, self.days, self.is_derived, self.has_hole = one.amount, [], False, True
        self.days.append(one.on)
        self.is_derived |= one.is_derived
        self.has_hole &= one.expected is None


def propose(sessions: Iterable[Allowed], rates: Rates) -> list[Proposal]:
    """Propose what to correct: where at least `AGREE` sessions agree on what is not the contracted rate.

    Where the profile has no rate, only if the estimates had none either: a published one is no contract's.
    """
    runs: dict[tuple[str, str, str], dict[str, Run]] = defaultdict(dict)
    for one in sorted(sessions, key=lambda session: session.on):
        runs[one.site, one.payer, one.level].setdefault(one.codes, Run()).add(one)
    found = []
    for (site, payer, level), by_codes in sorted(runs.items()):
        settled = {run.amount for run in by_codes.values() if len(run.days) >= AGREE}
        old = rates.get((site, payer, level))
        for codes, run in sorted(by_codes.items()):
            differs = run.has_hole if old is None else run.amount != old
            if len(run.days) >= AGREE and differs:
                about = (site, payer, level, codes, old, run.amount, len(run.days), run.days[0])
                found.append(Proposal(*about, run.is_derived, is_only=len(settled) == 1))
    return found
