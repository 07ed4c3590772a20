"""Cases: people being admitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy import case as sql_case

from service.security.crypto import external_index
from service.store.pages import Page, cut, newest_first
from service.store.session import Session
from service.store.tables import cases

# Built once: making a statement anew costs more than running it.
INSERT = insert(cases)
STATUSES = ("inquiry", "verifying", "quoted", "admitted", "discharged", "not_admitted")


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


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of cases is narrowed to."""

    status: str | None = None
    owner: str | None = None


def add(session: Session, case: Case) -> None:
    """Open a case."""
    values = {
        "id": case.id,
        "created_at": case.created_at,
        "updated_at": case.updated_at,
        "status": case.status,
        "owner": case.owner,
        "opened_by": case.opened_by,
        **_sealed(session, case.id, {"label": case.label, "external_id": case.external_id}),
    }
    session.connection.execute(INSERT, values)


def get(session: Session, case_id: str) -> Case | None:
    """One case, or `None`."""
    row = session.connection.execute(select(cases).where(cases.c.id == case_id)).one_or_none()
    return None if row is None else _opened(session, row)


def status_of(session: Session, case_id: str) -> str | None:
    """The status of a case, or `None` where there is no such case."""
    return session.connection.execute(
        select(cases.c.status).where(cases.c.id == case_id)
    ).scalar_one_or_none()


def change(session: Session, case_id: str, changes: Mapping[str, Any], at: datetime) -> None:
    """Set some of `status`, `owner`, `label` and `external_id`; the rest stays."""
    plain = {name: changes[name] for name in ("status", "owner") if name in changes}
    values = {**plain, **_sealed(session, case_id, changes), "updated_at": at}
    session.connection.execute(update(cases).where(cases.c.id == case_id), values)


def begin_verifying(session: Session, case_id: str, at: datetime) -> None:
    """Note that a case is being worked on; one that was only inquired about is now being verified."""
    status = sql_case((cases.c.status == "inquiry", "verifying"), else_=cases.c.status)
    session.connection.execute(
        update(cases).where(cases.c.id == case_id).values(status=status, updated_at=at)
    )


def page_of(session: Session, wanted: Filter, page: Page) -> tuple[list[Case], str | None]:
    """One page of the list, newest first, and the cursor of the next."""
    query = select(cases)
    if wanted.status is not None:
        query = query.where(cases.c.status == wanted.status)
    if wanted.owner is not None:
        query = query.where(cases.c.owner == wanted.owner)
    rows = session.connection.execute(newest_first(query, cases.c.id, page)).all()
    shown, following = cut(rows, page)
    return [_opened(session, row) for row in shown], following


def _sealed(session: Session, case_id: str, changes: Mapping[str, Any]) -> dict[str, bytes | None]:
    values: dict[str, bytes | None] = {}
    for name in ("label", "external_id"):
        if name in changes:
            value = changes[name]
            values[name] = None if value is None else session.seal(value, f"cases.{name}:{case_id}")
    if "external_id" in changes:
        values["external_index"] = external_index(session.vault, changes["external_id"])
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
    )
