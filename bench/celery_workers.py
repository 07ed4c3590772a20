"""Rows a second with one Celery worker and with two, from the rulebook and live; and the most asked at once.

Each worker is a process of `vob jobs work` on the PostgreSQL and the Redis that OPENVOB_TEST_POSTGRES and
OPENVOB_TEST_REDIS name; `vob jobs beat` is the clock. The payer is the sandbox, which takes a second for
every answer and counts how many it has under way. All of them share this machine's processors.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

from bench.asked import ROOT
from bench.batch import LEVELS, PAYERS
from bench.measure import show
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

RESULTS = ROOT / ".bench" / "celery_workers.json"
THREADS = 8
LATENCY = 1.0
ENOUGH, FEW = 100, 5
"""`at_most` where it is no bound, and where it is one."""

WHO = Caller("bench", "bench")
LIVE = ("cigna",)


@dataclass(frozen=True)
class Measured:
    """A batch: how many workers did it, how fast, and the most questions that the payer had at once."""

    what: str
    workers: int
    rows: int
    rows_a_second: float
    most_at_once: int


def content(rows: int, payers: tuple[str, ...], *, live: bool) -> bytes:
    """So many requests about invented people, a line each."""
    start = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()
    lines = []
    for number in range(rows):
        member = {"member_id": f"W{number:09d}", "first_name": "Luz", "last_name": "Ensayo"}
        body = {"payer": payers[number % len(payers)], "member": {**member, "birth_date": "1990-01-01"}}
        lines.append(
            json.dumps({**body, "level_of_care": LEVELS[number % 3], "start_date": start, "live": live})
        )
    return "\n".join(lines).encode()


@contextmanager
def cluster(
    databases: Databases, folder: Path, payer: Sandbox, workers: int, at_most: int
) -> Iterator[Office]:
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
                    run(office, content(20 * workers, PAYERS, live=False))
                yield office
        finally:
            crew.end(list(words))
            crew.kill_all()


def run(office: Office, rows: bytes) -> float:
    """Put a batch up and return how many seconds its rows took."""
    put = batch.draft(office, WHO, rows, again=True)
    with transaction(office.store) as session:
        batch.keep(session, put, WHO, office.desk, lambda _: None)
    began = perf_counter()
    office.workers.wake()
    while True:
        with transaction(office.store) as session:
            counts = batches.progress(session, [put.batch.id])[put.batch.id]
        if not counts[WAITING] + counts[LEASED]:
            return perf_counter() - began
        sleep(0.1)


def measure(
    databases: Databases, folder: Path, workers: int, at_most: int, work: Mapping[str, bytes]
) -> Iterator[Measured]:
    """Do each batch with so many workers, one after the other."""
    with Sandbox(seconds=LATENCY) as payer, cluster(databases, folder, payer, workers, at_most) as office:
        for what, rows in work.items():
            count = rows.count(b"\n") + 1
            speed = round(count / run(office, rows), 1)
            print(f"{what}, {workers}: {speed}", flush=True)
            yield Measured(what, workers, count, speed, most_of(payer))


def main() -> None:
    """Measure, print a table, and keep the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2000, help="from the rulebook")
    parser.add_argument("--live", type=int, default=160, help="asked live")
    asked = parser.parse_args()
    address = server_address()
    if address is None or not os.environ.get(REDIS):
        raise SystemExit(f"It needs OPENVOB_TEST_POSTGRES and {REDIS}.")
    live = f"live, {LATENCY:.0f} s a reply"
    free = {
        "from the rulebook": content(asked.rows, PAYERS, live=False),
        live: content(asked.live, LIVE, live=True),
    }
    few = {f"{live}, at_most: {FEW}": content(asked.live // 2, LIVE, live=True)}
    found: list[Measured] = []
    with TemporaryDirectory() as name, postgres_server(address) as databases:
        for workers, at_most, work in ((1, ENOUGH, free), (2, ENOUGH, free), (2, FEW, few)):
            found += measure(databases, Path(name) / f"{workers}-{at_most}", workers, at_most, work)
    RESULTS.parent.mkdir(exist_ok=True)
    said = {"threads": THREADS, "measured": [asdict(one) for one in found]}
    RESULTS.write_text(json.dumps(said, indent=2), "utf-8")
    rows = [
        (
            f"{one.what}, {one.workers} worker(s)",
            f"{one.rows_a_second} rows/s",
            f"at once: {one.most_at_once}",
        )
        for one in found
    ]
    show(f"Celery, {THREADS} rows at a time in each worker; most questions at once at the payer", rows)


def most_of(payer: Sandbox) -> int:
    """The most inquiries that the payer ever had under way at one address."""
    return max((one["most"] for one in payer.load.values()), default=0)


if __name__ == "__main__":
    main()
