"""A batch from a file into a file: rows a second, and the memory of a process that answers more and more.

The rows are mixed: payers of every kind, three levels of care, one row in fifty that cannot be used.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from bench.asked import ROOT
from bench.measure import show

SIZES = (1_000, 10_000, 100_000)
COLUMNS_SHOWN = ("", "rows", "seconds", "rows a second", "x rows before", "x time", "MB at most")
MOST_LINES = 10_000  # as JSON lines, which hold whole answers
COLUMNS = ("external_id", "payer", "member_id", "first_name", "last_name", "birth_date", "level_of_care")
PAYERS = (
    *("aetna", "cigna", "florida-blue", "unitedhealthcare", "florida-medicaid", "sunshine-health"),
    *("simply-healthcare", "humana", "oscar-florida", "medicare-advantage", "tricare-east", "fep-blue"),
)
LEVELS = ("iop", "php", "op")
ONE_IN = 50
RUN = """
import resource, sys
from service.cli import main
try:
    main()
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, file=sys.stderr)
"""


def main(sizes: tuple[int, ...] = SIZES) -> None:
    """Show seconds, rows a second and the most memory of a batch of each size, in each form."""
    shown: list[tuple[str | float, ...]] = []
    with TemporaryDirectory() as folder:
        for form in ("csv", "jsonl"):
            before: tuple[int, float] | None = None
            for size in (size for size in sizes if form == "csv" or size <= MOST_LINES):
                file = Path(folder) / f"{size}.csv"
                with file.open("w", encoding="utf-8", newline="") as opened:
                    csv.writer(opened).writerows(rows(size))
                seconds, megabytes = run(file, Path(folder) / f"{size}.out.{form}")
                grown = ("", "") if before is None else (size / before[0], seconds / before[1])
                shown.append((form, size, seconds, size / seconds, *grown, megabytes))
                before = size, seconds
    show("vob batch run, from the rulebook alone", shown, COLUMNS_SHOWN)


def rows(size: int) -> Iterator[tuple[str, ...]]:
    """Yield a header and so many rows of invented people."""
    start = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()
    yield (*COLUMNS, "start_date")
    mixed = zip(range(1, size + 1), cycle(PAYERS), cycle(LEVELS * 5 + LEVELS[:1]), strict=False)
    for number, payer, level in islice(mixed, size):
        born = "1990-13-01" if number % ONE_IN == 0 else "1990-01-01"
        yield (f"EHR-{number}", payer, f"W{number:09d}", "Luz", "Ensayo", born, level, start)


def run(file: Path, out: Path) -> tuple[float, float]:
    """Run a batch as a process of its own; return its seconds and its megabytes."""
    began = perf_counter()
    command = [sys.executable, "-c", RUN, "batch", "run", str(file), "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    seconds = perf_counter() - began
    if done.returncode not in (0, 2):
        raise SystemExit(done.stderr)
    lines = done.stderr.splitlines()
    print(f"{file.stem} {out.suffix}: {lines[-2]}")
    return seconds, float(lines[-1])


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
