"""Makes the published witness: what a payer's rules say on one date, as `Benefits`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from payers.dated import Context, in_force
from payers.fees import county_key, fees_in_force
from payers.plan_rules import PlanRules
from payers.values import read_cents
from schemas.model import (
    LEVELS_OF_CARE,
    NETWORKS,
    Accumulator,
    Accumulators,
    AuthorizationTerms,
    Benefits,
    Fact,
    Fee,
    LevelBenefits,
    MedicalBenefits,
    NetworkBenefits,
    ProgramRules,
    SecondaryRule,
    Step,
    WageIndex,
)

WITNESS = "published"


@dataclass(frozen=True, slots=True)
class Asked:
    """One moment of a request: the rules of its plan, the date, the context, the county of the site."""

    rules: PlanRules
    on: date
    context: Context
    county: str | None

    def say(self, *path: str) -> Fact[Any] | None:
        """Return the fact of a field, or `None` where nobody says."""
        return self.rules.say(path, self.on, self.context)

    def say_all(self, *path: str) -> tuple[Fact[Any], ...]:
        """Return the facts of a field that nothing known tells apart."""
        return self.rules.say_all(path, self.on, self.context)


def build_benefits(asked: Asked) -> Benefits:
    """Return what is published at a moment, for both networks.

    What is said of the whole (billing protections, contacts) is said for the network of the context.
    """
    say = asked.say
    return Benefits(
        witness=WITNESS,
        networks={
            network: _network(replace(asked, context=replace(asked.context, network=network)), network)
            for network in NETWORKS
        },
        plan_year_start=say("facts", "plan_year_start"),
        plan_type=say("facts", "plan_type"),
        administrator=say("facts", "behavioral_manager"),
        share_of_cost=say("facts", "share_of_cost"),
        claims=say("facts", "claims"),
        balance_billing=say("facts", "balance_billing"),
        copay_is_all=say("facts", "copay_is_all"),
        medical=_medical(asked),
        legal_maximum=_pots(asked, "legal_maximum"),
        secondary=_secondary(say("facts", "secondary")),
        contact=say("facts", "contact"),
        ask_first=asked.rules.ask_first,
    )


def _network(asked: Asked, network: str) -> NetworkBenefits:
    return NetworkBenefits(
        deductible=_pots(asked, "cost_share", network, "deductible"),
        out_of_pocket_max=_pots(asked, "cost_share", network, "out_of_pocket_max"),
        levels={level: _level(asked, level) for level in LEVELS_OF_CARE},
    )


def _pots(asked: Asked, *path: str) -> Accumulators:
    limits = {scope: asked.say(*path, scope) for scope in ("individual", "family")}
    return Accumulators(
        **{scope: Accumulator(limit=limit) for scope, limit in limits.items() if limit is not None}
    )


def _level(asked: Asked, level: str) -> LevelBenefits:
    def say(field: str) -> Fact[Any] | None:
        return asked.say("services", level, field)

    fees = fees_in_force(asked.rules.prices, level, asked.on, asked.context)
    return LevelBenefits(
        covered=say("covered"),
        prior_authorization=say("prior_authorization"),
        authorization_hint=say("authorization_hint"),
        authorization=_authorization(asked, say),
        copay=_each(asked.say_all("services", level, "copay")),
        coinsurance=_each(asked.say_all("services", level, "coinsurance")),
        group_copay=_each(asked.say_all("services", level, "group_copay")),
        group_coinsurance=_each(asked.say_all("services", level, "group_coinsurance")),
        coinsurance_max=say("coinsurance_max"),
        deductible_applies=say("deductible_applies"),
        then=say("then"),
        allowed_amount=say("allowed_amount"),
        fees=fees,
        clinician_rates=say("clinician_rates"),
        facility_fee=say("facility_fee"),
        wage_index=_wage_index(asked, fees),
        limits=_limits(say("limits")),
        referral_required=say("referral_required"),
        rules=_program_rules(say),
        certification=say("certification"),
        billing=say("billing"),
        notes=_beside(asked, ("services", level, "notes"), ("services", level, "plan_notes")),
        coverage_notes=_beside(asked, ("services", level, "coverage_notes"), ("facts", "coverage_notes")),
        authorization_notes=_beside(
            asked, ("services", level, "authorization_notes"), ("facts", "authorization_notes")
        ),
    )


def _program_rules(say: Callable[[str], Fact[Any] | None]) -> ProgramRules:
    return ProgramRules(
        provider_types=say("provider_types"),
        minimum_hours_per_week=say("minimum_hours_per_week"),
        modalities=say("modalities"),
        conditions=say("conditions"),
        ages=say("ages"),
    )


def _authorization(asked: Asked, say: Callable[[str], Fact[Any] | None]) -> AuthorizationTerms:
    own, law = say("authorization_clock"), asked.say("clocks", "authorization_clock")
    unit = say("authorization_unit")
    return AuthorizationTerms(
        contact=say("authorization_contact") or asked.say("facts", "contact"),
        criteria=say("criteria"),
        documents=say("documents"),
        standard=_clock("standard", own, law),
        expedited=_clock("expedited", own, law),
        initial_units=say("initial_units"),
        unit=unit.value if unit is not None else None,
        review_every_days=say("review_every_days"),
        retro_allowed=say("retro_allowed"),
    )


def _clock(name: str, *facts: Fact[Any] | None) -> Fact[Any] | None:
    for fact in facts:
        if fact is not None and name in fact.value:
            others = [replace(other, value=other.value.get(name)) for other in fact.others]
            differing = [other for other in others if other.value not in (None, fact.value[name])]
            return replace(fact, value=fact.value[name], others=tuple(differing))
    return None


def _limits(fact: Fact[Any] | None) -> tuple[Fact[Any], ...]:
    if fact is None:
        return ()
    return (fact,) if fact.value is None else tuple(replace(fact, value=limit) for limit in fact.value)


def _each(facts: tuple[Fact[Any], ...]) -> tuple[Fact[Any], ...]:
    """Return a fact for each value of those that name several, of which nobody says which one holds."""
    return tuple(
        replace(fact, value=value)
        for fact in facts
        for value in (fact.value if isinstance(fact.value, tuple) else (fact.value,))
    )


def _beside(asked: Asked, *paths: tuple[str, ...]) -> tuple[Step, ...]:
    """Return the notes at each path, the payer's before its program's."""
    facts = (fact for path in paths for fact in asked.rules.say_beside(path, asked.on, asked.context))
    return tuple(
        Step(note["code"], note.get("params", {}), (note.get("cited", fact.citation),))
        for fact in facts
        for note in fact.value
    )


def _wage_index(asked: Asked, fees: tuple[Fee, ...]) -> WageIndex | None:
    if asked.county is None or not any(fee.wage_adjusted for fee in fees):
        return None
    entries = asked.rules.wage_indexes.get(county_key(asked.county), ())
    fact = in_force(entries, asked.on, asked.context)
    return fact.value if fact is not None else None


def _medical(asked: Asked) -> Mapping[str, MedicalBenefits]:
    names = dict.fromkeys(path[1] for path in asked.rules.fields if path[0] == "medical")
    return {
        name: MedicalBenefits(
            limited=asked.say("medical", name, "limited"),
            prior_authorization=asked.say("medical", name, "prior_authorization"),
        )
        for name in names
    }


def _secondary(fact: Fact[Any] | None) -> SecondaryRule | None:
    if fact is None:
        return None
    readers: dict[str, Callable[[str], Any]] = {
        "coinsurance": Decimal,
        "deductible": Decimal,
        "office_visit_copay": read_cents,
        "yearly_limit": read_cents,
    }
    value = fact.value
    parts: dict[str, Any] = {
        name: replace(fact, value=read(value[name])) for name, read in readers.items() if name in value
    }
    return SecondaryRule(kind=value["kind"], citation=fact.citation, **parts)
