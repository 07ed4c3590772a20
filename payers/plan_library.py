"""The plan library: every plan by payer, with what its table says of it year by year, ready to be searched.

It is made once for a rulebook. What a plan answers is compiled elsewhere, for one plan at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from payers.identity import Plan
from payers.names import plain
from payers.table_reader import Row
from schemas.model import INTENSIVE_OUTPATIENT, OUTPATIENT, PARTIAL_HOSPITALIZATION
from schemas.plan_entries import SHARES, span_of
from schemas.plan_names import plan_key

COUNTED_LEVELS = (OUTPATIENT, INTENSIVE_OUTPATIENT, PARTIAL_HOSPITALIZATION)


@dataclass(frozen=True, slots=True)
class LastKnown:
    """The newest year that is known of a plan: its individual pots, and the share of a level as printed."""

    year: str
    deductible: str | None
    limit: str | None
    share: str | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class LibraryPlan:
    """A plan with the rows of its table; a plan that stands in its payer's file alone has none.

    `text` is everything that it can be found by, each word after a blank.
    """

    payer_id: str
    plan: Plan
    rows: tuple[Row, ...]
    text: str

    def said(self, column: str) -> str | None:
        """Return what the rows say of the plan itself: its issuer, market, metal, type."""
        return next((row[column] for row in self.rows if column in row), None)

    @property
    def years(self) -> tuple[int, ...]:
        """The years that its table speaks of, ascending."""
        return tuple(sorted({int(row["year"]) for row in self.rows}))

    def rows_on(self, day: date) -> tuple[Row, ...]:
        """Return the rows that speak of a day."""
        return tuple(row for row in self.rows if _speaks_of(row, day))

    def last_known(self, level: str, network: str, condition: str) -> LastKnown:
        """Return what the newest year known says of a level; only to be shown, for no day is in it."""
        newest = str(self.years[-1])
        rows = [row for row in self.rows if row["year"] == newest and row["network"] == network]
        rows = [row for row in rows if condition in row.get("conditions", condition).split()]
        columns = [column for column, levels in SHARES.items() if level in levels]
        return LastKnown(
            year=newest,
            deductible=_amount(rows, "deductible"),
            limit=_amount(rows, "out_of_pocket_max"),
            share=_first(rows, *columns),
            rows=tuple(rows),
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What plans are looked for: part of a name, id or issuer; a payer; a metal; a year."""

    query: str = ""
    payer: str | None = None
    metal: str | None = None
    year: int | None = None
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class PlanLibrary:
    """Plans by payer and id, in that order."""

    plans: Mapping[tuple[str, str], LibraryPlan]

    def find(self, wanted: Wanted) -> list[LibraryPlan]:
        """Return the plans that are meant, by payer and id: every word asked for begins a word of theirs."""
        words, issuer = [f" {word}" for word in plain(wanted.query).split()], f" {plain(wanted.issuer or '')}"
        key = plan_key(wanted.query)
        return [
            one
            for one in self.plans.values()
            if (wanted.payer is None or one.payer_id == wanted.payer)
            and (one.plan.id == key or all(word in one.text for word in words))
            and (wanted.metal is None or one.said("metal") == wanted.metal)
            and (wanted.year is None or wanted.year in one.years)
            and (not wanted.issuer or issuer in f" {plain(one.said('issuer') or '')}")
        ]


def build_library(plans: Iterable[tuple[str, str, Plan]], tables: Mapping[str, Sequence[Row]]) -> PlanLibrary:
    """Return the library of plans, each given with its payer's id and name; tables by payer id."""
    rows: dict[tuple[str, str], list[Row]] = {}
    for payer_id, table in tables.items():
        for row in table:
            rows.setdefault((payer_id, row["plan"]), []).append(row)
    found: dict[tuple[str, str], LibraryPlan] = {}
    for payer_id, payer_name, plan in plans:
        own = tuple(rows.get((payer_id, plan.id), ()))
        issuers = dict.fromkeys(row["issuer"] for row in own if "issuer" in row)
        text = f" {plain(' '.join((*plan.names(), *issuers, payer_id, payer_name)))}"
        found[payer_id, plan.id] = LibraryPlan(payer_id, plan, own, text)
    return PlanLibrary(dict(sorted(found.items())))


@dataclass(frozen=True, slots=True)
class PlanCounts:
    """How many plans there are, by year, how many speak of a day, and of which levels they state a share."""

    plans: int
    by_year: Mapping[int, int]
    on_day: int
    by_level: Mapping[str, int]


def count_plans(library: PlanLibrary, on: date) -> PlanCounts:
    """Count the plans of the tables; `by_level` counts those that state the in-network share on the day."""
    tabled = [one for one in library.plans.values() if one.rows]
    levels: Counter[str] = Counter()
    for one in tabled:
        columns = {column for row in one.rows_on(on) if row["network"] == "in" for column in row}
        levels.update({level for column in columns & SHARES.keys() for level in SHARES[column]})
    return PlanCounts(
        plans=len(tabled),
        by_year=dict(sorted(Counter(year for one in tabled for year in one.years).items())),
        on_day=sum(bool(one.rows_on(on)) for one in tabled),
        by_level={level: levels[level] for level in COUNTED_LEVELS},
    )


def _first(rows: Sequence[Row], *columns: str) -> str | None:
    return next((row[column] for row in rows for column in columns if column in row), None)


def _amount(rows: Sequence[Row], column: str) -> str | None:
    amount = _first(rows, column)
    return None if amount == "none" else amount


def _speaks_of(row: Row, day: date) -> bool:
    starts, ends = span_of(row)
    return starts <= day.isoformat() <= ends
