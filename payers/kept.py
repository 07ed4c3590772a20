"""Keeps what was worked out of a rulebook for as long as the rulebook is there, and no longer.

A rulebook never changes, so neither does what is worked out of it. But others are put in use while the
service runs: what is kept apart from a rulebook must not keep the rulebook itself.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

Book = TypeVar("Book", bound=Hashable)
Asked = ParamSpec("Asked")
Made = TypeVar("Made")

MOST = 2048
"""So many results of a function are kept for one rulebook; then it begins anew."""


def keeps_results(make: Callable[Concatenate[Book, Asked], Made]) -> Callable[Concatenate[Book, Asked], Made]:
    """Let a function of a rulebook, and of what else can be looked up by, keep its results."""
    results: WeakKeyDictionary[Book, dict[Any, Made]] = WeakKeyDictionary()

    @wraps(make)
    def look(book: Book, *asked: Asked.args, **named: Asked.kwargs) -> Made:
        known = results.setdefault(book, {})
        key = (asked, tuple(named.items()))
        found: Any = known.get(key, known)  # nothing that is made is the place that it is kept in
        if found is known:
            found = make(book, *asked, **named)
            if len(known) >= MOST:
                known.clear()
            known[key] = found
        made: Made = found
        return made

    return look  # type: ignore[return-value]
