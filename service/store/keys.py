"""API keys and site keys as they are kept, by keyed hash.

A client may have several keys at a time: one takes over from another while both still open. What a client
made belongs to the client, whichever key it came with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, insert, or_, select, update

from service.store.access_tables import api_keys
from service.store.session import Session, new_id


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of a client: what the client is called and may do, from when to when; the key itself is nowhere.

    One that names `origins` is a site key: it opens only for pages that come from there.
    """

    id: str
    client_id: str
    name: str
    scopes: tuple[str, ...]
    origins: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def is_over(self, at: datetime) -> bool:
        """Whether the key opens nothing any more at a moment: revoked, or past its end."""
        return self.revoked_at is not None or (self.expires_at is not None and self.expires_at <= at)


def make(
    name: str,
    scopes: Sequence[str],
    at: datetime,
    *,
    client_id: str | None = None,
    origins: Sequence[str] = (),
    expires_at: datetime | None = None,
) -> ApiKey:
    """A new key, of a new client where none is named; not kept yet."""
    key_id = new_id()
    return ApiKey(key_id, client_id or key_id, name, tuple(scopes), tuple(origins), at, expires_at, None)


def add(session: Session, key: ApiKey, digest: bytes) -> None:
    """Let a key in."""
    values = {
        "id": key.id,
        "client_id": key.client_id,
        "name": key.name,
        "digest": digest,
        "scopes": orjson.dumps(key.scopes).decode(),
        "origins": orjson.dumps(key.origins).decode() if key.origins else None,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
    }
    session.connection.execute(insert(api_keys), values)


def find(session: Session, digests: Sequence[bytes], at: datetime) -> ApiKey | None:
    """The key with one of these hashes, if it is neither revoked nor past its end, or `None`."""
    query = select(api_keys).where(api_keys.c.digest.in_(digests), *_good_at(at))
    row = session.connection.execute(query).first()
    return None if row is None else _key(row)


def get(session: Session, key_id: str) -> ApiKey | None:
    """One key by its id, good or not, or `None`."""
    row = session.connection.execute(select(api_keys).where(api_keys.c.id == key_id)).one_or_none()
    return None if row is None else _key(row)


def list_all(session: Session) -> list[ApiKey]:
    """Every key there ever was, oldest first."""
    return [_key(row) for row in session.connection.execute(select(api_keys).order_by(api_keys.c.id))]


def list_origins(session: Session, at: datetime) -> frozenset[str]:
    """The origins of all site keys that are good at a moment."""
    query = select(api_keys.c.origins).where(api_keys.c.origins.is_not(None), *_good_at(at))
    return frozenset(
        origin for row in session.connection.execute(query).scalars() for origin in orjson.loads(row)
    )


def revoke(session: Session, key_id: str, at: datetime) -> bool:
    """Shut a key out for good; whether there was such a key to shut out."""
    open_key = update(api_keys).where(api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None))
    return session.connection.execute(open_key, {"revoked_at": at}).rowcount == 1


def expire(session: Session, key_id: str, at: datetime) -> None:
    """Let a key end at a moment, or earlier where it does so already."""
    later = or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > at)
    session.connection.execute(update(api_keys).where(api_keys.c.id == key_id, later), {"expires_at": at})


def _good_at(at: datetime) -> tuple[Any, ...]:
    return api_keys.c.revoked_at.is_(None), or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > at)


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        client_id=row.client_id,
        name=row.name,
        scopes=tuple(orjson.loads(row.scopes)),
        origins=tuple(orjson.loads(row.origins)) if row.origins else (),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
