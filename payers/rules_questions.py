"""Every question that a rulebook can be asked about a day: each payer, plan and level of care, in network.

It is asked as for an adult with a mental health condition, in person; where the rules tell kinds of
providers, conditions, ways of delivery or ages apart, once for each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import partial
from itertools import product
from typing import Any, NamedTuple

from payers.plan_rules import PlanRules
from payers.rulebook import Rulebook
from schemas.model import LEVELS_OF_CARE, Benefits, Citation, LevelBenefits, NetworkBenefits, Site

ADULT, NETWORK = 35, "in"
NOTHING = LevelBenefits()


class Place(NamedTuple):
    """A place in a source: what a value rests on."""

    title: str
    url: str | None
    locator: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is published for one payer and plan (`None`: not named) at one level, to whom it tells apart."""

    payer: str
    plan: str | None
    level: str
    said: tuple[Benefits, ...]

    @property
    def networks(self) -> tuple[NetworkBenefits, ...]:
        """What is published of the network asked about."""
        return tuple(benefits.networks[NETWORK] for benefits in self.said)

    @property
    def levels(self) -> tuple[LevelBenefits, ...]:
        """What is published of the level."""
        return tuple(network.levels.get(self.level, NOTHING) for network in self.networks)

    def places(self) -> frozenset[Place]:
        """Return every place in a source that an answer to this question can cite."""
        found: set[Place] = set()
        for benefits, network, level in zip(self.said, self.networks, self.levels, strict=True):
            found |= _places_of_whole(benefits) | _places_of_whole(network)
            found |= {place_of(citation) for citation in citations_in(level)}
        return frozenset(found)


def place_of(citation: Citation) -> Place:
    """Return the place that a citation names."""
    return Place(citation.title, citation.url, citation.locator)


def ask_everything(rulebook: Rulebook, on: date) -> Iterator[Asked]:
    """Yield each question with what is published: of every payer without a plan, then of each plan."""
    for payer_id in rulebook.payer_ids:
        for plan in (None, *rulebook.identity(payer_id).plans):
            said = _said_to(rulebook, payer_id, plan, on)
            for level in LEVELS_OF_CARE:
                yield Asked(payer_id, plan, level, said)


def citations_in(value: Any) -> Iterator[Citation]:
    """Yield every citation in a value of the model, however deep."""
    if isinstance(value, Citation):
        yield value
    elif is_dataclass(value):
        for item in fields(value):
            yield from citations_in(getattr(value, item.name))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from citations_in(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from citations_in(item)


def _places_of_whole(part: Benefits | NetworkBenefits) -> set[Place]:
    """Return what all that is not said of a level rests on."""
    whole = (getattr(part, item.name) for item in fields(part) if item.name not in ("networks", "levels"))
    return {place_of(citation) for value in whole for citation in citations_in(value)}


def _said_to(rulebook: Rulebook, payer_id: str, plan: str | None, on: date) -> tuple[Benefits, ...]:
    rules = rulebook.rules(payer_id, plan)
    said: dict[int, Benefits] = {}
    for kind, locality, condition, modality, age in product(*_told_apart(rules)):
        (period,) = rulebook.published(
            payer_id,
            plan,
            site=Site(id="any", name="Any", npi="", provider_type=kind, locality=locality),
            condition=condition,
            modality=modality,
            age_on=partial(_always, age),
            dates=[on],
            network=NETWORK,
        )
        said[id(period.benefits)] = period.benefits
    return tuple(said.values())


def _always(age: int | None, _: date) -> int | None:
    return age


def _told_apart(rules: PlanRules) -> tuple[Sequence[Any], ...]:
    """Return the kinds of providers, localities, conditions, ways of delivery and ages to ask about."""
    entries = [*rules.fields.values(), *(line.entries for line in rules.prices)]
    whens = {entry.when for each in entries for entry in each}

    def named(part: str) -> set[Any]:
        return {word for when in whens for word in getattr(when, part) or ()}

    return (
        sorted(named("provider_types")) or [""],
        sorted(named("localities")) or [None],
        sorted({"mental_health", *named("conditions")}),
        sorted({"in_person", *named("modalities")}),
        [rules.age_in(band) for band in range(len(rules.ages) + 1)] if rules.ages else [ADULT],
    )
