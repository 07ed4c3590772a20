"""What is known of a case besides its verifications: authorizations, quotes, contacts, calls to make.

One table keeps all of them, each under its kind. In clear stand its kind, its status and when somebody
has to look at it; everything else is sealed. What it says is the business of `schemas` and
`service.casework`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, insert, select, tuple_, update

from service.store.session import Session, new_id
from service.store.tables import case_records, cases

# Built once: making a statement anew costs more than running it.
INSERT = insert(case_records)


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that is known of a case; `data` may name people and is sealed."""

    id: str
    case_id: str
    kind: str
    status: str
    due_at: datetime | None
    created_at: datetime
    created_by: str
    updated_at: datetime
    data: Mapping[str, Any]


def draft(
    case_id: str,
    kind: str,
    status: str,
    data: Mapping[str, Any],
    *,
    by: str,
    at: datetime,
    due_at: datetime | None = None,
) -> Record:
    """A new record, not yet kept."""
    return Record(new_id(), case_id, kind, status, due_at, at, by, at, data)


def add(session: Session, record: Record) -> None:
    """Keep a new record."""
    session.connection.execute(INSERT, _row(session, record))


def change(
    session: Session,
    record: Record,
    status: str,
    data: Mapping[str, Any],
    at: datetime,
    due_at: datetime | None = None,
) -> Record:
    """Put what is known now in the place of what was, and return it."""
    changed = replace(record, status=status, data=data, updated_at=at, due_at=due_at)
    row = _row(session, changed)
    session.connection.execute(update(case_records).where(case_records.c.id == record.id), row)
    return changed


def remove(session: Session, record_id: str) -> None:
    """Remove a record."""
    session.connection.execute(delete(case_records).where(case_records.c.id == record_id))


def get(session: Session, case_id: str, record_id: str, kind: str) -> Record | None:
    """One record of a case, or `None`; locked until the transaction ends where the database can."""
    c = case_records.c
    query = select(case_records).where(c.id == record_id, c.case_id == case_id, c.kind == kind)
    row = session.connection.execute(query.with_for_update()).one_or_none()
    return None if row is None else _opened(session, row)


def of_case(
    session: Session, case_id: str, kind: str | None = None, *, but: str | None = None
) -> list[Record]:
    """The records of a case, of one kind or of all, or of all `but` one, oldest first."""
    query = select(case_records).where(case_records.c.case_id == case_id)
    if kind is not None:
        query = query.where(case_records.c.kind == kind)
    if but is not None:
        query = query.where(case_records.c.kind != but)
    return _all(session, query)


def of_open_cases(
    session: Session,
    kind: str,
    statuses: Collection[str],
    closed: Sequence[str],
    client: str | None = None,
) -> list[Record]:
    """The records of a kind in one of these statuses, oldest first, of cases that are not `closed`.

    Of cases of one client, where it is named.
    """
    c = case_records.c
    query = select(case_records).join(cases, cases.c.id == c.case_id)
    query = query.where(c.kind == kind, c.status.in_(statuses), cases.c.status.not_in(closed))
    if client is not None:
        query = query.where(cases.c.client_id == client)
    return _all(session, query)


def page_of_kind(
    session: Session, kind: str, after: tuple[str, str], limit: int, client: str | None = None
) -> list[Record]:
    """The next records of a kind, case by case, after the ids of a case and a record; of one client."""
    c = case_records.c
    query = select(case_records).where(c.kind == kind, tuple_(c.case_id, c.id) > tuple_(*after))
    if client is not None:
        query = query.join(cases, cases.c.id == c.case_id).where(cases.c.client_id == client)
    rows = session.connection.execute(query.order_by(c.case_id, c.id).limit(limit))
    return [_opened(session, row) for row in rows]


def _all(session: Session, query: Select[Any]) -> list[Record]:
    rows = session.connection.execute(query.order_by(case_records.c.id))
    return [_opened(session, row) for row in rows]


def _row(session: Session, record: Record) -> dict[str, Any]:
    return {
        "id": record.id,
        "case_id": record.case_id,
        "kind": record.kind,
        "status": record.status,
        "due_at": record.due_at,
        "created_at": record.created_at,
        "created_by": record.created_by,
        "updated_at": record.updated_at,
        "data": session.seal(record.data, f"case_records.data:{record.id}"),
    }


def _opened(session: Session, row: Row[Any]) -> Record:
    data = session.open(row.data, f"case_records.data:{row.id}")
    return Record(**{**row._mapping, "data": data})
