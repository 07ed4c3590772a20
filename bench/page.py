"""Writes what was measured into `docs/performance.md`, between its marks; the rest stays as it is.

python -m bench.page
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from bench.asked import ROOT
from bench.measure import FOLDER, WHAT, written

PAGE = ROOT / "docs" / "performance.md"
MARKED = re.compile(r"^(<!-- measured: ([a-z_0-9]+) -->\n).*?^(<!-- end -->)$", re.MULTILINE | re.DOTALL)


def fill(text: str, folder: Path) -> str:
    """Return a page with the tables of every bench that left its measurements in a folder."""

    def filled(marked: re.Match[str]) -> str:
        file = folder / f"{marked[2]}.json"
        measured = json.loads(file.read_text("utf-8")) if file.exists() else {}
        if "tables" not in measured:  # left by something else
            return marked[0]
        return f"{marked[1]}\n{as_markdown(measured)}\n{marked[3]}"

    return MARKED.sub(filled, text)


def as_markdown(measured: dict[str, Any]) -> str:
    """Return what a bench showed: each table under its title, then when and where it was measured."""
    parts = [part for table in measured["tables"] for part in _parts(table)]
    at, on = measured["at"], measured["machine"]
    where = f"{on['processors']} processors ({on['model']}), Python {on['python']}, load {on['load']}"
    return "\n".join([*parts, f"*{at} UTC, {where}.*", ""])


def _parts(table: dict[str, Any]) -> list[str]:
    columns, is_plain = table["columns"], table["columns"] == list(WHAT)
    head = "| " + " | ".join("" if is_plain else name for name in columns) + " |"
    numbers = ["---" if number == 0 or is_plain else "---:" for number in range(len(columns))]
    rows = ["| " + " | ".join(map(written, row)) + " |" for row in table["rows"]]
    remarks = [f"- {remark}" for remark in table["remarks"]]
    lines = [f"**{table['title']}**", "", head, f"| {' | '.join(numbers)} |", *rows, ""]
    return [*lines, *remarks, *([""] if remarks else [])]


def main() -> None:
    """Write the page."""
    PAGE.write_text(fill(PAGE.read_text("utf-8"), FOLDER), "utf-8")


if __name__ == "__main__":
    main()
