"""Finds where witnesses differ, and keeps every value with its sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from schemas.model import (
    Accumulators,
    Benefits,
    Copay,
    Disagreement,
    Fact,
    LevelBenefits,
    Limit,
    NetworkBenefits,
)
from service.engine.money import dollars

_LEVEL = LevelBenefits()
_NETWORK = NetworkBenefits()


def find_disagreements(
    witnesses: tuple[Benefits | None, ...], settled: Benefits, network: str, levels: Iterable[str]
) -> tuple[Disagreement, ...]:
    """Compare witnesses on what a verdict turns on; `settled` says which value was believed."""
    heard = [witness for witness in witnesses if witness is not None]
    if len(heard) < 2:
        return ()
    found = [_compare(heard, settled, name, _plain_field(name)) for name in ("active", "plan_year_start")]
    for pot in ("deductible", "out_of_pocket_max"):
        for scope in ("individual", "family"):
            found.append(_compare(heard, settled, f"{pot}/{scope}/limit", _limit_of(network, pot, scope)))
    for level in levels:
        found += [
            _compare(heard, settled, f"levels/{level}/{name}", _level_field(network, level, name))
            for name in ("covered", "prior_authorization", "deductible_applies", "allowed_amount")
        ]
        found += [
            _compare(heard, settled, f"levels/{level}/{name}", _first_of(network, level, name))
            for name in ("copay", "coinsurance", "limits")
        ]
    return tuple(item for item in found if item is not None)


def _compare(
    heard: list[Benefits], settled: Benefits, about: str, read: Callable[[Benefits], Fact[Any] | None]
) -> Disagreement | None:
    said = [(witness.witness, fact) for witness in heard if (fact := read(witness)) is not None]
    if len({_comparable(fact.value) for _, fact in said}) < 2:
        return None
    believed = read(settled)
    money = about.endswith(("limit", "allowed_amount"))
    return Disagreement(
        about=about,
        values=tuple((name, plain(fact.value, money=money), (fact.citation,)) for name, fact in said),
        settled=plain(believed.value, money=money) if believed is not None else None,
    )


def _comparable(value: Any) -> Any:
    # How much of a limit is used is not a matter of opinion between a rulebook and a call.
    return (value.units, value.unit, value.period) if isinstance(value, Limit) else value


def _plain_field(name: str) -> Callable[[Benefits], Fact[Any] | None]:
    return lambda benefits: getattr(benefits, name)


def _level_field(network: str, level: str, name: str) -> Callable[[Benefits], Fact[Any] | None]:
    return lambda b: getattr(b.networks.get(network, _NETWORK).levels.get(level, _LEVEL), name)


def _first_of(network: str, level: str, name: str) -> Callable[[Benefits], Fact[Any] | None]:
    def read(benefits: Benefits) -> Fact[Any] | None:
        values = getattr(benefits.networks.get(network, _NETWORK).levels.get(level, _LEVEL), name)
        return values[0] if values else None

    return read


def _limit_of(network: str, pot: str, scope: str) -> Callable[[Benefits], Fact[Any] | None]:
    def read(benefits: Benefits) -> Fact[Any] | None:
        pots: Accumulators = getattr(benefits.networks.get(network, _NETWORK), pot)
        accumulator = getattr(pots, scope)
        return accumulator.limit if accumulator is not None else None

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
    if isinstance(value, tuple):
        return "-".join(f"{part:02d}" for part in value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
