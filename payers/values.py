"""Turns the plain values of a payer file into the words of `schemas.model`: cents, rates, copays, clocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from schemas.model import (
    AgeBand,
    Billing,
    Certification,
    Claims,
    Clock,
    Contact,
    Copay,
    Limit,
    ShareOfCost,
    Then,
)

Plain = Mapping[str, Any]


def read_cents(amount: str) -> int:
    """Return dollars with two places as whole cents."""
    return int(amount.replace(".", ""))


def read_limit(value: Plain) -> Limit:
    """Return a limit; what is used of it nobody publishes."""
    return Limit(value["units"], value["unit"], value["period"], exceedable=value.get("exceedable", False))


def _copay(value: Plain) -> Copay:
    return Copay(read_cents(value["amount"]), value.get("per", "session"), value.get("max_units"))


def _copays(value: Any) -> Copay | tuple[Copay, ...]:
    """Return a copay, or several of which nobody says which one holds."""
    return tuple(_copay(one) for one in value) if isinstance(value, list) else _copay(value)


def _rates(value: Any) -> Decimal | tuple[Decimal, ...]:
    """Return a rate, or several of which nobody says which one holds."""
    return tuple(Decimal(one) for one in value) if isinstance(value, list) else Decimal(value)


def _then(value: Plain) -> Then:
    return Then(
        after_units=value["after_units"],
        copay=_copay(value["copay"]) if "copay" in value else None,
        coinsurance=Decimal(value["coinsurance"]) if "coinsurance" in value else None,
        deductible_applies=value.get("deductible_applies", True),
    )


def _clocks(value: Plain) -> dict[str, Clock]:
    return {name: Clock(clock["n"], clock["unit"], clock.get("extension")) for name, clock in value.items()}


def _billing(value: Plain) -> Billing:
    parts: dict[str, Any] = {name: _as_it_is(part) for name, part in value.items()}
    return Billing(**parts)


def _month_day(value: str) -> tuple[int, int]:
    month, day = value.split("-")
    return int(month), int(day)


def read_ages(value: Plain) -> AgeBand:
    """Return a band of ages (or of hours) from `{from, below}`."""
    return AgeBand(value.get("from"), value.get("below"))


def _as_it_is(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


# By the name of the field; a field that is not here is taken as it stands, a list as a tuple.
READERS: Mapping[str, Callable[[Any], Any]] = {
    "authorization_contact": lambda value: Contact(**value),
    "authorization_clock": _clocks,
    "copay": _copays,
    "coinsurance": _rates,
    "group_copay": _copays,
    "group_coinsurance": _rates,
    "coinsurance_max": read_cents,
    "then": _then,
    "allowed_amount": read_cents,
    "limits": lambda value: tuple(read_limit(limit) for limit in value),
    "ages": read_ages,
    "certification": lambda value: Certification(**value),
    "clinician_rates": lambda value: {name: Decimal(rate) for name, rate in value.items()},
    "billing": _billing,
    "behavioral_manager": lambda value: Contact(**value),
    "contact": lambda value: Contact(**value),
    "share_of_cost": lambda value: ShareOfCost() if value else None,
    "coordination_center": lambda value: Contact(**value),
    "plan_year_start": _month_day,
    "claims": lambda value: Claims(**value),
    "individual": read_cents,
    "family": read_cents,
    "hours_per_week": read_ages,
}


def read_value(field: str, value: Any) -> Any:
    """Return the value of a field in the words of the model; the word `none` becomes `None`."""
    return None if value == "none" else READERS.get(field, _as_it_is)(value)
