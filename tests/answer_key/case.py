"""One case of the answer key: a question as it is put to the service, and what the answer must say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

ADULT = "1980-05-17"
DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHORT = {
    "outpatient": "OP",
    "intensive_outpatient": "IOP",
    "partial_hospitalization": "PHP",
    "residential": "residential care",
    "inpatient": "inpatient care",
}
OP, IOP, PHP, RESIDENTIAL, INPATIENT = SHORT
Case = dict[str, Any]


def case(
    name: str,
    why: str,
    ask: Mapping[str, Any],
    expect: Mapping[str, Any],
    *,
    site: str = "center",
    asked_on: date | None = None,
    born: str = ADULT,
) -> Case:
    """Return a case; it is asked ten days before the care begins, of an adult, unless said."""
    first = date.fromisoformat(ask["phases"][0]["start_date"])
    return {
        "name": name,
        "why": why,
        "asked_on": (asked_on or first - timedelta(days=10)).isoformat(),
        "site": site,
        "birth_date": born,
        "ask": dict(ask),
        "expect": dict(expect),
    }


def phase(level: str, start: date, weeks: int = 1, days: int | None = None, **more: Any) -> dict[str, Any]:
    """Return a phase of care: by default 1 visit, 3 days of IOP or 5 days of PHP a week."""
    usual = {OP: (1, 1), IOP: (3, 3), PHP: (5, 5)}
    if level not in usual:
        return {"level_of_care": level, "start_date": start.isoformat(), "weeks": weeks, **more}
    days_per_week, hours = usual[level]
    return {
        "level_of_care": level,
        "start_date": start.isoformat(),
        "weeks": weeks,
        "days_per_week": days or days_per_week,
        "hours_per_day": hours,
        **more,
    }


def told(on: date, **facts: Any) -> dict[str, Any]:
    """Return what was told on the phone on a day."""
    return {
        "told_by": {
            "channel": "phone",
            "representative": "K. Y.",
            "reference": "KEY-1",
            "at": f"{on.isoformat()}T15:00:00Z",
        },
        **facts,
    }


def in_words(day: date) -> str:
    """Return a date as a sentence writes it."""
    return f"{day.day} {day:%B %Y}"
