"""`vob jobs`: workers and a clock of their own, on a real broker and a real server."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import orjson
import pytest
import requests
from click.testing import CliRunner

from service.cli import main
from service.cli.cluster import ALIVE, cluster_app, is_alive
from service.config import Settings
from service.jobs import batch
from service.jobs.work import ROUNDS
from service.messenger import DRAIN, Messenger
from service.office import Office, open_office
from service.record import Caller
from service.store import batches
from service.store.session import transaction
from tests.databases import REDIS, Databases, needs_postgresql
from tests.proofs.serving import COMMAND, Installation

PATIENCE = 90.0
ANA = Caller("client-1", "ana")
ROWS = 12
BROKER = f"{os.environ[REDIS].rstrip('/')}/7" if os.environ.get(REDIS) else None


def needs_broker(test: Callable[..., None]) -> Callable[..., None] | None:
    """Leave a test out where no Redis or no server is named; the summary says so."""
    return needs_postgresql(test) if BROKER else None


@pytest.fixture
def installation(postgresql_databases: Databases, tmp_path: Path) -> Iterator[Installation]:
    """An installation on a server and a broker."""
    with postgresql_databases.database(tmp_path) as url:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        terms = {
            "OPENVOB_JOBS_ENGINE": "celery",
            "OPENVOB_JOBS_BROKER": str(BROKER),
            "OPENVOB_JOBS_METRICS_PORT": port,
        }
        yield Installation(tmp_path, url, terms)


def put_up(office: Office) -> str:
    person = {"first_name": "Luz", "last_name": "Ensayo", "birth_date": "1990-01-31"}
    bodies = [
        {"payer": "cigna", "member": {**person, "member_id": f"U0000000{number}"}, "level_of_care": "iop"}
        for number in range(ROWS)
    ]
    lines = [orjson.dumps({**body, "start_date": "2026-12-07", "live": False}) for body in bodies]
    put = batch.draft(office, ANA, b"\n".join(lines), again=True)
    with transaction(office.store) as session:
        batch.keep(session, put, ANA, office.desk, lambda _: None)
    return put.batch.id


@needs_broker
def test_a_worker_does_what_waits_when_it_is_woken_tells_of_it_and_ends_in_good_order(
    installation: Installation,
) -> None:
    settings = installation.settings()
    with closing(open_office(settings)) as office:
        assert isinstance(office.workers, Messenger)
        batch_id = put_up(office)
        words = [sys.executable, "-c", COMMAND, "jobs", "work"]
        with subprocess.Popen(
            words, env=installation.environment(), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
        ) as worker:
            try:
                until, states = time.monotonic() + PATIENCE, dict[str, int]()
                while states != {batches.DONE: ROWS} and time.monotonic() < until:
                    office.workers.wake()
                    time.sleep(0.2)
                    with transaction(office.store) as session:
                        states = dict(batches.progress(session, [batch_id])[batch_id])
                assert states == {batches.DONE: ROWS}
                assert is_alive(settings)
                told = requests.get(f"http://127.0.0.1:{settings.jobs_metrics_port}/metrics", timeout=5).text
                assert f'openvob_batch_rows_total{{state="done"}} {ROWS}.0' in told.splitlines()
                assert "openvob_build_info" in told
            finally:
                worker.send_signal(signal.SIGTERM)
                _, said = worker.communicate(timeout=PATIENCE)
        assert worker.returncode == 0
        assert b"Ensayo" not in said
        assert b"U0000000" not in said


@needs_broker
def test_a_worker_says_at_once_that_somebody_else_listens_where_it_was_to_show_its_numbers(
    installation: Installation,
) -> None:
    with socket.create_server(("127.0.0.1", installation.settings().jobs_metrics_port)):
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, "jobs", "work"],
            env=installation.environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    port = installation.terms["OPENVOB_JOBS_METRICS_PORT"]
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"vob: cannot show metrics on 127.0.0.1 port {port}: Address already in use.\n"


def test_the_clock_sends_names_that_are_forgotten_before_the_next(tmp_path: Path) -> None:
    terms = {"OPENVOB_JOBS_ENGINE": "celery", "OPENVOB_JOBS_BROKER": "redis://broker.example"}
    settings = Settings.from_env({"OPENVOB_INSTANCE_PATH": str(tmp_path), **terms})
    schedule = cluster_app(settings).conf.beat_schedule
    assert set(schedule) == {DRAIN, *(one.name for one in ROUNDS)}
    for name, entry in schedule.items():
        assert entry.get("args", ()) in ((), (name,))
        assert entry["options"]["expires"] <= entry["schedule"]


def test_signs_of_life_are_asked_for(tmp_path: Path) -> None:
    settings = Settings.from_env({"OPENVOB_INSTANCE_PATH": str(tmp_path)})
    assert not is_alive(settings)
    sign = tmp_path / ALIVE
    sign.touch()
    assert is_alive(settings)
    os.utime(sign, (1, 1))
    assert not is_alive(settings)


@pytest.mark.parametrize("command", ["work", "beat", "alive"])
def test_where_the_service_works_itself_nobody_else_does(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENVOB_INSTANCE_PATH", str(tmp_path))
    monkeypatch.delenv("OPENVOB_JOBS_ENGINE", raising=False)
    done = CliRunner().invoke(main, ["jobs", command])
    assert done.exit_code == 1
    assert "OPENVOB_JOBS_ENGINE is `embedded`" in done.output
