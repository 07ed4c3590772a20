"""The cases that were due on a day, as they are shown: what needs a look first, and whose they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from schemas.day_list import QUIET, URGENT_FIRST
from schemas.reverified import DONE as DAY_DONE
from schemas.reverified import NOT_POSSIBLE, NOT_YET, WORKING
from schemas.sources import moment
from service.jobs.findings import is_exception
from service.jobs.schedule import KIND, list_of
from service.store import batches, verifications
from service.store.batches import DONE, FAILED, LEASED, REFUSED, WAITING, Batch, Item
from service.store.pages import Page
from service.store.session import Session

SHOWN_STATES = {
    WAITING: "waiting",
    LEASED: "working",
    DONE: "done",
    REFUSED: NOT_POSSIBLE,
    FAILED: "failed",
}
NEEDS_A_PERSON = (REFUSED, FAILED)
LAST = len(URGENT_FIRST)


@dataclass(frozen=True, slots=True)
class Whole:
    """What was due on a day, where a list of it was put up, and the newest answer of each case."""

    day: date
    batch: Batch | None
    items: Sequence[Item]
    newest: Mapping[str, str]


def of_day(session: Session, day: date, reach: str | None) -> Whole:
    """The list of a day, with the rows that somebody may see."""
    batch = list_of(session, day)
    if batch is None:
        return Whole(day, None, (), {})
    items = [
        item for item in batches.items_of(session, batch.id) if reach is None or item.data["client"] == reach
    ]
    ids = [item.case_id for item in items if item.case_id is not None]
    latest = verifications.latest_of_cases(session, ids, reach) if ids else {}
    return Whole(day, batch, items, {case: one.id for case, one in latest.items()})


def days_before(session: Session, day: date, most: int) -> list[date]:
    """The last days before one on which a list was put up."""
    found, _ = batches.page_of(session, KIND, Page(limit=most))
    return [one.day for one in found if one.day is not None and one.day < day]


def whole(found: Whole) -> dict[str, Any]:
    """The list of a day as it is shown: how far it is, and its rows, the most urgent first."""
    counts = Counter(item.state for item in found.items)
    rows = sorted((row_of(item, found.newest) for item in found.items), key=_urgency)
    is_working = counts[WAITING] + counts[LEASED] > 0
    return {
        "day": found.day.isoformat(),
        "state": NOT_YET if found.batch is None else WORKING if is_working else DAY_DONE,
        "created_at": moment(found.batch.created_at) if found.batch else None,
        "progress": {
            "rows": len(rows),
            **{shown: counts[state] for state, shown in SHOWN_STATES.items()},
            "unchanged": sum(_is_quiet(row) for row in rows),
        },
        "items": rows,
    }


def row_of(item: Item, newest: Mapping[str, str]) -> dict[str, Any]:
    """A row as it is shown: why it was due, what was found and from what."""
    result: Mapping[str, Any] = (item.result or {}) if item.state == DONE else {}
    findings = list(result.get("findings", ()))
    return {
        "number": item.number,
        "state": SHOWN_STATES[item.state],
        "reasons": list(item.data["reasons"]),
        "findings": findings,
        "is_exception": item.state in NEEDS_A_PERSON or is_exception(findings),
        "passed_over": result.get("passed_over"),
        "errors": list(item.data.get("errors", ())) if item.state == REFUSED else [],
        "payer": result.get("payer"),
        "levels": list(result.get("levels", ())),
        "checked_at": result.get("checked_at"),
        "checked_by": result.get("checked_by"),
        "case_id": item.case_id,
        "verification_id": item.verification_id,
        "before_verification_id": result.get("before"),
        "newest_verification_id": newest.get(item.case_id or ""),
        "attempt": item.attempt,
    }


def _urgency(row: Mapping[str, Any]) -> tuple[int, int]:
    """What could not be asked first, then by what was found first, then what is quiet or to come."""
    if row["is_exception"] and not row["findings"]:
        return -1, row["number"]
    code = row["findings"][0]["code"] if row["findings"] else None
    return URGENT_FIRST.index(code) if code in URGENT_FIRST else LAST, row["number"]


def _is_quiet(row: Mapping[str, Any]) -> bool:
    """Whether a row was asked about and nothing is to be looked at."""
    return any(one["code"] in QUIET for one in row["findings"])
