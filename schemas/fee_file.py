"""The shape of the tables beside the payer files: fee schedules and wage indexes, one row a price.

A row is plain data: column → cell, cells that are empty left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields

from schemas.dated import order_faults
from schemas.faults import Fault, flatten
from schemas.file_fields import INDEX, MONEY, Day, Digits, Pattern, Text, Word
from schemas.model import LEVELS_OF_CARE, LIMIT_PERIODS, PROVIDER_TYPES, SERVICES

Row = Mapping[str, str]


class Words(fields.Field[str]):
    """Words of a list, separated by blanks."""

    def __init__(self, words: Iterable[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = tuple(words)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not set(value.split()) <= set(self.words):
            raise ValidationError(f"Must be of: {' '.join(self.words)}, separated by blanks.")
        return str(value)


def _when() -> dict[str, Any]:
    return {
        "provider_types": Words(PROVIDER_TYPES),
        "from": Day(required=True),
        "through": Day(),
        "source": Text(required=True),
        "at": Text(required=True),
    }


FeeRowSchema = Schema.from_dict(
    {
        "code": Text(required=True),
        "modifier": Text(),
        "description": Text(),
        "level_of_care": Word(LEVELS_OF_CARE),
        "service": Word(SERVICES),
        "locality": Text(),
        "minutes_from": Digits(),
        "minutes_to": Digits(),
        "services_from": Digits(),
        "services_to": Digits(),
        "unit_minutes": Digits(),
        "units_per_day": Digits(),
        "limit_units": Digits(),
        "limit_period": Word(LIMIT_PERIODS),
        "exceedable_below_age": Digits(),
        "telehealth": Word(("yes", "no")),
        "wage_adjusted": Word(("yes", "no")),
        "amount": Pattern(MONEY, "dollars with two places, like 127.74"),
        **_when(),
    },
    name="FeeRowSchema",
)

WageRowSchema = Schema.from_dict(
    {
        "county": Text(required=True),
        "area": Text(required=True),
        "index": Pattern(INDEX, "an index with its places, like 0.9488", required=True),
        "upper": Pattern(INDEX, "an index with its places, like 1.0369"),
        "upper_at": Text(),
        "upper_inferred": Word(("yes", "no")),
        **_when(),
    },
    name="WageRowSchema",
)

FEE_COLUMNS = tuple(FeeRowSchema().fields)
WAGE_COLUMNS = tuple(WageRowSchema().fields)
_FEE_ROW = FeeRowSchema()
_WAGE_ROW = WageRowSchema()
# What tells one price from another; rows that share it are one price over time and place.
FEE_IDENTITY = (
    "level_of_care",
    "service",
    "code",
    "modifier",
    "minutes_from",
    "minutes_to",
    "services_from",
    "services_to",
)


def fee_row_faults(row: Row) -> list[Fault]:
    """Return what is wrong with one row of a fee schedule."""
    faults = list(flatten(_FEE_ROW.validate(row)))
    if not faults and ("limit_units" in row) != ("limit_period" in row):
        faults.append(Fault(("limit_units",), "limit_units and limit_period go together."))
    return faults or _span_faults(row)


def wage_row_faults(row: Row) -> list[Fault]:
    """Return what is wrong with one row of a table of wage indexes."""
    faults = list(flatten(_WAGE_ROW.validate(row)))
    if not faults and ("upper" in row) != ("upper_at" in row):
        faults.append(Fault(("upper",), "upper and upper_at go together."))
    return faults or _span_faults(row)


def _span_faults(row: Row) -> list[Fault]:
    if row.get("through", row["from"]) < row["from"]:
        return [Fault(("through",), "Must not be before from.")]
    return []


def fee_order_faults(rows: Sequence[Row]) -> list[tuple[int, str]]:
    """Return rows (by index) of one price that do not ascend, or that tie, with a sentence."""
    return _order_faults(rows, FEE_IDENTITY, "amount")


def wage_order_faults(rows: Sequence[Row]) -> list[tuple[int, str]]:
    """Return rows (by index) of one county that do not ascend, or that tie, with a sentence."""
    return _order_faults(rows, ("county",), "index")


def _order_faults(rows: Sequence[Row], identity: Sequence[str], value: str) -> list[tuple[int, str]]:
    groups: dict[tuple[str | None, ...], list[int]] = {}
    for index, row in enumerate(rows):
        groups.setdefault(tuple(row.get(name) for name in identity), []).append(index)
    faults = []
    for indexes in groups.values():
        entries = [
            {"from": row["from"], "value": row.get(value), "when": row_conditions(row)}
            for row in (rows[index] for index in indexes)
        ]
        for position, messages in order_faults(entries).items():
            faults += [(indexes[position], fault.message) for fault in flatten(messages)]
    return sorted(faults)


def row_conditions(row: Row) -> dict[str, list[str]]:
    """Return the conditions of a row: its provider types and its locality, where it names them."""
    return {name: row[name].split() for name in ("provider_types",) if name in row} | {
        name: [row["locality"]] for name in ("locality",) if name in row
    }
