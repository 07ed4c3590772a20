"""Settles what several witnesses say into one view of the benefits, field by field.

What speaks of this member (told, reported) beats what is published; of two that do, the one that
rests on the level itself beats one that is inferred, then the newer wins. The parts of a cost share,
and the limit and remaining of one pot, come from the same witness.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from schemas.model import (
    Accumulator,
    Accumulators,
    AuthorizationTerms,
    Benefits,
    Copay,
    Fact,
    LevelBenefits,
    MedicalBenefits,
    NetworkBenefits,
)

T = TypeVar("T")
# Told and reported authorization facts: the more cautious wins.
CAUTION = {"required": 3, "notification": 2, "not_required": 1}
_EMPTY_NETWORK = NetworkBenefits()
_EMPTY_LEVEL = LevelBenefits()
_EMPTY_POT = Accumulator()


def settle(published: Benefits, reported: Benefits | None, told: Benefits | None) -> Benefits:
    """Return one `Benefits` (witness `settled`) that holds the fact believed for each field."""
    if reported is None and told is None:
        return published
    silent = Benefits(witness="silent")
    reported, told = reported or silent, told or silent
    names = sorted({*published.networks, *reported.networks, *told.networks})
    networks: dict[str, NetworkBenefits] = {
        name: _settle_network(*(b.networks.get(name, _EMPTY_NETWORK) for b in (published, reported, told)))
        for name in names
    }
    return replace(
        published,
        witness="settled",
        networks=networks,
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
    "claims",
)


def _settle_plain(*witnesses: Benefits) -> dict[str, Any]:
    return {name: choose(*(getattr(witness, name) for witness in witnesses)) for name in _PLAIN_FIELDS}


def weight(fact: Fact[Any]) -> tuple[bool, date]:
    """Order facts that speak of the member: the level's own before an inferred one, then the newer."""
    return not fact.inferred, fact.as_of or date.min


def choose(published: Fact[T] | None, reported: Fact[T] | None, told: Fact[T] | None) -> Fact[T] | None:
    """Return the fact to believe; of two that weigh the same, what a person was told."""
    if reported is None and told is None:
        return published
    if reported is None or told is None:
        return told or reported
    return reported if weight(reported) > weight(told) else told


def choose_coverage(
    published: Fact[bool] | None, reported: Fact[bool] | None, told: Fact[bool] | None
) -> Fact[bool] | None:
    """As `choose`, but an inferred "covered" never beats a published "not covered"."""
    chosen = choose(published, reported, told)
    refused = published is not None and not published.value
    return published if refused and chosen is not None and chosen.value and chosen.inferred else chosen


def choose_authorization(
    published: Fact[str] | None, reported: Fact[str] | None, told: Fact[str] | None
) -> Fact[str] | None:
    """As `choose`, but between told and reported the more cautious wins."""
    if reported is None or told is None:
        return told or reported or published
    return max(told, reported, key=lambda fact: CAUTION.get(fact.value, 0))


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
            name: settle_level(*(n.levels.get(name, _EMPTY_LEVEL) for n in (published, reported, told)))
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
    if chosen.limit is None and chosen.remaining is None and published is not None:
        # What is met says nothing of the limit; the published one may stand beside it.
        return replace(chosen, limit=published.limit)
    return chosen


def _pot_weight(pot: Accumulator) -> tuple[bool, date]:
    return max(weight(fact) for fact in (pot.limit, pot.met, pot.remaining) if fact is not None)


def settle_level(published: LevelBenefits, reported: LevelBenefits, told: LevelBenefits) -> LevelBenefits:
    """Settle one level; what only a rulebook can say (fees, rules, notes) is the published part."""
    if reported is _EMPTY_LEVEL and told is _EMPTY_LEVEL:
        return published
    share = _share_witness(published, reported, told)
    limits = told.limits or reported.limits or published.limits
    return replace(
        published,
        covered=choose_coverage(published.covered, reported.covered, told.covered),
        prior_authorization=choose_authorization(
            published.prior_authorization, reported.prior_authorization, told.prior_authorization
        ),
        authorization=_settle_terms(published.authorization, reported.authorization, told.authorization),
        copay=share.copay,
        coinsurance=share.coinsurance,
        coinsurance_max=share.coinsurance_max,
        then=share.then,
        deductible_applies=choose(
            published.deductible_applies, reported.deductible_applies, told.deductible_applies
        ),
        allowed_amount=choose(published.allowed_amount, reported.allowed_amount, told.allowed_amount),
        limits=limits,
        referral_required=choose(
            published.referral_required, reported.referral_required, told.referral_required
        ),
        exclusions=choose(published.exclusions, reported.exclusions, told.exclusions),
        billing=choose(published.billing, reported.billing, told.billing),
    )


def _share_witness(published: LevelBenefits, reported: LevelBenefits, told: LevelBenefits) -> LevelBenefits:
    speaking = [level for level in (told, reported) if level.copay or level.coinsurance]
    if not speaking:
        return published
    chosen = max(speaking, key=lambda level: max(weight(fact) for fact in _share_facts(level)))
    # A witness that states one part of the share and not the other means that there is no other.
    citation = _share_facts(chosen)[0].citation
    no_copay: tuple[Fact[Copay | None], ...] = (Fact(None, citation),)
    no_coinsurance: tuple[Fact[Decimal | None], ...] = (Fact(None, citation),)
    return replace(chosen, copay=chosen.copay or no_copay, coinsurance=chosen.coinsurance or no_coinsurance)


def _share_facts(level: LevelBenefits) -> list[Fact[Any]]:
    return [*level.copay, *level.coinsurance]


def _settle_terms(
    published: AuthorizationTerms, reported: AuthorizationTerms, told: AuthorizationTerms
) -> AuthorizationTerms:
    facts = {
        name: choose(*(getattr(terms, name) for terms in (published, reported, told)))
        for name in AuthorizationTerms.__dataclass_fields__
        if name != "unit"
    }
    return AuthorizationTerms(unit=told.unit or reported.unit or published.unit, **facts)


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
