"""Times functions in turn, block by block, so that a drift of the machine's speed hits all alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter

ROUNDS = 15


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


def show(title: str, rows: list[tuple[str, str, str]]) -> None:
    """Print a small table: what, how much, and against what."""
    print(f"\n{title}")
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for name, amount, note in rows:
        print(f"  {name:<{widths[0]}}  {amount:>{widths[1]}}  {note}".rstrip())
