"""A batch in the service: put up over HTTP, done by the workers inside `vob serve`, results streamed.

Each size has a service and a database of its own. The rows are those of `bench.batch`; each becomes a
verification with a case and an event of the audit trail.
"""

from __future__ import annotations

import csv
import sys
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

from bench.batch import SIZES, rows
from bench.measure import remark, show
from bench.serving import Served, kinds, resident, served
from tests.databases import Databases

V1 = "/v1/batches"
COLUMNS = (
    "",
    "rows",
    "put up, s",
    "done, s",
    "rows a second",
    "x rows before",
    "x time",
    "results, s",
    "MB at most",
)
LOOKS = 200  # so many looks at how far it is, whatever its size: each counts its rows


def main(sizes: tuple[int, ...] = SIZES) -> None:
    """Show the table for each kind of database."""
    shown: list[tuple[str | float, ...]] = []
    with TemporaryDirectory() as scratch, kinds(Path(scratch)) as found:
        for name, databases in found:
            before: tuple[int, float] | None = None
            for size in sizes:
                put_up, done, streamed, megabytes = measure(databases, size)
                grown = ("", "") if before is None else (size / before[0], done / before[1])
                shown.append((name, size, put_up, done, size / done, *grown, streamed, megabytes))
                print(*shown[-1], file=sys.stderr)
                before = size, done
    show("A batch in the service, two workers, from the rulebook alone", shown, COLUMNS)
    remark("done: from its being put up until every row has its result")


def measure(databases: Databases, size: int) -> tuple[float, float, float, float]:
    """Return the seconds of putting up, doing and streaming, and the most megabytes of the process."""
    text = StringIO()
    csv.writer(text).writerows(rows(size))
    with served(databases, {}) as service:
        began = perf_counter()
        sent = service.call("POST", V1, data=text.getvalue(), headers={"Content-Type": "text/csv"})
        put_up = perf_counter() - began
        where = f"{V1}/{sent.json()['id']}"
        while (progress := _progress(service, where))["waiting"] or progress["working"]:
            left = progress["waiting"] + progress["working"]
            speed = (size - left) / (perf_counter() - began) or 1.0
            sleep(min(max(left / speed / LOOKS, 0.02), 2.0))
        done = perf_counter() - began
        if progress["failed"]:
            raise SystemExit(f"{progress['failed']} rows failed")
        began = perf_counter()
        results = service.call("GET", f"{where}/results?format=csv").content
        streamed = perf_counter() - began
        lines = results.count(b"\n")
        if lines != size + 1:
            raise SystemExit(f"{lines} lines of results for {size} rows")
        return put_up, done, streamed, resident(service.process, most=True)


def _progress(service: Served, where: str) -> dict[str, int]:
    found: dict[str, int] = service.call("GET", where).json()["progress"]
    return found


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
