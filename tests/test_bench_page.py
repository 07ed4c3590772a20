"""The page on performance takes its tables from what was measured, and keeps what was not measured anew."""

from __future__ import annotations

import json
from pathlib import Path

from bench.page import MARKED, PAGE, fill
from service.config import HOUSE

BEFORE = """# A page

<!-- measured: route -->

What was measured before.

<!-- end -->

Between.

<!-- measured: memory -->
<!-- end -->

After.
"""
MEASURED = {
    "at": "2026-11-25 08:00",
    "machine": {"processors": 2, "model": "Invented", "python": "3.11.7", "load": 0.3},
    "tables": [
        {
            "title": "Memory",
            "columns": ["", "MB resident"],
            "rows": [["started", 81.26], ["after 1,000", 1234.5], ["idle", 3]],
            "remarks": ["of one process"],
        }
    ],
}
FILLED = """
**Memory**

|  | MB resident |
| --- | ---: |
| started | 81.3 |
| after 1,000 | 1,234 |
| idle | 3 |

- of one process

*2026-11-25 08:00 UTC, 2 processors (Invented), Python 3.11.7, load 0.3.*

"""


def test_a_table_is_written_between_its_marks_and_the_rest_stays(tmp_path: Path) -> None:
    (tmp_path / "memory.json").write_text(json.dumps(MEASURED), "utf-8")
    page = fill(BEFORE, tmp_path)
    empty = "<!-- measured: memory -->\n"
    assert page == BEFORE.replace(empty, empty + FILLED)
    assert fill(page, tmp_path) == page


def test_without_measurements_nothing_changes(tmp_path: Path) -> None:
    assert fill(BEFORE, tmp_path) == BEFORE
    (tmp_path / "memory.json").write_text('{"of": "another kind"}', "utf-8")
    assert fill(BEFORE, tmp_path) == BEFORE


def test_every_mark_of_the_page_names_a_bench() -> None:
    named = {name for _, name, _ in MARKED.findall(PAGE.read_text("utf-8"))}
    assert named <= {path.stem for path in (HOUSE / "bench").glob("*.py")}
    assert {"batch", "batch_served", "celery_workers", "bare", "live", "route", "memory"} <= named
