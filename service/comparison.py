"""Compares care plans: the same member and coverage, one estimate a plan; nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from schemas.comparison import load_comparison
from schemas.determination import dump_outcome
from schemas.model import Inquiry
from schemas.problem import BadRequest
from service.verify import Desk, hear, known, unusable_reply, verify

PARTS = ("eligibility", "phases", "estimate", "citations")


def compare(desk: Desk, body: Any, at: datetime | None = None) -> list[dict[str, Any]]:
    """The estimate of each care plan, in codes; raises `BadRequest` with every error of the body."""
    now = at or datetime.now(UTC)
    plans = load_comparison(body, known(desk, now))
    asked = _one_question([plan.inquiry for plan in plans])
    hearing = hear(desk, asked, at=now)
    error = unusable_reply(desk, asked, hearing, now)
    if error is not None:
        raise BadRequest([replace(error, pointer=f"/request{error.pointer}")])
    items = []
    for plan in plans:
        outcome = verify(desk, plan.inquiry, at=now, warnings=plan.warnings, hearing=hearing)
        answer = dump_outcome(outcome)
        items.append({"name": plan.name, **{part: answer[part] for part in PARTS}})
    return items


def _one_question(inquiries: Sequence[Inquiry]) -> Inquiry:
    """Return the question that covers all levels of care of several plans, so that a payer is asked once."""
    first = inquiries[0]
    starts = min(inquiry.phases[0].start_date or date.max for inquiry in inquiries)
    levels = {phase.level_of_care: phase for inquiry in inquiries for phase in inquiry.phases}
    return replace(first, phases=tuple(replace(phase, start_date=starts) for phase in levels.values()))
