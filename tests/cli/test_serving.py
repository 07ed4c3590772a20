"""`vob serve` as a process: it finishes what it has taken, counts together, is careful in production."""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import secrets
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from payers.sandbox.profile import sandbox_credentials, write_connections
from payers.sandbox.roster import BY_KEY
from payers.sandbox.server import Sandbox
from service.cli.sandbox import request_about
from service.cli.workers import ANSWERING, ENDING
from service.config import HOUSE, Settings
from service.first_run import prepare
from service.hearing import SECONDS
from service.office import TO_FINISH, open_store_of
from service.store import audit, verifications
from service.store.session import transaction
from tests.cli.conftest import Run
from tests.databases import SQLITE, Databases, needs_postgresql

V1 = "/v1/verifications"
PATIENCE = 20
READY = "OpenVOB is ready"
AT_ONCE = {"Prefer": "respond-async"}


@dataclass
class Service:
    """A service that runs: its process, where it listens, and what it said when it was ready."""

    process: subprocess.Popen[str]
    settings: Settings
    key: str
    said: str

    def connect(self) -> http.client.HTTPConnection:
        """A connection that is open."""
        connection = http.client.HTTPConnection("127.0.0.1", self.settings.port, timeout=PATIENCE)
        connection.connect()
        return connection

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> http.client.HTTPConnection:
        """A connection over which a request went out, its answer not waited for."""
        connection = self.connect()
        told = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", **headers}
        connection.request(method, path, None if body is None else json.dumps(body), told)
        return connection

    def get(self, path: str) -> str:
        """What a path answers, over a connection of its own."""
        connection = self.send("GET", path)
        try:
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def is_reached(self) -> bool:
        """Whether a new connection is taken."""
        try:
            self.connect().close()
        except ConnectionRefusedError:
            return False
        return True


