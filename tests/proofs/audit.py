"""Shows that the audit trail holds and that tampering is found: `python -m tests.proofs.audit --count N`.

N events are written by many at once, each in the transaction of its verification, while several sealers
link them: by processes on PostgreSQL, where a server is named, and by threads of one process on SQLite.
Then everything that somebody without the key could do to the trail is done, each to a copy of its own.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from sqlalchemy import create_engine, func, select
from sqlalchemy.engine import make_url

from service.store import audit
from service.store.audit import Fault, Verdict
from service.store.session import Session, open_store, transaction
from service.store.tables import audit_chain, audit_events, verifications
from tests.databases import PostgresServer, SqliteFiles, postgres_server, server_address
from tests.proofs.audit_writing import Written, prepare, vault, write_by_processes, write_by_threads
from tests.proofs.tables import write_table
from tests.proofs.tampering import Tampering, read_trail, tamperings

WRITERS, FEWEST = 16, 40
Copy = Callable[[], AbstractContextManager[str]]


@dataclass(frozen=True, slots=True)
class Place:
    """A database to write to, how many write there, and how copies of it are made."""

    name: str
    url: str
    copy: Copy
    write: Callable[[str, int, int], Written]


@dataclass
class Found:
    """What became of the trail of one place; `faults` is empty where all is as promised."""

    written: Written
    verdict: Verdict
    check_seconds: float
    counts: dict[str, int]
    tampered: list[tuple[str, Fault | None, Fault | None, bool]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def prove(place: Place, writers: int, count: int) -> Found:
    """Write, check, tamper with copies and check each of them."""
    prepare(place.url)
    written = place.write(place.url, writers, count)
    with closing(open_store(place.url, vault())) as store, transaction(store) as session:
        began = perf_counter()
        verdict = audit.check(session, datetime.now(UTC))
        seconds = perf_counter() - began
        trail, counts = read_trail(session), count_all(session)
    found = Found(written, verdict, seconds, counts)
    if verdict.fault is not None or verdict.linked != count or set(counts.values()) != {count}:
        found.faults.append(f"the trail is not one chain of {count}: {verdict}, {counts}")
        return found
    for tampering in tamperings(trail):
        with place.copy() as url:
            fault = check_tampered(url, tampering, verdict)
        is_found = is_named(fault, tampering.expected)
        found.tampered.append((tampering.name, fault, tampering.expected, is_found))
        if not is_found:
            found.faults.append(f"{tampering.name}: {fault} instead of {tampering.expected}")
    return found


def count_all(session: Session) -> dict[str, int]:
    """Count what has to be as many: events, links, the numbers they reach, verifications with an event."""

    def number(what: Any) -> int:
        return int(session.connection.execute(what).scalar_one())

    told = select(audit_events.c.subject).scalar_subquery()
    return {
        "events": number(select(func.count()).select_from(audit_events)),
        "links": number(select(func.count()).select_from(audit_chain)),
        "highest number": number(select(func.max(audit_chain.c.number))),
        "distinct events linked": number(select(func.count(audit_chain.c.event_id.distinct()))),
        "distinct links": number(select(func.count(audit_chain.c.link.distinct()))),
        "verifications with their event": number(
            select(func.count()).select_from(verifications).where(verifications.c.id.in_(told))
        ),
    }


def check_tampered(url: str, tampering: Tampering, before: Verdict) -> Fault | None:
    """Tamper with a copy, and return the fault that a check finds against the anchor kept outside."""
    engine = create_engine(url)
    with engine.begin() as connection:
        tampering.do(connection)
    engine.dispose()
    with closing(open_store(url, vault())) as store, transaction(store) as session:
        return audit.check(session, datetime.now(UTC), before.head).fault


def is_named(fault: Fault | None, expected: Fault | None) -> bool:
    """Whether a fault is the one that was expected; the event need not be one that was known before."""
    if fault is None or expected is None:
        return fault is expected
    event = expected.event or fault.event
    return (fault.what, fault.number, fault.event) == (expected.what, expected.number, event)


def report(place: Place, writers: int, found: Found) -> None:
    """Write what was written and linked, how long links took, and what became of each tampering."""
    waits, verdict = found.written.waits, found.verdict
    rows: list[tuple[str, object]] = [*found.counts.items()]
    rows += [("linked, as a check counts", verdict.linked), ("waiting", verdict.waiting)]
    rows += [
        ("seconds to write", round(found.written.seconds, 1)),
        ("from commit to link, median (s)", waits[len(waits) // 2]),
        ("from commit to link, 99th percentile (s)", waits[int(len(waits) * 0.99)]),
        ("from commit to link, longest (s)", waits[-1]),
        ("seconds to check it all", round(found.check_seconds, 2)),
    ]
    shown = [(name, f"{value:,}" if isinstance(value, int) else f"{value:,.3f}") for name, value in rows]
    write_table(f"{place.name}: {writers} writers, each event with its verification", ("what", ""), shown)
    if found.tampered:
        table = [
            (name, *_said(fault), _verdict(expected, good)) for name, fault, expected, good in found.tampered
        ]
        title = f"{place.name}: tampering, each on a copy of its own (anchor kept at {verdict.head.number})"
        write_table(title, ("done by hand", "number", "found as", ""), table)
    for fault in found.faults:
        sys.stdout.write(f"FAILED {fault}\n")


def _said(fault: Fault | None) -> tuple[str, str]:
    if fault is None:
        return "-", "not found"
    return "-" if fault.number is None else str(fault.number), fault.what


def _verdict(expected: Fault | None, is_as_expected: bool) -> str:
    if not is_as_expected:
        return "NOT AS EXPECTED"
    return "found" if expected else "nothing rests on it"


@contextmanager
def sqlite_place(folder: Path) -> Iterator[Place]:
    """A file, written to by threads of this process."""
    with SqliteFiles(folder).database(folder / "original") as url:
        original = Path(str(make_url(url).database))

        @contextmanager
        def copy() -> Iterator[str]:
            made = folder / "copy.db"
            shutil.copyfile(original, made)
            yield f"sqlite:///{made}"
            for left in folder.glob("copy.db*"):
                left.unlink()

        yield Place("SQLite, threads of one process", url, copy, write_by_threads)


@contextmanager
def postgresql_place(server: PostgresServer, folder: Path) -> Iterator[Place]:
    """A database of a server, written to by processes."""
    with server.database(folder) as url:
        name = str(make_url(url).database)

        @contextmanager
        def copy() -> Iterator[str]:
            with server.copy_of(name) as made:
                yield made

        yield Place("PostgreSQL, processes", url, copy, write_by_processes)


def main() -> int:
    """Run, report, and return how it ended, for a shell."""
    parser = argparse.ArgumentParser(description="Writes to the audit trail, and tampers with it.")
    parser.add_argument("--count", type=int, default=10_000, help="events on each database")
    parser.add_argument("--writers", type=int, default=WRITERS)
    asked = parser.parse_args()
    if asked.count < FEWEST:
        parser.error(f"there is not enough to tamper with: --count {FEWEST} or more")
    faults = 0
    with TemporaryDirectory(prefix="openvob-audit-") as name:
        for open_place in places(Path(name)):
            with open_place as place:
                found = prove(place, asked.writers, asked.count)
                report(place, asked.writers, found)
                faults += len(found.faults)
    return 1 if faults else 0


@contextmanager
def _on_the_server(address: str, folder: Path) -> Iterator[Place]:
    with postgres_server(address) as server, postgresql_place(server, folder) as place:
        yield place


def places(folder: Path) -> Iterator[AbstractContextManager[Place]]:
    """Yield the places there are: a server where one is named, and a file always."""
    address = server_address()
    if address is not None:
        yield _on_the_server(address, folder)
    yield sqlite_place(folder)


if __name__ == "__main__":
    sys.exit(main())
