"""Turns one valid telling into facts that cite it.

What was not said stays `None`; what was said not to exist becomes `Fact(None)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, tzinfo
from typing import Any, TypeVar

from schemas.model import (
    LEVELS_OF_CARE,
    Accumulator,
    Accumulators,
    AuthorizationTerms,
    Benefits,
    Billing,
    Citation,
    Claims,
    Contact,
    Copay,
    Fact,
    LevelBenefits,
    Limit,
    MedicalBenefits,
    NetworkBenefits,
    OtherCoverage,
    ShareOfCost,
    Then,
)

T = TypeVar("T")
Told = Mapping[str, Any]
SECOND_HAND = ("card", "patient")
PLAIN_FACTS = (
    "active",
    "coverage_start",
    "coverage_end",
    "plan_year_start",
    "plan_name",
    "plan_type",
    "funding",
    "network_status",
    "cobra",
    "qmb",
)


@dataclass(frozen=True, slots=True)
class _Telling:
    """One telling: makes facts that cite it."""

    citation: Citation
    day: date

    def fact(self, value: T) -> Fact[T]:
        return Fact(value, self.citation, as_of=self.day)

    def maybe(self, told: Told, key: str) -> Fact[Any] | None:
        return self.fact(told[key]) if key in told else None


def build_telling(told: Told, zone: tzinfo) -> Benefits:
    """Build what one telling says; `zone` is the clinic's, whose calendar dates the facts."""
    by = told["told_by"]
    day = by["at"].astimezone(zone).date()
    telling = _Telling(
        Citation(
            kind="told",
            title=f"Told by {by['channel']}",
            locator=by.get("reference"),
            retrieved=day,
            confidence="secondary" if by["channel"] in SECOND_HAND else "primary",
        ),
        day,
    )
    plain: dict[str, Any] = {name: telling.maybe(told, name) for name in PLAIN_FACTS}
    return Benefits(
        witness="told",
        networks=_networks(told, telling),
        administrator=_made(told, "administrator", _contact, telling),
        other_coverage=_made(told, "other_coverage", _coverage, telling),
        medicare_advantage=_made(told, "medicare_advantage", _plan("medicare_advantage"), telling),
        managed_care_plan=_made(told, "managed_care_plan", _plan("medicaid_managed_care"), telling),
        share_of_cost=_made(told, "share_of_cost", lambda said: ShareOfCost(**said), telling),
        claims=_made(told, "claims", lambda said: Claims(**said), telling),
        medical={kind: _medical(said, telling) for kind, said in told.get("medical", {}).items()},
        **plain,
    )


def _medical(told: Told, telling: _Telling) -> MedicalBenefits:
    return MedicalBenefits(telling.maybe(told, "limited"), telling.maybe(told, "prior_authorization"))


def _made(told: Told, key: str, make: Any, telling: _Telling) -> Fact[Any] | None:
    """Return the fact of a key made with `make`: `None` if not said, a fact of `None` if said to be none."""
    if key not in told:
        return None
    return telling.fact(None if told[key] is None else make(told[key]))


def _networks(told: Told, telling: _Telling) -> dict[str, NetworkBenefits]:
    networks = {}
    if any(key in told for key in ("deductible", "out_of_pocket_max", "levels")):
        networks["in"] = _network(told, telling)
    if "out_of_network" in told:
        outside = told["out_of_network"]
        networks["out"] = _network(outside, telling) if outside is not None else _nothing_outside(telling)
    return networks


def _nothing_outside(telling: _Telling) -> NetworkBenefits:
    """Said: the plan has no benefits outside its network."""
    return NetworkBenefits(
        levels={level: LevelBenefits(covered=telling.fact(False)) for level in LEVELS_OF_CARE}
    )


def _network(told: Told, telling: _Telling) -> NetworkBenefits:
    return NetworkBenefits(
        deductible=_pots(told, "deductible", telling),
        out_of_pocket_max=_pots(told, "out_of_pocket_max", telling),
        levels={level: _level(said, telling) for level, said in told.get("levels", {}).items()},
    )


def _pots(told: Told, key: str, telling: _Telling) -> Accumulators:
    if key not in told:
        return Accumulators()
    none = Accumulator(limit=telling.fact(None))
    if told[key] is None:
        return Accumulators(individual=none, family=none)
    pots = {}
    for scope, said in told[key].items():
        pots[scope] = (
            none
            if said is None
            else Accumulator(*(telling.maybe(said, name) for name in ("limit", "met", "remaining")))
        )
    return Accumulators(**pots)


def _level(told: Told, telling: _Telling) -> LevelBenefits:
    copay = _made(told, "copay", _copay, telling)
    coinsurance = telling.maybe(told, "coinsurance")
    limit = _made(told, "limit", lambda said: Limit(**said), telling)
    return LevelBenefits(
        covered=telling.maybe(told, "covered"),
        prior_authorization=telling.maybe(told, "prior_authorization"),
        authorization=_authorization(told.get("authorization", {}), telling),
        copay=(copay,) if copay else (),
        coinsurance=(coinsurance,) if coinsurance else (),
        coinsurance_max=telling.maybe(told, "coinsurance_max"),
        deductible_applies=telling.maybe(told, "deductible_applies"),
        then=_made(told, "then", _then, telling),
        allowed_amount=telling.maybe(told, "allowed_amount"),
        limits=(limit,) if limit else (),
        referral_required=telling.maybe(told, "referral_required"),
        exclusions=telling.maybe(told, "exclusions"),
        billing=_made(told, "billing", _billing, telling),
    )


def _copay(told: Told) -> Copay:
    return Copay(**told)


def _then(told: Told) -> Then:
    return Then(**{**told, "copay": _copay(told["copay"]) if told["copay"] else None})


def _contact(told: Told) -> Contact:
    return Contact(**{"name": "", **told})


def _coverage(told: Told) -> OtherCoverage:
    return OtherCoverage(**told)


def _plan(kind: str) -> Any:
    return lambda told: OtherCoverage(kind=kind, **told)


def _billing(told: Told) -> Billing:
    said: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in told.items()
    }
    return Billing(**said)


def _authorization(told: Told, telling: _Telling) -> AuthorizationTerms:
    facts = {item.name for item in fields(AuthorizationTerms)} - {"contact", "unit", "documents"}
    contact = {key: told[key] for key in ("name", "phone", "portal") if key in told}
    return AuthorizationTerms(
        contact=telling.fact(_contact(contact)) if contact else None,
        documents=_made(told, "documents", tuple, telling),
        unit=told.get("unit"),
        **{name: telling.maybe(told, name) for name in facts},
    )
