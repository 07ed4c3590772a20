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
from service.casework.hand_off import WORKED_OUT
from service.jobs.columns import AS_NAMED, COLUMNS, PASSED_OVER, ColumnMap, UnusableBatch, match
from service.jobs.rows import MEMBER, find_day, find_level
from service.security.depth import is_too_deep

WHOLE_NUMBERS = ("weeks", "days_per_week")
LONGEST_LINE = 131_072
"""So many bytes of a line are read, and what the reader of CSV takes of a cell; the rest is passed over."""

LONGEST_ID = 100

NOT_COLUMNS = "The row has more cells than the header, or quotes that do not end."
APART = ",;\t"
WORKBOOK = "PK\x03\x04"
NOT_JSON = "The row is not a verification request as JSON in one line."


class Readable(Protocol):
    """What a batch is read from: a file, or the body of a request."""

    def readline(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Incoming:
    """A row of a batch: its number below the header, from 1, and its request, or what is wrong with it.

    Of a row that cannot be read `text` is what stands there: a line of JSON, or cells by column.
    """

    number: int
    body: Any
    errors: tuple[FieldError, ...] = ()
    text: str | Mapping[str, str] | None = None

    @property
    def external_id(self) -> str | None:
        """Its id in another system, where that can be shown: the only thing of a row that comes back."""
        found = self.body.get("external_id") if isinstance(self.body, Mapping) else None
        is_shown = isinstance(found, str) and found.isprintable() and len(found) <= LONGEST_ID
        return found if is_shown else None


def read_batch(
    file: Readable, find_payer: Callable[[str], str], mapping: ColumnMap = AS_NAMED
) -> Iterator[Incoming]:
    """Yield the rows of a batch, which is JSON lines where it begins with a brace; raises `UnusableBatch`."""
    first, lines = _begin(file)
    if not first.lstrip().startswith("{"):
        return _csv_rows(first, lines, find_payer, mapping)
    if mapping:
        raise UnusableBatch("map_of_lines", "A mapping is of columns, and the file is JSON lines.")
    return _json_rows(lines)


def read_header(file: Readable) -> list[str] | None:
    """The header of a batch as it stands there, `None` of JSON lines; raises `UnusableBatch`."""
    first, lines = _begin(file)
    return None if first.lstrip().startswith("{") else _header(_cells(first, lines))


def template() -> str:
    """A batch to fill in: the header alone."""
    return ",".join(COLUMNS) + "\r\n"


def _begin(file: Readable) -> tuple[str, Iterator[str]]:
    """The first line with anything in it, and all lines from that one on."""
    lines = _lines(file)
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise UnusableBatch("empty", "There is no row in it.")
    if first.startswith(WORKBOOK):
        raise UnusableBatch("workbook", "It is a workbook; save the sheet as CSV.")
    return first, chain((first,), lines)


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
            yield _unreadable(number, NOT_JSON, line.strip())
            continue
        try:
            yield Incoming(number, _without_errors(orjson.loads(line)))
        except orjson.JSONDecodeError:
            yield _unreadable(number, NOT_JSON, line.strip())


def _csv_rows(
    first: str, lines: Iterator[str], find_payer: Callable[[str], str], mapping: ColumnMap
) -> Iterator[Incoming]:
    reader = _cells(first, lines)
    columns = match(_header(reader), mapping)
    return _rows_below(reader, columns, find_payer)


def _rows_below(
    reader: Iterator[list[str]], columns: Sequence[str | None], find_payer: Callable[[str], str]
) -> Iterator[Incoming]:
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
        named = {
            name: _as_typed(cell) for name, cell in zip(columns, cells, strict=False) if name is not None
        }
        if any(cell.strip() for cell in cells[len(columns) :]):
            yield _unreadable(number, NOT_COLUMNS, named)
        elif any(cell.strip() for cell in cells):
            yield Incoming(number, _request(named, find_payer))


def _cells(first: str, lines: Iterator[str]) -> Iterator[list[str]]:
    """The cells of each row, apart by whatever stands most often in the first."""
    return csv.reader(lines, delimiter=max(APART, key=first.count), skipinitialspace=True)


def _header(reader: Iterator[list[str]]) -> list[str]:
    try:
        return next(reader)
    except csv.Error:
        raise UnusableBatch("header", "Its first line cannot be read as the names of columns.") from None


def _as_typed(cell: str) -> str:
    """A cell without the mark that keeps spreadsheets from working it out, where ours put one."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(WORKED_OUT) else text


def _without_errors(body: Any) -> Any:
    if not isinstance(body, dict):
        return body
    return {name: value for name, value in body.items() if name not in PASSED_OVER}


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


def _unreadable(number: int, message: str, text: str | Mapping[str, str] | None = None) -> Incoming:
    return Incoming(number, None, (FieldError("", "row_not_readable", message),), text)
