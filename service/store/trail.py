"""The audit trail as it is read: who did what and when, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import select

from service.store.audit import FIELDS, Event
from service.store.pages import Page, cut, newest_first
from service.store.session import Session
from service.store.tables import audit_events


@dataclass(frozen=True, slots=True)
class Filter:
    """What the trail is narrowed to; days are in UTC, both inclusive."""

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    first_day: date | None = None
    last_day: date | None = None


def page_of(session: Session, wanted: Filter, page: Page) -> tuple[list[Event], str | None]:
    """One page of events, newest first, and the cursor of the next."""
    columns = audit_events.c
    query = select(*(columns[name] for name in FIELDS))
    for column, value in (
        (columns.actor, wanted.actor),
        (columns.action, wanted.action),
        (columns.subject, wanted.subject),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.first_day is not None:
        query = query.where(columns.at >= datetime.combine(wanted.first_day, time.min, UTC))
    if wanted.last_day is not None:
        query = query.where(columns.at <= datetime.combine(wanted.last_day, time.max, UTC))
    rows = session.connection.execute(newest_first(query, columns.id, page)).all()
    shown, following = cut(rows, page)
    return [Event(**row._mapping) for row in shown], following
