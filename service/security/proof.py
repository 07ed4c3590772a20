"""Proof of work: a visitor's browser works for a second or two before the service does.

The challenges are ALTCHA's, version 2, signed with a key derived from the data key; nothing is kept of one
until it is solved. A challenge says for which step it is and when it was posed: one that is answered faster
than a person can fill in a form tells a machine. Tokens say the same for pages without a script.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from altcha import Payload, create_challenge, verify_solution

from service.security.crypto import Vault

CHECK, CONTACT = "check", "contact"
STEPS = (CHECK, CONTACT)
FASTEST = {CHECK: 1, CONTACT: 3}
"""Seconds that a person takes for a step at the least: figures of ours."""

ALGORITHM, COST = "PBKDF2/SHA-256", 1_000
FEWEST_TRIES, MOST_TRIES = 1_000, 3_000
LASTS = 15 * 60
TOKEN_LASTS = 2 * 60 * 60
LONGEST_PROOF = 4_000
CLOCKS_DIFFER = 2


class BadProof(Exception):
    """A proof or a token that is none, is over, or is for something else."""


class TooFast(Exception):
    """Sent faster than a person can fill it in: `wait` is how many seconds are left."""

    def __init__(self, wait: int) -> None:
        super().__init__()
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Proof:
    """A solved challenge, or a token that came back: `name` is its own, and works once."""

    name: str


def pose(vault: Vault, client_id: str, step: str, at: datetime) -> dict[str, Any]:
    """A new challenge for one step of a site's visitor, as it travels."""
    now = int(at.timestamp())
    challenge = create_challenge(
        ALGORITHM,
        COST,
        counter=FEWEST_TRIES + secrets.randbelow(MOST_TRIES - FEWEST_TRIES),
        expires_at=now + LASTS,
        data={"for": step, "at": now, "max_counter": MOST_TRIES},
        hmac_secret=_secret(vault.current(), client_id),
        hmac_key_secret=_secret(vault.current(), client_id, "solution"),
    )
    posed: dict[str, Any] = challenge.to_dict()
    return posed


def read_proof(vault: Vault, client_id: str, step: str, sent: str, at: datetime) -> Proof:
    """The challenge that was solved; raises `BadProof`, and `TooFast` where no person was that fast."""
    try:
        payload = Payload.from_base64(sent)
        signature, said = payload.challenge.signature, payload.challenge.parameters.data
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadProof from None
    if not isinstance(signature, str) or not any(_is_solved(payload, key, client_id) for key in vault.ring()):
        raise BadProof
    # Signed by us, so it is what we said.
    if not isinstance(said, dict) or said.get("for") != step:
        raise BadProof
    _refuse_too_fast(step, int(said["at"]), at)
    return Proof(signature)


def make_token(vault: Vault, client_id: str, step: str, at: datetime) -> str:
    """What a page without a script brings back: when it was made, for which step, and that it is ours."""
    said = f"{int(at.timestamp())}.{secrets.token_urlsafe(12)}"
    return f"{said}.{_mark(vault.current(), client_id, step, said)}"


def read_token(vault: Vault, client_id: str, step: str, sent: str, at: datetime) -> Proof:
    """The token that came back; raises `BadProof`, and `TooFast` where no person was that fast."""
    said, _, mark = sent.rpartition(".")
    marks = [_mark(key, client_id, step, said) for key in vault.ring()]
    if not sent.isascii() or not any(hmac.compare_digest(mark, one) for one in marks):
        raise BadProof
    made_at = int(said.partition(".")[0])
    if at.timestamp() > made_at + TOKEN_LASTS:
        raise BadProof
    _refuse_too_fast(step, made_at, at)
    return Proof(said)


def _is_solved(payload: Payload, key: Any, client_id: str) -> bool:
    found = verify_solution(
        payload, _secret(key, client_id), hmac_key_secret=_secret(key, client_id, "solution")
    )
    return bool(found.verified)


def _refuse_too_fast(step: str, began: int, at: datetime) -> None:
    left = FASTEST[step] - (int(at.timestamp()) - began)
    if left > FASTEST[step] + CLOCKS_DIFFER:
        raise BadProof
    if left > 0:
        raise TooFast(left)


def _secret(key: Any, client_id: str, part: str = "challenge") -> bytes:
    made: bytes = key.index("proof of work", part, client_id)
    return made


def _mark(key: Any, client_id: str, step: str, said: str) -> str:
    made: bytes = key.index("page token", client_id, step, said)
    return made.hex()
