"""A service with somebody of the admissions staff signed in, as a browser has it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from service.app import create_app
from service.config import Settings
from service.first_run import prepare
from service.office import Office
from tests.api.staff import PASSWORD, quick_passwords, take_in
from tests.browsers import open_chromium, reachable
from tests.console.windows import WAYS, Seen

UNLIMITED = {f"OPENVOB_RATE_{kind}": "off" for kind in ("CLIENT", "ADDRESS", "MEMBER")}


@pytest.fixture(autouse=True, scope="session")
def _passwords_that_are_hashed_quickly() -> Iterator[None]:
    with quick_passwords():
        yield


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An installation that was just made."""
    return Settings.from_env({"OPENVOB_INSTANCE_PATH": str(tmp_path_factory.mktemp("instance")), **UNLIMITED})


@pytest.fixture(scope="module")
def app(settings: Settings) -> Iterator[Flask]:
    """The service."""
    prepare(settings)
    made = create_app(settings)
    yield made
    office: Office = made.extensions["office"]
    office.sealer.stop()
    office.store.close()


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """A browser in which nobody has signed in."""
    return app.test_client()


@pytest.fixture
def staff(app: Flask) -> FlaskClient:
    """A browser in which somebody of the admissions staff has signed in."""
    return signed_in(app, "ana", "admissions")


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """Where the pages of the service are."""
    with reachable(app) as where:
        yield f"{where}/console"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser."""
    with open_chromium() as browser:
        yield browser


@pytest.fixture(params=WAYS)
def seen(request: pytest.FixtureRequest, chromium: Browser, app: Flask, address: str) -> Iterator[Seen]:
    """A new browser window in which nobody has signed in."""
    take_in(app, "clerk", "admissions")
    context = chromium.new_context(**WAYS[request.param])
    yield Seen(context.new_page())
    context.close()


@pytest.fixture
def places() -> Path:
    """Where templates stand."""
    return Path(__file__).resolve().parents[2] / "service" / "templates" / "console"


def signed_in(app: Flask, name: str, role: str) -> FlaskClient:
    """A browser in which somebody has signed in through the page, taken in with this role if not here yet."""
    take_in(app, name, role)
    client = app.test_client()
    answer = client.post("/console/sign-in", data={"name": name, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    page = client.get("/console/second-factor").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    client.environ_base["HTTP_X_CSRF_TOKEN"] = found[1]
    return client
