"""Cases: people being admitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, Select, insert, select, update
from sqlalchemy import case as sql_case

from service.security.crypto import external_index
from service.store.pages import Page, cut, newest_first
from service.store.session import Session
from service.store.tables import cases

# Built once: making a statement anew costs more than running it.
INSERT = insert(cases)
CLOSED = ("discharged", "not_admitted")
STATUSES = ("inquiry", "verifying", "quoted", "admitted", *CLOSED)


@dataclass(frozen=True, slots=True)
class Case:
    """A person being admitted; `label` and `external_id` may name them and are sealed."""

    id: str
    status: str
    owner: str | None
    label: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    opened_by: str
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of cases is narrowed to."""

    status: str | None = None
    owner: str | None = None
    client: str | None = None
    is_open: bool = False


def add(session: Session, *opened: Case) -> None:
    """Open cases."""
    if opened:
        session.connection.execute(INSERT, [_row(session, case) for case in opened])


def get(session: Session, case_id: str, client: str | None = None) -> Case | None:
    """One case, or `None`; of one client where it is named."""
    query = _opened_by(select(cases).where(cases.c.id == case_id), client)
    row = session.connection.execute(query).one_or_none()
    return None if row is None else _opened(session, row)


def status_of(session: Session, case_id: str, client: str | None = None) -> str | None:
    """The status of a case, or `None` where there is no such case; of one client where it is named."""
    query = _opened_by(select(cases.c.status).where(cases.c.id == case_id), client)
    found: str | None = session.connection.execute(query).scalar_one_or_none()
    return found


def ids_of_external(session: Session, indexes: Sequence[bytes], client: str | None = None) -> list[str]:
    """The cases that another system's id names, oldest first; its indexes are those under every data key."""
    query = _opened_by(select(cases.c.id).where(cases.c.external_index.in_(indexes)), client)
    return list(session.connection.execute(query.order_by(cases.c.id)).scalars())


def take(session: Session, case_id: str) -> bool:
    """Let nobody else touch a case until the transaction ends; whether there is such a case.

    It must be the first thing in its transaction.
    """
    if session.connection.dialect.name == "sqlite":  # has one writer: become it before looking, not after
        session.connection.exec_driver_sql("BEGIN IMMEDIATE")
    query = select(cases.c.id).where(cases.c.id == case_id).with_for_update()
    return session.connection.execute(query).first() is not None


def change(session: Session, case_id: str, changes: Mapping[str, Any], at: datetime) -> None:
    """Set some of `status`, `owner`, `label` and `external_id`; the rest stays."""
    plain = {name: changes[name] for name in ("status", "owner") if name in changes}
    values = {**plain, **_sealed(session, case_id, changes), "updated_at": at}
    session.connection.execute(update(cases).where(cases.c.id == case_id), values)


def begin_verifying(session: Session, case_id: str, at: datetime) -> bool:
    """Note that a case is being worked on, and say whether it is there still.

    One that was only inquired about is now being verified.
    """
    status = sql_case((cases.c.status == "inquiry", "verifying"), else_=cases.c.status)
    noted = update(cases).where(cases.c.id == case_id).values(status=status, updated_at=at)
    return session.connection.execute(noted).rowcount == 1


def page_of(session: Session, wanted: Filter, page: Page) -> tuple[list[Case], str | None]:
    """One page of the list, newest first, and the cursor of the next."""
    query = _opened_by(select(cases), wanted.client)
    if wanted.status is not None:
        query = query.where(cases.c.status == wanted.status)
    if wanted.is_open:
        query = query.where(cases.c.status.not_in(CLOSED))
    if wanted.owner is not None:
        query = query.where(cases.c.owner == wanted.owner)
    rows = session.connection.execute(newest_first(query, cases.c.id, page)).all()
    shown, following = cut(rows, page)
    return [_opened(session, row) for row in shown], following


def _opened_by(query: Select[Any], client: str | None) -> Select[Any]:
    return query if client is None else query.where(cases.c.client_id == client)


def _row(session: Session, case: Case) -> dict[str, Any]:
    return {
        "id": case.id,
        "created_at": case.created_at,
        "updated_at": case.updated_at,
        "status": case.status,
        "owner": case.owner,
        "opened_by": case.opened_by,
        "client_id": case.client_id,
        **_sealed(session, case.id, {"label": case.label, "external_id": case.external_id}),
    }


def _sealed(session: Session, case_id: str, changes: Mapping[str, Any]) -> dict[str, bytes | None]:
    values: dict[str, bytes | None] = {}
    key = session.vault.current()  # one for value and index, whichever takes over meanwhile
    for name in ("label", "external_id"):
        if name in changes:
            clear = None if changes[name] is None else orjson.dumps(changes[name])
            values[name] = None if clear is None else key.seal(clear, f"cases.{name}:{case_id}")
    if "external_id" in changes:
        values["external_index"] = external_index(key, changes["external_id"])
    return values


def _opened(session: Session, row: Row[Any]) -> Case:
    return Case(
        id=row.id,
        status=row.status,
        owner=row.owner,
        label=session.open(row.label, f"cases.label:{row.id}"),
        external_id=session.open(row.external_id, f"cases.external_id:{row.id}"),
        created_at=row.created_at,
        updated_at=row.updated_at,
        opened_by=row.opened_by,
        client_id=row.client_id,
    )
