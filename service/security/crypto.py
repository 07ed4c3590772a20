"""How member data is sealed, and how it can still be found: one data key, and what is derived from it.

A sealed value is `kid.nonce.ciphertext` (AES-256-GCM). It is bound to the table, column and row it
stands in, so that a value copied to another place does not open. Exact search goes through blind
indexes: keyed hashes of normalised values, from which nothing can be read back without the key.
"""

from __future__ import annotations

import hmac
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12


class SealError(Exception):
    """A sealed value cannot be opened: wrong key, wrong place, or it was changed."""


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals, opens and indexes with one data key; `kid` names the key and tells nothing of it."""

    kid: str
    _ciphers: Mapping[str, AESGCM] = field(repr=False)
    _index_key: bytes = field(repr=False)
    _token_key: bytes = field(repr=False)
    _audit_key: bytes = field(repr=False)

    def seal(self, clear: bytes, place: str) -> bytes:
        """Encrypt `clear` for one place, `table.column:row`."""
        nonce = os.urandom(NONCE_BYTES)
        return b".".join(
            (self.kid.encode(), nonce + self._ciphers[self.kid].encrypt(nonce, clear, place.encode()))
        )

    def open(self, sealed: bytes, place: str) -> bytes:
        """Decrypt what was sealed for this very place; raises `SealError` otherwise."""
        kid, _, rest = sealed.partition(b".")
        cipher = self._ciphers.get(kid.decode("ascii", "replace"))
        if cipher is None:
            raise SealError("the value was sealed with a key that is not here")
        try:
            return cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], place.encode())
        except InvalidTag:
            raise SealError("the value was changed, or sealed for another place") from None

    def index(self, kind: str, *parts: str) -> bytes:
        """The blind index of `parts`, 32 bytes; equal for equal kind and parts only."""
        return hmac.digest(self._index_key, "\x1f".join((kind, *parts)).encode(), "sha256")

    def token_digest(self, token: str) -> bytes:
        """What is kept of an API key: 32 bytes that cannot be turned back into it."""
        return hmac.digest(self._token_key, token.encode("utf-8", "surrogateescape"), "sha256")

    def audit_digest(self, *parts: str | bytes | None) -> bytes:
        """What vouches for a line of the audit trail: 32 bytes that nobody makes without the key."""
        told = b"".join(_length_and_value(part) for part in parts)
        return hmac.digest(self._audit_key, told, "sha256")


def _length_and_value(part: str | bytes | None) -> bytes:
    """Write a part so that no two lists of parts are written alike."""
    if part is None:
        return b"-"
    value = part.encode() if isinstance(part, str) else part
    return b"%d:%b" % (len(value), value)


def make_vault(data_key: bytes) -> Vault:
    """The vault of a 32-byte data key; each purpose has a key of its own, derived from it."""
    if len(data_key) != KEY_BYTES:
        raise ValueError(f"a data key has {KEY_BYTES} bytes")
    kid = _derive(data_key, "key id")[:4].hex()
    return Vault(
        kid=kid,
        _ciphers=MappingProxyType({kid: AESGCM(_derive(data_key, "seal"))}),
        _index_key=_derive(data_key, "blind index"),
        _token_key=_derive(data_key, "api key"),
        _audit_key=_derive(data_key, "audit trail"),
    )


def member_index(vault: Vault, member_id: str | None) -> bytes | None:
    """The blind index of a member id, however it was spaced, hyphenated or capitalised."""
    normal = _letters_and_digits(member_id or "")
    return vault.index("member_id", normal) if normal else None


def person_index(vault: Vault, last_name: str | None, birth_date: date | None) -> bytes | None:
    """The blind index of a family name and a birth date; accents and case do not matter."""
    normal = _letters_and_digits(last_name or "")
    return vault.index("person", normal, birth_date.isoformat()) if normal and birth_date else None


def external_index(vault: Vault, external_id: str | None) -> bytes | None:
    """The blind index of another system's id, exactly as it writes it."""
    normal = (external_id or "").strip()
    return vault.index("external_id", normal) if normal else None


def _letters_and_digits(text: str) -> str:
    if text.isascii() and text.isalnum():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if character.isalnum())


def _derive(data_key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"openvob {purpose}".encode()).derive(data_key)
