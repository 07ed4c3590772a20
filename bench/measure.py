"""Times functions in turn, and tells tables: to whoever watches, and as JSON to `bench.page`.

Blocks of calls alternate, so that a drift of the machine's speed hits all alike. Whatever a run shows stands
in `.bench/NAME.json`, named after the module that was run, with the machine that it was measured on.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

ROUNDS = 15
FOLDER = Path(__file__).parents[1] / ".bench"
Cell = str | int | float
WHAT = ("what", "how much", "and")

_shown: list[dict[str, Any]] = []


def time_in_turn(
    subjects: Mapping[str, Callable[[], object]], calls: int, rounds: int = ROUNDS
) -> dict[str, float]:
    """Return the median over rounds of microseconds a call, by name; a first round only warms up."""
    blocks: dict[str, list[float]] = {name: [] for name in subjects}
    for turn in range(rounds + 1):
        for name, subject in subjects.items():
            began = perf_counter()
            for _ in range(calls):
                subject()
            if turn:
                blocks[name].append((perf_counter() - began) / calls * 1e6)
    return {name: median(times) for name, times in blocks.items()}


def show(title: str, rows: Sequence[Sequence[Cell]], columns: Sequence[str] = WHAT) -> None:
    """Print a table and keep it; its numbers are kept as they are."""
    print(f"\n{title}")
    head = [] if columns is WHAT else [columns]
    lines = [[written(cell) for cell in row] for row in (*head, *rows)]
    widths = [max(map(len, column)) for column in zip_longest(*lines, fillvalue="")]
    for line in lines:
        # Words begin on the left: the first column, and the notes of a table of three.
        cells = [
            f"{cell:<{width}}" if number == 0 or (number == 2 and columns is WHAT) else f"{cell:>{width}}"
            for number, (cell, width) in enumerate(zip(line, widths, strict=False))
        ]
        print("  " + "  ".join(cells).rstrip())
    _shown.append({"title": title, "columns": [*columns], "rows": [[*row] for row in rows], "remarks": []})
    _keep()


def remark(text: str) -> None:
    """Print a line about the table before it, and keep it."""
    print(f"  {text}")
    _shown[-1]["remarks"].append(text)
    _keep()


def written(cell: Cell) -> str:
    """A cell as people read it: a number with three digits that count, or all before its point."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int) or abs(cell) >= 100:
        return f"{cell:,.0f}"
    return f"{cell:.{0 if cell == 0 else 1 if abs(cell) >= 10 else 2}f}"


def machine() -> dict[str, Any]:
    """What this is measured on, and how busy that is just now."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.machine()
    return {
        "processors": os.cpu_count(),
        "model": model,
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
    }


def _keep() -> None:
    """Write all that this run has shown; what is imported or typed has no name to keep it under."""
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    package, _, name = (spec.name if spec else "").rpartition(".")
    if package != "bench":
        return
    FOLDER.mkdir(exist_ok=True)
    kept = {"at": f"{datetime.now(UTC):%Y-%m-%d %H:%M}", "machine": machine(), "tables": _shown}
    (FOLDER / f"{name}.json").write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
