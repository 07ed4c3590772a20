"""A service as a process of its own, the load that wrk puts on it, and what it takes of the machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import Any

import orjson
import requests

from bench.asked import REQUEST, ROOT
from service.config import Settings
from service.first_run import prepare
from tests.databases import LEFT_OUT, Databases, SqliteFiles, postgres_server, server_address

SERVE = (sys.executable, "-c", "from service.cli import main; main()", "serve")
CONNECTIONS, WARMING_UP = 32, 2
SCRIPT = ROOT / "bench" / "server.lua"
OFF = {f"OPENVOB_RATE_{kind}": "off" for kind in ("CLIENT", "ADDRESS", "MEMBER")}
QUIET = {"OPENVOB_LOG_LEVEL": "warning"}


@dataclass(frozen=True)
class Served:
    """A service that answers: the process that watches over it, where it is, and a key."""

    process: int
    address: str
    key: str

    def call(self, method: str, path: str, **sent: Any) -> requests.Response:
        """Send something; whatever is refused ends the run."""
        headers = {"Authorization": f"Bearer {self.key}", **sent.pop("headers", {})}
        answer = requests.request(method, f"{self.address}{path}", headers=headers, timeout=60, **sent)
        answer.raise_for_status()
        return answer


@dataclass(frozen=True)
class Load:
    """What wrk saw: answers, how many a second, and milliseconds that half and 99 in 100 took at most."""

    answers: int
    rate: float
    middle: float
    late: float


@contextmanager
def kinds(folder: Path) -> Iterator[list[tuple[str, Databases]]]:
    """SQLite always, and PostgreSQL where the server that the tests would use is named."""
    with ExitStack() as stack:
        found: list[tuple[str, Databases]] = [("SQLite", SqliteFiles(folder))]
        address = server_address()
        if address is None:
            print(LEFT_OUT)
        else:
            found.append(("PostgreSQL", stack.enter_context(postgres_server(address))))
        yield found


@contextmanager
def served(
    databases: Databases, given: Mapping[str, str], command: Sequence[str] | None = None
) -> Iterator[Served]:
    """A service on a database of its own, in a folder of its own; `PORT` in its command is its port."""
    with TemporaryDirectory() as name, databases.database(Path(name)) as url:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        environment = {
            "OPENVOB_INSTANCE_PATH": name,
            "OPENVOB_DATABASE_URL": url,
            "OPENVOB_PORT": port,
            **OFF,
            **QUIET,
            **given,
        }
        key = prepare(Settings.from_env(environment)).api_key or ""
        words = [port if word == "PORT" else word for word in command or SERVE]
        with subprocess.Popen(
            words, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
        ) as server:
            try:
                address = f"http://127.0.0.1:{port}"
                wait_for(server, address)
                yield Served(server.pid, address, key)
            finally:
                server.terminate()


def wait_for(server: subprocess.Popen[bytes], address: str) -> None:
    """Wait until a server answers."""
    for _ in range(1_200):
        if server.poll() is not None:
            break
        try:
            requests.get(f"{address}/healthz", timeout=1)
        except requests.RequestException:
            sleep(0.1)
        else:
            return
    raise SystemExit(f"{server.args!r} does not serve")


def need_wrk() -> None:
    """End the run where there is no wrk."""
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not here; on Debian and Ubuntu it is the package wrk.")


def load(service: Served, seconds: int, pause: int = 0) -> Load:
    """Have wrk post for so many seconds, each connection pausing so many milliseconds on average."""
    with TemporaryDirectory() as folder:
        body = Path(folder) / "body.json"
        body.write_bytes(orjson.dumps({**REQUEST, "live": False}))
        told = {"BENCH_BODY": str(body), "BENCH_KEY": service.key, "BENCH_PAUSE": str(pause)}
        sizes = [f"--connections={CONNECTIONS}", "--threads=2", f"--duration={seconds}s", "--timeout=30s"]
        command = ["wrk", *sizes, f"--script={SCRIPT}", f"{service.address}/v1/verifications"]
        environment = {**os.environ, **told}
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    line = next(line for line in done.stdout.splitlines() if line.startswith("measured "))
    answers, microseconds, middle, late, failed = map(int, line.split()[1:])
    if failed:
        raise SystemExit(f"{failed} of {answers + failed} requests failed")
    return Load(answers, answers / microseconds * 1e6, middle / 1000, late / 1000)


def warm_up(service: Served) -> None:
    """Load a server for a moment that is not counted, and again while it has not answered anything."""
    while not load(service, WARMING_UP).answers:
        print(f"{service.address} has not warmed up yet", file=sys.stderr)


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
    sizes = [_kilobytes(one, "smaps_rollup", "Pss") / 1024 for one in (process, *_below(process))]
    sizes.sort(reverse=True)
    return sum(sizes[:workers]) / workers, sum(sizes[workers:])


def resident(process: int, most: bool = False) -> float:
    """Return the MB of the largest process of a server, now or the most it ever had."""
    name = "VmHWM" if most else "VmRSS"
    return max(_kilobytes(one, "status", name) for one in (process, *_below(process))) / 1024


def _below(process: int) -> Iterator[int]:
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            yield child
            yield from _below(child)


def _kilobytes(process: int, file: str, name: str) -> int:
    lines = Path(f"/proc/{process}/{file}").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
