"""Who can be asked, and through what: payers by id, by what a card says; adapters by channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

from payers.base import PayerAdapter
from payers.names import likeness, nearest
from payers.rulebook import Rulebook
from schemas.model import Payer

__all__ = ["ADAPTERS", "Match", "find_adapter", "find_payer", "list_payers", "nearest", "resolve"]

# The adapter of each channel, imported when it is first needed: what speaks HTTP is slow to start.
ADAPTERS: Mapping[str, str] = MappingProxyType(
    {
        "rulebook": "payers.adapters.rulebook:RulebookAdapter",
        "x12": "payers.adapters.x12:X12Adapter",
        "clearinghouse": "payers.adapters.clearinghouse:ClearinghouseAdapter",
    }
)

# Below this a name says nothing about a text.
LEAST_LIKELY = 0.3


@dataclass(frozen=True, slots=True)
class Match:
    """A payer that a text may mean: how likely (0 to 1), and by which of its names.

    `through` is the entry of cards.yaml that leads to it, where its own names do not stand in the text.
    """

    payer: Payer
    score: float
    matched: str
    through: str | None = None


@cache
def find_adapter(named: str) -> type[PayerAdapter[Any, Any]]:
    """Return the adapter of a channel, or the class that `package.module:Class` names.

    Raises `ValueError` where there is none, or where it is no adapter.
    """
    module, _, name = ADAPTERS.get(named, named).partition(":")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        raise ValueError(f"There is no adapter {named!r}.") from None
    if not (isinstance(found, type) and issubclass(found, PayerAdapter)):
        raise ValueError(f"{named!r} is not a PayerAdapter.")
    return found


def find_payer(rulebook: Rulebook, payer_id: str) -> Payer:
    """Return a payer by its id; raises `UnknownPayer` with the nearest ids."""
    return rulebook.payer(payer_id)


def list_payers(rulebook: Rulebook) -> tuple[Payer, ...]:
    """Return all payers, by id."""
    return tuple(rulebook.payer(payer_id) for payer_id in rulebook.payer_ids)


def resolve(rulebook: Rulebook, text: str, most: int = 10) -> tuple[Match, ...]:
    """Return the payers that what is printed on a card may mean, the likeliest first."""
    matches = []
    for payer_id in rulebook.payer_ids:
        identity = rulebook.identity(payer_id)
        names = [*identity.names(), *(one.id for one in identity.ids)]
        names += [
            f"{identity.payer.name} {plan.name}" for plan in identity.plans.values() if not plan.in_library
        ]
        plan = identity.find_plan(text)
        # Hundreds of designs are looked up by what they are called, not compared one by one.
        score, matched = (1.0, plan.name) if plan is not None and plan.in_library else likeness(names, text)
        if score >= LEAST_LIKELY:
            matches.append(Match(identity.payer, round(score, 3), matched))
    return tuple(sorted(matches, key=lambda match: (-match.score, match.payer.id))[:most])
