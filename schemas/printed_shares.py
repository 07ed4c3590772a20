"""Reads a cost share as plans print it: `$50 Copay after deductible`, `$0-$25`, `30%, no deductible`.

What a print leaves open stays open: where it does not speak of the deductible, nobody says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from schemas.file_fields import NONE

Plain = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PrintedShare:
    """A share as the fields of a service in a payer file; several copays or rates are alternatives.

    `deductible_applies` is `None` where the print does not say.
    """

    covered: bool = True
    copays: tuple[Plain, ...] = ()
    rates: tuple[str, ...] = ()
    deductible_applies: bool | None = None
    then: Plain | None = None

    def fields(self) -> dict[str, Any]:
        """Return the fields of a service that the print fills, by name, as a payer file would state them."""
        said: dict[str, Any] = {"covered": self.covered}
        if not self.covered:
            return said
        said["copay"] = _one_of(self.copays)
        said["coinsurance"] = _one_of(self.rates)
        if self.deductible_applies is not None:
            said["deductible_applies"] = self.deductible_applies
        if self.then is not None:
            said["then"] = self.then
        return said


NOT_COVERED = PrintedShare(covered=False)
FREE = ("0",)

_DEDUCTIBLE = r"(?P<deductible> after deductible| before deductible|, no deductible)?"
_COPAY = re.compile(
    r"\$(?P<amount>[\d,]+(?:\.\d\d)?)(?: copay)?(?: per (?P<per>visit|day|stay|admission))?"
    r"(?:, maximum \$(?P<most>[\d,]+) per (?:stay|admission))?" + _DEDUCTIBLE
)
_RATE = re.compile(r"(?P<percent>\d{1,3}(?:\.\d)?)%(?: coinsurance)?" + _DEDUCTIBLE)
_THEN = re.compile(r"(?P<first>.+?) for first (?P<visits>\d{1,3}) visits, then (?P<rest>.+)")
_CHOICE = re.compile(r" or |-")
_PER = {None: "session", "visit": "session", "day": "day", "stay": "admission", "admission": "admission"}
_WAITS = {None: None, " after deductible": True, " before deductible": False, ", no deductible": False}


@lru_cache(maxsize=4096)
def read_share(text: str) -> PrintedShare:
    """Return what a printed share says; raises `ValueError` with what may be written instead."""
    share = _read(" ".join(text.lower().split()))
    if share is None:
        raise ValueError(
            "Must be a share like $50, $50 after deductible, 30% before deductible, $600 per stay, "
            "$0-$25, $0 or $15, No Charge, Not Covered."
        )
    return share


def _read(text: str) -> PrintedShare | None:
    if text in ("not covered", "100%"):
        # A plan that files the whole amount as the member's covers nothing.
        return NOT_COVERED
    if text in ("no charge", "no charge after deductible"):
        return PrintedShare(copays=(), rates=FREE, deductible_applies=text != "no charge")
    if (match := _THEN.fullmatch(text)) is not None:
        return _changing(match)
    if "/" in text:
        return _both(*text.split("/", 1))
    return _single(text) or _several(text)


def _single(text: str) -> PrintedShare | None:
    if (match := _RATE.fullmatch(text)) is not None:
        rate = _rate(match["percent"])
        waits = _WAITS[match["deductible"]]
        return PrintedShare(rates=(rate,), deductible_applies=waits) if rate is not None else None
    if (match := _COPAY.fullmatch(text)) is None:
        return None
    copay, waits = _copay(match), _WAITS[match["deductible"]]
    return PrintedShare(copays=(copay,), deductible_applies=waits) if copay is not None else None


def _several(text: str) -> PrintedShare | None:
    """Read `$0-$25`, `0% or 20%`, `$0 or $0-$25`: the print does not say which of them is due."""
    parts = [_single(part) for part in _CHOICE.split(text)]
    if len(parts) < 2 or any(part is None or part.deductible_applies is not None for part in parts):
        return None
    copays = tuple({str(copay): copay for part in parts if part for copay in part.copays}.values())
    rates = tuple(dict.fromkeys(rate for part in parts if part for rate in part.rates))
    return None if copays and rates else PrintedShare(copays=copays, rates=rates)


def _both(first: str, second: str) -> PrintedShare | None:
    """Read a copay and a coinsurance that are both due, `$500 per stay/50%`."""
    copay, rate = _single(first.strip()), _single(second.strip())
    if copay is None or rate is None or not copay.copays or not rate.rates:
        return None
    if copay.deductible_applies != rate.deductible_applies:
        return None
    return PrintedShare(copay.covered, copay.copays, rate.rates, copay.deductible_applies)


def _changing(match: re.Match[str]) -> PrintedShare | None:
    """Read `$10 for first 10 visits, then 30% after deductible`; the first visits wait for no deductible."""
    first, rest = _single(match["first"]), _single(match["rest"])
    if first is None or rest is None or rest.deductible_applies is None:
        return None
    named = (("copay", rest.copays), ("coinsurance", rest.rates))
    then = {name: values[0] for name, values in named if values} | {"after_units": int(match["visits"])}
    then["deductible_applies"] = rest.deductible_applies
    return PrintedShare(True, first.copays, first.rates, first.deductible_applies or False, then)


def _copay(match: re.Match[str]) -> Plain | None:
    amount = Decimal(match["amount"].replace(",", ""))
    copay: dict[str, Any] = {"amount": f"{amount:.2f}", "per": _PER[match["per"]]}
    if match["most"] is not None:
        most = Decimal(match["most"].replace(",", ""))
        if match["per"] != "day" or not amount or most % amount:
            return None
        copay["max_units"] = int(most / amount)
    return copay


def _rate(percent: str) -> str | None:
    rate = Decimal(percent) / 100
    return f"{rate.normalize():f}" if rate <= 1 else None


def _one_of(values: tuple[Any, ...]) -> Any:
    if not values:
        return NONE
    return values[0] if len(values) == 1 else list(values)
