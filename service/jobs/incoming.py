"""Reads a batch row by row, as CSV with a header or as JSON lines; of a file no more than a row is held.

A row of CSV is a verification request in columns; a JSON line is one as the API takes it. A row that cannot
be read is a row too, with what is wrong with it, and the next one is read as if it were not there.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Protocol

import orjson

from schemas.problem import FieldError
from service.jobs.rows import MEMBER, find_day, find_level
from service.security.depth import is_too_deep

OF_CARE = ("level_of_care", "start_date", "weeks", "days_per_week", "hours_per_day")
COLUMNS = ("external_id", "payer", "plan", "network", "site", *MEMBER, *OF_CARE, "condition", "modality")
"""The columns that a batch may have, in the order of the template; what is empty is not said."""

WHOLE_NUMBERS = ("weeks", "days_per_week")
LONGEST_LINE = 131_072
"""So many bytes of a line are read, and what the reader of CSV takes of a cell; the rest is passed over."""

LONGEST_ID = 100

NOT_COLUMNS = "The row has more cells than the header, or quotes that do not end."
NOT_JSON = "The row is not a verification request as JSON in one line."


class Readable(Protocol):
    """What a batch is read from: a file, or the body of a request."""

    def readline(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Incoming:
    """A row of a batch: its number below the header, from 1, and its request, or what is wrong with it."""

    number: int
    body: Any
    errors: tuple[FieldError, ...] = ()

    @property
    def external_id(self) -> str | None:
        """Its id in another system, where that can be shown: the only thing of a row that comes back."""
        found = self.body.get("external_id") if isinstance(self.body, Mapping) else None
        is_shown = isinstance(found, str) and found.isprintable() and len(found) <= LONGEST_ID
        return found if is_shown else None


class UnusableBatch(Exception):
    """A file of which no row can be read; the message says why, and nothing that stands in it."""


def read_batch(file: Readable, find_payer: Callable[[str], str]) -> Iterator[Incoming]:
    """Yield the rows of a batch, which is JSON lines where it begins with a brace; raises `UnusableBatch`."""
    lines = _lines(file)
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise UnusableBatch("There is no row in it.")
    lines = chain((first,), lines)
    return _json_rows(lines) if first.lstrip().startswith("{") else _csv_rows(lines, find_payer)


def template() -> str:
    """A batch to fill in: the header alone."""
    return ",".join(COLUMNS) + "\r\n"


def _lines(file: Readable) -> Iterator[str]:
    is_rest = False
    while piece := file.readline(LONGEST_LINE):
        if not is_rest:
            yield _decoded(piece).removeprefix("\ufeff")
        is_rest = not piece.endswith(b"\n")


def _decoded(piece: bytes) -> str:
    try:
        return piece.decode("utf-8")
    except UnicodeDecodeError:  # as spreadsheets of another time write it
        return piece.decode("latin-1")


def _json_rows(lines: Iterable[str]) -> Iterator[Incoming]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if is_too_deep(line.encode()):
            yield _unreadable(number, NOT_JSON)
            continue
        try:
            yield Incoming(number, orjson.loads(line))
        except orjson.JSONDecodeError:
            yield _unreadable(number, NOT_JSON)


def _csv_rows(lines: Iterable[str], find_payer: Callable[[str], str]) -> Iterator[Incoming]:
    reader = csv.reader(lines, skipinitialspace=True)
    columns = _columns(next(reader))
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield _unreadable(number, NOT_COLUMNS)
            continue
        if any(cell.strip() for cell in cells[len(columns) :]):
            yield _unreadable(number, NOT_COLUMNS)
        elif any(cell.strip() for cell in cells):
            yield Incoming(
                number, _request(dict(zip(columns, map(str.strip, cells), strict=False)), find_payer)
            )


def _columns(header: Sequence[str]) -> list[str]:
    columns = ["_".join(name.casefold().split()) for name in header]
    unknown = [str(place) for place, name in enumerate(columns, start=1) if name not in COLUMNS]
    if unknown:
        which = ", ".join(unknown)
        raise UnusableBatch(
            f"The header has columns that a batch has not ({which}); there are: {', '.join(COLUMNS)}."
        )
    if len({*columns}) < len(columns):
        raise UnusableBatch("The header names a column twice.")
    return columns


def _request(cells: Mapping[str, str], find_payer: Callable[[str], str]) -> dict[str, Any]:
    """The verification request of a row; what cannot be used stays as it is, and is told by the request."""
    said: dict[str, Any] = {name: text for name, text in cells.items() if text}
    if "payer" in said:
        said["payer"] = find_payer(said["payer"])
    if "level_of_care" in said:
        said["level_of_care"] = find_level(said["level_of_care"])
    for name in ("birth_date", "start_date"):
        if name in said and (day := find_day(said[name])) is not None:
            said[name] = day.isoformat()
    for name in WHOLE_NUMBERS:
        if said.get(name, "").isdecimal():
            said[name] = int(said[name][:9])
    member = {name: said.pop(name) for name in MEMBER if name in said}
    return {**said, "member": member}


def _unreadable(number: int, message: str) -> Incoming:
    return Incoming(number, None, (FieldError("", "row_not_readable", message),))
