"""Settles what several witnesses say into one view of the benefits, field by field.

What speaks of this member (told, reported) beats what is published; of two that do, the more specific
wins (this procedure, then this level of care, then a service type), then the newer. The parts of a cost
share, and the limit and remaining of one pot, come from the same witness.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from schemas.model import (
    Accumulator,
    Accumulators,
    Benefits,
    MedicalBenefits,
    NetworkBenefits,
)
from service.engine.settle_level import NO_LEVEL, choose, settle_level, weight

_EMPTY_NETWORK = NetworkBenefits()
_EMPTY_POT = Accumulator()


def settle(published: Benefits, reported: Benefits | None, told: Benefits | None, network: str) -> Benefits:
    """Return one `Benefits` (witness `settled`) with the fact believed for each field, in one network."""
    if reported is None and told is None:
        return published
    silent = Benefits(witness="silent")
    reported, told = reported or silent, told or silent
    inside = _settle_network(*(b.networks.get(network, _EMPTY_NETWORK) for b in (published, reported, told)))
    return replace(
        published,
        witness="settled",
        networks={network: inside},
        medical=_settle_medical(published.medical, reported.medical, told.medical),
        **_settle_plain(published, reported, told),
    )


_PLAIN_FIELDS = (
    "active",
    "coverage_start",
    "coverage_end",
    "plan_year_start",
    "plan_name",
    "plan_type",
    "funding",
    "network_status",
    "cobra",
    "administrator",
    "other_coverage",
    "medicare_advantage",
    "managed_care_plan",
    "qmb",
    "share_of_cost",
    "claims",
)


def _settle_plain(published: Benefits, reported: Benefits, told: Benefits) -> dict[str, Any]:
    return {
        name: choose(getattr(published, name), getattr(reported, name), getattr(told, name))
        for name in _PLAIN_FIELDS
    }


def _settle_network(
    published: NetworkBenefits, reported: NetworkBenefits, told: NetworkBenefits
) -> NetworkBenefits:
    names = sorted({*published.levels, *reported.levels, *told.levels})
    return NetworkBenefits(
        deductible=_settle_pots(published.deductible, reported.deductible, told.deductible),
        out_of_pocket_max=_settle_pots(
            published.out_of_pocket_max, reported.out_of_pocket_max, told.out_of_pocket_max
        ),
        levels={
            name: settle_level(*(n.levels.get(name, NO_LEVEL) for n in (published, reported, told)))
            for name in names
        },
    )


def _settle_pots(published: Accumulators, reported: Accumulators, told: Accumulators) -> Accumulators:
    return Accumulators(
        individual=_settle_pot(published.individual, reported.individual, told.individual),
        family=_settle_pot(published.family, reported.family, told.family),
    )


def _settle_pot(
    published: Accumulator | None, reported: Accumulator | None, told: Accumulator | None
) -> Accumulator | None:
    members = [pot for pot in (told, reported) if pot is not None and pot != _EMPTY_POT]
    if not members:
        return published
    chosen = max(members, key=_pot_weight)
    if chosen.limit is not None or chosen.remaining is not None:
        return chosen
    # What is met says nothing of the limit; another witness's may stand beside it.
    limits = [pot.limit for pot in (*members, published) if pot is not None and pot.limit is not None]
    return replace(chosen, limit=limits[0] if limits else None)


def _pot_weight(pot: Accumulator) -> tuple[int, date]:
    return max(weight(fact) for fact in (pot.limit, pot.met, pot.remaining) if fact is not None)


def _settle_medical(*witnesses: Mapping[str, MedicalBenefits]) -> Mapping[str, MedicalBenefits]:
    silent = MedicalBenefits()
    published, reported, told = witnesses
    return {
        name: MedicalBenefits(
            limited=choose(*(w.get(name, silent).limited for w in (published, reported, told))),
            prior_authorization=choose(
                *(w.get(name, silent).prior_authorization for w in (published, reported, told))
            ),
        )
        for name in sorted({*published, *reported, *told})
    }
