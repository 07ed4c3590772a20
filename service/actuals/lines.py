"""How what was paid travels: sessions beside their estimates, and what came of a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.fields import format_money
from schemas.sources import moment
from service.actuals.importing import Row, Taken
from service.actuals.keeping import UNKNOWN_LEVEL, comparison_of, expected_of
from service.casework.actuals import Comparison
from service.casework.paid import added_up
from service.store.records import Record

PARTS = ("allowed", "patient", "deductible", "copay", "coinsurance")
CODES = ("control", "procedure", "revenue", "paid_on", "reason")


def actual_line(record: Record) -> dict[str, Any]:
    """A session as it travels."""
    data = record.data
    sums = added_up(data["lines"])
    level = data["level_of_care"]
    return {
        "id": record.id,
        "case_id": record.case_id,
        "date_of_service": data["date"],
        "level_of_care": None if level == UNKNOWN_LEVEL else level,
        "status": record.status,
        **{name: _dollars(sums[name]) for name in (*PARTS, "plan_paid")},
        "lines": [_stated(line) for line in data["lines"]],
        "earlier": [_stated(line) for line in data["history"]],
        "expected": _expected(data),
        "comparison": comparison_line(comparison_of(data)),
        "created_at": moment(record.created_at),
        "created_by": record.created_by,
        "updated_at": moment(record.updated_at),
    }


def comparison_line(compared: Comparison) -> dict[str, Any]:
    """A comparison as it travels."""
    return {
        "reason": compared.reason,
        "difference": _dollars(compared.difference),
        "allowed_difference": _dollars(compared.allowed_difference),
        "causes": [{"cause": one.cause, "amount": format_money(one.amount)} for one in compared.causes],
    }


def taken_whole(taken: Taken) -> dict[str, Any]:
    """What came of a file as it travels."""
    return {
        "form": taken.form,
        "remittances": taken.remittances,
        "provider_adjustments": taken.provider_adjustments,
        "counts": [{"outcome": name, "rows": number} for name, number in sorted(taken.counts.items())],
        "rows": [_taken_row(row) for row in taken.rows],
        "notes": [{"code": code, "segment": at} for code, at in taken.notes],
    }


def _taken_row(row: Row) -> dict[str, Any]:
    return {
        "row": row.position,
        "outcome": row.outcome,
        "case_id": row.case_id,
        "date_of_service": row.on,
        "level_of_care": None if row.level == UNKNOWN_LEVEL else row.level,
        "mark": row.mark,
        "segment": row.at,
        "errors": [
            {"pointer": error.pointer, "code": error.code, "message": error.message} for error in row.errors
        ],
    }


def _expected(data: Mapping[str, Any]) -> dict[str, Any] | None:
    if data["expected"] is None:
        return None
    found, about = expected_of(data["expected"]), data["about"]
    return {
        "verification_id": about["verification_id"],
        "certainty": about["certainty"],
        **{name: _dollars(getattr(found, name)) for name in PARTS},
    }


def _stated(line: Mapping[str, Any]) -> dict[str, Any]:
    names = ("source", "denied", "allowed_is_derived", "charge", *PARTS, "plan_paid")
    said = {name: line[name] for name in names}
    codes = {
        name: line.get(name) or None for name in ("control", "procedure", "revenue", "paid_on", "reason")
    }
    return {
        **said,
        **codes,
        "modifiers": line.get("modifiers", []),
        "reasons": line.get("reasons", []),
    }


def _dollars(amount: int | None) -> str | None:
    return None if amount is None else format_money(amount)
