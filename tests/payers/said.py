"""What a reply tells of the first level that was asked about, by names, each under the subject it is part of.

The subjects are those that an adapter declares in its `Capabilities`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from payers.base import Ask, Reply
from schemas.model import Accumulators, Benefits, Fact, LevelBenefits, NetworkBenefits


class Told(NamedTuple):
    """A value, and whether it rests on less than the level's own code or type."""

    value: Any
    inferred: bool = False


class Part(NamedTuple):
    """Where in the benefits something is told, and the subject that it is part of."""

    subject: str
    find: Callable[[Benefits, NetworkBenefits, LevelBenefits], Any]


def _of_benefits(name: str) -> Part:
    return Part("eligibility", lambda benefits, network, level: getattr(benefits, name))


def _of_level(subject: str, name: str) -> Part:
    return Part(subject, lambda benefits, network, level: getattr(level, name))


def _of_pot(pots: str, scope: str, figure: str) -> Part:
    """A limit is part of what the plan asks for; what is met and what remains is this member's own."""

    def find(benefits: Benefits, network: NetworkBenefits, level: LevelBenefits) -> Any:
        both: Accumulators = getattr(network, pots)
        return getattr(getattr(both, scope), figure, None)

    return Part("cost_share" if figure == "limit" else "accumulators", find)


PARTS: Mapping[str, Part] = MappingProxyType(
    {
        **{
            name: _of_benefits(name)
            for name in (
                "active",
                "coverage_start",
                "coverage_end",
                "plan_name",
                "administrator",
                "other_coverage",
                "medicare_advantage",
                "managed_care_plan",
                "qmb",
            )
        },
        "covered": _of_level("coverage", "covered"),
        "limits": _of_level("coverage", "limits"),
        "prior_authorization": _of_level("prior_authorization", "prior_authorization"),
        "copay": _of_level("cost_share", "copay"),
        "coinsurance": _of_level("cost_share", "coinsurance"),
        **{
            f"{scope}_{pots}_{figure}": _of_pot(pots, scope, figure)
            for scope in ("individual", "family")
            for pots in ("deductible", "out_of_pocket_max")
            for figure in ("limit", "met", "remaining")
        },
    }
)


def read_said(reply: Reply, ask: Ask) -> dict[str, tuple[Told, ...]]:
    """Return everything that a reply tells, by name; alternatives stand beside each other."""
    benefits = reply.periods[0].benefits
    network = benefits.networks.get(ask.network or "in", NetworkBenefits())
    level = network.levels.get(ask.inquiry.phases[0].level_of_care, LevelBenefits())
    found = {name: part.find(benefits, network, level) for name, part in PARTS.items()}
    return {name: _told(facts) for name, facts in found.items() if facts not in (None, ())}


def _told(facts: Fact[Any] | tuple[Fact[Any], ...]) -> tuple[Told, ...]:
    several = facts if isinstance(facts, tuple) else (facts,)
    return tuple(Told(fact.value, fact.inferred) for fact in several)
