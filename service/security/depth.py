"""How deep JSON from outside may be nested, seen in its bytes before anything parses it."""

from __future__ import annotations

import re
from itertools import accumulate

MOST_DEEP = 32
"""How deep lists and objects of a body may be nested in one another."""

# Possessive, so that nothing is tried twice: whatever is sent is read once.
_STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+', re.DOTALL)
_STEPS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[{]}"))


def is_too_deep(body: bytes) -> bool:
    """Whether a JSON body is nested deeper than `MOST_DEEP`, seen without parsing it."""
    if body.count(b"[") + body.count(b"{") <= MOST_DEEP:
        return False
    steps = _STRINGS.sub(b"", body).translate(_STEPS, _NO_BRACKETS)
    return max(accumulate(memoryview(steps).cast("b")), default=0) > MOST_DEEP
