"""All that is published for one plan of one payer, ready to be asked: entries, prices, indexes.

What holds for every plan of the payer, for every payer of its program, and for every payer of its line of
business, is part of it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from payers.dated import PAYER_RANK, PLAN_RANK, PROGRAM_RANK, Context, Entry, When, alternatives, in_force
from payers.entries import FieldPath, Plain, read_entries, walk, walk_sections
from payers.fees import PriceLine, age_bounds, read_fees, read_wage_indexes
from payers.rule_files import RuleData, tables_of_plans
from payers.rule_reading import wage_table
from schemas.model import Fact
from schemas.plan_entries import plan_entries


@dataclass(frozen=True, slots=True)
class PlanRules:
    """The entries of every field by its path; `changes` are the days, `ages` the ages on which any turns."""

    fields: Mapping[FieldPath, tuple[Entry, ...]]
    prices: tuple[PriceLine, ...]
    wage_indexes: Mapping[str, tuple[Entry, ...]]
    ask_first: tuple[str, ...]
    changes: tuple[date, ...]
    ages: tuple[int, ...]

    def say(self, path: FieldPath, on: date, context: Context) -> Fact[Any] | None:
        """Return the fact of a field in force, or `None` where nobody says."""
        return in_force(self.fields.get(path, ()), on, context)

    def say_all(self, path: FieldPath, on: date, context: Context) -> tuple[Fact[Any], ...]:
        """Return the facts of a field that nothing known tells apart."""
        return alternatives(self.fields.get(path, ()), on, context)

    def say_beside(self, path: FieldPath, on: date, context: Context) -> tuple[Fact[Any], ...]:
        """Return what the payer says of a field, then what its program does: neither silences the other."""
        entries = self.fields.get(path, ())
        own = [entry for entry in entries if entry.rank >= PAYER_RANK]
        above = [entry for entry in entries if entry.rank < PAYER_RANK]
        said = (in_force(part, on, context) for part in (own, above))
        return tuple(fact for fact in said if fact is not None)

    def stretch_of(self, on: date) -> int:
        """Return which stretch between two changes a date falls in."""
        return bisect_right(self.changes, on)

    def band_of(self, age: int | None) -> int | None:
        """Return which band between two ages an age falls in."""
        return None if age is None else bisect_right(self.ages, age)

    def day_in(self, stretch: int) -> date:
        """Return a day of a stretch, as good as any other."""
        return self.changes[stretch - 1] if stretch else date.min

    def age_in(self, band: int | None) -> int | None:
        """Return an age of a band, as good as any other."""
        if band is None:
            return None
        return self.ages[band - 1] if band else 0


def compile_rules(data: RuleData, payer_id: str, plan_id: str | None) -> PlanRules:
    """Return what is published for a plan; of a plan not in the payer's file, what holds for all of them."""
    payer = data.payers[payer_id]
    fields = fields_of_payer(data, payer_id)
    for path, entries in fields_of_plan(data, payer_id, plan_id).items():
        fields[path] = (*fields.get(path, ()), *entries)
    paid_by = [(data.tables[one["file"]], one.get("levels")) for one in payer.get("fees", ())]
    prices = tuple(read_fees(paid_by, payer["sources"]))
    table = wage_table(payer)
    indexes = read_wage_indexes(data.tables[table], payer["sources"]) if table is not None else {}
    everything = [*fields.values(), *(line.entries for line in prices), *indexes.values()]
    whens: set[When] = {entry.when for entries in everything for entry in entries}
    return PlanRules(
        fields=fields,
        prices=prices,
        wage_indexes=indexes,
        ask_first=tuple(payer["payer"].get("ask_first", ())),
        changes=tuple(sorted({entry.starts for entries in everything for entry in entries})),
        ages=age_bounds(whens, prices),
    )


def fields_of_payer(data: RuleData, payer_id: str) -> dict[FieldPath, tuple[Entry, ...]]:
    """Return what holds for every plan of a payer: by law, by its program, and as it says itself."""
    payer = data.payers[payer_id]
    fields = _law(data.services, payer["payer"]["line_of_business"])
    if "program" in payer["payer"]:
        program = data.programs[payer["payer"]["program"]]
        _add(fields, walk_sections(program), program["sources"], PROGRAM_RANK)
    _add(fields, walk_sections(payer), payer["sources"], PAYER_RANK)
    return fields


def fields_of_plan(data: RuleData, payer_id: str, plan_id: str | None) -> dict[FieldPath, tuple[Entry, ...]]:
    """Return what is said of one plan alone, in its payer's file or in tables; nothing of an unknown one."""
    payer, fields = data.payers[payer_id], dict[FieldPath, tuple[Entry, ...]]()
    _add(fields, walk_sections(payer.get("plans", {}).get(plan_id, {})), payer["sources"], PLAN_RANK)
    for designs in tables_of_plans(data, payer_id):
        own = plan_entries([row for row in designs if row["plan"] == plan_id])
        _add(fields, own.items(), data.library.get("sources", {}), PLAN_RANK)
    return fields


def _add(
    fields: dict[FieldPath, tuple[Entry, ...]],
    said: Iterable[tuple[FieldPath, Sequence[Plain]]],
    sources: Mapping[str, Plain],
    rank: int,
) -> None:
    for path, values in said:
        fields[path] = (*fields.get(path, ()), *read_entries(path, values, sources, rank))


def _law(services: Mapping[str, Any], line_of_business: str) -> dict[FieldPath, tuple[Entry, ...]]:
    """Return what law sets for a line of business, under `legal_maximum` and `clocks`."""
    fields = {}
    for section in ("legal_maximum", "clocks"):
        part = services.get(section, {}).get(line_of_business, {})
        for path, values in walk(part, (section,)):
            field = (section, "authorization_clock") if section == "clocks" else path
            fields[field] = read_entries(field, values, services["sources"])
    return fields
