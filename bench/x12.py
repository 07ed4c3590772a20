"""The 271 reader beside a bare split of the same text and two other readers; then more and more of it.

The floor cuts the text by the delimiters of its header and groups by HL and EB, and nothing else. Ours
reads, normalises and selects one level of care.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import tracemalloc
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from pyx12.x12file import X12Reader

from bench.asked import ROOT
from bench.measure import FOLDER, remark, show, time_in_turn
from bench.reply import SAMPLE, own_reply, read_sample, repeat
from payers.x12.level import Level, read_level
from payers.x12.model import Transaction, Wanted
from payers.x12.reader import read_271, stream_271
from payers.x12.status import date_of_service, find_status

LEVEL = "intensive_outpatient"
WANTED = Wanted(LEVEL, condition="mental_health", network="in")
MOST_RATIO = 10
# Pieces cut transactions anywhere, and the worst cut, which decides the peak, is met within a thousand.
SIZES = (1, 100, 1_000, 10_000)
PIECE = 16_384
# Of all that differs between sizes, so much is noise.
LINEAR, FLAT = 1.25, 1.1
PEER = ("linuxforhealth-x12==0.57.0", "pydantic<2")
ENVIRONMENT = FOLDER / "linuxforhealth"


def split_and_group(text: str) -> list[list[list[str]]]:
    """Cut a file into elements, grouped by HL and EB: what no reader of it can do without."""
    element, terminator = text[3], text[105]
    groups: list[list[list[str]]] = [[]]
    for piece in text.split(terminator):
        segment = piece.strip().split(element)
        if segment[0] in ("HL", "EB"):
            groups.append([])
        groups[-1].append(segment)
    return groups


def tokenise(text: str) -> int:
    """Let pyx12 cut a file into segments, its envelope checked."""
    return sum(1 for _ in X12Reader(StringIO(text)))


def select(transaction: Transaction) -> Level:
    """Return what a transaction says of the level."""
    on = date_of_service(transaction, WANTED.date_of_service)
    return read_level(transaction, find_status(transaction, on, LEVEL), WANTED, on)


def read(text: str) -> list[Level]:
    """Return what a whole file says of the level."""
    return [select(transaction) for transaction in read_271(text).transactions]


def pieces_of(path: Path) -> Iterator[str]:
    """Yield a file in pieces."""
    with path.open(encoding="ascii") as file:
        while piece := file.read(PIECE):
            yield piece


def select_all(pieces: Iterable[str]) -> int:
    """Select the level from every transaction as it comes, and return how many there were."""
    return sum(1 for transaction in stream_271(pieces, []) if select(transaction))


def time_peer(text: str) -> tuple[str, str]:
    """Return how long linuxforhealth-x12 takes, in an environment that is made the first time."""
    python = ENVIRONMENT / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True, capture_output=True)
        install = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *PEER]
        subprocess.run(install, check=True, capture_output=True)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "271.edi"
            path.write_text(text, encoding="ascii")
            script = [str(python), str(ROOT / "bench" / "linuxforhealth_peer.py"), str(path)]
            said = subprocess.run(script, check=True, capture_output=True, text=True).stdout.split()
    except (OSError, subprocess.CalledProcessError) as error:
        return "-", f"cannot be installed or run here ({type(error).__name__})"
    taken, read_ones, all_ones = float(said[0]), int(said[1]), int(said[2])
    return f"{taken / 1000:.2f} ms", f"{read_ones} of {all_ones} EB: it refuses the others"


def compare(name: str, text: str) -> None:
    """Print how long each reader takes on one file."""
    subjects = {"floor": split_and_group, "pyx12": tokenise, "ours": read}
    times = time_in_turn(
        {name: lambda one=one: one(text) for name, one in subjects.items()}, calls=20, rounds=75
    )
    floor = times["floor"]

    def row(title: str, subject: str) -> tuple[str, str, str]:
        taken = times[subject]
        speed = f"{taken / floor:6.2f} x floor, {len(text.encode()) / taken:5.1f} MB/s"
        return title, f"{taken / 1000:.3f} ms", speed

    rows = [
        row("split and group (the floor)", "floor"),
        row("pyx12 X12Reader, tokens only", "pyx12"),
        ("linuxforhealth-x12 0.57.0, models", *time_peer(text)),
        row("ours: read, normalise, select a level", "ours"),
    ]
    show(f"{name}, a 271 of {len(text):,} bytes ({datetime.now(UTC):%Y-%m-%d})", rows)
    reached("at most ten times the floor", times["ours"] <= MOST_RATIO * floor)
    reached("faster than pyx12's bare tokens", times["ours"] < times["pyx12"])


def grow(text: str) -> None:
    """Print time and memory a transaction by the number of transactions in one interchange."""
    times, peaks = {}, {}
    with TemporaryDirectory() as folder:
        for size in SIZES:
            path = Path(folder) / f"{size}.edi"
            path.write_text(repeat(text, size), encoding="ascii")
            times[size] = time_stream(path, size)
            peaks[size] = int(run_alone(path))
    first = times[SIZES[0]]
    show(
        f"Streamed from disk in pieces of {PIECE:,} characters",
        [
            (
                f"{size:,} transactions",
                f"{times[size]:,.0f} µs each",
                f"{times[size] / first:.2f} x, peak {peaks[size] / 1024:,.0f} KiB",
            )
            for size in SIZES
        ],
    )
    reached("linear in the number of transactions", max(times.values()) <= LINEAR * min(times.values()))
    reached("memory does not grow", peaks[SIZES[-1]] <= FLAT * peaks[SIZES[-2]])


def time_stream(path: Path, size: int) -> float:
    """Return the median microseconds a transaction, over as many readings as take about a second."""
    runs = []
    for _ in range(max(3, 3000 // size)):
        began = perf_counter()
        if select_all(pieces_of(path)) != size:
            raise SystemExit(f"{size} transactions were to be read")
        runs.append((perf_counter() - began) / size * 1e6)
    return median(runs)


def run_alone(path: Path) -> str:
    """Return the peak of memory, in bytes, that an interpreter of its own takes to stream a file."""
    command = [sys.executable, "-m", "bench.x12", str(path)]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout


def peak(path: Path) -> int:
    """Return the most bytes that were held while a file was streamed; an earlier run fills every cache."""
    select_all(pieces_of(path))
    gc.collect()
    tracemalloc.start()
    select_all(pieces_of(path))
    return tracemalloc.get_traced_memory()[1]


def reached(what: str, holds: bool) -> None:
    """Say whether something is reached."""
    remark(f"{'reached' if holds else 'NOT REACHED'}: {what}")


def main() -> None:
    """Print the tables; with a file's path, only the peak of memory that streaming it takes."""
    if len(sys.argv) > 1:
        print(peak(Path(sys.argv[1])))
        return
    if SAMPLE.exists():
        compare("The sample", read_sample())
    compare("Our own", own_reply())
    grow(read_sample())


if __name__ == "__main__":
    main()
