"""gunicorn beside granian on the real route: answers a second, how long they take, and memory a process.

gunicorn runs as `vob serve` has it, and once more with its parser in C, which is a package of its own.
Each server is started afresh on a database of its own, all of them in turn, round by round, and medians are
told. wrk posts a verification that the rulebook answers, first as fast as it can, then at about half of that.
wrk, server and database share this machine's processors.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import sleep

import orjson
import requests

from bench.asked import REQUEST, ROOT
from service.config import METRICS_FOLDER, Settings
from service.first_run import prepare
from tests.databases import LEFT_OUT, Databases, SqliteFiles, postgres_server, server_address

ROUNDS, SECONDS = 5, 8
CONNECTIONS, WARMING_UP = 32, 2
GUNICORN, FAST, GRANIAN = "gunicorn", "gunicorn, in C", "granian"
ENVIRONMENT = ROOT / ".bench" / "servers"
PEERS = ("granian==2.8.7", "gunicorn_h1c==0.6.10")
SCRIPT = ROOT / "bench" / "server.lua"
OFF = {f"OPENVOB_RATE_{kind}": "off" for kind in ("CLIENT", "ADDRESS", "MEMBER")}
QUIET = {"OPENVOB_LOG_LEVEL": "warning"}


@dataclass(frozen=True)
class Setup:
    """A server, how many processes it has, and how many threads each of them."""

    server: str
    workers: int
    threads: int

    def __str__(self) -> str:
        return f"{self.server} {self.workers} x {self.threads}"


@dataclass(frozen=True)
class Load:
    """What wrk saw: answers, how many a second, and milliseconds that half and 99 in 100 took at most."""

    answers: int
    rate: float
    middle: float
    late: float


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


def command_of(setup: Setup, port: int) -> list[str]:
    """Return the line that starts a server."""
    own = ENVIRONMENT / "bin"
    if setup.server != GRANIAN:
        python = sys.executable if setup.server == GUNICORN else str(own / "python")
        return [python, "-c", "from service.cli import main; main()", "serve"]
    return [
        *(str(own / "granian"), "--interface", "wsgi", "--factory", "--port", str(port)),
        *("--http", "1", "--no-ws", "--log-level", "error", "--workers", str(setup.workers)),
        *("--blocking-threads", str(setup.threads), "service.app:create_app"),
    ]


@contextmanager
def served(setup: Setup, databases: Databases) -> Iterator[tuple[int, str, str]]:
    """A server on a database of its own; its process, its address, and a key."""
    with TemporaryDirectory() as name, databases.database(Path(name)) as url:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        given = {
            "OPENVOB_INSTANCE_PATH": name,
            "OPENVOB_DATABASE_URL": url,
            "OPENVOB_PORT": str(port),
            "OPENVOB_WORKERS": str(setup.workers),
            "OPENVOB_THREADS": str(setup.threads),
            **OFF,
            **QUIET,
        }
        key = prepare(Settings.from_env(given)).api_key or ""
        if setup.server == GRANIAN and setup.workers > 1:  # which `vob serve` does by itself
            given[METRICS_FOLDER] = str(Path(name) / "metrics")
            Path(given[METRICS_FOLDER]).mkdir()
        with subprocess.Popen(
            command_of(setup, port), cwd=ROOT, env={**os.environ, **given}, stdout=subprocess.DEVNULL
        ) as server:
            try:
                address = f"http://127.0.0.1:{port}"
                wait_for(server, address)
                yield server.pid, address, key
            finally:
                server.terminate()


def wait_for(server: subprocess.Popen[bytes], address: str) -> None:
    """Wait until a server answers."""
    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            requests.get(f"{address}/healthz", timeout=1)
        except requests.RequestException:
            sleep(0.1)
        else:
            return
    raise SystemExit(f"{server.args!r} does not serve")


def load(address: str, key: str, seconds: int, pause: int = 0) -> Load:
    """Have wrk post for so many seconds, each connection pausing so many milliseconds on average."""
    with TemporaryDirectory() as folder:
        body = Path(folder) / "body.json"
        body.write_bytes(orjson.dumps({**REQUEST, "live": False}))
        environment = {**os.environ, "BENCH_BODY": str(body), "BENCH_KEY": key, "BENCH_PAUSE": str(pause)}
        sizes = [f"--connections={CONNECTIONS}", "--threads=2", f"--duration={seconds}s", "--timeout=30s"]
        command = ["wrk", *sizes, f"--script={SCRIPT}", f"{address}/v1/verifications"]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    line = next(line for line in done.stdout.splitlines() if line.startswith("measured "))
    answers, microseconds, middle, late, failed = map(int, line.split()[1:])
    if failed:
        raise SystemExit(f"{failed} of {answers + failed} requests failed")
    return Load(answers, answers / microseconds * 1e6, middle / 1000, late / 1000)


def processor_of(process: int) -> float:
    """Return the seconds of processor that a server has taken, which neighbours hardly change."""
    ticks = 0
    for one in (process, *_below(process)):
        numbers = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(numbers[11]) + int(numbers[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_of(process: int, workers: int) -> tuple[float, float]:
    """Return MB of each process that answers, on average, and of all others of a server.

    Memory that processes share counts in parts. Those that answer are the largest.
    """
    sizes = sorted(map(_share_of, [process, *_below(process)]), reverse=True)
    return sum(sizes[:workers]) / workers, sum(sizes[workers:])


def _below(process: int) -> Iterator[int]:
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            yield child
            yield from _below(child)


def _share_of(process: int) -> float:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def read(setup: Setup, databases: Databases, seconds: int) -> Reading:
    """Measure a server that was just started."""
    with served(setup, databases) as (process, address, key):
        while not load(address, key, WARMING_UP).answers:
            print(f"{setup} has not warmed up yet", file=sys.stderr)
        before = processor_of(process)
        full = load(address, key, seconds)
        worked = 1000 * (processor_of(process) - before) / full.answers
        memory, beside = memory_of(process, setup.workers)
        between = CONNECTIONS / (full.rate / 2)
        working = setup.workers / full.rate
        half = load(address, key, seconds, round(1000 * max(0.0, between - working)))
    return Reading(full, half, worked, memory, beside)


def measure(title: str, setups: list[Setup], databases: Databases, rounds: int, seconds: int) -> None:
    """Print a table of servers on one kind of database."""
    readings: dict[Setup, list[Reading]] = {setup: [] for setup in setups}
    loads = []
    for turn in range(rounds):
        # There and back, so that a drift of the machine's speed hits all alike.
        for setup in setups if turn % 2 == 0 else reversed(setups):
            loads.append(os.getloadavg()[0])
            readings[setup].append(read(setup, databases, seconds))
            print(turn + 1, setup, readings[setup][-1], file=sys.stderr)
    print(f"\n{title}; load of the machine before each run {min(loads):.1f} to {max(loads):.1f}")
    print(f"{'':<22}{'full load':^52}{'about half':^34}{'MB a process':>14}{'beside':>8}")
    columns = ["a second", "(least, most)", "50 %", "99 %", "processor", "a second", "50 %", "99 %"]
    widths = [10, 16, 8, 8, 11, 12, 8, 12]
    print(f"{'':<22}" + "".join(f"{name:>{width}}" for name, width in zip(columns, widths, strict=True)))
    for setup, runs in readings.items():
        show(setup, runs)
    for setup, runs in readings.items():
        usual = readings[Setup(GUNICORN, setup.workers, setup.threads)]
        if usual is not runs:
            compare(setup, runs, usual)


def show(setup: Setup, runs: list[Reading]) -> None:
    """Print a row: the medians over all rounds, and between what the rate at full load was."""
    rates = [run.full.rate for run in runs]
    print(
        f"{setup!s:<22}{median(rates):>10.0f}{f'({min(rates):.0f}, {max(rates):.0f})':>16}"
        f"{median(run.full.middle for run in runs):>8.0f}{median(run.full.late for run in runs):>8.0f}"
        f"{median(run.worked for run in runs):>11.2f}{median(run.half.rate for run in runs):>12.0f}"
        f"{median(run.half.middle for run in runs):>8.1f}{median(run.half.late for run in runs):>12.0f}"
        f"{median(run.memory for run in runs):>10.0f}{median(run.beside for run in runs):>10.0f}"
    )


def compare(setup: Setup, runs: list[Reading], usual: list[Reading]) -> None:
    """Print how a server did beside gunicorn, round by round, so that a drift of the machine hits both."""
    pairs = list(zip(runs, usual, strict=True))
    rate = median(run.full.rate / other.full.rate for run, other in pairs)
    worked = median(run.worked / other.worked for run, other in pairs)
    print(f"  {setup!s:<22}{rate:.2f} x as many answers as gunicorn, {worked:.2f} x the processor for each")


def main(rounds: int = ROUNDS, seconds: int = SECONDS) -> None:
    """Print a table for PostgreSQL, where a server is named, and one for SQLite."""
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not here; on Debian and Ubuntu it is the package wrk.")
    servers = SERVERS if install_peers() else (GUNICORN,)
    embedded = [Setup(server, *SMALL) for server in servers]
    on_a_server = [*embedded, *(Setup(server, *LARGE) for server in servers)]
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} processors, {rounds} rounds of {seconds} s, "
        f"{CONNECTIONS} connections; times in milliseconds"
    )
    if address := server_address():
        with postgres_server(address) as server:
            measure("PostgreSQL", on_a_server, server, rounds, seconds)
    else:
        print(LEFT_OUT)
    with TemporaryDirectory() as scratch:
        measure("SQLite, one process", embedded, SqliteFiles(Path(scratch)), rounds, seconds)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
