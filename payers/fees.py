"""The fee schedules and wage indexes of a payer: which rows hold at a site on a date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from payers.dated import Context, Entry, When, in_force, read_when
from payers.entries import cite, day_or_none, weigh
from payers.table_reader import Row
from payers.values import read_cents
from schemas.fee_file import FEE_IDENTITY, row_conditions
from schemas.model import OUTPATIENT, AgeBand, Fact, Fee, Limit, WageIndex

Plain = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Price:
    """A fee, and the age below which an authorization can lift its limit."""

    fee: Fee
    exceedable_below: int | None = None


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One price over time and place: its level of care and its dated rows."""

    level: str
    entries: tuple[Entry, ...]


def read_fees(
    schedules: Iterable[tuple[Iterable[Row], Sequence[str] | None]], sources: Mapping[str, Plain]
) -> list[PriceLine]:
    """Return the prices of schedules, in their order, each schedule for the levels it is for (`None`: all).

    Rows that only list a code are left out.
    """
    lines: dict[tuple[str | None, ...], list[Entry]] = {}
    for rows, levels in schedules:
        for row in rows:
            level = row.get("level_of_care")
            listed_only = level is None or (level == OUTPATIENT and "service" not in row)
            if not listed_only and (levels is None or level in levels):
                identity = tuple(row.get(name) for name in FEE_IDENTITY)
                lines.setdefault(identity, []).append(_read_row(row, sources))
    return [PriceLine(str(identity[0]), tuple(entries)) for identity, entries in lines.items()]


def fees_in_force(lines: Iterable[PriceLine], level: str, on: date, context: Context) -> tuple[Fee, ...]:
    """Return the fees of a level that hold at a place on a date."""
    fees = []
    for line in lines:
        if line.level == level and (fact := in_force(line.entries, on, context)) is not None:
            fees.append(_for_age(fact.value, context.age))
    return tuple(fees)


def _for_age(price: Price, age: int | None) -> Fee:
    limit, bound = price.fee.limit, price.exceedable_below
    if limit is None or bound is None or age is None or age >= bound:
        return price.fee
    return replace(price.fee, limit=replace(limit, value=replace(limit.value, exceedable=True)))


def _number(row: Row, column: str) -> int | None:
    return int(row[column]) if column in row else None


def _entry(row: Row, fact: Fact[Any] | None, sources: Mapping[str, Plain]) -> Entry:
    when = read_when(row_conditions(row))
    return Entry(date.fromisoformat(row["from"]), fact, when, weigh(sources[row["source"]], when))


def _read_row(row: Row, sources: Mapping[str, Plain]) -> Entry:
    if "amount" not in row:
        return _entry(row, None, sources)
    citation = cite(sources, row["source"], row["at"])
    limit = None
    if "limit_units" in row:
        limit = Fact(Limit(int(row["limit_units"]), "unit", row["limit_period"]), citation)
    fee = Fee(
        code=row["code"],
        amount=Fact(read_cents(row["amount"]), citation, through=day_or_none(row.get("through"))),
        modifier=row.get("modifier"),
        service=row.get("service"),
        minutes_from=_number(row, "minutes_from"),
        minutes_to=_number(row, "minutes_to"),
        services_from=_number(row, "services_from"),
        services_to=_number(row, "services_to"),
        unit_minutes=_number(row, "unit_minutes"),
        units_per_day=_number(row, "units_per_day"),
        telehealth={"yes": True, "no": False}.get(row.get("telehealth", "")),
        wage_adjusted=row.get("wage_adjusted") == "yes",
        limit=limit,
    )
    return _entry(row, Fact(Price(fee, _number(row, "exceedable_below_age")), citation), sources)


def read_wage_indexes(rows: Iterable[Row], sources: Mapping[str, Plain]) -> dict[str, tuple[Entry, ...]]:
    """Return the wage indexes by county."""
    counties: dict[str, list[Entry]] = {}
    for row in rows:
        through = day_or_none(row.get("through"))
        area = Fact(Decimal(row["index"]), cite(sources, row["source"], row["at"]), through=through)
        upper = None
        if "upper" in row:
            citation = cite(sources, row["source"], row["upper_at"])
            inferred = row.get("upper_inferred") == "yes"
            upper = Fact(Decimal(row["upper"]), citation, through=through, inferred=inferred)
        entry = _entry(row, Fact(WageIndex(area, upper), area.citation), sources)
        counties.setdefault(county_key(row["county"]), []).append(entry)
    return {county: tuple(entries) for county, entries in counties.items()}


def county_key(name: str) -> str:
    """Return a county's name as it is compared: `Miami-Dade`, `miami dade`, `Miami-Dade County` are one."""
    return name.casefold().replace("-", " ").removesuffix(" county").strip()


def age_bounds(whens: Iterable[When], lines: Iterable[PriceLine]) -> tuple[int, ...]:
    """Return the ages at which what is published changes, ascending."""
    bands: list[AgeBand] = [when.ages for when in whens if when.ages is not None]
    bounds = {bound for band in bands for bound in (band.from_age, band.below) if bound is not None}
    for line in lines:
        for entry in line.entries:
            if entry.fact is not None and entry.fact.value.exceedable_below is not None:
                bounds.add(entry.fact.value.exceedable_below)
    return tuple(sorted(bounds))
