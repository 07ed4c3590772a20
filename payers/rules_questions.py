"""Every question that a rulebook can be asked about a day, and the facts that may answer each.

A question is a payer, a plan of it or none, and a level of care. A fact may answer it if it holds for
anybody: some kind of provider, age, condition, way of delivery or network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from payers.dated import EVERYONE, LAYER, Entry, standing
from payers.entries import FieldPath
from payers.rulebook import Rulebook
from schemas.model import LEVELS_OF_CARE, Citation, Fact

Facts = tuple[Fact[Any], ...]


class Place(NamedTuple):
    """A place in a source: what a value rests on."""

    title: str
    url: str | None
    locator: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: payer, plan (`None`: not named), level; and what may answer it.

    `fields` are the facts of the level by field, `prices` those of its schedules, `whole` by path all that
    is not said of a level.
    """

    payer: str
    plan: str | None
    level: str
    fields: Mapping[str, Facts]
    prices: Facts
    whole: Mapping[FieldPath, Facts]

    def places(self) -> frozenset[Place]:
        """Return every place in a source that an answer to this question can cite."""
        groups = (*self.fields.values(), self.prices, *self.whole.values())
        return frozenset(place_of(fact.citation) for facts in groups for fact in facts)


def place_of(citation: Citation) -> Place:
    """Return the place that a citation names."""
    return Place(citation.title, citation.url, citation.locator)


def ask_everything(rulebook: Rulebook, on: date) -> Iterator[Asked]:
    """Yield each question with what is published: of every payer without a plan, then of each plan."""
    for payer_id in rulebook.payer_ids:
        for plan in (None, *rulebook.identity(payer_id).plans):
            yield from _ask_every_level(rulebook, payer_id, plan, on)


def _ask_every_level(rulebook: Rulebook, payer_id: str, plan: str | None, on: date) -> Iterator[Asked]:
    rules = rulebook.rules(payer_id, plan)
    said = {path: _may_answer(entries, on) for path, entries in rules.fields.items()}
    whole = {path: facts for path, facts in said.items() if path[0] != "services" and facts}
    for level in LEVELS_OF_CARE:
        own = {path[2]: facts for path, facts in said.items() if path[:2] == ("services", level) and facts}
        lines = [line for line in rules.prices if line.level == level]
        prices = tuple(fact for line in lines for fact in _may_answer(line.entries, on))
        yield Asked(payer_id, plan, level, own, prices, whole)


def _may_answer(entries: Sequence[Entry], on: date) -> Facts:
    """Return the facts of a field in force, without those of a layer that a narrower one always beats."""
    found = standing(entries, on)
    beaten = max((entry.rank // LAYER for entry in found if entry.when == EVERYONE), default=0)
    return tuple(entry.fact for entry in found if entry.fact is not None and entry.rank // LAYER >= beaten)
