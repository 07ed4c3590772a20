"""Turns the rows of a plan, as a table has them, into the dated values that a payer file would state.

A row speaks of its own year and of no other: each value ends with it, and nobody says what follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from schemas.model import (
    INPATIENT,
    INTENSIVE_OUTPATIENT,
    LEVELS_OF_CARE,
    OUTPATIENT,
    PARTIAL_HOSPITALIZATION,
    RESIDENTIAL,
)
from schemas.printed_shares import read_share

Row = Mapping[str, str]
FieldPath = tuple[str, ...]
Said = tuple[FieldPath, Any, Mapping[str, list[str]]]

# The levels of care that each share prices: the office's never those of a program, nor the other way round.
SHARES: Mapping[str, tuple[str, ...]] = {
    "outpatient": (OUTPATIENT,),
    "other_outpatient": (INTENSIVE_OUTPATIENT, PARTIAL_HOSPITALIZATION),
    "intensive_outpatient": (INTENSIVE_OUTPATIENT,),
    "partial_hospitalization": (PARTIAL_HOSPITALIZATION,),
    "residential": (RESIDENTIAL,),
    "inpatient": (INPATIENT,),
}
POTS: Mapping[str, tuple[str, str]] = {
    "deductible": ("deductible", "individual"),
    "deductible_family": ("deductible", "family"),
    "out_of_pocket_max": ("out_of_pocket_max", "individual"),
    "out_of_pocket_max_family": ("out_of_pocket_max", "family"),
}
LIMITS: Mapping[str, str] = {"limit_outpatient": OUTPATIENT, "limit_inpatient": INPATIENT}
PARTS = ("copay", "coinsurance")
EVERYBODY: Mapping[str, list[str]] = {}
DAY = timedelta(days=1)


def plan_entries(rows: Sequence[Row]) -> dict[FieldPath, list[dict[str, Any]]]:
    """Return the dated values of each field that the rows of one plan fill; `row` is the index of its row.

    A value that the next row of the same conditions takes over from has no end of its own.
    """
    fields: dict[FieldPath, list[dict[str, Any]]] = {}
    for index in sorted(range(len(rows)), key=lambda index: span_of(rows[index])):
        row = rows[index]
        starts, ends = span_of(row)
        after = (date.fromisoformat(ends) + DAY).isoformat()
        cited = {"source": row["source"], "at": row["at"], "row": index}
        for path, value, when in _said(row):
            conditions = {"when": dict(when)} if when else {}
            entries = fields.setdefault(path, [])
            last = next((one for one in reversed(entries) if one.get("when", EVERYBODY) == when), None)
            if last is not None and last["value"] is None and last["from"] >= starts:
                entries.remove(last)
            entries.append({"from": starts, "value": value, **cited, **conditions})
            entries.append({"from": after, "value": None, **cited, **conditions})
    return fields


def span_of(row: Row) -> tuple[str, str]:
    """Return the first and the last day that a row speaks of: its calendar year, where it names no other."""
    return row.get("from", f"{row['year']}-01-01"), row.get("through", f"{row['year']}-12-31")


def _said(row: Row) -> Iterator[Said]:
    """Yield what a row says: the field, its plain value, and whom it holds for."""
    if "plan_type" in row:
        yield ("facts", "plan_type"), row["plan_type"], EVERYBODY
    for column, pot in POTS.items():
        if column in row:
            yield ("cost_share", row["network"], *pot), row[column], EVERYBODY
    when = _conditions(row)
    filled: list[str] = []
    for column, levels in SHARES.items():
        if column in row:
            share = read_share(row[column]).fields()
            filled += levels
            yield from ((("services", level, name), share[name], when) for level in levels for name in share)
    if "group_visit" in row:
        share = read_share(row["group_visit"]).fields()
        yield from (
            (("services", OUTPATIENT, f"group_{name}"), share[name], when) for name in PARTS if name in share
        )
    if "outpatient_authorization" in row:
        yield ("services", OUTPATIENT, "authorization_hint"), row["outpatient_authorization"], when
    for level in filled or LEVELS_OF_CARE:
        if notes := [*_stated_notes(row, level), *(_own_notes(row) if filled else ())]:
            yield ("services", level, "plan_notes"), notes, when


def _conditions(row: Row) -> dict[str, list[str]]:
    named = {name: row[name].split() for name in ("conditions", "provider_types") if name in row}
    return {"networks": [row["network"]], **named}


def _stated_notes(row: Row, level: str) -> Iterator[Mapping[str, Any]]:
    """Yield the remarks of a row that an answer about a level must carry; a filed limit is one of them."""
    yield from ({"code": code} for code in row.get("notes", "").split())
    for column, limited in LIMITS.items():
        if column in row and limited == level:
            units, unit = row[column].split()
            yield {"code": "filed_limit", "params": {"units": int(units), "unit": unit.removesuffix("s")}}


def _own_notes(row: Row) -> Iterator[Mapping[str, Any]]:
    """Yield what a row's other cells mean for its shares."""
    if row.get("deductible_covers") == "medical_and_drugs":
        yield {"code": "deductible_includes_drugs"}
    if row.get("market") == "individual" and row.get("metal") == "silver" and row["network"] == "in":
        # What is filed is the standard design; a member with reduced cost sharing owes less.
        yield {"code": "cost_sharing_may_be_reduced"}
