"""The second factor of staff: codes of an authenticator app (TOTP, RFC 6238), each good once."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

import pyotp

ISSUER = "OpenVOB"
DRIFT = 1
"""How many codes before and after the one of now are taken, for clocks that differ (30 seconds each)."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app is set up with: the secret, and the same as an address for a QR code."""

    secret: str
    uri: str


def enrol(name: str) -> Enrolment:
    """A new secret for somebody."""
    secret = pyotp.random_base32()
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER))


def step_of(secret: str, code: str, at: datetime, last_step: int | None) -> int | None:
    """The step of time that a code belongs to, or `None` where it is not good (any more).

    A step that was used, or is older than one that was, is not good a second time.
    """
    totp = pyotp.TOTP(secret)
    now = totp.timecode(at)
    for step in range(now - DRIFT, now + DRIFT + 1):
        is_it = hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())
        if is_it and (last_step is None or step > last_step):
            return step
    return None
