"""API keys as they are kept (by keyed hash), and which data keys this database was written with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, insert, select, update

from service.store.session import Session, new_id, work_alone
from service.store.tables import api_keys, data_keys


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API client: its name and what it may do; the key itself is nowhere."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    revoked_at: datetime | None


def add(session: Session, name: str, digest: bytes, scopes: tuple[str, ...], at: datetime) -> ApiKey:
    """Let a new client in."""
    key = ApiKey(new_id(), name, scopes, at, None)
    values = {
        "id": key.id,
        "name": name,
        "digest": digest,
        "scopes": orjson.dumps(scopes).decode(),
        "created_at": at,
        "client_id": key.id,
    }
    session.connection.execute(insert(api_keys), values)
    return key


def find(session: Session, digest: bytes) -> ApiKey | None:
    """The client of a key that was not revoked, or `None`."""
    query = select(api_keys).where(api_keys.c.digest == digest, api_keys.c.revoked_at.is_(None))
    row = session.connection.execute(query).one_or_none()
    return None if row is None else _key(row)


def list_all(session: Session) -> list[ApiKey]:
    """Every client there ever was, oldest first."""
    return [_key(row) for row in session.connection.execute(select(api_keys).order_by(api_keys.c.id))]


def revoke(session: Session, key_id: str, at: datetime) -> bool:
    """Shut a client out for good; whether there was such a client to shut out."""
    open_key = update(api_keys).where(api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None))
    return session.connection.execute(open_key, {"revoked_at": at}).rowcount == 1


def remember_data_key(session: Session, at: datetime) -> bool:
    """Note the data key in use; `False` where this database was written with another one.

    It must be the first thing in its transaction: of two that start at once, one notes its key first.
    """
    work_alone(session, data_keys)
    known = set(session.connection.execute(select(data_keys.c.kid)).scalars())
    if not known:
        session.connection.execute(insert(data_keys), {"kid": session.vault.kid, "first_used_at": at})
    return not known or session.vault.kid in known


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(row.id, row.name, tuple(orjson.loads(row.scopes)), row.created_at, row.revoked_at)
