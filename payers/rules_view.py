"""The rulebook for people: the values in force, what differs between two dates, what has grown old."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from payers.entries import day_or_none, walk, walk_sections
from payers.rule_files import RuleData
from payers.rule_reading import PROGRAMS, schedules, wage_table
from payers.rulebook import Rulebook
from payers.table_reader import Row
from schemas.fee_file import FEE_IDENTITY

Plain = Mapping[str, Any]
SERVICES = "services"


@dataclass(frozen=True, slots=True)
class Shown:
    """A published value in force: where it stands, for whom, since when, and who says so.

    `payer` is `services` for what holds for every payer of a line of business, `programs/…` for what holds
    for every payer of a program. `value` is as the file
    has it; for a price, the amount.
    """

    payer: str
    where: str
    when: str
    value: Any
    starts: date
    through: date | None
    source: str
    title: str
    url: str | None
    at: str
    published: date | None
    retrieved: date
    confidence: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What the value is a value of."""
        return self.payer, self.where, self.when


@dataclass(frozen=True, slots=True)
class Stale:
    """A value to be confirmed, and why: `secondary`, `old` (source), `carried_forward` (its year is over).

    Rows of one table with one source and the same reasons are told once; `count` says how many.
    """

    shown: Shown
    reasons: tuple[str, ...]
    count: int = 1


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that differs between two moments; `None` where there was none."""

    payer: str
    where: str
    when: str
    before: Any
    after: Any


def show(rulebook: Rulebook, payer_id: str, on: date) -> tuple[Shown, ...]:
    """Return every published value of a payer that is in force on a date; raises `UnknownPayer`."""
    rulebook.payer(payer_id)
    program = rulebook.data.payers[payer_id]["payer"].get("program")
    above = _program_values(rulebook.data, program, on) if program is not None else ()
    return (*above, *_payer_values(rulebook.data, payer_id, on))


def sources_of(rulebook: Rulebook, payer_id: str) -> tuple[tuple[str, Mapping[str, Plain]], ...]:
    """Return the sources that a payer's answers rest on, by holder: its own, then its program's."""
    payer = rulebook.data.payers[payer_id]
    program = payer["payer"].get("program")
    own = (payer_id, payer["sources"])
    if program is None:
        return (own,)
    return (own, (f"{PROGRAMS}{program}", rulebook.data.programs[program]["sources"]))


def show_law(rulebook: Rulebook, on: date) -> tuple[Shown, ...]:
    """Return what is in force for whole lines of business on a date."""
    services = rulebook.data.services
    found: list[Shown] = []
    for section in ("levels", "legal_maximum", "high_deductible", "clocks"):
        for path, entries in walk(services.get(section, {}), (section,)):
            found += _in_force(SERVICES, ".".join(path), entries, services["sources"], on)
    return tuple(found)


def stale(rulebook: Rulebook, today: date, months: int = 18) -> tuple[Stale, ...]:
    """Return the values in force today that a payer should confirm."""
    limit = _months_before(today, months)
    found: dict[tuple[str, ...], Stale] = {}
    for shown in _everything(rulebook, today):
        old = min(day for day in (shown.published, shown.retrieved) if day is not None) < limit
        carried = shown.through is not None and shown.through < today
        answers = {"secondary": shown.confidence == "secondary", "old": old, "carried_forward": carried}
        if reasons := tuple(reason for reason, holds in answers.items() if holds):
            table = shown.where.partition(" ")[0] if shown.where.startswith("fees/") else None
            key = (shown.payer, table or f"{shown.where} {shown.when}", shown.source, *reasons)
            kept = found.get(key)
            found[key] = Stale(shown, reasons) if kept is None else replace(kept, count=kept.count + 1)
    return tuple(found.values())


def diff(before: Rulebook, on: date, after: Rulebook, later: date) -> tuple[Difference, ...]:
    """Return which values differ: of one rulebook on two dates, or of two rulebooks."""
    old = {shown.key: shown.value for shown in _everything(before, on)}
    new = {shown.key: shown.value for shown in _everything(after, later)}
    return tuple(
        Difference(*key, old.get(key), new.get(key))
        for key in sorted({*old, *new})
        if old.get(key) != new.get(key)
    )


def _everything(rulebook: Rulebook, on: date) -> Iterator[Shown]:
    yield from show_law(rulebook, on)
    for program_id in sorted(rulebook.data.programs):
        yield from _program_values(rulebook.data, program_id, on)
    for payer_id in rulebook.payer_ids:
        yield from _payer_values(rulebook.data, payer_id, on)


def _program_values(data: RuleData, program_id: str, on: date) -> Iterator[Shown]:
    program = data.programs[program_id]
    for path, entries in walk_sections(program):
        yield from _in_force(f"{PROGRAMS}{program_id}", ".".join(path), entries, program["sources"], on)


def _payer_values(data: RuleData, payer_id: str, on: date) -> Iterator[Shown]:
    payer = data.payers[payer_id]
    sources = payer["sources"]
    parts = {"": payer} | {f"plans.{name}.": plan for name, plan in payer.get("plans", {}).items()}
    for prefix, part in parts.items():
        for path, entries in walk_sections(part):
            yield from _in_force(payer_id, prefix + ".".join(path), entries, sources, on)
    for file in dict.fromkeys(file for _, file in schedules(payer)):
        yield from _rows_in_force(payer_id, file, data.tables[file], sources, on)
    if (table := wage_table(payer)) is not None:
        yield from _rows_in_force(payer_id, table, data.tables[table], sources, on)


def _in_force(
    payer: str, where: str, entries: list[Plain] | Any, sources: Mapping[str, Plain], on: date
) -> Iterator[Shown]:
    latest: dict[str, Plain] = {}
    for entry in entries:
        if date.fromisoformat(entry["from"]) <= on:
            latest[_spell_when(entry.get("when", {}))] = entry
    for when, entry in latest.items():
        if entry["value"] is not None:
            yield _shown(payer, where, when, entry, sources)


def _rows_in_force(
    payer: str, file: str, rows: list[Row], sources: Mapping[str, Plain], on: date
) -> Iterator[Shown]:
    names = (*FEE_IDENTITY, "county", "area")
    groups: dict[str, list[Plain]] = {}
    for row in rows:
        where = " ".join([file, *(row[name] for name in names if name in row)])
        when = {name: row[name] for name in ("provider_types", "locality") if name in row}
        value = row.get("amount") or row.get("index")
        groups.setdefault(where, []).append({**row, "value": value, "when": when})
    for where, entries in groups.items():
        yield from _in_force(payer, where, entries, sources, on)


def _shown(payer: str, where: str, when: str, entry: Plain, sources: Mapping[str, Plain]) -> Shown:
    source = sources[entry["source"]]
    return Shown(
        payer=payer,
        where=where,
        when=when,
        value=entry["value"],
        starts=date.fromisoformat(entry["from"]),
        through=day_or_none(entry.get("through")),
        source=entry["source"],
        title=source["title"],
        url=source["url"],
        at=entry["at"],
        published=day_or_none(source["published"]),
        retrieved=date.fromisoformat(source["retrieved"]),
        confidence=source["confidence"],
    )


def _spell_when(when: Plain) -> str:
    """Return conditions as a line of text, always the same for the same conditions."""
    parts = []
    for name in sorted(when):
        value = when[name]
        if isinstance(value, dict):
            value = " ".join(f"{bound} {value[bound]}" for bound in ("from", "below") if bound in value)
        elif isinstance(value, list):
            value = " ".join(sorted(value))
        parts.append(f"{name}: {value}")
    return ", ".join(parts)


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
