"""Why a case is to be verified again: a month, a plan year, an authorization or a coverage that ends.

Each is due from a day on, until somebody asked on that day or after it: what a service that stood still has
missed is due when it runs again, and what was asked meanwhile is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from schemas.authorization import GRANTED
from schemas.merge import merge_told_json
from schemas.model import SELF_PAY
from schemas.reverification import AUTHORIZATION, COVERAGE, MONTHLY, PLAN_YEAR, Terms
from service.casework.file import CaseFile
from service.engine.calendar import CALENDAR_YEAR_START, year_start
from service.store.cases import CLOSED

Reason = dict[str, Any]
WITHOUT_A_YEAR = "medicaid"
"""Medicaid has no pots that a new year would fill again."""

NEW_YEAR_STEP = "reverify_new_plan_year"


def reasons_of(file: CaseFile, last_asked: date, terms: Terms) -> list[Reason]:
    """The reasons to verify a case again today, the most pressing first; none of a case that is closed.

    `last_asked` is the day on which a payer was last asked, and answered.
    """
    if file.latest is None or file.case.status in CLOSED or _line(file) == SELF_PAY:
        return []
    ways = {
        AUTHORIZATION: _authorizations(file, terms.authorization_days),
        COVERAGE: _coverage(file, terms.coverage_days),
        PLAN_YEAR: _plan_year(file),
        MONTHLY: iter([(file.today.replace(day=1), {})]),
    }
    return [
        {"code": code, **about}
        for code in terms.reasons
        for due_on, about in ways[code]
        if last_asked < due_on <= file.today
    ]


def _authorizations(file: CaseFile, days: int) -> Iterator[tuple[date, Reason]]:
    """Of each level, the last session that is covered by what was granted, where others follow it."""
    ends: dict[tuple[str, date], date] = {}
    for standing in file.ledger.standings:
        one, uncovered = standing.authorization, standing.first_uncovered
        if one.status in GRANTED and uncovered is not None and standing.ends_on is not None:
            place = (one.level, uncovered)
            ends[place] = max(standing.ends_on, ends.get(place, standing.ends_on))
    for (level, _), on in ends.items():
        yield on - timedelta(days=days), {"level": level, "date": on.isoformat()}


def _coverage(file: CaseFile, days: int) -> Iterator[tuple[date, Reason]]:
    ends = file.answer["eligibility"]["coverage_end"]
    if ends is not None:
        yield date.fromisoformat(ends) - timedelta(days=days), {"date": ends}


def _plan_year(file: CaseFile) -> Iterator[tuple[date, Reason]]:
    """The turn that the answer names, as it settled it; else the one that was told, else 1 January."""
    if _line(file) == WITHOUT_A_YEAR:
        return
    turn = next((step["by"] for step in file.answer["next_steps"] if step["code"] == NEW_YEAR_STEP), None)
    told = merge_told_json(file.latest.told).get("plan_year_start") if file.latest else None
    starts = CALENDAR_YEAR_START
    if told is not None:
        month, day = map(int, told.split("-"))
        starts = month, day
    on = date.fromisoformat(turn) if turn is not None else year_start(file.today, starts)
    yield on, {"date": on.isoformat(), "is_assumed": turn is None and told is None}


def _line(file: CaseFile) -> str | None:
    payer: Mapping[str, Any] = file.answer["payer"]
    return payer.get("line_of_business")
