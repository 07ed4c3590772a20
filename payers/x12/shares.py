"""What a reply says the patient pays for a session of a level: copays, coinsurances, limits of visits.

A share is never inherited from the plan as a whole, and never zero because nobody stated it. Several
lines are alternatives, with what tells them apart; they are no sum.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from payers.x12 import codes
from payers.x12.amounts import read_cents, read_count, read_rate
from payers.x12.matching import Matched
from payers.x12.model import Line, Oddity

SHARES = (codes.COPAY, codes.COINSURANCE)
LIMIT_UNITS = frozenset(codes.FREQUENCY_UNITS.values())


class CopayLine(NamedTuple):
    """A copay in cents, per `session`, `day`, `week` or `admission`."""

    cents: int
    per: str
    line: Line


class CoinsuranceLine(NamedTuple):
    """The patient's share as a fraction."""

    rate: Decimal
    line: Line


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A limit of visits or days; `None` where a part of it is not stated."""

    units: int | None
    used: int | None
    remaining: int | None
    unit: str
    period: str | None
    line: Line


class Shares(NamedTuple):
    """The copays and coinsurances of a level, and lines that state a share elsewhere."""

    copays: tuple[CopayLine, ...]
    coinsurances: tuple[CoinsuranceLine, ...]
    hints: tuple[Line, ...]


def find_shares(matched: Matched, general: Iterable[Line]) -> Shares:
    """Return the shares of the best rank that has any; what other ranks or the plan say are hints.

    `general` are the shares stated of the plan or of any professional visit.
    """
    copays: list[CopayLine] = []
    coinsurances: list[CoinsuranceLine] = []
    chosen = False
    hints: list[Line] = []
    for kinds in matched.ranks.values():
        if chosen:
            hints += kinds.get(codes.COPAY, ()) if not copays else ()
            hints += kinds.get(codes.COINSURANCE, ()) if not coinsurances else ()
        elif codes.COPAY in kinds or codes.COINSURANCE in kinds:
            copays = _copays(kinds.get(codes.COPAY, ()), matched.oddities)
            coinsurances = _coinsurances(kinds.get(codes.COINSURANCE, ()), matched.oddities)
            chosen = bool(copays or coinsurances)
    return Shares(tuple(copays), tuple(coinsurances), tuple(hints) if chosen else tuple(general))


def _copays(lines: Iterable[Line], oddities: list[Oddity]) -> list[CopayLine]:
    found: list[CopayLine] = []
    for line in lines:
        cents = read_cents(line.amount)
        if cents is None:
            oddities.append(Oddity("amount_not_readable", line.at))
            continue
        per = codes.UNITS.get(line.period)
        if per is None:
            oddities.append(Oddity("unit_not_stated", line.at))
        found.append(CopayLine(cents, per or "session", line))
    return found


def _coinsurances(lines: Iterable[Line], oddities: list[Oddity]) -> list[CoinsuranceLine]:
    found: list[CoinsuranceLine] = []
    for line in lines:
        rate, in_percent = read_rate(line.percent)
        if rate is None:
            oddities.append(Oddity("amount_not_readable", line.at))
            continue
        if in_percent:
            oddities.append(Oddity("percent_above_one", line.at))
        found.append(CoinsuranceLine(rate, line))
    return found


def find_limits(matched: Matched) -> tuple[LimitLine, ...]:
    """Return the limits of the best rank that states any, each with what is used or left of it."""
    for kinds in matched.ranks.values():
        groups: dict[tuple[str, str, str], list[LimitLine]] = {}
        for line in kinds.get(codes.LIMITATION, ()):
            for part in _limit_parts(line):
                groups.setdefault((line.service_type, line.procedure, part.unit), []).append(part)
        used_only = [key for key in groups if not key[2]]
        for key in used_only:
            _spread(groups.pop(key), key, groups)
        if groups:
            return tuple(_join(parts) for parts in groups.values())
    return ()


def _limit_parts(line: Line) -> Iterable[LimitLine]:
    count = read_count(line.quantity)
    if count is not None and line.quantity_type == codes.USED:
        return (LimitLine(None, count, None, "", None, line),)
    unit = codes.QUANTITY_UNITS.get(line.quantity_type)
    if count is not None and unit is not None:
        return (_part(line, count, unit, line.period),)
    stated = (
        (read_count(one.quantity), codes.FREQUENCY_UNITS.get(one.unit), one.period)
        for one in line.detail.quantities
    )
    return [
        _part(line, many, unit, period or line.period)
        for many, unit, period in stated
        if many is not None and unit
    ]


def _part(line: Line, count: int, unit: str, period: str) -> LimitLine:
    if codes.REMAINING in (period, line.period):
        return LimitLine(None, None, count, unit, None, line)
    return LimitLine(count, None, None, unit, codes.LIMIT_PERIODS.get(period), line)


def _spread(
    used: list[LimitLine], key: tuple[str, str, str], groups: dict[tuple[str, str, str], list[LimitLine]]
) -> None:
    """What is used says no unit: it belongs to the limit of the same service."""
    for unit in LIMIT_UNITS:
        groups.get((*key[:2], unit), []).extend(used)


def _join(parts: list[LimitLine]) -> LimitLine:
    units = next((part.units for part in parts if part.units is not None), None)
    used = next((part.used for part in parts if part.used is not None), None)
    remaining = next((part.remaining for part in parts if part.remaining is not None), None)
    if units is not None and remaining is None and used is not None and used <= units:
        remaining = units - used
    if units is not None and used is None and remaining is not None and remaining <= units:
        used = units - remaining
    base = next((part for part in parts if part.units is not None), parts[0])
    return LimitLine(units, used, remaining, base.unit, base.period, base.line)
