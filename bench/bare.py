"""The verification route over HTTP beside a bare Flask application, under wrk, on the server of `vob serve`.

Both answer the same posted JSON with 201, one process of eight threads each. They are started afresh and in
turn, round by round, and medians are told. wrk, server and database share this machine's processors.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from flask import Flask

from bench.measure import remark, show
from bench.route import hello
from bench.serving import CONNECTIONS, Load, kinds, load, need_wrk, processor_of, served, warm_up
from service.cli.workers import Server
from service.config import Settings
from tests.databases import Databases

ROUNDS, SECONDS = 5, 6
BARE = [sys.executable, "-c", "from bench.bare import serve; serve()"]
GIVEN = {"OPENVOB_WORKERS": "1", "OPENVOB_THREADS": "8"}
COLUMNS = ("", "a second", "50 %, ms", "99 %, ms", "processor, ms", "x bare Flask")


@dataclass(frozen=True)
class Reading:
    """One round: what wrk saw, and milliseconds of processor an answer."""

    seen: Load
    worked: float


class BareServer(Server):
    """The very same server, with nothing behind it but Flask."""

    def load_config(self) -> None:
        """Say how to serve; there is nothing to close at the end."""
        super().load_config()
        self.cfg.set("worker_exit", lambda server, worker: None)

    def load(self) -> Flask:
        """Make the application, in the process that answers."""
        return hello()


def serve() -> None:
    """Serve bare Flask as the service is served."""
    BareServer(Settings.from_env(), lambda: None).run()


def read(databases: Databases, seconds: int, command: list[str] | None) -> Reading:
    """Measure a server that was just started."""
    with served(databases, GIVEN, command) as service:
        warm_up(service)
        before = processor_of(service.process)
        seen = load(service, seconds)
        return Reading(seen, 1000 * (processor_of(service.process) - before) / seen.answers)


def main(rounds: int = ROUNDS, seconds: int = SECONDS) -> None:
    """Show the table."""
    need_wrk()
    with TemporaryDirectory() as scratch, kinds(Path(scratch)) as found:
        subjects = {f"verification, {name}": (databases, None) for name, databases in found}
        subjects["bare Flask"] = (found[0][1], BARE)
        readings: dict[str, list[Reading]] = {name: [] for name in subjects}
        for turn in range(rounds):
            # There and back, so that a drift of the machine's speed hits all alike.
            for name in subjects if turn % 2 == 0 else reversed(subjects):
                databases, command = subjects[name]
                readings[name].append(read(databases, seconds, command))
                print(turn + 1, name, readings[name][-1], file=sys.stderr)
    bare = readings["bare Flask"]
    rows = [
        (
            name,
            median(run.seen.rate for run in runs),
            median(run.seen.middle for run in runs),
            median(run.seen.late for run in runs),
            median(run.worked for run in runs),
            median(run.worked / other.worked for run, other in zip(runs, bare, strict=True)),
        )
        for name, runs in readings.items()
    ]
    show(f"Over HTTP, {rounds} rounds of {seconds} s, {CONNECTIONS} connections", rows, COLUMNS)
    remark("x bare Flask: by processor an answer, round by round")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
