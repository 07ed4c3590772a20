"""gunicorn beside granian on the real route: answers a second, how long they take, and memory a process.

gunicorn runs as `vob serve` has it, and once more with its parser in C, which is a package of its own.
Each server is started afresh on a database of its own, all of them in turn, round by round, and medians are
told. wrk posts a verification that the rulebook answers, first as fast as it can, then at about half of that.
wrk, server and database share this machine's processors.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.asked import ROOT
from bench.measure import FOLDER, remark, show
from bench.serving import (
    CONNECTIONS,
    SERVE,
    Load,
    kinds,
    load,
    memory_of,
    need_wrk,
    processor_of,
    served,
    warm_up,
)
from service.config import METRICS_FOLDER
from tests.databases import Databases

ROUNDS, SECONDS = 5, 8
GUNICORN, FAST, GRANIAN = "gunicorn", "gunicorn, in C", "granian"
ENVIRONMENT = FOLDER / "servers"
PEERS = ("granian==2.8.7", "gunicorn_h1c==0.6.10")
COLUMNS = (
    *("", "a second", "least", "most", "50 %, ms", "99 %, ms", "processor, ms"),
    *("at about half: a second", "50 %, ms", "99 %, ms", "MB a process", "MB beside"),
)


@dataclass(frozen=True)
class Setup:
    """A server, how many processes it has, and how many threads each of them."""

    server: str
    workers: int
    threads: int

    def __str__(self) -> str:
        return f"{self.server} {self.workers} x {self.threads}"


@dataclass(frozen=True)
class Reading:
    """One round of one server: at full load, at half of it; milliseconds of processor an answer; MB."""

    full: Load
    half: Load
    worked: float
    memory: float
    beside: float


SERVERS = (GUNICORN, FAST, GRANIAN)
SMALL, LARGE = (1, 8), (2, 16)


def install_peers() -> bool:
    """Make granian and the parser an environment of their own, which finds what the service runs on too."""
    python = ENVIRONMENT / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True, capture_output=True)
        install = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *PEERS]
        subprocess.run(install, check=True, capture_output=True)
        asked = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
        own = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
        # The very same packages for all, after the environment's own.
        (Path(own) / "openvob.pth").write_text(f"{sysconfig.get_path('purelib')}\n{ROOT}\n")
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"{', '.join(PEERS)}: cannot be installed here ({type(error).__name__}); left out.")
        return False
    return True


def command_of(setup: Setup) -> list[str]:
    """Return the line that starts a server."""
    own = ENVIRONMENT / "bin"
    if setup.server == GUNICORN:
        return [*SERVE]
    if setup.server == FAST:
        return [str(own / "python"), *SERVE[1:]]
    return [
        *(str(own / "granian"), "--interface", "wsgi", "--factory", "--port", "PORT"),
        *("--http", "1", "--no-ws", "--log-level", "error", "--workers", str(setup.workers)),
        *("--blocking-threads", str(setup.threads), "service.app:create_app"),
    ]


def read(setup: Setup, databases: Databases, seconds: int) -> Reading:
    """Measure a server that was just started."""
    given = {"OPENVOB_WORKERS": str(setup.workers), "OPENVOB_THREADS": str(setup.threads)}
    with TemporaryDirectory() as metrics:
        if setup.server == GRANIAN and setup.workers > 1:  # which `vob serve` does by itself
            given[METRICS_FOLDER] = metrics
        with served(databases, given, command_of(setup)) as service:
            warm_up(service)
            before = processor_of(service.process)
            full = load(service, seconds)
            worked = 1000 * (processor_of(service.process) - before) / full.answers
            memory, beside = memory_of(service.process, setup.workers)
            between = CONNECTIONS / (full.rate / 2)
            working = setup.workers / full.rate
            half = load(service, seconds, round(1000 * max(0.0, between - working)))
    return Reading(full, half, worked, memory, beside)


def measure(title: str, setups: list[Setup], databases: Databases, rounds: int, seconds: int) -> None:
    """Show a table of servers on one kind of database: medians over all rounds."""
    readings: dict[Setup, list[Reading]] = {setup: [] for setup in setups}
    loads = []
    for turn in range(rounds):
        # There and back, so that a drift of the machine's speed hits all alike.
        for setup in setups if turn % 2 == 0 else reversed(setups):
            loads.append(os.getloadavg()[0])
            readings[setup].append(read(setup, databases, seconds))
            print(turn + 1, setup, readings[setup][-1], file=sys.stderr)
    show(title, [row(setup, runs) for setup, runs in readings.items()], COLUMNS)
    remark(f"load of the machine before each run {min(loads):.1f} to {max(loads):.1f}")
    for setup, runs in readings.items():
        usual = readings[Setup(GUNICORN, setup.workers, setup.threads)]
        if usual is not runs:
            compare(setup, runs, usual)


def row(setup: Setup, runs: list[Reading]) -> tuple[str | float, ...]:
    """Return the medians over all rounds, and between what the rate at full load was."""
    rates = [run.full.rate for run in runs]
    return (
        *(str(setup), median(rates), min(rates), max(rates)),
        *(median(run.full.middle for run in runs), median(run.full.late for run in runs)),
        *(median(run.worked for run in runs), median(run.half.rate for run in runs)),
        *(median(run.half.middle for run in runs), median(run.half.late for run in runs)),
        *(median(run.memory for run in runs), median(run.beside for run in runs)),
    )


def compare(setup: Setup, runs: list[Reading], usual: list[Reading]) -> None:
    """Say how a server did beside gunicorn, round by round, so that a drift of the machine hits both."""
    pairs = list(zip(runs, usual, strict=True))
    rate = median(run.full.rate / other.full.rate for run, other in pairs)
    worked = median(run.worked / other.worked for run, other in pairs)
    remark(f"{setup}: {rate:.2f} x as many answers as gunicorn, {worked:.2f} x the processor for each")


def main(rounds: int = ROUNDS, seconds: int = SECONDS) -> None:
    """Show a table for SQLite, and one for PostgreSQL where a server is named."""
    need_wrk()
    servers = SERVERS if install_peers() else (GUNICORN,)
    embedded = [Setup(server, *SMALL) for server in servers]
    on_a_server = [*embedded, *(Setup(server, *LARGE) for server in servers)]
    with TemporaryDirectory() as scratch, kinds(Path(scratch)) as found:
        for name, databases in found:
            setups = embedded if name == "SQLite" else on_a_server
            title = f"{name}, {rounds} rounds of {seconds} s, {CONNECTIONS} connections"
            measure(title, setups, databases, rounds, seconds)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
