"""Which of a field's dated values is in force: on a date, for a provider, condition, network, age.

A value holds until the next one with the same conditions. Of several that match, the most specific
wins. Where it cannot be told whether a more specific one matches (the age is not known), nobody says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from payers.errors import RulebookError
from schemas.model import AgeBand, Fact

# What a plan says outranks what its payer says of every plan, and that what a program says of every payer
# in it, however specific: a layer is higher than all the conditions that an entry can have.
LAYER = 1000
PROGRAM_RANK, PAYER_RANK, PLAN_RANK = 0, LAYER, 2 * LAYER
# Within each, what a clinic lays over outranks what it is laid over, however specific that is.
OVERLAY_RANK = 10


@dataclass(frozen=True, slots=True)
class Context:
    """What a request is about; `None` is not known."""

    provider_type: str | None = None
    condition: str | None = None
    modality: str | None = None
    network: str | None = None
    age: int | None = None
    locality: str | None = None


@dataclass(frozen=True, slots=True)
class When:
    """Conditions, all of which must hold; `None` holds for everyone."""

    provider_types: frozenset[str] | None = None
    conditions: frozenset[str] | None = None
    modalities: frozenset[str] | None = None
    networks: frozenset[str] | None = None
    localities: frozenset[str] | None = None
    ages: AgeBand | None = None

    @property
    def count(self) -> int:
        """How many conditions there are."""
        return sum(part is not None for part in (*self._lists(), self.ages))

    def _lists(self) -> tuple[frozenset[str] | None, ...]:
        return self.provider_types, self.conditions, self.modalities, self.networks, self.localities

    def holds(self, context: Context) -> bool | None:
        """Say whether the conditions hold; `None` if that hangs on something not known."""
        c = context
        asked = (c.provider_type, c.condition, c.modality, c.network, c.locality)
        answers = [
            None if value is None else value in allowed
            for allowed, value in zip(self._lists(), asked, strict=True)
            if allowed is not None
        ]
        if self.ages is not None:
            answers.append(_in_band(context.age, self.ages))
        if False in answers:
            return False
        return None if None in answers else True


EVERYONE = When()


@dataclass(frozen=True, slots=True)
class Entry:
    """A dated value; a `fact` of `None` ends what went before, `rank` says how specific it is."""

    starts: date
    fact: Fact[Any] | None
    when: When = EVERYONE
    rank: int = 0


def read_when(conditions: Mapping[str, Any]) -> When:
    """Return the conditions that plain data names."""
    if not conditions:
        return EVERYONE
    ages = conditions.get("ages")
    return When(
        provider_types=_choice(conditions.get("provider_types")),
        conditions=_choice(conditions.get("conditions")),
        modalities=_choice(conditions.get("modalities")),
        networks=_choice(conditions.get("networks")),
        localities=_choice(conditions.get("locality")),
        ages=AgeBand(ages.get("from"), ages.get("below")) if ages else None,
    )


def in_force(entries: Iterable[Entry], on: date, context: Context) -> Fact[Any] | None:
    """Return the fact in force on a date, or `None` where nobody says; raises `RulebookError` on a tie."""
    winner, rivals = decide(entries, on, context)
    if winner is None:
        return None
    return winner.fact if all(_says_the_same(winner, rival) for rival in rivals) else None


def alternatives(entries: Iterable[Entry], on: date, context: Context) -> tuple[Fact[Any], ...]:
    """Return the facts that may be in force and that nothing known tells apart; empty where nobody says."""
    winner, rivals = decide(entries, on, context)
    if winner is None:
        return ()
    different = [rival for rival in rivals if not _says_the_same(winner, rival)]
    return tuple(entry.fact for entry in (winner, *different) if entry.fact is not None)


def decide(entries: Iterable[Entry], on: date, context: Context) -> tuple[Entry | None, Sequence[Entry]]:
    """Return the most specific entry that holds, and those yet more specific that may hold."""
    judged = [(entry, entry.when.holds(context)) for entry in standing(entries, on)]
    sure = sorted((entry for entry, holds in judged if holds), key=lambda entry: -entry.rank)
    if len(sure) > 1 and sure[0].rank == sure[1].rank:
        raise RulebookError(f"Two values tie on {on}: those of {sure[0].starts} and {sure[1].starts}.")
    winner = sure[0] if sure else None
    bar = winner.rank if winner is not None else -1
    rivals = [entry for entry, holds in judged if holds is None and entry.rank > bar]
    return winner, rivals


def standing(entries: Iterable[Entry], on: date) -> list[Entry]:
    """Return the latest entry of each set of conditions, without those that have ended."""
    latest: dict[tuple[int, When], Entry] = {}
    for entry in entries:
        series = (entry.rank - entry.when.count, entry.when)
        if entry.starts <= on and (series not in latest or entry.starts >= latest[series].starts):
            latest[series] = entry
    return [entry for entry in latest.values() if entry.fact is not None]


def _says_the_same(one: Entry, other: Entry) -> bool:
    return one.fact is not None and other.fact is not None and one.fact.value == other.fact.value


def _choice(words: Sequence[str] | None) -> frozenset[str] | None:
    return None if words is None else frozenset(words)


def _in_band(age: int | None, band: AgeBand) -> bool | None:
    if age is None:
        return None
    return (band.from_age is None or age >= band.from_age) and (band.below is None or age < band.below)
