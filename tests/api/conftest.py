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


@pytest.fixture(scope="session")
def rulebook_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the compiled rulebook is kept, for all tests together."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, rulebook_cache: Path) -> Settings:
    """An installation that was just made."""
    instance = tmp_path_factory.mktemp("instance")
    (instance / "cache").symlink_to(rulebook_cache)
    return Settings.from_env({"OPENVOB_INSTANCE_PATH": str(instance)})


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
