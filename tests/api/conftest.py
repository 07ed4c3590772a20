"""A service of its own for each test module, and a client with a key for everything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.app import create_app
from service.config import Settings
from service.first_run import prepare
from service.office import Office
from tests.api.staff import quick_passwords
from tests.databases import Databases

# A module's tests are one client that asks about one member many times over.
UNLIMITED = {f"OPENVOB_RATE_{kind}": "off" for kind in ("CLIENT", "ADDRESS", "MEMBER")}

# Rows of lists are done when a test says so.
BY_HAND = {"OPENVOB_JOBS_THREADS": "0"}


@pytest.fixture(autouse=True, scope="session")
def _passwords_that_are_hashed_quickly() -> Iterator[None]:
    with quick_passwords():
        yield


@pytest.fixture(scope="session")
def rulebook_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the compiled rulebook is kept, for all tests together."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory, rulebook_cache: Path) -> Path:
    """The instance folder of the module's service."""
    folder = tmp_path_factory.mktemp("instance")
    (folder / "cache").symlink_to(rulebook_cache)
    return folder


@pytest.fixture(scope="module")
def database_url(databases: Databases, instance: Path) -> Iterator[str]:
    """The database of the module's service, new and with tables."""
    with databases.database(instance) as url:
        yield url


@pytest.fixture(scope="module")
def settings(instance: Path, database_url: str) -> Settings:
    """An installation that was just made."""
    places = {"OPENVOB_INSTANCE_PATH": str(instance), "OPENVOB_DATABASE_URL": database_url}
    return Settings.from_env(places | UNLIMITED | BY_HAND)


@pytest.fixture
def our_instance(tmp_path: Path) -> Path:
    """The instance folder of a service that one test has for itself."""
    return tmp_path / "instance"


@pytest.fixture
def our_database_url(databases: Databases, our_instance: Path) -> Iterator[str]:
    """The database of that service, new and with tables."""
    with databases.database(our_instance) as url:
        yield url


@pytest.fixture(scope="module")
def key(settings: Settings) -> str:
    """The API key of the first run."""
    made = prepare(settings).api_key
    assert made
    return made


@pytest.fixture(scope="module")
def app(settings: Settings, key: str) -> Iterator[Flask]:
    """The service."""
    made = create_app(settings)
    yield made
    office: Office = made.extensions["office"]
    office.sealer.stop()
    office.store.close()


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """Somebody without a key."""
    return app.test_client()


@pytest.fixture
def client(app: Flask, key: str) -> FlaskClient:
    """Somebody with a key for everything."""
    known = app.test_client()
    known.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return known


@pytest.fixture
def request_body() -> dict[str, Any]:
    """The least that a verification request says."""
    return {
        "payer": "medicare",
        "member": {
            "member_id": "1EG4TE5MK73",
            "first_name": "Ana",
            "last_name": "Prueba",
            "birth_date": "1957-03-02",
        },
        "level_of_care": "iop",
        "start_date": "2026-12-01",
    }
