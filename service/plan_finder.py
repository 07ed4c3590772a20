"""Plans for whoever looks one up: what each is called, and what its table says, as printed and as read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from payers.plan_library import LibraryPlan, Wanted
from schemas.file_fields import NONE
from schemas.plan_entries import LIMITS, POTS, SHARES, Row, span_of
from schemas.printed_shares import read_share
from service.verify import Desk

__all__ = ["Wanted", "describe_plan", "find_plans", "page_of", "plan_line"]

OF_THE_PLAN = ("issuer", "market", "metal", "plan_type")
PRINTED = (*SHARES, "group_visit")


def find_plans(desk: Desk, wanted: Wanted) -> list[LibraryPlan]:
    """Return the plans that are meant, of every payer, by payer and id."""
    return desk.rulebook.library.find(wanted)


def _key(plan: LibraryPlan) -> str:
    """Return what tells a plan from every other: `florida-blue/blueoptions-505`."""
    return f"{plan.payer_id}/{plan.plan.id}"


def plan_line(plan: LibraryPlan) -> dict[str, Any]:
    """Return a plan in one line: what it is called, whose it is, and the years that its table knows."""
    return {
        "id": plan.plan.id,
        "payer": plan.payer_id,
        "name": plan.plan.name,
        "aliases": list(plan.plan.aliases),
        **{name: plan.said(name) for name in OF_THE_PLAN},
        "years": list(plan.years),
    }


def describe_plan(desk: Desk, plan: LibraryPlan) -> dict[str, Any]:
    """Return a plan with every row of its table; one that stands in its payer's file alone has no designs."""
    rows = sorted(plan.rows, key=lambda row: (*span_of(row), row["network"]))
    return {**plan_line(plan), "designs": [_design(desk, row) for row in rows]}


def _design(desk: Desk, row: Row) -> dict[str, Any]:
    starts, ends = span_of(row)
    cited = desk.rulebook.cite_designs([row])[0]
    return {
        "year": int(row["year"]),
        "from": starts,
        "through": ends,
        "network": row["network"],
        "conditions": row.get("conditions", "").split(),
        "provider_types": row.get("provider_types", "").split(),
        "deductible_covers": row.get("deductible_covers"),
        "amounts": {name: None if row[name] == NONE else row[name] for name in POTS if name in row},
        "shares": [_share(name, row[name]) for name in PRINTED if name in row],
        "filed_limits": {name: row[name] for name in LIMITS if name in row},
        "authorization_hint": row.get("outpatient_authorization"),
        "notes": row.get("notes", "").split(),
        "source": {
            "title": cited.title,
            "url": cited.url,
            "locator": cited.locator,
            "retrieved": cited.retrieved.isoformat() if cited.retrieved is not None else None,
            "confidence": cited.confidence,
        },
    }


def _share(name: str, printed: str) -> dict[str, Any]:
    """Return a share as it is printed, and as it is read; several amounts are alternatives."""
    read = read_share(printed)
    return {
        "of": name,
        "levels": list(SHARES.get(name, ("outpatient",))),
        "printed": printed,
        "covered": read.covered,
        "copays": [_copay(copay) for copay in read.copays],
        "coinsurances": list(read.rates),
        "deductible_applies": read.deductible_applies,
        "changes_after": read.then["after_units"] if read.then is not None else None,
    }


def _copay(copay: Mapping[str, Any]) -> dict[str, Any]:
    return {"amount": copay["amount"], "per": copay["per"], "max_units": copay.get("max_units")}


def page_of(
    plans: Sequence[LibraryPlan], after: str | None, limit: int
) -> tuple[list[LibraryPlan], str | None]:
    """Return a page of plans after a cursor, and the cursor of the next one."""
    # Payer and id are compared apart, as they are ordered.
    last = None if after is None else tuple(after.partition("/")[::2])
    rest = [plan for plan in plans if last is None or (plan.payer_id, plan.plan.id) > last]
    shown = rest[:limit]
    return shown, _key(shown[-1]) if len(rest) > len(shown) else None
