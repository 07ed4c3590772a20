"""Turns the dated values of a payer file into entries whose facts carry their citations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from payers.dated import OVERLAY_RANK, Entry, When, read_when
from payers.values import read_value
from schemas.model import Citation, Fact

SECTIONS = ("facts", "cost_share", "services", "medical")
FieldPath = tuple[str, ...]
Plain = Mapping[str, Any]


def day_or_none(text: str | None) -> date | None:
    """Return a date, or `None` where there is none."""
    return date.fromisoformat(text) if text else None


def cite(sources: Mapping[str, Plain], source: str, at: str) -> Citation:
    """Return the citation of a place in one of the sources."""
    found = sources[source]
    return Citation(
        kind="published",
        title=found["title"],
        url=found["url"],
        locator=at,
        published=day_or_none(found["published"]),
        retrieved=day_or_none(found["retrieved"]),
        confidence=found["confidence"],
        local="overlay" in found,
        approved_by=found.get("approved_by"),
        holds_until=day_or_none(found.get("holds_until")),
    )


def weigh(source: Plain, when: When) -> int:
    """Return what a value weighs within its plan or payer: laid over by a clinic, then how specific it is."""
    return OVERLAY_RANK * int(source.get("overlay", 0)) + when.count


def walk(data: Any, path: FieldPath = ()) -> Iterator[tuple[FieldPath, Sequence[Plain]]]:
    """Yield each field's path and its list of dated values; what is plainly named, like a plan, has none."""
    if isinstance(data, list):
        yield path, data
    elif isinstance(data, Mapping):
        for name, inner in data.items():
            yield from walk(inner, (*path, name))


def walk_sections(part: Plain) -> Iterator[tuple[FieldPath, Sequence[Plain]]]:
    """Yield the fields of a payer, or of one of its plans."""
    for section in SECTIONS:
        yield from walk(part.get(section, {}), (section,))


def read_entries(
    path: FieldPath, values: Sequence[Plain], sources: Mapping[str, Plain], rank: int = 0
) -> tuple[Entry, ...]:
    """Return a field's entries; `rank` is added to what their conditions weigh."""
    entries = []
    for plain in values:
        when = read_when(plain.get("when", {}))
        starts = date.fromisoformat(plain["from"])
        weight = rank + weigh(sources[plain["source"]], when)
        entries.append(Entry(starts, _read_fact(path[-1], plain, sources), when, weight))
    return tuple(entries)


def _read_fact(field: str, plain: Plain, sources: Mapping[str, Plain]) -> Fact[Any] | None:
    if plain["value"] is None:
        return None
    said = [
        Fact(_read_value(field, each, sources), cite(sources, each["source"], each["at"]))
        for each in (plain, *plain.get("also", ()))
    ]
    return replace(
        said[0],
        through=day_or_none(plain.get("through")),
        note=plain.get("note"),
        others=tuple(said[1:]),
    )


def _read_value(field: str, plain: Plain, sources: Mapping[str, Plain]) -> Any:
    """Return a value as the engine takes it; a note with a source of its own carries its citation."""
    value = read_value(field, plain["value"])
    if not field.endswith("notes"):
        return value
    return [
        {**note, "cited": cite(sources, note["source"], note["at"])} if "source" in note else note
        for note in value
    ]
