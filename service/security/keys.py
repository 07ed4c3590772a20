"""API keys: random, shown once, kept only as a keyed hash, each with the scopes it was given.

A key that was found good is remembered for `REMEMBERED` seconds, so that a revoked one is shut out
within that time. A site key is no secret: it opens little, and only for pages of the origins it names.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from service.security.permissions import ALL_RECORDS, SCOPES, SITE_SCOPES, grants
from service.store import keys
from service.store.keys import ApiKey
from service.store.session import Session, Store, transaction

PREFIX = "vob_"
SITE_PREFIX = "vob_site_"
REMEMBERED = 5.0
MOST_REMEMBERED = 1024
ORIGIN = re.compile(
    r"https://(?=.{1,253}\Z)[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{1,5})?"
    r"|http://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?"
)
"""An origin as browsers send it; plain http on the machine itself only."""


@dataclass(frozen=True, slots=True)
class Client:
    """Who is calling, and what they may do; a `user` is staff, with a session in place of a key."""

    id: str
    name: str
    scopes: tuple[str, ...]
    origins: tuple[str, ...] = ()
    user: bool = False

    def may(self, scope: str) -> bool:
        """Whether one of the client's scopes grants this one; `cases:*` grants `cases:read`."""
        return grants(self.scopes, scope)

    @property
    def reach(self) -> str | None:
        """Whose records the client sees: its own, by its id, or everybody's (`None`)."""
        return None if self.may(ALL_RECORDS) else self.id


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """Knows the clients of a store by their keys."""

    store: Store
    _remembered: dict[bytes, tuple[Client, datetime | None, float]] = field(default_factory=dict, repr=False)

    def authenticate(self, token: str) -> Client | None:
        """The client of a key, or `None` for a key that is unknown, revoked or past its end."""
        # Within the process only; what is kept of a key elsewhere is made with a secret.
        name, now = hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest(), datetime.now(UTC)
        remembered = self._remembered.get(name)
        if remembered is not None and remembered[2] > time.monotonic():
            client, ends, _ = remembered
            return client if ends is None or ends > now else None
        with transaction(self.store) as session:
            found = keys.find(session, self.store.vault.token_digests(token), now)
        if found is None:
            self._remembered.pop(name, None)
            return None
        client = Client(found.client_id, found.name, found.scopes, found.origins)
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[name] = (client, found.expires_at, time.monotonic() + REMEMBERED)
        return client

    def is_registered(self, origin: str) -> bool:
        """Whether some site key lets pages of this origin ask."""
        with transaction(self.store) as session:
            return origin in keys.list_origins(session, datetime.now(UTC))


def make_token(prefix: str = PREFIX) -> str:
    """A new random API key."""
    return prefix + secrets.token_urlsafe(32)


def add_key(store: Store, name: str, scopes: Sequence[str], at: datetime) -> str:
    """Let a new client in; the key that is returned is kept nowhere. Raises as `draft_key` does."""
    key, token = draft_key(name, scopes, at)
    with transaction(store) as session:
        keep_key(session, key, token)
    return token


def draft_key(
    name: str,
    scopes: Sequence[str],
    at: datetime,
    *,
    origins: Sequence[str] = (),
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A key for a new client, or for a site's pages where `origins` are named, and its token; not kept yet.

    Raises `ValueError`, saying what is wrong, for scopes or origins that cannot be.
    """
    check_scopes(scopes, SITE_SCOPES if origins else SCOPES)
    if not all(ORIGIN.fullmatch(origin) for origin in origins):
        raise ValueError("an origin is written like https://clinic.example, without a path")
    key = keys.make(name, scopes, at, origins=origins, expires_at=expires_at)
    return key, make_token(SITE_PREFIX if origins else PREFIX)


def draft_renewal(old: ApiKey, at: datetime, expires_at: datetime | None) -> tuple[ApiKey, str]:
    """Another key for the client of a key, and its token; not kept yet."""
    key = keys.make(
        old.name, old.scopes, at, client_id=old.client_id, origins=old.origins, expires_at=expires_at
    )
    return key, make_token(SITE_PREFIX if old.origins else PREFIX)


def keep_key(session: Session, key: ApiKey, token: str) -> None:
    """Let a key in: by its keyed hash, so that the token itself is kept nowhere."""
    keys.add(session, key, session.vault.token_digest(token))


def check_scopes(scopes: Sequence[str], possible: Sequence[str]) -> None:
    """Raise `ValueError` for no scope at all, and for one that there is not."""
    unknown = sorted(set(scopes) - set(possible))
    if unknown or not scopes:
        raise ValueError(f"unknown scope {', '.join(unknown) or '(none)'}; there are {', '.join(possible)}")
