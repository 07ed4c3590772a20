"""Finds where witnesses differ, and keeps every value with its sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from schemas.model import (
    Accumulators,
    Benefits,
    Clock,
    Contact,
    Copay,
    Disagreement,
    Fact,
    LevelBenefits,
    Limit,
    NetworkBenefits,
    OtherCoverage,
)
from service.engine.money import dollars

Reader = Callable[[Benefits], Fact[Any] | None]
_LEVEL = LevelBenefits()
_NETWORK = NetworkBenefits()


_WHOLE = ("active", "coverage_start", "coverage_end", "plan_year_start", "administrator", "other_coverage")
_OF_A_LEVEL = ("covered", "prior_authorization", "deductible_applies", "allowed_amount", "referral_required")
_LISTED = ("copay", "coinsurance", "limits")
_TERMS = ("standard", "expedited", "initial_units", "review_every_days")
_MONEY = ("limit", "met", "remaining", "allowed_amount")


def find_disagreements(
    witnesses: tuple[Benefits | None, ...], settled: Benefits, network: str, levels: Iterable[str]
) -> tuple[Disagreement, ...]:
    """Compare witnesses on what a verdict turns on; `settled` says which value was believed."""
    heard = [witness for witness in witnesses if witness is not None]
    readers = [reader for part in ("", *levels) for reader in _readers(network, part)]
    found = (_compare(heard, settled, about, read) for about, read in readers)
    return tuple(item for item in found if item is not None)


@lru_cache(maxsize=64)
def _readers(network: str, level: str) -> tuple[tuple[str, Reader], ...]:
    """Return what is compared of a level, or of the whole where none is named, and how it is read."""
    if level:
        plain_ones = [(f"levels/{level}/{name}", _level_field(network, level, name)) for name in _OF_A_LEVEL]
        first_ones = [(f"levels/{level}/{name}", _first_of(network, level, name)) for name in _LISTED]
        terms = [(f"levels/{level}/{name}", _term(network, level, name)) for name in _TERMS]
        return (*plain_ones, *first_ones, *terms)
    pots = [
        (f"{pot}/{scope}/{part}", _part_of(network, pot, scope, part))
        for pot in ("deductible", "out_of_pocket_max")
        for scope in ("individual", "family")
        for part in ("limit", "met", "remaining")
    ]
    return (*((name, _plain_field(name)) for name in _WHOLE), *pots)


def _compare(heard: list[Benefits], settled: Benefits, about: str, read: Reader) -> Disagreement | None:
    # A witness differs from others, or from itself: where two of the sources it has read disagree.
    said = [
        (witness.witness, each)
        for witness in heard
        if (fact := read(witness)) is not None
        for each in (fact, *fact.others)
    ]
    if len(said) < 2 or len({_comparable(fact.value) for _, fact in said}) < 2:
        return None
    believed = read(settled)
    money = about.endswith(_MONEY)
    return Disagreement(
        about=about,
        values=tuple((name, plain(fact.value, money=money), (fact.citation,)) for name, fact in said),
        settled=_settled(believed, money=money, open_if_disputed=about.endswith("prior_authorization")),
    )


def _settled(believed: Fact[Any] | None, *, money: bool, open_if_disputed: bool) -> Any:
    """Return the value believed; whether authorization is needed stays open while sources disagree."""
    if believed is None:
        return None
    return "undetermined" if open_if_disputed and believed.others else plain(believed.value, money=money)


def _comparable(value: Any) -> Any:
    # How much of a limit is used is not a matter of opinion between a rulebook and a call.
    return (value.units, value.unit, value.period) if isinstance(value, Limit) else value


def _plain_field(name: str) -> Reader:
    return lambda benefits: getattr(benefits, name)


def _level_field(network: str, level: str, name: str) -> Reader:
    return lambda b: getattr(b.networks.get(network, _NETWORK).levels.get(level, _LEVEL), name)


def _term(network: str, level: str, name: str) -> Reader:
    return lambda b: getattr(b.networks.get(network, _NETWORK).levels.get(level, _LEVEL).authorization, name)


def _first_of(network: str, level: str, name: str) -> Reader:
    def read(benefits: Benefits) -> Fact[Any] | None:
        values = getattr(benefits.networks.get(network, _NETWORK).levels.get(level, _LEVEL), name)
        return values[0] if values else None

    return read


def _part_of(network: str, pot: str, scope: str, part: str) -> Reader:
    def read(benefits: Benefits) -> Fact[Any] | None:
        pots: Accumulators = getattr(benefits.networks.get(network, _NETWORK), pot)
        accumulator = getattr(pots, scope)
        return getattr(accumulator, part) if accumulator is not None else None

    return read


def plain(value: Any, *, money: bool = False) -> Any:
    """Write a fact's value as JSON can carry it: money as dollars, rates as strings, dates in ISO form."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return dollars(value) if money else value
    if isinstance(value, Copay):
        return {"amount": dollars(value.amount), "per": value.per, "max_units": value.max_units}
    if isinstance(value, Limit):
        return {"units": value.units, "unit": value.unit, "period": value.period}
    if isinstance(value, Clock):
        return {"n": value.n, "unit": value.unit.removesuffix("s")}
    if isinstance(value, Contact | OtherCoverage):
        return value.name
    if isinstance(value, tuple):
        return "-".join(f"{part:02d}" for part in value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
