"""Results as a workbook: a sheet of answers, and a sheet that says what to mend in the rows without one.

Rows are written as they come and held nowhere. Text is written as text: no cell is worked out. Nothing in
it says who a row is about.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from tempfile import TemporaryDirectory
from typing import IO, Any, Protocol

import orjson
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from schemas.problem import FieldError
from service.casework.hand_off import WORKED_OUT
from service.jobs.outgoing import IDS, RESULT_COLUMNS, Result, cells_of

ANSWERS = (*(name for name in RESULT_COLUMNS if name != "errors"), "to_mend")
"""The columns of the first sheet; what is wrong stands in the second."""

TO_MEND = ("row", "external_id", "status", "field", "what_to_do")
MONEY = ("low", "expected", "high", "first_session")
WHOLE = ("row", "sessions", "next_steps", "to_mend")
IN_WORDS = ("status", "network", "eligibility", "levels", "coverage", "authorization", "certainty")
WIDTHS: Mapping[str, int] = {
    "row": 8,
    "external_id": 18,
    "payer": 24,
    "levels": 22,
    "coverage": 22,
    "authorization": 26,
    "submit_by": 14,
    "answered_at": 18,
    "case_id": 38,
    "verification_id": 38,
    "field": 28,
    "what_to_do": 90,
}
USUAL_WIDTH = 13
LAST_LINE = 1_048_575
"""The last line that a sheet can have, counted from 0."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FAULT = re.compile(r"(\S*) ([a-z_]+)")
Cells = Mapping[str, Any]


class InWords(Protocol):
    """How a workbook says in a language what codes mean."""

    def label(self, code: str) -> str:
        """What a column, or a sheet, is called."""

    def value(self, column: str, text: str, cells: Cells) -> str:
        """What stands in a column, in words."""

    def field(self, pointer: str) -> str:
        """What a field of a row is called."""

    def fault(self, pointer: str, code: str, message: str = "") -> str:
        """What is wrong with a field and what to do, as a sentence."""


@dataclass(slots=True)
class Sheet:
    """A sheet, its columns, and the line that is written next."""

    sheet: Worksheet
    columns: tuple[str, ...]
    formats: Mapping[str, Format]
    line: int = 1

    def write(self, cells: Cells) -> None:
        """Write a line of it; what does not fit in a sheet any more is left out."""
        if self.line > LAST_LINE:
            return
        for place, name in enumerate(self.columns):
            _write(self, place, name, cells.get(name))
        self.line += 1


def write_workbook(file: IO[bytes], rows: Iterable[Cells], words: InWords, *, with_ids: bool = False) -> None:
    """Write results, each by column, to a file as a workbook."""
    with (
        TemporaryDirectory() as folder,  # where rows wait to be put together; it is removed, come what may
        Workbook(file, {"constant_memory": True, "tmpdir": folder}) as book,
    ):
        formats = _formats(book)
        answers = _sheet(book, "result_sheet", (*ANSWERS, *(IDS if with_ids else ())), formats, words)
        to_mend = _sheet(book, "row_sheet", TO_MEND, formats, words)
        for cells in rows:
            faults = _FAULT.findall(cells.get("errors") or "")
            said = {name: words.value(name, cells.get(name) or "", cells) for name in IN_WORDS}
            answers.write({**cells, **said, "to_mend": len(faults) or None})
            for pointer, code in faults:
                place = pointer.removesuffix("/")
                what = {"field": words.field(place), "what_to_do": words.fault(place, code)}
                to_mend.write({**cells, **said, **what})
        for one in (answers, to_mend):
            one.sheet.autofilter(0, 0, max(1, one.line - 1), len(one.columns) - 1)


def read_results(file: IO[bytes]) -> Iterator[dict[str, Any]]:
    """Yield results by column from a file of them, as columns or JSON lines; `ValueError` for any other."""
    first = file.readline()
    file.seek(0)
    if first.startswith(b"{"):
        for line in file:
            yield cells_of(_result(orjson.loads(line)))
        return
    reader = csv.DictReader(map(bytes.decode, file))
    if tuple(reader.fieldnames or ())[: len(RESULT_COLUMNS)] != RESULT_COLUMNS:
        raise ValueError("it does not begin as results do")
    yield from reader


def _result(line: Mapping[str, Any]) -> Result:
    answer = None if "errors" in line else line
    errors = tuple(FieldError(**one) for one in line.get("errors", ()))
    ids = {name: line[name] for name in IDS if name in line} or None
    return Result(line["row"], line["external_id"], line["status"], answer, errors, ids)


def _sheet(
    book: Workbook, name: str, columns: tuple[str, ...], formats: Mapping[str, Format], words: InWords
) -> Sheet:
    sheet = book.add_worksheet(words.label(name))
    sheet.freeze_panes(1, 1)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, WIDTHS.get(column, USUAL_WIDTH))
    sheet.set_row(0, None, formats["header"])
    for place, column in enumerate(columns):
        sheet.write_string(0, place, words.label(f"result_{column}"), formats["header"])
    return Sheet(sheet, columns, formats)


def _formats(book: Workbook) -> dict[str, Format]:
    quoted = book.add_format()
    quoted.set_quote_prefix()  # stays text when somebody types in the cell, too
    return {
        "header": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        "money": book.add_format({"num_format": "#,##0.00"}),
        "quoted": quoted,
    }


def _write(on: Sheet, place: int, name: str, value: Any) -> None:
    sheet, line, formats = on.sheet, on.line, on.formats
    if value is None or value == "":
        return
    if name in WHOLE:
        sheet.write_number(line, place, int(value))
    elif name in MONEY:
        sheet.write_number(line, place, float(value), formats["money"])
    elif name == "answered_at":
        at = datetime.fromisoformat(value).replace(tzinfo=None)
        sheet.write_datetime(line, place, at, formats["moment"])
    elif name == "submit_by" and _DAY.fullmatch(value):
        sheet.write_datetime(line, place, date.fromisoformat(value), formats["day"])
    elif name == "external_id":
        text = value[1:] if value.startswith("'") and value[1:].startswith(WORKED_OUT) else value
        sheet.write_string(line, place, text, formats["quoted"])
    else:
        sheet.write_string(line, place, value)
