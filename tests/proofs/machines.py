"""A PostgreSQL and a Redis of a proof's own, in a folder of its own, that can be torn down at any moment."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGKILL
from time import monotonic, sleep

import psycopg
import redis

from tests.proofs.serving import free_port

PATIENCE = 60.0


class Database:
    """A PostgreSQL cluster on a free port; as root it runs as the user `postgres`, as it demands."""

    def __init__(self, folder: Path) -> None:
        self.port, self._data, self._log = free_port(), folder / "data", folder / "log"
        folder.mkdir()
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
        self._control("start", f"-o -p {self.port} -k {folder} -c listen_addresses=127.0.0.1")

    @property
    def url(self) -> str:
        """The address of its database."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def tear_down_and_start(self) -> None:
        """End it as a crash would, without a word to anybody, and start it again."""
        self._control("restart", "--mode=immediate")

    def stop(self) -> None:
        """End it for good."""
        self._control("stop", "--mode=immediate")

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """The rows of a query."""
        with psycopg.connect(f"postgresql://postgres@127.0.0.1:{self.port}/postgres") as connection:
            return connection.execute(query.encode()).fetchall()

    def _control(self, *words: str) -> None:
        self._run("pg_ctl", *words, "--silent", "--wait", f"--log={self._log}")

    def _run(self, program: str, *words: str) -> None:
        found = shutil.which(program) or next(
            iter(sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}")))
        )
        command = [str(found), f"--pgdata={self._data}", *words]
        if os.getuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


class Broker:
    """A Redis on a free port that keeps nothing on disk."""

    def __init__(self) -> None:
        self.port = free_port()
        self._process = self._begin()

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def kill(self) -> None:
        """Kill it, with every message in it."""
        self._process.send_signal(SIGKILL)
        self._process.wait()

    def start(self) -> None:
        """Start it again, empty."""
        self._process = self._begin()

    def _begin(self) -> subprocess.Popen[bytes]:
        words = [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        until = monotonic() + PATIENCE
        while monotonic() < until:
            try:
                with redis.Redis(port=self.port) as client:
                    client.ping()
                return process
            except redis.ConnectionError:
                sleep(0.05)
        raise RuntimeError("redis-server did not start")


@contextmanager
def machines(folder: Path) -> Iterator[tuple[Database, Broker]]:
    """Both, for as long as the block runs."""
    database, broker = Database(folder), Broker()
    try:
        yield database, broker
    finally:
        broker.kill()
        database.stop()
