"""Shows that a batch survives whatever falls over: `python -m tests.proofs.chaos --count N`.

On a PostgreSQL and a Redis of its own a batch of N rows is put up over HTTP: payers of every kind, three
levels of care, one row in ten asks a payer live, one in fifty cannot be used. While it is done, processes are
killed with SIGKILL twenty times, and the database and the broker are torn down twice each. At the end every
row has one result, as many verifications are kept as rows are done, and the audit trail holds. Once with the
workers inside `vob serve`, once with Celery's.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import psycopg
import requests

from payers.sandbox.server import Sandbox
from tests.proofs.crew import Crew
from tests.proofs.killed import check_trail
from tests.proofs.machines import Broker, Database, machines
from tests.proofs.serving import Installation, free_port, run_command
from tests.proofs.tables import write_table

EMBEDDED, CELERY = "embedded", "celery"
AT_MOST = 4
PAYERS = (
    *("humana", "cigna", "sunshine-health", "unitedhealthcare"),
    *("oscar-florida", "aetna", "simply-healthcare", "florida-blue"),
)
LEVELS = ("iop", "php", "op")
ONE_IN, LIVE_ONE_IN = 50, 10
PLANS = {
    EMBEDDED: {"serve": 8, "child of serve": 12, "database": 2},
    CELERY: {"serve": 4, "beat": 2, "worker": 8, "child of worker": 6, "database": 2, "broker": 2},
}
"""How often what is torn down; what begins with `child` is one process of several, the rest is all of it."""

SETTLED = "SELECT count(*) FROM batch_items WHERE state IN ('done', 'refused', 'failed')"


@dataclass
class Found:
    """What a run came to; `faults` is empty where all is as promised."""

    torn_down: Counter[str] = field(default_factory=Counter)
    rows: list[tuple[str, object]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def note(self, what: str, number: object) -> None:
        """Add a line to the table."""
        self.rows.append((what, number))

    def expect(self, what: str, found: object, wanted: object) -> None:
        """Add a line to the table, and a fault where it is not as promised."""
        self.note(what, found)
        if found != wanted:
            self.faults.append(f"{what}: {found}, and it should be {wanted}")


def requests_of(count: int) -> Iterator[bytes]:
    """So many requests about invented people, a line each."""
    start = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()
    mixed = zip(range(1, count + 1), cycle(PAYERS), cycle(LEVELS), strict=False)
    for number, payer, level in islice(mixed, count):
        born = "1990-13-01" if number % ONE_IN == 0 else "1990-01-01"
        member = {
            "member_id": f"W{number:09d}",
            "first_name": "Luz",
            "last_name": "Ensayo",
            "birth_date": born,
        }
        body = {"payer": payer, "member": member, "level_of_care": level, "start_date": start}
        live = number % LIVE_ONE_IN == 0
        yield json.dumps({**body, "external_id": f"EHR-{number}", "live": live}).encode() + b"\n"


@dataclass
class Proof:
    """One run: an installation, its processes, and the machines they stand on."""

    engine: str
    installation: Installation
    database: Database
    broker: Broker
    payer: Sandbox
    count: int
    random: Random
    deadline: float
    found: Found = field(default_factory=Found)
    port: int = field(default_factory=free_port)

    def run(self) -> Found:
        """Put a batch up, tear down around it, and look at what is left."""
        self._prepare()
        content = b"".join(requests_of(self.count))
        words: dict[str, list[str]] = {"serve": ["serve", "--port", str(self.port)]}
        if self.engine == CELERY:
            words |= {name: ["jobs", "work"] for name in ("worker-1", "worker-2")} | {
                "beat": ["jobs", "beat"]
            }
        crew = Crew(self.installation, words)
        try:
            self._wait_until_ready(crew)
            batch_id = self._put_up(content, "first")
            began = monotonic()
            self._tear_down(crew)
            self._wait(crew, lambda: self._settled() == self.count)
            self.found.note("seconds until every row was settled", round(monotonic() - began))
            self._wait_until_ready(crew)
            same = {self._put_up(content, key) for key in ("first", "another")}
            self.found.expect("batches when the same was put up again, twice", len(same | {batch_id}), 1)
            self._read_results(batch_id)
            crew.end([name for name in words if name != "serve"])
            crew.end(["serve"])
        finally:
            crew.kill_all()
        self.found.note("processes that ended by themselves meanwhile", crew.ended_by_themselves)
        self._look()
        return self.found

    def _prepare(self) -> None:
        profile = self.installation.lead_to(self.payer.url, 5)
        file = Path(profile["OPENVOB_CLINIC_PROFILE"])
        file.write_text(
            file.read_text("utf-8").replace("seconds: 5", f"seconds: 5\n    at_most: {AT_MOST}"), "utf-8"
        )
        terms = {**profile, "OPENVOB_JOBS_THREADS": "4"}
        if self.engine == CELERY:
            terms |= {"OPENVOB_JOBS_ENGINE": CELERY, "OPENVOB_JOBS_BROKER": self.broker.url}
        else:
            terms["OPENVOB_WORKERS"] = "2"
        self.installation.terms = terms
        made = run_command(self.installation, ["db", "upgrade"], b"", self.installation.environment())
        if made.returncode:
            raise RuntimeError(made.stderr.decode())

    def _tear_down(self, crew: Crew) -> None:
        """Tear something down whenever so many rows more are settled, in an order that chance makes."""
        plan = [what for what, times in PLANS[self.engine].items() for _ in range(times)]
        self.random.shuffle(plan)
        for number, what in enumerate(plan, start=1):
            share = (number - self.random.random() * 0.8) / (len(plan) + 1)
            self._wait(crew, lambda share=share: self._settled() >= self.count * share)
            done = False
            while not done:
                done = self._tear(crew, what)
                sleep(0.0 if done else 0.2)
            self.found.torn_down[what] += 1

    def _tear(self, crew: Crew, what: str) -> bool:
        if what == "database":
            self.database.tear_down_and_start()
        elif what == "broker":
            self.broker.kill()
            sleep(self.random.uniform(0.5, 3))
            self.broker.start()
        elif what.startswith("child"):
            return crew.kill_child(
                self.random.choice(crew.names(what.removeprefix("child of "))), self.random
            )
        else:
            crew.kill(self.random.choice(crew.names(what)))
        return True

    def _wait(self, crew: Crew, holds: Callable[[], bool]) -> None:
        while not holds():
            if monotonic() > self.deadline:
                raise TimeoutError(f"only {self._settled()} of {self.count} rows are settled")
            crew.look_after()
            sleep(0.2)

    def _wait_until_ready(self, crew: Crew) -> None:
        def is_ready() -> bool:
            with suppress(requests.RequestException):
                return requests.get(f"{self._address}/readyz", timeout=5).status_code == 200
            return False

        self._wait(crew, is_ready)

    def _settled(self) -> int:
        try:
            [(number,)] = self.database.ask(SETTLED)
        except psycopg.Error:  # it is being torn down
            return 0
        return int(str(number))

    @property
    def _address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.installation.key}"}

    def _put_up(self, content: bytes, key: str) -> str:
        headers = {
            **self._headers(),
            "Content-Type": "application/x-ndjson",
            "Idempotency-Key": f"chaos-{key}",
        }
        answer = requests.post(f"{self._address}/v1/batches", data=content, headers=headers, timeout=300)
        answer.raise_for_status()
        return str(answer.json()["id"])

    def _read_results(self, batch_id: str) -> None:
        at = f"{self._address}/v1/batches/{batch_id}/results?format=jsonl"
        with requests.get(at, headers=self._headers(), stream=True, timeout=300) as answer:
            answer.raise_for_status()
            lines = [json.loads(line) for line in answer.iter_lines()]
        numbers = Counter(line["row"] for line in lines)
        self.found.expect("results over HTTP", len(lines), self.count)
        missing = set(range(1, self.count + 1)) - set(numbers)
        self.found.expect("  rows without a result", len(missing), 0)
        self.found.expect("  rows with two", sum(times > 1 for times in numbers.values()), 0)
        statuses = Counter(line["status"] for line in lines)
        self.found.note(
            "  by status", " ".join(f"{name} {times:,}" for name, times in sorted(statuses.items()))
        )

    def _look(self) -> None:
        """Look into the database when all is over."""
        ask, found = self.database.ask, self.found
        states = {
            str(state): int(str(number))
            for state, number in ask("SELECT state, count(*) FROM batch_items GROUP BY 1")
        }
        done = states.get("done", 0)
        found.expect("rows in the table", sum(states.values()), self.count)
        found.note("  by state", " ".join(f"{name} {number:,}" for name, number in sorted(states.items())))
        found.note(
            "  taken more than once", _number(ask("SELECT count(*) FROM batch_items WHERE attempt > 1"))
        )
        found.expect(
            "verifications kept (one for each row done)",
            _number(ask("SELECT count(*) FROM verifications")),
            done,
        )
        named = (
            "SELECT count(DISTINCT i.verification_id) FROM batch_items i"
            " JOIN verifications v ON v.id = i.verification_id"
        )
        found.expect("  named by a row of their own", _number(ask(named)), done)
        found.expect("cases opened", _number(ask("SELECT count(*) FROM cases")), done)
        events = (
            "SELECT count(DISTINCT subject), count(*) FROM audit_events WHERE action = 'verification.create'"
        )
        found.expect("audit events of them", ask(events)[0], (done, done))
        verdict = check_trail(self.installation)
        found.expect("audit trail: fault, waiting", (verdict.fault, verdict.waiting), (None, 0))
        found.note("  linked", verdict.linked)
        load = self.payer.load
        found.note("questions to the payer", sum(one["taken"] for one in load.values()))
        most = max((one["most"] for one in load.values()), default=0)
        found.note(f"  most at once over one connection (at_most: {AT_MOST})", most)
        if most > AT_MOST:
            found.faults.append(f"{most} questions at once where {AT_MOST} are allowed")


def _number(rows: list[tuple[object, ...]]) -> int:
    return int(str(rows[0][0]))


def prove(engine: str, count: int, seed: int, minutes: float, folder: Path) -> Found:
    """Run one engine through it, on machines of its own."""
    folder.mkdir()
    # The user who owns the database has to get there.
    folder.chmod(0o755)
    with machines(folder / "database") as (database, broker), Sandbox(seconds=0.2) as payer:
        installation = Installation(folder / "service", database.url)
        random, deadline = Random(seed), monotonic() + minutes * 60
        return Proof(engine, installation, database, broker, payer, count, random, deadline).run()


def report(engine: str, count: int, found: Found) -> None:
    """Write what was done and what is left."""
    rows: list[tuple[str, object]] = [("rows put up in one batch", count)]
    rows += [(f"torn down: {what}", times) for what, times in sorted(found.torn_down.items())]
    shown = [
        (name, f"{value:,}" if isinstance(value, int) else str(value)) for name, value in [*rows, *found.rows]
    ]
    write_table(
        f"{engine}, on PostgreSQL", ("what", "how many"), [*shown, ("faults", str(len(found.faults)))]
    )
    for fault in found.faults[:50]:
        sys.stdout.write(f"FAILED {fault}\n")
    sys.stdout.flush()


def main() -> int:
    """Run, report, and return how it ended, for a shell."""
    parser = argparse.ArgumentParser(description="Tears down what a batch stands on while it is done.")
    parser.add_argument("--count", type=int, default=10_000, help="rows in the batch")
    parser.add_argument("--engine", choices=(EMBEDDED, CELERY), action="append")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=30, help="each engine may take so long")
    asked = parser.parse_args()
    faults = 0
    with TemporaryDirectory(prefix="openvob-chaos-") as name:
        Path(name).chmod(0o755)
        for engine in asked.engine or (EMBEDDED, CELERY):
            found = prove(engine, asked.count, asked.seed, asked.minutes, Path(name) / engine)
            report(engine, asked.count, found)
            faults += len(found.faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
