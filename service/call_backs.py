"""Calls to make again: when, by whom, what about, and every try so far.

One is a record of its case, open until somebody is reached; whoever tries notes what came of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from schemas.sources import moment
from service.store import cases, records
from service.store.records import Record
from service.store.session import Session

KIND = "call_back"
STATUSES = (OPEN, DONE) = ("open", "done")
OUTCOMES = ("no_answer", "left_message", "on_hold", "reached")
"""What came of a try; whoever was `reached` need not be called again."""


def draft(case_id: str, asked: Mapping[str, Any], *, by: str, at: datetime) -> Record:
    """A call to make, not yet kept; without an owner, whoever asks for it looks after it."""
    data = {
        "about": asked["about"],
        "owner": asked.get("owner") or by,
        "note": asked.get("note"),
        "tries": [],
    }
    return records.draft(case_id, KIND, OPEN, data, by=by, at=at, due_at=asked["due_at"])


def add(session: Session, record: Record) -> None:
    """Keep a call to make."""
    records.add(session, record)


def find(session: Session, case_id: str, record_id: str) -> Record | None:
    """One call of a case, or `None`."""
    return records.get(session, case_id, record_id, KIND)


def of_case(session: Session, case_id: str) -> list[Record]:
    """Every call of a case, oldest first."""
    return records.of_case(session, case_id, KIND)


def list_open(session: Session, reach: str | None) -> list[Record]:
    """Every call that is still to be made, in the order they are due; of one client where it is named."""
    found = records.of_open_cases(session, KIND, (OPEN,), cases.CLOSED, reach)
    return sorted(found, key=lambda one: (one.due_at or one.created_at, one.id))


def change(session: Session, record: Record, asked: Mapping[str, Any], *, by: str, at: datetime) -> Record:
    """Note a try, move the time, give it to somebody else, or be done with it; the rest stays."""
    said = {name: asked[name] for name in ("about", "owner", "note") if name in asked}
    outcome, status = asked.get("outcome"), asked.get("status", record.status)
    if outcome is not None:
        tries = [*record.data["tries"], {"at": moment(at), "by": by, "outcome": outcome}]
        said["tries"] = tries
        status = DONE if outcome == "reached" else status
    due_at = asked.get("due_at", record.due_at)
    return records.change(session, record, status, {**record.data, **said}, at, due_at)


def shown(record: Record) -> dict[str, Any]:
    """A call as it travels."""
    return {
        "id": record.id,
        "case_id": record.case_id,
        "status": record.status,
        "due_at": moment(record.due_at),
        "about": record.data["about"],
        "owner": record.data["owner"],
        "note": record.data["note"],
        "tries": [dict(one) for one in record.data["tries"]],
        "created_at": moment(record.created_at),
        "created_by": record.created_by,
        "updated_at": moment(record.updated_at),
    }
