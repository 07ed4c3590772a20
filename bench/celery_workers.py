"""Rows a second with one Celery worker and with two, from the rulebook and live; and the most asked at once.

The batches of a crew are done one after the other, in one database.

Each worker is a process of `vob jobs work` on the PostgreSQL and the Redis that OPENVOB_TEST_POSTGRES and
OPENVOB_TEST_REDIS name; `vob jobs beat` is the clock. The payer is the sandbox, which takes a second for
every answer and counts how many it has under way. All of them share this machine's processors.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

from bench.batch import LEVELS, PAYERS, SIZES
from bench.measure import show
from bench.serving import resident
from payers.sandbox.server import Sandbox
from service.jobs import batch
from service.office import Office, open_office
from service.record import Caller
from service.store import batches
from service.store.batches import LEASED, WAITING
from service.store.session import transaction
from tests.databases import REDIS, Databases, postgres_server, server_address
from tests.proofs.crew import Crew
from tests.proofs.serving import Installation, run_command

THREADS = 8
LATENCY = 1.0
ENOUGH, FEW = 100, 5
"""`at_most` where it is no bound, and where it is one."""

WHO = Caller("bench", "bench")
LIVE = ("cigna",)
COLUMNS = (
    "",
    "workers",
    "rows",
    "seconds",
    "rows a second",
    "x rows before",
    "x time",
    "asked at once",
    "MB at most",
)


@dataclass(frozen=True)
class Work:
    """A batch to do."""

    what: str
    rows: int
    payers: tuple[str, ...]
    live: bool


@dataclass(frozen=True)
class Done:
    """A batch that so many workers did; the most questions the payer had at once, and MB of a process."""

    work: Work
    workers: int
    seconds: float
    at_once: int
    megabytes: float


def content(work: Work) -> bytes:
    """So many requests about invented people, a line each."""
    start = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()
    lines = []
    for number in range(work.rows):
        member = {"member_id": f"W{number:09d}", "first_name": "Luz", "last_name": "Ensayo"}
        body = {"payer": work.payers[number % len(work.payers)], "start_date": start, "live": work.live}
        who = {**member, "birth_date": "1990-01-01"}
        lines.append(json.dumps({**body, "member": who, "level_of_care": LEVELS[number % 3]}))
    return "\n".join(lines).encode()


@contextmanager
def cluster(
    databases: Databases, folder: Path, payer: Sandbox, workers: int, at_most: int
) -> Iterator[tuple[Office, Crew]]:
    """So many workers and a clock on a new database, warmed up; and an office to put batches up in."""
    folder.mkdir()
    with databases.database(folder) as url:
        installation = Installation(folder, url)
        profile = installation.lead_to(payer.url, 15)
        file = Path(profile["OPENVOB_CLINIC_PROFILE"])
        text = file.read_text("utf-8").replace("seconds: 15", f"seconds: 15\n    at_most: {at_most}")
        file.write_text(text, "utf-8")
        installation.terms = {
            **profile,
            "OPENVOB_JOBS_ENGINE": "celery",
            "OPENVOB_JOBS_BROKER": f"{os.environ[REDIS].rstrip('/')}/6",
            "OPENVOB_JOBS_THREADS": str(THREADS),
        }
        run_command(installation, ["db", "upgrade"], b"", installation.environment())
        words = {f"worker-{number}": ["jobs", "work"] for number in range(1, workers + 1)}
        crew = Crew(installation, {**words, "beat": ["jobs", "beat"]})
        try:
            with closing(open_office(installation.settings())) as office:
                for _ in range(3):  # until everybody has an office open
                    run(office, from_the_rulebook(20 * workers))
                yield office, crew
        finally:
            crew.end(list(words))
            crew.kill_all()


def from_the_rulebook(rows: int) -> Work:
    """So many rows that ask nobody."""
    return Work("from the rulebook", rows, PAYERS, live=False)


def asked_live(rows: int, at_most: int) -> Work:
    """So many rows that a payer is asked about."""
    bounded = f", at_most: {at_most}" if at_most == FEW else ""
    return Work(f"live, {LATENCY:.0f} s a reply{bounded}", rows, LIVE, live=True)


def run(office: Office, work: Work) -> float:
    """Put a batch up and return how many seconds its rows took."""
    put = batch.draft(office, WHO, content(work), again=True)
    with transaction(office.store) as session:
        batch.keep(session, put, WHO, office.desk, lambda _: None)
    began = perf_counter()
    office.workers.wake()
    while True:
        with transaction(office.store) as session:
            counts = batches.progress(session, [put.batch.id])[put.batch.id]
        took = perf_counter() - began
        if not counts[WAITING] + counts[LEASED]:
            return took
        sleep(min(max(took / 100, 0.05), 2.0))  # to look at it costs the database something too


def measure(
    databases: Databases, folder: Path, workers: int, at_most: int, works: Sequence[Work]
) -> Iterator[Done]:
    """Do each batch with so many workers, one after the other."""
    with (
        Sandbox(seconds=LATENCY) as payer,
        cluster(databases, folder, payer, workers, at_most) as (office, crew),
    ):
        for work in works:
            seconds = run(office, work)
            megabytes = max(resident(crew.process(name), most=True) for name in crew.names("worker"))
            yield Done(work, workers, seconds, most_of(payer), megabytes)


def main(sizes: Sequence[int], live: int) -> None:
    """Measure, print a table, and keep the numbers."""
    address = server_address()
    if address is None or not os.environ.get(REDIS):
        raise SystemExit(f"It needs OPENVOB_TEST_POSTGRES and {REDIS}.")
    free = [*map(from_the_rulebook, sizes), asked_live(live, ENOUGH)]
    shown: list[tuple[str | float, ...]] = []
    with TemporaryDirectory() as name, postgres_server(address) as databases:
        for workers, at_most, works in (
            (1, ENOUGH, free),
            (2, ENOUGH, free),
            (2, FEW, [asked_live(live // 2, FEW)]),
        ):
            before: Done | None = None
            for one in measure(databases, Path(name) / f"{workers}-{at_most}", workers, at_most, works):
                shown.append(row(one, before if before and before.work.what == one.work.what else None))
                print(*shown[-1], file=sys.stderr)
                before = one
    show(f"Celery, {THREADS} rows at a time in each worker", shown, COLUMNS)


def row(done: Done, before: Done | None) -> tuple[str | float, ...]:
    """Return a line of the table."""
    rows, seconds = done.work.rows, done.seconds
    grown = ("", "") if before is None else (rows / before.work.rows, seconds / before.seconds)
    what = (done.work.what, done.workers, rows, seconds, rows / seconds)
    return (*what, *grown, done.at_once if done.work.live else "", done.megabytes)


def most_of(payer: Sandbox) -> int:
    """The most inquiries that the payer ever had under way at one address."""
    return max((one["most"] for one in payer.load.values()), default=0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=SIZES, help="from the rulebook")
    parser.add_argument("--live", type=int, default=160, help="asked live")
    asked = parser.parse_args()
    main(asked.rows, asked.live)
