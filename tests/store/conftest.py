"""A new database for each test, with tables made by the migrations and a key of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.security.crypto import make_vault
from service.store.migrate import upgrade
from service.store.session import Store, open_store


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """The address of a database that is not there yet."""
    return f"sqlite:///{tmp_path / 'openvob.db'}"


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An empty store."""
    upgrade(database_url)
    opened = open_store(database_url, make_vault(bytes(range(32))))
    yield opened
    opened.close()
