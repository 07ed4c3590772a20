"""Tables that a terminal can show."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def write_table(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a table to standard output; numbers stand to the right, everything else to the left."""
    cells = [[_text(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in (list(header), *cells)) for column in range(len(header))]
    right = [all(isinstance(row[column], int | float) for row in rows) for column in range(len(header))]
    lines = [f"\n{title}"]
    for line in (list(header), ["-" * width for width in widths], *cells):
        places = zip(line, widths, right, strict=True)
        shown = [cell.rjust(width) if is_number else cell.ljust(width) for cell, width, is_number in places]
        lines.append(f"  {'  '.join(shown)}".rstrip())
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _text(cell: object) -> str:
    match cell:
        case int():
            return f"{cell:,}"
        case float():
            return f"{cell:,.3f}"
        case _:
            return str(cell)
