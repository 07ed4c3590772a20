"""Passwords of staff: hashed with argon2id, in the library's parameters (RFC 9106, low memory).

What a password has to be follows NIST SP 800-63B: long enough, not guessed from the name, and no rules
about kinds of characters.
"""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

SHORTEST = 12
LONGEST = 128
FEWEST_DIFFERENT = 5

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


def hash_password(password: str) -> str:
    """What is kept of a password: parameters, salt and hash in one text."""
    return _hasher.hash(password)


def is_right(kept: str | None, password: str) -> bool:
    """Whether a password is the one that was kept; as slow for `None`, and then never."""
    try:
        _hasher.verify(kept or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether a password was hashed with weaker parameters than those of today."""
    return _hasher.check_needs_rehash(kept)


def fault_of(password: str, name: str) -> str | None:
    """What is wrong with a new password, as the end of a sentence; `None` where nothing is."""
    if len(password) < SHORTEST:
        return f"must have at least {SHORTEST} characters; a few words together are easy to remember"
    if name.casefold() in password.casefold():
        return "must not hold the name"
    if len(set(password)) < FEWEST_DIFFERENT:
        return f"must have at least {FEWEST_DIFFERENT} different characters"
    return None


@cache
def _nobodys() -> str:
    """What a name that nobody has is checked against, so that it takes as long as one that somebody has."""
    return _hasher.hash("nobody has this password")
