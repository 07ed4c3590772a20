"""Two rulebooks held against each other: which values differ, and for which payers nothing does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from payers.rulebook import Rulebook
from payers.rules_view import Difference, diff
from schemas.plan_entries import span_of

SHARED = ("programs", "services", "cards", "tables", "coordination", "library")
"""What a rulebook says that more than one payer's answers may be made from."""


class Differences(NamedTuple):
    """What differs for care from a day on, and did not differ in the same way before it."""

    starts: date
    values: tuple[Difference, ...]


def compare(before: Rulebook, after: Rulebook, on: date) -> tuple[Differences, ...]:
    """Return the values that differ on a day, then those that differ from each later day on."""
    payers = {*before.payer_ids, *after.payer_ids}
    changed = {one for one in payers if _files(before, one) != _files(after, one)}
    later = {*_starts(before.data), *_starts(after.data)}
    found, known = [], set[str]()
    for day in sorted({on, *(one for one in later if one > on)}):
        every = diff(before, day, after, day, changed)
        fresh = tuple(one for one in every if _said(one) not in known)
        known = {_said(one) for one in every}
        if fresh:
            found.append(Differences(day, fresh))
    return tuple(found)


def payers_alike(before: Rulebook, after: Rulebook) -> frozenset[str]:
    """Return the payers of whom two rulebooks say the same; none where what payers share differs."""
    if any(getattr(before.data, part) != getattr(after.data, part) for part in SHARED):
        return frozenset()
    old, new = before.data.payers, after.data.payers
    return frozenset(one for one in old if old[one] == new.get(one))


def _files(rulebook: Rulebook, payer_id: str) -> dict[str, str]:
    """Return the digests of the files that a payer's answers are made from; of an unknown payer none."""
    known = payer_id in rulebook.payer_ids
    return {name: rulebook.digests[name] for name in rulebook.files_of(payer_id)} if known else {}


def _said(one: Difference) -> str:
    return repr(replace(one, shown=None, was=None))  # type: ignore[arg-type]


def _starts(data: Any) -> Iterator[date]:
    """Yield every day on which a value begins, wherever it stands."""
    for part in (data.payers, data.programs, data.services, data.coordination):
        yield from _starts_in(part)
    for rows in data.tables.values():
        for row in rows:
            starts = span_of(row)[0] if "year" in row else row.get("from")
            if starts:
                yield date.fromisoformat(starts)


def _starts_in(value: Any) -> Iterator[date]:
    if isinstance(value, Mapping):
        starts = value.get("from")
        if "value" in value and isinstance(starts, str):
            yield date.fromisoformat(starts)
        for inner in value.values():
            yield from _starts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _starts_in(inner)
