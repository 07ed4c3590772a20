"""Reads broken replies by the hundred thousand: `python -m tests.payers.fuzz --count N --seed S`.

N broken X12 files and a quarter as many broken JSON replies, a twentieth of each made by Hypothesis and
the rest by breaking sound ones, are read and described for two levels of care. Each gives an answer or an
error of ours, in time that grows no faster than it does. What fails is written to a file, and made again
by its seed and number.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

from tests.payers import fuzz_invented
from tests.payers.fuzz_checks import (
    KINDS,
    Content,
    allowed,
    check_closely,
    make,
    read_and_describe,
    time_again,
    two_levels,
)
from tests.payers.fuzz_invented import GROUP
from tests.payers.fuzz_seeds import json_seeds, roster_texts

SHOWN = 5
CLOSELY = 8  # one in so many is checked closely
# What the roster's replies took each when the allowance was set; more means a slower machine, or a busy one.
USUAL_SECONDS = {"x12": 0.00014, "json": 0.00025}


@dataclass
class Found:
    """What a batch of inputs came to; times are in seconds, and microseconds a byte."""

    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    slowest: list[tuple[float, str]] = field(default_factory=list)
    per_byte: list[tuple[float, str]] = field(default_factory=list)
    slow: list[int] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Take in what another batch came to."""
        self.outcomes += other.outcomes
        self.failures += other.failures
        self.slowest = sorted(self.slowest + other.slowest, reverse=True)[:SHOWN]
        self.per_byte = sorted(self.per_byte + other.per_byte, reverse=True)[:SHOWN]
        self.slow += other.slow


@dataclass(frozen=True)
class Batch:
    """Inputs of a kind by their numbers, and where to write those that fail; longer ones are passed over."""

    kind: str
    seed: int
    first: int
    last: int
    folder: Path
    timed: bool = True
    longest: int = sys.maxsize


def slowness(kind: str) -> float:
    """How much slower than usual this machine is now: the sound replies, each as often as it is short."""
    contents: Sequence[str] = roster_texts() if kind == "x12" else json_seeds()
    wanted = two_levels(Random(0))
    return median(read_and_describe(kind, each, wanted)[1] for each in contents) / USUAL_SECONDS[kind]


def run(batch: Batch) -> Found:
    """Read the inputs of a batch; what fails is counted and written, and never stops it."""
    found = Found()
    usual = slowness(batch.kind) if batch.timed else 1.0
    for index in range(batch.first, batch.last):
        name = f"{batch.kind}-{batch.seed}-{index}"
        content = content_of(batch, index)
        if len(content) > batch.longest:
            found.outcomes["passed over"] += 1
            continue
        taken = check(batch, found, name, content, Random(index))
        if batch.timed and taken > allowed(batch.kind, content, usual):
            found.slow.append(index)
    return found


def content_of(batch: Batch, index: int) -> Content:
    """Make an input by its number."""
    maker = fuzz_invented.make if index % fuzz_invented.EVERY == 0 else make
    return maker(batch.kind, batch.seed, index)


def check(batch: Batch, found: Found, name: str, content: Content, random: Random) -> float:
    """Read one input, note what became of it, and return how long it took."""
    wanted = two_levels(random)
    try:
        outcome, taken = read_and_describe(batch.kind, content, wanted)
        if random.randrange(CLOSELY) == 0:
            check_closely(batch.kind, content, wanted[0], random)
    except Exception:  # whatever it is, it is none of ours
        found.outcomes["failed"] += 1
        found.failures.append(write_failure(batch.folder, name, content, traceback.format_exc()))
        return 0.0
    found.outcomes[outcome] += 1
    remarks = f"{name} ({len(content):,} long)"
    found.slowest = sorted([*found.slowest, (taken, remarks)], reverse=True)[:SHOWN]
    if len(content) > 500:
        found.per_byte = sorted([*found.per_byte, (taken / len(content) * 1e6, remarks)], reverse=True)[
            :SHOWN
        ]
    return taken


def measure_again(batch: Batch, found: Found) -> None:
    """Measure what was slower than allowed once more, with no other reader beside it."""
    for index in found.slow:
        content = content_of(batch, index)
        taken = time_again(batch.kind, content, two_levels(Random(index)))
        most = allowed(batch.kind, content, slowness(batch.kind))
        if taken > most:
            words = f"took {taken:.4f} s, allowed are {most:.4f} s"
            found.failures.append(
                write_failure(batch.folder, f"{batch.kind}-{batch.seed}-{index}", content, words)
            )


def write_failure(folder: Path, name: str, content: Content, why: str) -> str:
    """Keep an input that fails, and return a line that says where and why."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return f"{path}\n{why}"


def batches(kind: str, seed: int, first: int, count: int, folder: Path) -> Iterator[Batch]:
    """Cut the numbers from `first` on into batches."""
    end = first + count
    while first < end:
        last = min(end, first - first % GROUP + GROUP)
        yield Batch(kind, seed, first, last, folder)
        first = last


def report(kind: str, count: int, found: Found, seconds: float) -> None:
    """Write what all inputs of a kind came to."""
    lines = [f"\n{count:,} of {kind} in {seconds:,.0f} s"]
    lines += [f"  {number:>9,}  {outcome}" for outcome, number in found.outcomes.most_common()]
    lines += [f"  {len(found.slow):>9,}  measured again, alone: slower than allowed beside the others"]
    lines += ["  the slowest:", *(f"    {taken * 1e3:8.1f} ms  {name}" for taken, name in found.slowest)]
    lines += ["  the slowest for their length, of more than 500:"]
    lines += [f"    {taken:8.2f} µs a character  {name}" for taken, name in found.per_byte]
    lines += [f"FAILED {failure}" for failure in found.failures]
    sys.stdout.write("\n".join(lines) + "\n")


def main() -> int:
    """Run, report, and return how it ended, for a shell."""
    parser = argparse.ArgumentParser(description="Reads broken replies by the hundred thousand.")
    parser.add_argument("--count", type=int, default=200_000, help="X12 files; a quarter as many in JSON")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the first number, to make one input again")
    parser.add_argument("--kind", choices=sorted(KINDS), help="only one kind, and COUNT of it")
    asked = parser.parse_args()
    folder = Path(tempfile.gettempdir()) / "openvob-fuzz"
    counts = {asked.kind: asked.count} if asked.kind else {"x12": asked.count, "json": asked.count // 4}
    sys.stdout.write(f"Seed {asked.seed}, from number {asked.first}\n")
    failed = 0
    with get_context("spawn").Pool(os.cpu_count()) as pool:
        for kind, count in counts.items():
            began, found = perf_counter(), Found()
            for each in pool.imap_unordered(run, batches(kind, asked.seed, asked.first, count, folder)):
                found.add(each)
            measure_again(Batch(kind, asked.seed, asked.first, asked.first + count, folder), found)
            report(kind, count, found, perf_counter() - began)
            failed += len(found.failures)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
