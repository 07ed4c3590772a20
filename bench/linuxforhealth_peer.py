"""Times linuxforhealth-x12 on what it can read of a 271; runs in an environment of its own, and alone.

Prints the median microseconds a read, how many EB of the file it read, and how many the file has. It
refuses EB of some service types, and the PER of the payer, which are left out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from linuxforhealth.x12.io import X12ModelReader

ROUNDS = 40
Group = list[str]


def read(text: str) -> int:
    """Read a whole file into models; raises what it raises where it refuses."""
    with X12ModelReader(text) as reader:
        return len(list(reader.models()))


def can_read(text: str) -> bool:
    """Say whether the reader takes a file."""
    try:
        return read(text) == 1
    except Exception:  # it raises whatever comes
        return False


def take_apart(text: str) -> tuple[list[Group], Callable[[list[Group]], str]]:
    """Return each EB with what hangs below it, and a function that writes the file with some of them."""
    segments = [segment for segment in text.split("~") if segment]
    first = next(place for place, segment in enumerate(segments) if segment.startswith("EB*"))
    last = next(place for place, segment in enumerate(segments) if segment.startswith("SE*"))
    head = [segment for segment in segments[2:first] if not segment.startswith("PER*")]
    groups: list[Group] = []
    for segment in segments[first:last]:
        if segment.startswith("EB*"):
            groups.append([])
        groups[-1].append(segment)

    def write(kept: list[Group]) -> str:
        body = [*head, *(segment for group in kept for segment in group)]
        control = segments[last].split("*")[2]
        end = (f"SE*{len(body) + 1}*{control}", *segments[last + 1 :])
        return "".join(f"{segment}~" for segment in (*segments[:2], *body, *end))

    return groups, write


def main() -> None:
    """Print the three numbers for the file that is named."""
    groups, write = take_apart(Path(sys.argv[1]).read_text(encoding="ascii"))
    kept = [group for group in groups if can_read(write([group]))]
    text = write(kept)
    times = []
    for _ in range(ROUNDS):
        began = perf_counter()
        read(text)
        times.append((perf_counter() - began) * 1e6)
    print(median(times), len(kept), len(groups))


if __name__ == "__main__":
    main()
