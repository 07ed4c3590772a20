"""API keys: random, shown once, kept only as a keyed hash, each with the scopes it was given.

A key that was found good is remembered for `REMEMBERED` seconds, so that a revoked one is shut out
within that time.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime

from service.store import keys
from service.store.session import Store, transaction

PREFIX = "vob_"
REMEMBERED = 5.0
MOST_REMEMBERED = 1024
SCOPES = ("verifications:write", "verifications:read", "payers:read", "cases:*", "metrics:read")


@dataclass(frozen=True, slots=True)
class Client:
    """Who is calling, and what they may do."""

    id: str
    name: str
    scopes: tuple[str, ...]

    def may(self, scope: str) -> bool:
        """Whether one of the client's scopes grants this one; `cases:*` grants `cases:read`."""
        return scope in self.scopes or f"{scope.partition(':')[0]}:*" in self.scopes


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """Knows the clients of a store by their keys."""

    store: Store
    _remembered: dict[bytes, tuple[Client, float]] = field(default_factory=dict, repr=False)

    def authenticate(self, token: str) -> Client | None:
        """The client of a key, or `None` for a key that is unknown or revoked."""
        digest = self.store.vault.token_digest(token)
        remembered = self._remembered.get(digest)
        if remembered is not None and remembered[1] > time.monotonic():
            return remembered[0]
        with transaction(self.store) as session:
            found = keys.find(session, digest)
        if found is None:
            self._remembered.pop(digest, None)
            return None
        client = Client(found.id, found.name, found.scopes)
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[digest] = (client, time.monotonic() + REMEMBERED)
        return client


def make_token() -> str:
    """A new random API key."""
    return PREFIX + secrets.token_urlsafe(32)


def add_key(store: Store, name: str, scopes: tuple[str, ...], at: datetime) -> str:
    """Let a new client in; the key that is returned is kept nowhere.

    Raises `ValueError` for a scope there is not.
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown:
        raise ValueError(f"unknown scope {', '.join(unknown)}; there are {', '.join(SCOPES)}")
    token = make_token()
    with transaction(store) as session:
        keys.add(session, name, store.vault.token_digest(token), scopes, at)
    return token
