"""The service with whatever is set, and somebody with a key for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.app import create_app
from service.config import Settings
from service.first_run import prepare
from service.office import Office


@dataclass(frozen=True)
class Served:
    """A service, and those who call it."""

    app: Flask
    key: str

    @property
    def client(self) -> FlaskClient:
        """Somebody with a key for everything."""
        known = self.app.test_client()
        known.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.key}"
        return known

    @property
    def stranger(self) -> FlaskClient:
        """Somebody without a key."""
        return self.app.test_client()


Serve = Callable[..., Served]


@pytest.fixture(scope="package")
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """An installation that was just made, for all services of these tests, and its key."""
    instance = tmp_path_factory.mktemp("instance")
    key = prepare(Settings.from_env({"OPENVOB_INSTANCE_PATH": str(instance)})).api_key
    assert key
    return instance, key


@pytest.fixture(scope="module")
def serve(place: tuple[Path, str]) -> Iterator[Serve]:
    """Make a service from variables, each with counts of its own."""
    made: list[Flask] = []

    def make(**variables: str) -> Served:
        instance, key = place
        app = create_app(Settings.from_env({"OPENVOB_INSTANCE_PATH": str(instance), **variables}))
        made.append(app)
        return Served(app, key)

    yield make
    for app in made:
        office: Office = app.extensions["office"]
        office.store.close()


@pytest.fixture
def question() -> dict[str, Any]:
    """The least that a verification request says."""
    return {
        "payer": "medicare",
        "member": {
            "member_id": "1EG4-TE5-MK73",
            "first_name": "Ana",
            "last_name": "Prueba",
            "birth_date": "1957-03-02",
        },
        "level_of_care": "iop",
        "start_date": "2026-12-01",
    }
