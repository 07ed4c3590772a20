"""What is derived from one data key: what seals and indexes, and what is left of it once it is replaced.

A sealed value is `kid.nonce.ciphertext` (AES-256-GCM). It is bound to the table, column and row it
stands in, so that a value copied to another place does not open.
"""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12


class SealError(Exception):
    """A sealed value cannot be opened: wrong key, wrong place, or it was changed."""


@dataclass(frozen=True, slots=True)
class Remnant:
    """What of a data key is kept when it is replaced; with it nothing can be opened or sealed.

    API keys, claims of repeated requests and the audit trail are kept by hashes that nobody can make anew.
    """

    kid: str
    token_key: bytes = field(repr=False)
    claim_key: bytes = field(repr=False)
    audit_key: bytes = field(repr=False)

    def token_digest(self, token: str) -> bytes:
        """What is kept of an API key: 32 bytes that cannot be turned back into it."""
        return hmac.digest(self.token_key, token.encode("utf-8", "surrogateescape"), "sha256")

    def claim_digest(self, *parts: str) -> bytes:
        """What is kept of a request that may be repeated: 32 bytes that say nothing of it."""
        return hmac.digest(self.claim_key, "\x1f".join(parts).encode(), "sha256")

    def audit_digest(self, *parts: str | bytes | None) -> bytes:
        """What vouches for a line of the audit trail: 32 bytes that nobody makes without the key."""
        told = b"".join(_length_and_value(part) for part in parts)
        return hmac.digest(self.audit_key, told, "sha256")


@dataclass(frozen=True, slots=True)
class DataKey:
    """All that is derived from one data key; its id, `kid`, names the key and tells nothing of it."""

    remnant: Remnant
    _cipher: AESGCM = field(repr=False)
    _index_key: bytes = field(repr=False)

    @property
    def kid(self) -> str:
        """The id of the key, which stands before everything that is sealed with it."""
        return self.remnant.kid

    def seal(self, clear: bytes, place: str) -> bytes:
        """Encrypt `clear` for one place, `table.column:row`."""
        nonce = os.urandom(NONCE_BYTES)
        return b".".join((self.kid.encode(), nonce + self._cipher.encrypt(nonce, clear, place.encode())))

    def open(self, sealed: bytes, place: str) -> bytes:
        """Decrypt what this key sealed for this very place; raises `SealError` otherwise."""
        rest = sealed[len(self.kid) + 1 :]
        try:
            return self._cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):
            raise SealError("the value was changed, or sealed for another place") from None

    def index(self, kind: str, *parts: str) -> bytes:
        """The blind index of `parts`, 32 bytes; equal for equal kind and parts only."""
        return hmac.digest(self._index_key, "\x1f".join((kind, *parts)).encode(), "sha256")


def derive(data_key: bytes) -> DataKey:
    """All that one data key is used for; each purpose has a key of its own, derived from it."""
    if len(data_key) != KEY_BYTES:
        raise ValueError(f"a data key has {KEY_BYTES} bytes")
    remnant = Remnant(
        kid=kid_of(data_key),
        token_key=_derive(data_key, "api key"),
        claim_key=_derive(data_key, "repeated request"),
        audit_key=_derive(data_key, "audit trail"),
    )
    return DataKey(remnant, AESGCM(_derive(data_key, "seal")), _derive(data_key, "blind index"))


def kid_of(data_key: bytes) -> str:
    """The id of a data key."""
    return _derive(data_key, "key id")[:4].hex()


def _length_and_value(part: str | bytes | None) -> bytes:
    """Write a part so that no two lists of parts are written alike."""
    if part is None:
        return b"-"
    value = part.encode() if isinstance(part, str) else part
    return b"%d:%b" % (len(value), value)


def _derive(data_key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"openvob {purpose}".encode()).derive(data_key)
