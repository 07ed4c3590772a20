"""Reads the files of a rulebook and says what is wrong with them, by file and line.

What is judged here must hold before anything may be answered: shapes, dates, sources, tables.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from payers.table_reader import Row, Sheet, read_table
from payers.yaml_reader import Document, read_yaml
from schemas import fee_file, plan_file
from schemas.cards_file import cards_file_faults
from schemas.coordination_file import coordination_file_faults
from schemas.faults import Fault, Path, spell
from schemas.payer_file import (
    library_file_faults,
    payer_file_faults,
    program_file_faults,
    services_file_faults,
)

SERVICES = "services.yaml"
CARDS = "cards.yaml"
COORDINATION = "coordination.yaml"
LIBRARY = "plans.yaml"
PROGRAMS, PLANS = "programs/", "plans/"
# What holds for every payer: of no payer, without worked examples.
SHARED = {SERVICES: "services", CARDS: "cards", COORDINATION: "coordination", LIBRARY: "library"}
JUDGES: Mapping[str, Callable[[Any], list[Fault]]] = {
    "services": services_file_faults,
    "cards": cards_file_faults,
    "coordination": coordination_file_faults,
    "library": library_file_faults,
    "program": program_file_faults,
    "payer": payer_file_faults,
}
NEEDED_FEE_COLUMNS = ("code", "level_of_care", "amount", "from", "source", "at")
REMEMBERED = 256
NEEDED_WAGE_COLUMNS = ("county", "area", "index", "from", "source", "at")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something to mend: the file, the line (from 1), where in the data, and what to do about it."""

    file: str
    line: int
    where: str
    message: str

    def __str__(self) -> str:
        place = f" {self.where}:" if self.where else ""
        return f"{self.file}:{self.line}:{place} {self.message}"


@dataclass(frozen=True, slots=True)
class Reading:
    """The files as plain data with their lines, and every problem found."""

    documents: dict[str, Document] = field(default_factory=dict)
    sheets: dict[str, Sheet] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def payer_files(self) -> Iterator[tuple[str, Document]]:
        """Yield the name and document of each payer's file whose shape is sound."""
        unsound = {problem.file for problem in self.problems}
        for name, document in self.documents.items():
            if kind_of(name) == "payer" and name not in unsound:
                yield name, document

    def program_files(self) -> Iterator[tuple[str, Document]]:
        """Yield the name and document of each program's file whose shape is sound."""
        unsound = {problem.file for problem in self.problems}
        for name, document in self.documents.items():
            if kind_of(name) == "program" and name not in unsound:
                yield name, document

    def add(self, name: str, path: Path, message: str) -> None:
        """Add a problem of a YAML file."""
        self.problems.append(Problem(name, self.documents[name].line_of(path), spell(path), message))


def kind_of(name: str) -> str:
    """Return what a YAML file is of: one of `SHARED`, a `program` or a `payer`."""
    return SHARED.get(name) or ("program" if name.startswith(PROGRAMS) else "payer")


def read_rules(files: Mapping[str, bytes], *, is_overlay: bool = False) -> Reading:
    """Read and judge the files of a rulebook, by name; never raises, whatever they hold.

    What an overlay does not hold itself may lie beneath it.
    """
    reading = Reading()
    for name in sorted(files):
        if name.endswith(".yaml"):
            _read_document(reading, name, files[name])
    payers = list(reading.payer_files())
    for name, document in payers:
        if not is_overlay:
            _find_program(reading, name, document.data)
        _read_tables(reading, name, document.data, files)
    for name, document in payers:
        _judge_rows(reading, name, document.data)
    for name in sorted(files):
        if name.startswith(PLANS):
            _read_plans(reading, name, files[name], is_overlay=is_overlay)
    return reading


def _read_document(reading: Reading, name: str, content: bytes) -> None:
    kind = kind_of(name)
    document, faults = _judged(kind, content)
    reading.documents[name] = document
    for path, message in faults:
        reading.add(name, path, message)
    if reading.problems and reading.problems[-1].file == name:
        return
    expected = name.removeprefix(PROGRAMS).removesuffix(".yaml")
    if kind in document.data and document.data[kind]["id"] != expected:
        reading.add(name, (kind, "id"), f"Must be {expected}, as the file is called.")


# A rulebook is read again after an edit of one of its files: the others are judged already.
@lru_cache(maxsize=REMEMBERED)
def _judged(kind: str, content: bytes) -> tuple[Document, tuple[Fault, ...]]:
    """Return a file's data, which nobody changes, and what is wrong with it."""
    document = read_yaml(content)
    broken = document.data is None and document.faults
    return document, (*document.faults, *(() if broken else JUDGES[kind](document.data)))


def _find_program(reading: Reading, name: str, data: Mapping[str, Any]) -> None:
    program = data["payer"].get("program")
    if program is not None and f"{PROGRAMS}{program}.yaml" not in reading.documents:
        reading.add(name, ("payer", "program"), f"There is no file {PROGRAMS}{program}.yaml.")


