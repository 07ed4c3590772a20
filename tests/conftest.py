"""What the tests of store and API share: which databases they run on."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.databases import (
    CHROMIUM_LEFT_OUT,
    LEFT_OUT,
    PANGO_LEFT_OUT,
    REDIS,
    REDIS_LEFT_OUT,
    Databases,
    SqliteFiles,
    browser_path,
    kinds_for,
    makes_pdf,
    postgres_server,
    server_address,
)


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    """Databases that are files."""
    return SqliteFiles(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[Databases]:
    """Databases of the server that is named in the environment."""
    address = server_address()
    assert address is not None, "nobody asks where no server is named"
    with postgres_server(address) as server:
        yield server


@pytest.fixture(scope="module")
def database_kind(request: pytest.FixtureRequest) -> str:
    """The kind of database that the test runs on: `sqlite` or `postgresql`."""
    return str(request.param)


@pytest.fixture(scope="module")
def databases(request: pytest.FixtureRequest, database_kind: str) -> Databases:
    """Databases of the kind that the test runs on."""
    made: Databases = request.getfixturevalue(f"{database_kind}_databases")
    return made


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run whatever needs a database on every kind there is."""
    if "database_kind" in metafunc.fixturenames:
        kinds = kinds_for(metafunc.function.__name__)
        metafunc.parametrize("database_kind", kinds, indirect=True, scope="module")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in a line each where PostgreSQL, Redis, Pango or Chromium was left out, and how to include it."""
    if server_address() is None:
        terminalreporter.write_line(LEFT_OUT)
    if not os.environ.get(REDIS):
        terminalreporter.write_line(REDIS_LEFT_OUT)
    if not makes_pdf():
        terminalreporter.write_line(PANGO_LEFT_OUT)
    if browser_path() is None:
        terminalreporter.write_line(CHROMIUM_LEFT_OUT)
