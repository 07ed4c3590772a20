"""A service that is watched, on a November day, whose profile leads to a sandbox payer."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from payers.sandbox.profile import sandbox_credentials, write_connections
from payers.sandbox.server import Sandbox
from payers.switchboard import Switchboard
from service.app import create_app
from service.config import HOUSE, Settings
from service.connections import credentials_of
from service.first_run import prepare
from service.observe.access import observe
from service.observe.logs import StandardError
from service.office import Office
from tests.observe.watching import Lines, Numbers
from tests.verify.desk import NOW


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    level, before = root.level, set(root.handlers)
    yield
    root.setLevel(level)
    for handler in [one for one in root.handlers if isinstance(one, StandardError) and one not in before]:
        root.removeHandler(handler)


@pytest.fixture(autouse=True, scope="module")
def _on_a_day_in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture(scope="module")
def payer() -> Iterator[Sandbox]:
    """A payer of this process."""
    with Sandbox(slow_seconds=0.1) as serving:
        yield serving


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, payer: Sandbox) -> Settings:
    """An installation whose profile leads to the sandbox, and whose log is written as JSON."""
    instance = tmp_path_factory.mktemp("instance")
    profile = instance / "clinic.yaml"
    example = (HOUSE / "clinic.example.yaml").read_text("utf-8")
    profile.write_text(f"{example}\n{write_connections(payer.url)}", "utf-8")
    places = {"OPENVOB_INSTANCE_PATH": str(instance), "OPENVOB_CLINIC_PROFILE": str(profile)}
    return Settings.from_env({**sandbox_credentials(), **places, "OPENVOB_LOG_FORMAT": "json"})


@pytest.fixture(scope="module")
def key(settings: Settings) -> str:
    """The API key of the first run."""
    return str(prepare(settings).api_key)


@pytest.fixture(scope="module")
def app(settings: Settings, key: str) -> Iterator[Flask]:
    """The service, watched; with the time it gives a payer cut short."""
    made = create_app(settings)
    office: Office = made.extensions["office"]
    board = Switchboard(
        (replace(one, seconds=0.3) for one in office.desk.clinic.connections.values()),
        lambda name: credentials_of(settings, name),
    )
    made.extensions["office"] = replace(office, desk=replace(office.desk, switchboard=board))
    observe(made, settings)
    yield made
    office.store.close()


@pytest.fixture
def client(app: Flask, settings: Settings, key: str) -> FlaskClient:
    """Somebody with a key for everything."""
    observe(app, settings)  # a second time changes nothing but where lines go, which the last test undid
    known = app.test_client()
    known.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return known


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """What was logged since it was last asked."""
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.fixture
def numbers(client: FlaskClient) -> Numbers:
    """The metrics as they are now, by name with labels."""

    def read() -> dict[str, float]:
        told = client.get("/metrics").get_data(as_text=True)
        rows = [row.rpartition(" ") for row in told.splitlines() if not row.startswith("#")]
        return {name: float(value) for name, _, value in rows}

    return read


@pytest.fixture
def new_lines(app: Flask) -> Iterator[None]:
    """Lines to payers that have no past, and leave none."""
    office: Office = app.extensions["office"]
    old = office.desk.switchboard
    board = Switchboard(old._listed, old._credentials)
    app.extensions["office"] = replace(office, desk=replace(office.desk, switchboard=board))
    yield
    app.extensions["office"] = office
