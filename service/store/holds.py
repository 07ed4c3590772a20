"""Legal holds: cases that must stay, whatever is purged, since when, by whose word and why.

A case may be held for several reasons at a time; it may go once each of them was released.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, insert, select, update

from service.store.cases import take
from service.store.session import Session, new_id
from service.store.tables import legal_holds


@dataclass(frozen=True, slots=True)
class Hold:
    """One reason why a case must stay; `reason` may speak of a person and is sealed."""

    id: str
    case_id: str
    since: datetime
    by: str
    reason: str


def add(session: Session, case_id: str, by: str, reason: str, at: datetime) -> Hold | None:
    """Hold a case, or return `None` where there is no such case. The first thing in its transaction."""
    if not take(session, case_id):
        return None
    hold = Hold(new_id(), case_id, at, by, reason)
    values = {
        "id": hold.id,
        "case_id": case_id,
        "since": at,
        "by": by,
        "reason": session.seal(reason, f"legal_holds.reason:{hold.id}"),
    }
    session.connection.execute(insert(legal_holds), values)
    return hold


def release(session: Session, hold_id: str, by: str, at: datetime) -> bool:
    """End a hold; whether there was one to end."""
    still = update(legal_holds).where(legal_holds.c.id == hold_id, legal_holds.c.released_at.is_(None))
    return session.connection.execute(still, {"released_at": at, "released_by": by}).rowcount == 1


def list_open(session: Session, case_id: str | None = None) -> list[Hold]:
    """The holds that were not released, of one case or of all, oldest first."""
    query = _open(case_id).order_by(legal_holds.c.id)
    return [_opened(session, row) for row in session.connection.execute(query)]


def is_held(session: Session, case_id: str) -> bool:
    """Whether a case must stay."""
    return session.connection.execute(_open(case_id)).first() is not None


def _open(case_id: str | None) -> Select[Any]:
    query = select(legal_holds).where(legal_holds.c.released_at.is_(None))
    return query if case_id is None else query.where(legal_holds.c.case_id == case_id)


def _opened(session: Session, row: Row[Any]) -> Hold:
    reason = session.open(row.reason, f"legal_holds.reason:{row.id}")
    return Hold(row.id, row.case_id, row.since, row.by, reason)
