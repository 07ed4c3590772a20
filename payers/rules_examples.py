"""Runs the worked examples of payer files: what the published facts alone say to a question."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from payers.rulebook import Rulebook
from payers.values import read_cents
from schemas.example_file import UNDETERMINED, UNKNOWN
from schemas.fields import format_money
from schemas.model import (
    AgeBand,
    Benefits,
    Fact,
    Fee,
    LevelBenefits,
    NetworkBenefits,
    ProgramRules,
    SecondaryRule,
    Site,
)

Plain = Mapping[str, Any]
MENTAL_HEALTH, IN_PERSON = "mental_health", "in_person"  # what a request means that does not say


@dataclass(frozen=True, slots=True)
class Said:
    """What the published facts say to an example's question."""

    benefits: Benefits
    network: NetworkBenefits
    level: LevelBenefits
    coverage: str
    reasons: tuple[str, ...]


def run_example(rulebook: Rulebook, payer_id: str, example: Plain) -> list[str]:
    """Return a sentence for every expectation of an example that the published facts do not meet."""
    said = ask(rulebook, payer_id, example["ask"])
    faults = []
    for name, expected in example["expect"].items():
        found = _READERS[name](said, expected)
        if found != expected:
            faults.append(f"{name} is {_spell(found)}, not {_spell(expected)} ({example['name']}).")
    return faults


def ask(rulebook: Rulebook, payer_id: str, question: Plain) -> Said:
    """Return what is published for a question; what it leaves out is as in a request."""
    network = question.get("network", "in")
    site = Site(
        id="example",
        name="Example",
        npi="",
        provider_type=question.get("provider_type", ""),
        county=question.get("county"),
        locality=question.get("locality"),
    )
    (period,) = rulebook.published(
        payer_id,
        question.get("plan"),
        site=site,
        condition=question.get("condition", MENTAL_HEALTH),
        modality=question.get("modality", IN_PERSON),
        age_on=lambda _: question.get("age"),
        dates=[date.fromisoformat(question["date_of_service"])],
        network=network,
    )
    said = period.benefits.networks[network]
    level = said.levels.get(question["level_of_care"], LevelBenefits())
    return Said(period.benefits, said, level, *_judge(level, question))


def _judge(level: LevelBenefits, question: Plain) -> tuple[str, tuple[str, ...]]:
    """Return the coverage and its reasons: program rules first, then what is said to be covered."""
    if broken := broken_rules(level.rules, question):
        return "not_covered", broken
    if level.covered is None:
        return UNDETERMINED, ("coverage_not_published",)
    if not level.covered.value:
        return "not_covered", (level.covered.note or "level_not_covered",)
    if question.get("modality", IN_PERSON) != IN_PERSON and level.rules.modalities is None:
        return UNDETERMINED, ("modality_not_published",)
    return "covered", ()


def broken_rules(rules: ProgramRules, question: Plain) -> tuple[str, ...]:
    """Return a reason for every program rule that keeps the question out."""
    modality = question.get("modality", IN_PERSON)
    # A hybrid program is partly by telehealth, so telehealth is enough for it and needed by it.
    ways = {modality, "telehealth"} if modality == "hybrid" else {modality}
    hours, least = question.get("hours_per_week"), rules.minimum_hours_per_week
    broken = {
        "setting_not_covered": _excludes(rules.provider_types, {question.get("provider_type")} - {None}),
        "hours_below_minimum": hours is not None and least is not None and hours < least.value,
        "age_not_covered": _excludes_age(rules.ages, question.get("age")),
        "condition_not_covered": _excludes(rules.conditions, {question.get("condition", MENTAL_HEALTH)}),
        "modality_not_covered": _excludes(rules.modalities, ways),
    }
    return tuple(reason for reason, holds in broken.items() if holds)


def _excludes(rule: Fact[tuple[str, ...]] | None, values: Set[str | None]) -> bool:
    return rule is not None and bool(values) and values.isdisjoint(rule.value)


def _excludes_age(rule: Fact[AgeBand] | None, age: int | None) -> bool:
    return rule is not None and age is not None and not _within(rule.value, age)


def _within(band: AgeBand, age: int) -> bool:
    return (band.from_age is None or age >= band.from_age) and (band.below is None or age < band.below)


def _reason(said: Said, expected: str) -> str | None:
    return expected if expected in said.reasons else " and ".join(said.reasons) or None


def _amount(facts: tuple[Fact[Any], ...], cents: Callable[[Any], int]) -> str:
    """Return an amount as an example writes it; alternatives side by side."""
    texts = ["none" if fact.value is None else format_money(cents(fact.value)) for fact in facts]
    return " or ".join(texts) if texts else UNKNOWN


def _copay(said: Said, _: Any) -> str:
    return _amount(said.level.copay, lambda copay: int(copay.amount))


def _pot(name: str) -> Callable[[Said, Any], str]:
    def read(said: Said, _: Any) -> str:
        pot = getattr(said.network, name).individual
        return _amount((pot.limit,) if pot is not None else (), int)

    return read


def _coinsurance(said: Said, expected: str) -> str:
    facts = said.level.coinsurance
    if len(facts) == 1 and facts[0].value is not None and expected not in ("none", UNKNOWN):
        return expected if facts[0].value == Decimal(expected) else str(facts[0].value)
    return " or ".join("none" if fact.value is None else str(fact.value) for fact in facts) or UNKNOWN


def _allowed(said: Said, expected: Plain) -> Any:
    fees = [fee for fee in said.level.fees if _is_row(fee, expected)]
    found = [{**expected, "amount": format_money(fee.amount.value)} for fee in fees]
    return expected if expected in found else (found[0] if found else UNKNOWN)


def _is_row(fee: Fee, expected: Plain) -> bool:
    return (fee.code, fee.modifier) == (expected["code"], expected.get("modifier"))


def _secondary(said: Said, expected: Plain) -> Any:
    rule = said.benefits.secondary
    if rule is None:
        return UNKNOWN
    return {name: _secondary_part(rule, name, value) for name, value in expected.items()}


def _secondary_part(rule: SecondaryRule, name: str, expected: str) -> str:
    if name == "kind":
        return rule.kind
    fact: Fact[Any] | None = getattr(rule, name)
    if fact is None:
        return UNKNOWN
    same = fact.value == (Decimal(expected) if isinstance(fact.value, Decimal) else read_cents(expected))
    return expected if same else str(fact.value)


def _spell(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(str(part) for part in value.values())
    return str(value) if value is not None else "not given"


_READERS: Mapping[str, Callable[[Said, Any], Any]] = {
    "coverage": lambda said, _: said.coverage,
    "prior_authorization": lambda said, _: getattr(said.level.prior_authorization, "value", UNDETERMINED),
    "copay": _copay,
    "coinsurance": _coinsurance,
    "deductible": _pot("deductible"),
    "out_of_pocket_max": _pot("out_of_pocket_max"),
    "allowed": _allowed,
    "reason": _reason,
    "secondary": _secondary,
}
