"""Compares care plans: the same member and coverage, one estimate a plan; nothing is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from schemas.comparison import load_comparison
from schemas.determination import dump_outcome
from service.verify import Desk, known, verify

PARTS = ("eligibility", "phases", "estimate", "citations")


def compare(desk: Desk, body: Any, at: datetime | None = None) -> list[dict[str, Any]]:
    """The estimate of each care plan, in codes; raises `BadRequest` with every error of the body."""
    now = at or datetime.now(UTC)
    items = []
    for plan in load_comparison(body, known(desk, now)):
        outcome = verify(desk, plan.inquiry, at=now, warnings=plan.warnings)
        answer = dump_outcome(outcome)
        items.append({"name": plan.name, **{part: answer[part] for part in PARTS}})
    return items
