"""Reads paid sessions from CSV, row by row; a row with errors is told with all of them, the others go on."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from io import StringIO
from typing import Any

from schemas.actual import ACTUAL, DENIED, PARTS, check_actual
from schemas.problem import Complaints, FieldError, read_shape
from service.actuals.entries import Entry, LeftOut, UnusableFile
from service.casework.paid import FILE, TYPED, Stated
from service.jobs.rows import find_day, find_level

WHOSE = ("external_id", "case_id")
COLUMNS = (*WHOSE, *ACTUAL.fields)
"""The columns there may be, in the order of the template; what is empty is not said."""
MONEY = ("allowed", "patient", *PARTS, "plan_paid")
CENT = Decimal("0.01")
NOT_COLUMNS = "The row has more cells than the header, or quotes that do not end."


def template() -> str:
    """A table to fill in: the header alone."""
    return ",".join(COLUMNS) + "\r\n"


def read_table(content: bytes, today: date) -> Iterator[Entry | LeftOut]:
    """Yield the rows of a table; raises `UnusableFile` where its header cannot be used."""
    reader = csv.reader(StringIO(_decoded(content).removeprefix("\ufeff"), newline=""), skipinitialspace=True)
    try:
        columns = _columns(next(reader, []))
    except csv.Error:
        raise UnusableFile("The file is no table of columns.") from None
    position = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            position += 1
            yield _unreadable(position)
            continue
        position += 1
        if any(cell.strip() for cell in cells[len(columns) :]):
            yield _unreadable(position)
        elif any(cell.strip() for cell in cells):
            said = {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if cell.strip()}
            yield _row(position, said, today)


def stated_of(read: Mapping[str, Any], source: str) -> Stated:
    """What a valid session states."""
    amounts = {name: read.get(name) for name in MONEY}
    denied = read.get("status") == DENIED
    if denied:
        amounts["allowed"] = 0
    codes = {"reason": read["reason"]} if read.get("reason") else None
    return Stated(source, amounts=amounts, denied=denied, codes=codes)


def read_typed(said: Any, today: date) -> tuple[date, str | None, Stated]:
    """Read a session that somebody typed; raises `BadRequest` with everything that is wrong with it."""
    complaints = Complaints()
    read = read_shape(ACTUAL, said, complaints)
    check_actual(read, today, complaints)
    complaints.raise_any()
    return read["date_of_service"], read.get("level_of_care"), stated_of(read, TYPED)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:  # as spreadsheets of another time write it
        return content.decode("latin-1")


def _columns(header: Sequence[str]) -> list[str]:
    columns = ["_".join(name.casefold().split()) for name in header]
    if not any(columns):
        raise UnusableFile("There is nothing in it.")
    unknown = [str(place) for place, name in enumerate(columns, start=1) if name not in COLUMNS]
    if unknown:
        which, known = ", ".join(unknown), ", ".join(COLUMNS)
        raise UnusableFile(f"The header has columns that are not known ({which}); there are: {known}.")
    if len({*columns}) < len(columns):
        raise UnusableFile("The header names a column twice.")
    return columns


def _row(position: int, said: dict[str, Any], today: date) -> Entry | LeftOut:
    numbers = [said.pop(name, "") for name in WHOSE]
    for name in MONEY:
        if name in said:
            said[name] = _dollars(said[name])
    if (day := find_day(said.get("date_of_service", ""))) is not None:
        said["date_of_service"] = day.isoformat()
    if "level_of_care" in said:
        said["level_of_care"] = find_level(said["level_of_care"])
    if "status" in said:
        said["status"] = said["status"].casefold()
    complaints = Complaints()
    if not any(numbers):
        complaints.add("/external_id", "case_not_named", "or case_id is needed; say whose session it is")
    read = read_shape(ACTUAL, said, complaints)
    check_actual(read, today, complaints)
    if complaints.found:
        return LeftOut(position, "not_usable", tuple(complaints.found))
    number = numbers[1] or numbers[0]
    return Entry(
        position, number, read["date_of_service"], read.get("level_of_care"), (stated_of(read, FILE),)
    )


def _dollars(text: str) -> str:
    """Dollars with their cents, however a spreadsheet writes them: "$1,200" is "1200.00"."""
    try:
        number = Decimal(text.replace("$", "").replace(",", "").strip())
        return f"{number:.2f}" if number == number.quantize(CENT) else text
    except InvalidOperation:
        return text


def _unreadable(position: int) -> LeftOut:
    return LeftOut(position, "not_usable", (FieldError("", "row_not_readable", NOT_COLUMNS),))
