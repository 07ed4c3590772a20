"""Compares what people write or read on a card with what payers are called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from difflib import SequenceMatcher, get_close_matches

# Words that many payers share, and that tell none of them from another.
COMMON = frozenset(
    ["a", "an", "and", "the", "of", "for", "inc", "llc", "plan", "plans", "health", "healthcare"]
) | frozenset(["insurance", "company", "benefits", "member", "id", "card"])
# Programs: in a longer text they tell what kind of plan it is, and not whose.
PROGRAMS = frozenset(["medicare", "medicaid"])
# How alike two spellings must be: for an id to be offered, and for a name to be taken for a misprint.
NEAR, MISPRINT = 0.5, 0.75


def plain(text: str) -> str:
    """Return a name as it is compared: small letters and digits, words apart by one blank."""
    return " ".join(re.findall(r"[a-z0-9]+", text.casefold()))


def nearest(ids: Iterable[str], text: str, most: int = 3) -> tuple[str, ...]:
    """Return the ids that look most like a text, best first."""
    by_name = {plain(one): one for one in ids}
    return tuple(by_name[name] for name in get_close_matches(plain(text), by_name, most, NEAR))


def likeness(names: Sequence[str], text: str) -> tuple[float, str]:
    """Return how well a text (0 to 1) speaks of something with these names, and of which of them."""
    scores = [(_score(plain(name), plain(text)), name) for name in names]
    return max(scores, key=lambda scored: (scored[0], len(scored[1])))


def _score(name: str, text: str) -> float:
    if not name or not text:
        return 0.0
    if name == text:
        return 1.0
    if f" {name} " in f" {text} ":
        if name in PROGRAMS:
            return 0.5
        # A name inside a longer text: the longer the name, the surer.
        return 0.8 + 0.15 * len(name) / len(text)
    telling, asked = set(name.split()) - COMMON, set(text.split()) - COMMON
    if f" {text} " in f" {name} " and telling & asked:
        return 0.7 + 0.1 * len(text) / len(name)
    overlap = 0.7 * len(telling & asked) / max(len(telling), len(asked), 1)
    return max(overlap, 0.75 * _ratio(name, text) if _misread(asked, telling) else 0.0)


def _ratio(name: str, text: str) -> float:
    """Return how alike two spellings are, nothing where it is too little; its upper bounds are quicker."""
    matcher = SequenceMatcher(None, name, text)
    if matcher.real_quick_ratio() < MISPRINT or matcher.quick_ratio() < MISPRINT:
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= MISPRINT else 0.0


def _misread(asked: Set[str], telling: Set[str]) -> bool:
    """Say whether each word may be a misprint of a name's: one other word makes it another name."""
    if asked & PROGRAMS != telling & PROGRAMS:
        return False
    return len(asked) != len(telling) or all(get_close_matches(word, telling, 1, MISPRINT) for word in asked)
