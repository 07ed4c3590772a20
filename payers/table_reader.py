"""Reads the tables that stand beside the payer files: CSV with a header, empty cells left out."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows, the line (from 1) on which each ends, and complaints about the table as a whole."""

    rows: list[Row] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)


def read_table(content: bytes, columns: Sequence[str], needed: Sequence[str]) -> Sheet:
    """Read a table that may have `columns` and must have those `needed`; never raises."""
    try:
        reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        header = [name.strip() for name in next(reader, [])]
        faults = _header_faults(header, columns, needed)
        sheet = Sheet(faults=faults)
        for cells in reader if not faults else ():
            _add_row(sheet, header, cells, reader.line_num)
    except UnicodeDecodeError:
        return Sheet(faults=[(1, "Not UTF-8 text.")])
    except csv.Error as error:
        return Sheet(faults=[(reader.line_num, f"Not CSV: {error}.")])
    return sheet


def _header_faults(header: list[str], columns: Sequence[str], needed: Sequence[str]) -> list[tuple[int, str]]:
    unknown = [name for name in header if name not in columns]
    missing = [name for name in needed if name not in header]
    faults = []
    if unknown:
        faults.append((1, f"Unknown columns: {', '.join(unknown)}. There are: {', '.join(columns)}."))
    if missing:
        faults.append((1, f"Missing columns: {', '.join(missing)}."))
    if len(set(header)) < len(header):
        faults.append((1, "A column is given twice."))
    return faults


def _add_row(sheet: Sheet, header: list[str], cells: list[str], line: int) -> None:
    if not any(cell.strip() for cell in cells):
        return
    if len(cells) != len(header):
        sheet.faults.append((line, f"Has {len(cells)} cells where the header has {len(header)}."))
        return
    sheet.lines.append(line)
    sheet.rows.append({name: cell.strip() for name, cell in zip(header, cells, strict=True) if cell.strip()})