def schedules(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Yield where a payer file names a fee schedule, and its file."""
    for index, schedule in enumerate(data.get("fees", ())):
        yield ("fees", index, "file"), schedule["file"]


def wage_table(data: Mapping[str, Any]) -> str | None:
    """Return the file of the payer's wage indexes."""
    return data["wage_indexes"]["file"] if "wage_indexes" in data else None


def tables_of(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the tables that a payer file names."""
    yield from (file for _, file in schedules(data))
    if (table := wage_table(data)) is not None:
        yield table


def plans_table(payer_id: str) -> str:
    """Return the file that a payer's plan designs stand in, if it has any."""
    return f"{PLANS}{payer_id}.csv"


def _read_tables(reading: Reading, name: str, data: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    wanted = list(schedules(data))
    if (table := wage_table(data)) is not None:
        wanted.append((("wage_indexes", "file"), table))
    for path, file in wanted:
        if file not in files:
            reading.add(name, path, f"There is no file {file}.")
        elif file not in reading.sheets:
            _read_table(reading, file, files[file], wages=path[0] == "wage_indexes")


def _read_table(reading: Reading, file: str, content: bytes, *, wages: bool) -> None:
    sheet, faults = _judged_table(content, wages)
    reading.sheets[file] = sheet
    reading.problems.extend(Problem(file, line, "", message) for line, message in sheet.faults)
    reading.problems.extend(Problem(file, line, spell(path), message) for line, (path, message) in faults)


@lru_cache(maxsize=REMEMBERED)
def _judged_table(content: bytes, wages: bool) -> tuple[Sheet, tuple[tuple[int, Fault], ...]]:
    """Return a table, which nobody changes, and what is wrong with its rows, by line."""
    columns = fee_file.WAGE_COLUMNS if wages else fee_file.FEE_COLUMNS
    judge = fee_file.wage_row_faults if wages else fee_file.fee_row_faults
    sheet = read_table(content, columns, NEEDED_WAGE_COLUMNS if wages else NEEDED_FEE_COLUMNS)
    rows = zip(sheet.rows, sheet.lines, strict=True)
    return sheet, tuple((line, fault) for row, line in rows for fault in judge(row))


def _judge_rows(reading: Reading, name: str, data: Mapping[str, Any]) -> None:
    """Hold the rows of a payer's tables against its sources and against each other."""
    unsound = {problem.file for problem in reading.problems}
    groups = [([file for _, file in schedules(data)], fee_file.fee_order_faults)]
    if (table := wage_table(data)) is not None:
        groups.append(([table], fee_file.wage_order_faults))
    for names, order_faults in groups:
        rows: list[tuple[str, int, Row]] = []
        for file in dict.fromkeys(names):
            if file in reading.sheets and file not in unsound:
                sheet = reading.sheets[file]
                rows += [(file, line, row) for row, line in zip(sheet.rows, sheet.lines, strict=True)]
        for file, line, row in rows:
            if row["source"] not in data["sources"]:
                message = f"{name} has no source called {row['source']}."
                reading.problems.append(Problem(file, line, "source", message))
        for index, message in order_faults([row for _, _, row in rows]):
            reading.problems.append(Problem(rows[index][0], rows[index][1], "", message))


def _read_plans(reading: Reading, file: str, content: bytes, *, is_overlay: bool) -> None:
    """Read a table of plan designs, and hold it against its payer's file and against its sources."""
    sheet, faults = _judged_plans(content)
    reading.sheets[file] = sheet
    found = [Problem(file, line, "", message) for line, message in sheet.faults]
    found += [Problem(file, line, spell(path), message) for line, (path, message) in faults]
    payer = reading.documents.get(f"{file.removeprefix(PLANS).removesuffix('.csv')}.yaml")
    if payer is None and not is_overlay:
        found.append(Problem(file, 1, "", "No payer is called so: a table has the name of its payer's file."))
    sources, stated = _named_in(reading.documents.get(LIBRARY), "sources"), _named_in(payer, "plans")
    for row, line in zip(sheet.rows, sheet.lines, strict=True):
        if row.get("source") not in sources:
            found.append(
                Problem(file, line, "source", f"{LIBRARY} has no source called {row.get('source')}.")
            )
        if row.get("plan") in stated:
            found.append(Problem(file, line, "plan", "Is a plan of the payer's file already: state it once."))
    if not found:
        for index, message in plan_file.plan_order_faults(sheet.rows):
            found.append(Problem(file, sheet.lines[index], "", message))
    reading.problems.extend(found)


@lru_cache(maxsize=REMEMBERED)
def _judged_plans(content: bytes) -> tuple[Sheet, tuple[tuple[int, Fault], ...]]:
    """Return a table of plan designs, which nobody changes, and what is wrong with its rows, by line."""
    sheet = read_table(content, plan_file.PLAN_COLUMNS, plan_file.NEEDED_PLAN_COLUMNS)
    rows = zip(sheet.rows, sheet.lines, strict=True)
    return sheet, tuple((line, fault) for row, line in rows for fault in plan_file.plan_row_faults(row))


def _named_in(document: Document | None, section: str) -> Collection[str]:
    """Return the names in a section of a document, whatever shape it may have."""
    named = document.data.get(section) if document is not None and isinstance(document.data, dict) else None
    return named if isinstance(named, dict) else ()
