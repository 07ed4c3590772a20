"""The shape of the tables of plan designs: one row what a document says of a plan, a year and a network.

A row is plain data: column → cell, cells that are empty left out. Several rows may speak of one plan,
year and network, each from its own source, as long as no cell is said twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields

from schemas.dated import order_faults
from schemas.faults import Fault, flatten
from schemas.fee_file import Words
from schemas.file_fields import CODE, MONEY, Day, Pattern, Text, Word, key
from schemas.model import CONDITIONS, NETWORKS, PROVIDER_TYPES
from schemas.plan_entries import LIMITS, POTS, SHARES, Row, plan_entries, span_of
from schemas.printed_shares import read_share
from schemas.rule_fields import AUTHORIZATION_HINTS

METALS = ("catastrophic", "bronze", "expanded_bronze", "silver", "gold", "platinum")
MARKETS = ("individual", "group", "self_funded", "public_employees", "medicare_advantage", "tricare", "fehb")
YEAR = re.compile(r"20\d\d")
FILED_LIMIT = re.compile(r"[1-9]\d{0,2} (visits|days)")
CODES = re.compile(rf"{CODE.pattern}( {CODE.pattern})*")

# What is said of the plan, not of its year; rows that name it must agree.
OF_THE_PLAN = ("name", "aliases", "issuer", "market", "metal", "plan_type")


class Share(fields.Field[str]):
    """A cost share as plans print it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            read_share(value)
        except ValueError as error:
            raise ValidationError(str(error)) from None
        return str(value)


def _amount() -> Pattern:
    return Pattern(re.compile(rf"{MONEY.pattern}|none"), "dollars with two places, like 1500.00, or none")


PlanRowSchema = Schema.from_dict(
    {
        "plan": key(required=True),
        "name": Text(),
        "aliases": Text(),
        "issuer": Text(),
        "market": Word(MARKETS),
        "metal": Word(METALS),
        "plan_type": Text(),
        "standardized": Word(("yes", "no")),
        "hsa": Word(("yes", "no")),
        "year": Pattern(YEAR, "a year, like 2026", required=True),
        "from": Day(),
        "through": Day(),
        "network": Word(NETWORKS, required=True),
        "conditions": Words(CONDITIONS),
        "provider_types": Words(PROVIDER_TYPES),
        **{column: _amount() for column in POTS},
        "deductible_covers": Word(("medical", "medical_and_drugs")),
        **{column: Share() for column in SHARES},
        "group_visit": Share(),
        **{column: Pattern(FILED_LIMIT, "visits or days, like 20 visits") for column in LIMITS},
        "outpatient_authorization": Word(AUTHORIZATION_HINTS),
        "notes": Pattern(CODES, "codes in small letters and underscores, separated by blanks"),
        "source": Text(required=True),
        "at": Text(required=True),
    },
    name="PlanRowSchema",
)

PLAN_COLUMNS = tuple(PlanRowSchema().fields)
NEEDED_PLAN_COLUMNS = ("plan", "year", "network", "source", "at")
_PLAN_ROW = PlanRowSchema()


def plan_row_faults(row: Row) -> list[Fault]:
    """Return what is wrong with one row of a table of plan designs."""
    faults = list(flatten(_PLAN_ROW.validate(row)))
    if faults:
        return faults
    starts, ends = span_of(row)
    if ends < starts:
        return [Fault(("through",), "Must not be before from.")]
    if not starts[:4] <= row["year"] <= ends[:4]:
        return [Fault(("year",), "Must be the year that from or through falls in.")]
    return []


def plan_order_faults(rows: Sequence[Row]) -> list[tuple[int, str]]:
    """Return rows (by index) that contradict an earlier one: another name, or a cell that is said twice."""
    faults: list[tuple[int, str]] = []
    named: dict[tuple[str, str], str] = {}
    plans: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        plans.setdefault(row["plan"], []).append(index)
        for column in OF_THE_PLAN:
            if column in row and named.setdefault((row["plan"], column), row[column]) != row[column]:
                faults.append((index, f"{column} is not the one of the plan's earlier rows."))
    for indexes in plans.values():
        if len(indexes) > 1:
            # One sentence a row: a share fills several fields.
            faults += dict(_said_twice([rows[index] for index in indexes], indexes)[::-1]).items()
    return sorted(set(faults))


def _said_twice(rows: Sequence[Row], indexes: Sequence[int]) -> list[tuple[int, str]]:
    """Judge the rows of a plan as the dated values that they become."""
    found = []
    for path, entries in plan_entries(rows).items():
        if len({entry["row"] for entry in entries}) > 1:
            for position, messages in order_faults(entries).items():
                for fault in flatten(messages):
                    message = f"Says {'.'.join(path[1:])} again. {fault.message}"
                    found.append((indexes[entries[position]["row"]], message))
    return found
