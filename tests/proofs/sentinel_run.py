"""One run of the search for marked people: where, how large, what it came to, and what it left behind."""

from __future__ import annotations

import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import psycopg

from tests.proofs.marks import Searched
from tests.proofs.sentinel_doors import TROUBLES
from tests.proofs.serving import Installation
from tests.proofs.visitor import Seen


@dataclass
class Found:
    """What a run came to: what came back at the doors, what commands ended with, what was searched."""

    seen: Seen = field(default_factory=Seen)
    commands: Counter[tuple[str, int]] = field(default_factory=Counter)
    places: dict[str, Searched] = field(default_factory=dict)

    log_lines: int = 0

    def hits(self) -> list[str]:
        """Every mark, with its place."""
        return [f"{place}: {hit}" for place, searched in self.places.items() for hit in searched.hits]

    def look_into(self, place: str, data: bytes, where: str = "") -> None:
        """Search some more of a place."""
        self.places.setdefault(place, Searched()).search(data, where)


@dataclass(frozen=True)
class Run:
    """One run: on which database, with which form of log, how large, and how often each command is run."""

    installation: Installation
    log_format: str
    count: int
    turns: int = 1

    @property
    def troubled(self) -> int:
        """How many ask a payer that misbehaves."""
        return max(len(TROUBLES), self.count // 5)

    @property
    def refused(self) -> int:
        """How many go through every way to be refused."""
        return max(1, self.count // 50)


@contextmanager
def database_gone(url: str) -> Iterator[None]:
    """Let nobody use a database: a file is held by another writer, a server lets nobody in."""
    place = urlsplit(url)
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(place.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    name = place.path.removeprefix("/")
    maintenance = place._replace(scheme="postgresql", path="/postgres").geturl()
    with psycopg.connect(maintenance, autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())


def search_files(run: Run, found: Found) -> None:
    """Search every file that a process of an installation may have written."""
    place = run.installation
    named = {
        f"log ({run.log_format}, debug) and output": place.folder / "logs",
        "instance folder: database, -wal, -shm, cache": place.instance,
        "temporary folder": place.folder / "tmp",
        "home and working folder": place.folder / "home",
        "folder of the metrics of processes": place.folder / "numbers",
    }
    for name, folder in named.items():
        found.look_into(name, b"")
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            found.look_into(name, file.read_bytes(), file.name)
    found.log_lines = (place.folder / "logs" / "stderr").read_bytes().count(b"\n")


def dump(url: str) -> bytes:
    """Return the whole of a PostgreSQL database as text."""
    address = urlsplit(url)._replace(scheme="postgresql").geturl()
    return subprocess.run(["pg_dump", "--inserts", address], check=True, capture_output=True).stdout
