"""The rulebook for people: the values in force on a date, and what differs between two dates."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from payers.entries import day_or_none, walk, walk_sections
from payers.rule_files import RuleData, tables_of_plans
from payers.rule_reading import PLANS, PROGRAMS, plans_table, schedules, wage_table
from payers.rulebook import Rulebook
from payers.table_reader import Row
from schemas.fee_file import FEE_IDENTITY
from schemas.plan_entries import plan_entries

Plain = Mapping[str, Any]
SERVICES = "services"
# What services.yaml says of lines of business, and of where a program's plans operate.
LAW_SECTIONS = ("levels", "legal_maximum", "high_deductible", "clocks", "medicaid_regions", "medicaid_plans")
LIBRARY_HOLDER = "plans"
COORDINATION = "coordination"


@dataclass(frozen=True, slots=True)
class Shown:
    """A published value in force: where it stands, for whom, since when, and who says so.

    `payer` is `services` for what holds for every payer of a line of business, `programs/…` for what holds
    for every payer of a program. `value` is as the file has it; for a price, the amount. `when` spells the
    `conditions`; `row` is the row of a schedule that the value stands in, empty where it stands in none;
    `table` is the schedule, or the table of plan designs.
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
    local: bool
    conditions: Plain = field(default_factory=dict, compare=False)
    row: Plain = field(default_factory=dict, compare=False)
    table: str = ""

    @property
    def holder(self) -> str:
        """Whose source it is: the payer's or program's, or that of the plan library."""
        return LIBRARY_HOLDER if self.table.startswith(PLANS) else self.payer

    @property
    def key(self) -> tuple[str, str, str]:
        """What the value is a value of."""
        return self.payer, self.where, self.when


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that differs between two moments; `None` where there was none."""

    payer: str
    where: str
    when: str
    before: Any
    after: Any
    shown: Shown
    """The value as it is afterwards; where there is none any more, as it was."""
    was: Shown | None = None
    """The value as it was, with its source; `None` where there was none."""


def show(rulebook: Rulebook, payer_id: str, on: date) -> tuple[Shown, ...]:
    """Return every published value of a payer that is in force on a date; raises `UnknownPayer`."""
    rulebook.payer(payer_id)
    program = rulebook.data.payers[payer_id]["payer"].get("program")
    above = _program_values(rulebook.data, program, on) if program is not None else ()
    return (*above, *_payer_values(rulebook.data, payer_id, on))


def sources_of(rulebook: Rulebook, payer_id: str) -> tuple[tuple[str, Mapping[str, Plain]], ...]:
    """Return the sources that a payer's answers rest on, by holder: its own, its program's, its plans'."""
    data = rulebook.data
    payer = data.payers[payer_id]
    found = [(payer_id, payer["sources"])]
    if (program := payer["payer"].get("program")) is not None:
        found.append((f"{PROGRAMS}{program}", data.programs[program]["sources"]))
    cited = {row["source"] for designs in tables_of_plans(data, payer_id) for row in designs}
    if cited:
        library = data.library["sources"]
        found.append((LIBRARY_HOLDER, {name: library[name] for name in library if name in cited}))
    return tuple(found)


def show_law(rulebook: Rulebook, on: date) -> tuple[Shown, ...]:
    """Return what is in force for whole lines of business, and for the order of coverages, on a date."""
    services = rulebook.data.services
    found: list[Shown] = []
    for section in LAW_SECTIONS:
        for path, entries in walk(services.get(section, {}), (section,)):
            found += _in_force(SERVICES, ".".join(path), entries, services["sources"], on)
    order = rulebook.data.coordination
    for path, entries in walk(order.get("rules", {}), ("rules",)):
        found += _in_force(COORDINATION, ".".join(path), entries, order["sources"], on)
    return tuple(found)


def diff(
    before: Rulebook, on: date, after: Rulebook, later: date, payers: Collection[str] | None = None
) -> tuple[Difference, ...]:
    """Return which values differ, of all payers or of some: on two dates, or of two rulebooks."""
    old = {shown.key: shown for shown in everything(before, on, payers)}
    new = {shown.key: shown for shown in everything(after, later, payers)}
    pairs = ((key, old.get(key), new.get(key)) for key in sorted({*old, *new}))
    return tuple(
        Difference(*key, was.value if was else None, becomes.value if becomes else None, shown, was)
        for key, was, becomes in pairs
        if (shown := becomes or was) and (was is None or becomes is None or was.value != becomes.value)
    )


def everything(rulebook: Rulebook, on: date, payers: Collection[str] | None = None) -> Iterator[Shown]:
    """Yield every published value in force on a date: of law, of each program, of each payer or of some."""
    yield from show_law(rulebook, on)
    for program_id in sorted(rulebook.data.programs):
        yield from _program_values(rulebook.data, program_id, on)
    for payer_id in rulebook.payer_ids:
        if payers is None or payer_id in payers:
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
    yield from _designed(data, payer_id, on)
    for file in dict.fromkeys(file for _, file in schedules(payer)):
        yield from _rows_in_force(payer_id, file, data.tables[file], sources, on)
    if (table := wage_table(payer)) is not None:
        yield from _rows_in_force(payer_id, table, data.tables[table], sources, on)


def _designed(data: RuleData, payer_id: str, on: date) -> Iterator[Shown]:
    """Yield what the tables of plan designs say of each plan."""
    rows: dict[str, list[Row]] = {}
    for designs in tables_of_plans(data, payer_id):
        for row in designs:
            rows.setdefault(row["plan"], []).append(row)
    for plan, own in rows.items():
        for path, values in plan_entries(own).items():
            entries = [{**entry, "row": {}, "table": plans_table(payer_id)} for entry in values]
            where = f"plans.{plan}.{'.'.join(path)}"
            yield from _in_force(payer_id, where, entries, data.library["sources"], on)


def _in_force(
    payer: str, where: str, entries: list[Plain] | Any, sources: Mapping[str, Plain], on: date
) -> Iterator[Shown]:
    latest: dict[tuple[int, str], Plain] = {}
    for entry in entries:
        if date.fromisoformat(entry["from"]) <= on:
            layer = int(sources[entry["source"]].get("overlay", 0))
            latest[layer, _spell_when(entry.get("when", {}))] = entry
    standing: dict[str, Plain] = {}
    for (_, when), entry in sorted(latest.items(), key=lambda item: item[0][0]):
        if entry["value"] is not None:  # where an overlay's value ended, what lies beneath shows again
            standing[when] = entry
    for when, entry in standing.items():
        yield _shown(payer, where, when, entry, sources)
        for number, other in enumerate(entry.get("also", ()), 2):
            yield _shown(payer, f"{where} (source {number})", when, {**entry, **other}, sources)


def _rows_in_force(
    payer: str, file: str, rows: list[Row], sources: Mapping[str, Plain], on: date
) -> Iterator[Shown]:
    names = (*FEE_IDENTITY, "county", "area")
    groups: dict[str, list[Plain]] = {}
    for row in rows:
        where = " ".join([file, *(row[name] for name in names if name in row)])
        when = {name: row[name] for name in ("provider_types", "locality") if name in row}
        value = row.get("amount") or row.get("index")
        groups.setdefault(where, []).append({**row, "value": value, "when": when, "row": row, "table": file})
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
        local="overlay" in source,
        conditions=entry.get("when", {}),
        row=entry.get("row", {}),
        table=entry.get("table", ""),
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
