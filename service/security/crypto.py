"""How member data is sealed, and how it can still be found: a ring of data keys.

The first of the ring seals and all open, so that one key can take over from another while the service
runs. Exact search goes through blind indexes: keyed hashes of normalised values, from which nothing can
be read back without the key.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from threading import Lock
from typing import Protocol

from service.security.derivation import KEY_BYTES, DataKey, Remnant, SealError, derive, kid_of

__all__ = ["KEY_BYTES", "DataKey", "Remnant", "SealError", "kid_of"]

# How long a vault may seal before it looks whether its keys were changed; what looks things up does not wait.
LOOK_SECONDS = 1.0

Look = Callable[[], Sequence[bytes] | None]
"""Returns the data keys, the first of them the one that seals, where they changed since the last look."""


class Indexer(Protocol):
    """What makes blind indexes: one data key, or a vault with the one that seals."""

    def index(self, kind: str, *parts: str) -> bytes: ...


class Sealer(Protocol):
    """What seals: one data key, or a vault with the first of its ring."""

    def seal(self, clear: bytes, place: str) -> bytes: ...


class Voucher(Protocol):
    """What vouches for lines of the audit trail: what is left of one data key, or a vault."""

    def audit_digest(self, *parts: str | bytes | None) -> bytes: ...


class Vault:
    """Seals, opens and indexes with a ring of data keys, and notices by itself when the ring changes.

    Keys that left the ring still open what was read before; what is left of older ones is carried.
    """

    def __init__(self, ring: Sequence[DataKey], look: Look | None = None) -> None:
        self._ring = tuple(ring)
        self._known = {key.kid: key for key in ring}
        self._remnants = {key.kid: key.remnant for key in ring}
        self._look, self._look_at = look, time.monotonic() + LOOK_SECONDS
        self._looking = Lock()

    @property
    def kid(self) -> str:
        """The id of the key that seals."""
        return self.current().kid

    def current(self) -> DataKey:
        """The key that seals: for several values that have to be of one key."""
        if self._look is not None and time.monotonic() >= self._look_at:
            self._notice()
        return self._ring[0]

    def ring(self) -> tuple[DataKey, ...]:
        """Every key of the ring as it is this very moment; what is looked for may be kept under any."""
        self._notice()
        return self._ring

    def remnants(self) -> tuple[Remnant, ...]:
        """What is known of every key there ever was; those of the ring come first."""
        ring = self.ring()
        in_ring = {key.kid for key in ring}
        earlier = [one for kid, one in self._remnants.items() if kid not in in_ring]
        return (*(key.remnant for key in ring), *earlier)

    def carry(self, remnant: Remnant) -> None:
        """Know from now on what is left of a key that was replaced."""
        self._remnants = {remnant.kid: remnant} | self._remnants

    def seal(self, clear: bytes, place: str) -> bytes:
        """Encrypt `clear` for one place, `table.column:row`."""
        return self.current().seal(clear, place)

    def open(self, sealed: bytes, place: str) -> bytes:
        """Decrypt what was sealed for this very place; raises `SealError` otherwise."""
        kid = sealed.partition(b".")[0].decode("ascii", "replace")
        if kid not in self._known:  # another process may have put a new key in place just now
            self._notice()
        key = self._known.get(kid)
        if key is None:
            raise SealError("the value was sealed with a key that is not here")
        return key.open(sealed, place)

    def index(self, kind: str, *parts: str) -> bytes:
        """The blind index of `parts`, 32 bytes; equal for equal kind and parts only."""
        return self.current().index(kind, *parts)

    def token_digest(self, token: str) -> bytes:
        """What is kept of an API key: 32 bytes that cannot be turned back into it."""
        return self.current().remnant.token_digest(token)

    def token_digests(self, token: str) -> tuple[bytes, ...]:
        """Every digest that an API key may be kept by, under any data key there was; the newest first."""
        return tuple(remnant.token_digest(token) for remnant in self.remnants())

    def audit_digest(self, *parts: str | bytes | None) -> bytes:
        """What vouches for a line of the audit trail: 32 bytes that nobody makes without the key."""
        return self.current().remnant.audit_digest(*parts)

    def _notice(self) -> None:
        """Take the data keys that there are now."""
        if self._look is None:
            return
        with self._looking:
            data_keys = self._look()
            if data_keys:
                ring = tuple(self._known.get(kid_of(one)) or derive(one) for one in data_keys)
                # Known before they are used: another thread reads while this one writes.
                self._known = self._known | {key.kid: key for key in ring}
                self._remnants = self._remnants | {key.kid: key.remnant for key in ring}
                self._ring = ring
            self._look_at = time.monotonic() + LOOK_SECONDS


def make_vault(*data_keys: bytes, look: Look | None = None) -> Vault:
    """The vault of some 32-byte data keys, the first of which seals."""
    return Vault([derive(data_key) for data_key in data_keys], look)


def member_index(indexer: Indexer, member_id: str | None) -> bytes | None:
    """The blind index of a member id, however it was spaced, hyphenated or capitalised."""
    normal = _letters_and_digits(member_id or "")
    return indexer.index("member_id", normal) if normal else None


def person_index(indexer: Indexer, last_name: str | None, birth_date: date | None) -> bytes | None:
    """The blind index of a family name and a birth date; accents and case do not matter."""
    normal = _letters_and_digits(last_name or "")
    return indexer.index("person", normal, birth_date.isoformat()) if normal and birth_date else None


def external_index(indexer: Indexer, external_id: str | None) -> bytes | None:
    """The blind index of another system's id, exactly as it writes it."""
    normal = (external_id or "").strip()
    return indexer.index("external_id", normal) if normal else None


def _letters_and_digits(text: str) -> str:
    if text.isascii() and text.isalnum():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if character.isalnum())
