"""What happened to a case: that it was opened, every verification, every change.

Opening and verifications are read from where they stand already; only changes are written down here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from service.store.pages import Page, cut, newest_first
from service.store.session import Session, new_id
from service.store.tables import case_events, cases, verifications

OPENED = "case_opened"
SAID_OF_A_VERIFICATION = ("payer", "status", "replaces")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a case; `data` is sealed where it is written down."""

    case_id: str
    at: datetime
    kind: str
    by: str
    data: Mapping[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=new_id)


def add(session: Session, event: Event) -> None:
    """Write down a change of a case."""
    row = {
        "id": event.id,
        "case_id": event.case_id,
        "at": event.at,
        "kind": event.kind,
        "by": event.by,
        "data": session.seal(event.data, f"case_events.data:{event.id}"),
    }
    session.connection.execute(insert(case_events), row)


def page_of(
    session: Session, case_id: str, page: Page, client: str | None = None
) -> tuple[list[Event], str | None]:
    """One page of what happened to a case, newest first, and the cursor of the next.

    Of its verifications those of one client, where it is named.
    """
    events = [
        *_changes(session, case_id, page),
        *_verifications(session, case_id, page, client),
        *_opening(session, case_id, page),
    ]
    shown, following = cut(sorted(events, key=lambda event: event.id, reverse=True), page)
    return list(shown), following


def _changes(session: Session, case_id: str, page: Page) -> Iterator[Event]:
    query = select(case_events).where(case_events.c.case_id == case_id)
    for row in session.connection.execute(newest_first(query, case_events.c.id, page)):
        data = session.open(row.data, f"case_events.data:{row.id}")
        yield Event(case_id, row.at, row.kind, row.by, data, row.id)


def _verifications(session: Session, case_id: str, page: Page, client: str | None) -> Iterator[Event]:
    v = verifications.c
    said = [v[name] for name in SAID_OF_A_VERIFICATION]
    query = select(v.id, v.created_at, v.kind, v.made_by, *said).where(v.case_id == case_id)
    if client is not None:
        query = query.where(v.client_id == client)
    for row in session.connection.execute(newest_first(query, v.id, page)):
        data = {"verification": row.id, **{name: row._mapping[name] for name in SAID_OF_A_VERIFICATION}}
        yield Event(case_id, row.created_at, row.kind, row.made_by, data, row.id)


def _opening(session: Session, case_id: str, page: Page) -> Iterator[Event]:
    query = select(cases.c.id, cases.c.created_at, cases.c.opened_by).where(cases.c.id == case_id)
    for row in session.connection.execute(newest_first(query, cases.c.id, page)):
        yield Event(case_id, row.created_at, OPENED, row.opened_by, {}, row.id)
