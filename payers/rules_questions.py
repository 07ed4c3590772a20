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
from payers.plan_rules import fields_of_payer, fields_of_plan
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
    """Yield each question with what is published: of every payer without a plan, then of each plan.

    A plan of which a table says nothing on the day is not asked about.
    """
    for payer_id in rulebook.payer_ids:
        stated = fields_of_payer(rulebook.data, payer_id)
        said = {path: _may_answer(entries, on) for path, entries in stated.items()}
        prices = _prices(rulebook, payer_id, on)
        yield from _ask_every_level(payer_id, None, said, prices)
        for plan in rulebook.identity(payer_id).plans.values():
            own = {
                path: _may_answer((*stated.get(path, ()), *entries), on)
                for path, entries in fields_of_plan(rulebook.data, payer_id, plan.id).items()
            }
            if any(own.values()) or not plan.in_library:
                yield from _ask_every_level(payer_id, plan.id, said | own, prices)


def _prices(rulebook: Rulebook, payer_id: str, on: date) -> Mapping[str, Facts]:
    """Return the prices in force of each level of care."""
    found: dict[str, list[Fact[Any]]] = {}
    for line in rulebook.rules(payer_id, None).prices:
        found.setdefault(line.level, []).extend(_may_answer(line.entries, on))
    return {level: tuple(facts) for level, facts in found.items()}


def _ask_every_level(
    payer_id: str, plan: str | None, said: Mapping[FieldPath, Facts], prices: Mapping[str, Facts]
) -> Iterator[Asked]:
    whole = {path: facts for path, facts in said.items() if path[0] != "services" and facts}
    for level in LEVELS_OF_CARE:
        own = {path[2]: facts for path, facts in said.items() if path[:2] == ("services", level) and facts}
        yield Asked(payer_id, plan, level, own, prices.get(level, ()), whole)


def _may_answer(entries: Sequence[Entry], on: date) -> Facts:
    """Return the facts of a field in force, without those of a layer that a narrower one always beats."""
    found = standing(entries, on)
    beaten = max((entry.rank // LAYER for entry in found if entry.when == EVERYONE), default=0)
    return tuple(entry.fact for entry in found if entry.fact is not None and entry.rank // LAYER >= beaten)
