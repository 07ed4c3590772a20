"""Amounts, rates and counts as a reply writes them, exactly or not at all.

Money becomes whole cents; a rate the patient's share as a fraction, never rounded; what is neither
stays unread.
"""

from __future__ import annotations

import re
from decimal import Decimal

_NUMBER = re.compile(r"(\d{0,15})(?:\.(\d{0,15}))?", re.ASCII)
HUNDRED = Decimal(100)


def read_cents(text: str) -> int | None:
    """Return dollars (`"40"`, `"12.5"`) as cents, or `None` where they are no whole number of cents."""
    if len(text) < 16 and text.isdigit() and text.isascii():
        return int(text) * 100
    found = _NUMBER.fullmatch(text)
    if found is None or text in ("", "."):
        return None
    cents = (found[2] or "").rstrip("0").ljust(2, "0")
    return int(found[1] or "0") * 100 + int(cents) if len(cents) == 2 else None


def read_rate(text: str) -> tuple[Decimal | None, bool]:
    """Return a share as a fraction, and whether it was written in per cent; `None` where it is no share."""
    if text in ("", ".") or _NUMBER.fullmatch(text) is None:
        return None, False
    rate = Decimal(text)
    if rate <= 1:
        return rate, False
    return (rate / HUNDRED, True) if rate <= HUNDRED else (None, True)


def read_count(text: str) -> int | None:
    """Return a whole number (`"30"`, `"30.0"`), or `None`."""
    found = _NUMBER.fullmatch(text)
    if found is None or not found[1] or (found[2] or "").strip("0"):
        return None
    return int(found[1])


def write_rate(rate: Decimal) -> str:
    """Write a rate with all its places, and at least two: `0.20`, `0.125`."""
    whole, _, places = f"{rate:f}".partition(".")
    return f"{whole}.{places.rstrip('0').ljust(2, '0')}"
