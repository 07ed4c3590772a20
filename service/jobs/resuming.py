"""The file that a batch writes its results to, one line a row, so that it goes on after any end of it.

Results are appended and brought to the disk some rows at a time. Beside the file stands a note of what it
answers: with the same note the next run drops a line that was torn off and goes on behind the last whole
one; with another it touches nothing.
"""

from __future__ import annotations

import fcntl
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import orjson

from service.jobs.outgoing import Form, header, read_beginning

OWNER_ONLY = 0o600


class NotOurs(Exception):
    """The file answers something else, or another run writes to it; the message says what to do."""


@dataclass(slots=True)
class Results:
    """Results so far: the number of the last row, how many rows of each status, and the open file."""

    file: IO[bytes]
    last: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def append(self, lines: Iterable[bytes]) -> None:
        """Add lines, and come back when they are on the disk."""
        self.file.write(b"".join(lines))
        self.file.flush()
        os.fsync(self.file.fileno())


@contextmanager
def open_results(path: Path, form: Form, about: Mapping[str, str]) -> Iterator[Results]:
    """The results of what a batch is `about`, at the end of the last whole one; raises `NotOurs`."""
    note, said = path.with_name(f"{path.name}.batch"), orjson.dumps({"form": form, **about})
    with open(os.open(path, os.O_RDWR | os.O_CREAT, OWNER_ONLY), "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise NotOurs("another run is writing to that file; let it end, or name another.") from None
        is_empty = os.fstat(file.fileno()).st_size == 0
        if not is_empty and (not note.exists() or note.read_bytes() != said):
            raise NotOurs(
                "that file holds something else: results of another batch, of other rules or in another "
                "form; name another file."
            )
        if is_empty:
            _keep(note, said)
        results = _read(file, form)
        if file.tell() == 0:
            results.append([header(form)])
        yield results


def _read(file: IO[bytes], form: Form) -> Results:
    """Read what is there, and leave out a line that was torn off."""
    results, end = Results(file), 0
    for line in file:
        if not line.endswith(b"\n"):
            break
        end += len(line)
        found = read_beginning(line, form)
        if found is not None:
            results.last = found[0]
            results.counts[found[1]] += 1
    file.truncate(end)
    file.seek(end)
    return results


def _keep(note: Path, said: bytes) -> None:
    """Write the note whole or not at all, before the first result."""
    new = note.with_name(f"{note.name}.new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "wb") as file:
        file.write(said)
        file.flush()
        os.fsync(file.fileno())
    new.replace(note)