@contextmanager
def serving(environment: dict[str, str], key: str = "") -> Iterator[Service]:
    """`vob serve` with these settings, once it says that it is ready, ended whatever happens."""
    command = [sys.executable, "-c", "from service.cli import main; main()", "serve"]
    with subprocess.Popen(
        command,
        cwd=HOUSE,
        # Whatever is written then tells of a fault.
        env={**os.environ, "OPENVOB_LOG_LEVEL": "warning", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever runs the tests may have told all below to pass over interruptions.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        try:
            assert process.stdout is not None
            # All of it ends with the line to try.
            said = [process.stdout.readline()]
            assert said[0].startswith(READY), process.communicate(timeout=PATIENCE)
            while not said[-1].startswith("curl "):
                said.append(process.stdout.readline())
            service = Service(process, Settings.from_env(environment), key, "".join(said))
            until(lambda: '"ok"' in service.get("/healthz"))
            yield service
        finally:
            process.kill()


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, and not for ever."""
    for _ in range(PATIENCE * 50):
        if holds():
            return
        time.sleep(0.02)
    raise AssertionError("it never came to be")


def free_port() -> str:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


def slow_request() -> dict[str, Any]:
    """The request about the member whose payer takes its time."""
    return request_about(BY_KEY["slow"], datetime.now(UTC).date() + timedelta(days=1))


@pytest.fixture
def environment(databases: Databases, database_kind: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """An installation of one process on SQLite, of two on PostgreSQL."""
    instance = tmp_path / "instance"
    with databases.database(instance) as url:
        yield {
            "OPENVOB_INSTANCE_PATH": str(instance),
            "OPENVOB_DATABASE_URL": url,
            "OPENVOB_WORKERS": "1" if database_kind == SQLITE else "2",
            "OPENVOB_THREADS": "8",
            "OPENVOB_PORT": free_port(),
        }


@contextmanager
def asking(environment: dict[str, str], payer: Sandbox) -> Iterator[Service]:
    """A service of this installation that asks the sandbox."""
    profile = Path(environment["OPENVOB_INSTANCE_PATH"]) / "clinic.yaml"
    profile.parent.mkdir(exist_ok=True)
    example = (HOUSE / "clinic.example.yaml").read_text("utf-8")
    profile.write_text(f"{example}\n{write_connections(payer.url)}", "utf-8")
    environment |= {"OPENVOB_CLINIC_PROFILE": str(profile), **sandbox_credentials()}
    key = prepare(Settings.from_env(environment)).api_key
    assert key is not None
    with serving(environment, key) as service:
        yield service


def post_at_once(service: Service) -> str:
    """Ask without waiting for the payer; the id of what is awaited now."""
    connection = service.send("POST", V1, slow_request(), **AT_ONCE)
    made = json.loads(connection.getresponse().read())
    connection.close()
    assert made["status"] == "pending_live"
    return str(made["id"])


# --- the end


def test_told_to_end_it_finishes_what_it_has_taken_and_takes_nothing_more(
    environment: dict[str, str],
) -> None:
    with Sandbox(slow_seconds=2.0) as payer, asking(environment, payer) as service:
        in_work = service.send("POST", V1, slow_request())
        time.sleep(0.7)  # what nobody waits for ends later than what somebody does
        awaited = post_at_once(service)
        service.process.send_signal(signal.SIGTERM)
        until(lambda: not service.is_reached())
        assert select.select([in_work.sock], [], [], 0)[0] == [], "it is refused while answers are awaited"
        answer = in_work.getresponse()
        made = json.loads(answer.read())
        in_work.close()
        assert (answer.status, made["status"], made["eligibility"]["basis"]) == (201, "complete", "reported")
        _, errors = service.process.communicate(timeout=PATIENCE)
        assert (service.process.returncode, errors) == (0, "")
    store = open_store_of(service.settings)
    with transaction(store) as session:
        statuses = {id_: verifications.get(session, id_) for id_ in (awaited, made["id"])}
        verdict = audit.check(session, datetime.now(UTC))
    store.close()
    assert [one.status for one in statuses.values() if one] == ["complete", "complete"]
    assert (verdict.fault, verdict.waiting) == (None, 0)
    assert verdict.linked >= 3


@pytest.mark.parametrize("again", [signal.SIGTERM, signal.SIGINT])
def test_told_again_it_ends_at_once(environment: dict[str, str], again: signal.Signals) -> None:
    with Sandbox(slow_seconds=14.0) as payer, asking(environment, payer) as service:
        awaited = post_at_once(service)
        in_work = service.send("POST", V1, slow_request())
        service.process.send_signal(signal.SIGINT)
        until(lambda: not service.is_reached())
        began = time.monotonic()
        service.process.send_signal(again)
        _, errors = service.process.communicate(timeout=PATIENCE)
        assert time.monotonic() - began < 5
        # A process that had ended all but may be told so by the system, which is worth a warning at most.
        assert service.process.returncode == 0
        assert not re.search("traceback|error", errors, re.IGNORECASE)
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            in_work.getresponse()
        in_work.close()
    store = open_store_of(service.settings)
    with transaction(store) as session:
        left = verifications.get(session, awaited)
    store.close()
    assert left is not None
    assert left.status == "pending_live"


def test_the_end_has_time_for_the_slowest_payer_and_for_what_follows() -> None:
    assert SECONDS < ANSWERING
    assert SECONDS < TO_FINISH
    assert ANSWERING + TO_FINISH < ENDING


# --- several processes


@needs_postgresql
def test_several_processes_count_together_from_nothing(
    postgresql_databases: Databases, tmp_path: Path
) -> None:
    instance = tmp_path / "instance"
    left = instance / "metrics" / "counter_1.db"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"left by somebody else")
    with postgresql_databases.database(instance) as url:
        environment = {
            "OPENVOB_INSTANCE_PATH": str(instance),
            "OPENVOB_DATABASE_URL": url,
            "OPENVOB_WORKERS": "2",
            "OPENVOB_METRICS_OPEN": "true",
            "OPENVOB_RATE_ADDRESS": "off",
            "OPENVOB_PORT": free_port(),
        }
        with serving(environment) as service:
            assert not left.exists()

            def both_answer() -> bool:
                for sent in [service.send("GET", "/healthz") for _ in range(8)]:
                    assert sent.getresponse().status == 200
                    sent.close()
                counting = {path.stem.rpartition("_")[2] for path in left.parent.glob("counter_*.db")}
                return len(counting - {str(service.process.pid)}) == 2

            until(both_answer)
            before = answered(service, "/healthz")
            for _ in range(40):
                service.get("/healthz")
            assert {answered(service, "/healthz") - before for _ in range(6)} == {40}
            assert 'openvob_background{state="waiting"} 0.0' in service.get("/metrics")


def answered(service: Service, route: str) -> float:
    """How many requests of a route were answered, as whichever process is asked tells it."""
    numbers = re.findall(
        rf'^openvob_requests_total{{.*route="{route}".*}} (.*)$', service.get("/metrics"), re.MULTILINE
    )
    return sum(map(float, numbers))


def test_several_processes_on_an_embedded_database_are_refused(
    run: Run, monkeypatch: pytest.MonkeyPatch, instance: Path
) -> None:
    monkeypatch.setenv("OPENVOB_WORKERS", "2")
    done = run("serve")
    assert done.exit_code == 1
    assert "OPENVOB_WORKERS" in done.stderr
    assert not instance.exists()


# --- production


def test_in_production_every_fault_is_told_before_anything_is_made(
    run: Run, monkeypatch: pytest.MonkeyPatch, instance: Path
) -> None:
    monkeypatch.setenv("OPENVOB_ENVIRONMENT", "production")
    monkeypatch.setenv("OPENVOB_RATE_MEMBER", "off")
    done = run("serve")
    assert (done.exit_code, done.stdout) == (1, "")
    assert re.findall(r"^  .*?(OPENVOB_\w+|data key)", done.stderr, re.MULTILINE) == [
        "OPENVOB_DATABASE_URL",
        "data key",
        "OPENVOB_RATE_MEMBER",
    ]
    assert not instance.exists()


@pytest.mark.parametrize("words", [["db", "upgrade"], ["keys", "add", "--name", "Invented EHR"]])
def test_in_production_no_command_makes_a_data_key(
    run: Run, monkeypatch: pytest.MonkeyPatch, instance: Path, words: list[str]
) -> None:
    monkeypatch.setenv("OPENVOB_ENVIRONMENT", "production")
    done = run(*words)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "there is no data key" in done.stderr
    assert not instance.exists()


@needs_postgresql
def test_in_production_no_key_is_made_and_none_shown(postgresql_databases: Databases, tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    with postgresql_databases.database(instance) as url:
        environment = {
            "OPENVOB_ENVIRONMENT": "production",
            "OPENVOB_INSTANCE_PATH": str(instance),
            "OPENVOB_DATABASE_URL": url,
            "OPENVOB_DATA_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
            "OPENVOB_PORT": free_port(),
        }
        with serving(environment) as service:
            assert '"ready"' in service.get("/readyz")
            service.process.send_signal(signal.SIGTERM)
            service.process.communicate(timeout=PATIENCE)
    assert service.process.returncode == 0
    assert "vob keys add --name NAME" in service.said
    assert "vob_" not in service.said
    assert not (instance / "api-key").exists()
