"""A new database for each test, with tables made by the migrations and a key of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.security.crypto import make_vault
from service.store.session import Store, open_store
from tests.databases import Databases


@pytest.fixture
def database_url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """The address of a database with tables and nothing in them."""
    with databases.database(tmp_path) as url:
        yield url


@pytest.fixture
def empty_database_url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables."""
    with databases.database(tmp_path, empty=True) as url:
        yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An empty store."""
    opened = open_store(database_url, make_vault(bytes(range(32))))
    yield opened
    opened.close()
