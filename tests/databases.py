"""The databases that the tests of store and API run on: SQLite always, PostgreSQL where a server is named.

`OPENVOB_TEST_POSTGRES` holds the address of a server's maintenance database. The migrations run once for
each kind and process; every database after that is a copy. Databases on the server are named after the run
that made them, and go when it ends; what a run left that was killed goes when the next one starts.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import LiteralString, Protocol

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from service.store.migrate import upgrade

VARIABLE = "OPENVOB_TEST_POSTGRES"
SQLITE, POSTGRESQL = "sqlite", "postgresql"
PREFIX = "openvob_test_"
CLEANING = 7_166_382  # any number: whoever holds this lock of the server's is clearing up
IN_ENGLISH = "template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US-u-ka-shifted'"
"""Sorted as people do, past any punctuation, as on most servers: what we order by must not depend on it."""
LEFT_OUT = (
    f"PostgreSQL was left out: store and API ran on SQLite alone. To include it, set {VARIABLE} to the "
    "address of a server, such as postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)

REDIS = "OPENVOB_TEST_REDIS"
REDIS_LEFT_OUT = (
    f"Redis was left out: calls were counted in memory alone. To include it, set {REDIS} to the address of a "
    "server, such as redis://127.0.0.1:6379"
)

CHROMIUM = "OPENVOB_TEST_CHROMIUM"
CHROMIUM_LEFT_OUT = (
    f"Chromium was left out: pages were read, not looked at. To include it, set {CHROMIUM} to the path of "
    "one, such as /usr/bin/chromium"
)

PANGO_LEFT_OUT = (
    "Pango was left out: documents were read as pages, not as PDF. To include it, install libpango-1.0-0, "
    "libpangoft2-1.0-0, libharfbuzz-subset0, fonts-dejavu-core and fonts-liberation"
)

ABOUT_SQLITE = frozenset(
    {
        "test_what_was_heard_stands_nowhere_in_clear",
        "test_nothing_of_a_member_stands_in_the_database_files_in_clear",
        "test_nothing_said_of_a_member_is_kept_or_logged_in_clear",
        "test_a_key_is_kept_nowhere_in_clear",
        "test_it_is_kept_and_not_in_clear",
        "test_nothing_of_a_member_is_logged_or_kept_in_clear_whatever_the_payer_does",
    }
)
"""Tests that read the files of the database, and so are about the embedded one alone."""

ABOUT_NEITHER = frozenset(
    {
        "test_a_key_opens_the_routes_of_its_scope_and_no_other",
        "test_a_site_key_opens_what_is_published_and_nothing_of_a_member",
        "test_staff_open_the_routes_of_their_role_and_no_other",
        "test_the_committed_document_is_the_one_the_code_makes",
        "test_the_document_is_valid_openapi",
    }
)
"""Tests that go through all that there is, slowly, and hardly ask the database: the embedded one will do."""


def server_address() -> str | None:
    """The address of a server to test on, or `None`."""
    return os.environ.get(VARIABLE) or None


def needs_postgresql(test: Callable[..., None]) -> Callable[..., None] | None:
    """Leave a test out where no server is named; the summary says so."""
    return test if server_address() else None


def browser_path() -> str | None:
    """The path of a Chromium to look at pages with, or `None`."""
    return os.environ.get(CHROMIUM) or None


def keeps_pictures() -> bool:
    """Whether pictures of the pages are to be kept, as `make screens` has it."""
    return bool(os.environ.get("OPENVOB_TEST_SCREENS"))


@cache
def makes_pdf() -> bool:
    """Whether this machine has what PDFs are made with."""
    try:
        import weasyprint  # noqa: F401
    except OSError:
        return False
    return True


def with_pango(test: Callable[..., None]) -> Callable[..., None] | None:
    """Leave a test out where there is no Pango; the summary says so."""
    return test if makes_pdf() else None


def kinds_for(test: str) -> tuple[str, ...]:
    """The kinds of database that a test runs on."""
    one_will_do = server_address() is None or test in ABOUT_SQLITE | ABOUT_NEITHER
    return (SQLITE,) if one_will_do else (SQLITE, POSTGRESQL)


class Databases(Protocol):
    """Makes databases of one kind."""

    def database(self, folder: Path, *, empty: bool = False) -> AbstractContextManager[str]:
        """The address of a new database, with the tables of the migrations or without any."""


@dataclass
class SqliteFiles:
    """SQLite: a file in the folder of the test."""

    scratch: Path
    template: Path | None = None

    @contextmanager
    def database(self, folder: Path, *, empty: bool = False) -> Iterator[str]:
        """The address of a new database, with the tables of the migrations or without any."""
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "openvob.db"
        if not empty:
            shutil.copyfile(self._with_tables(), file)
        yield f"sqlite:///{file}"

    def _with_tables(self) -> Path:
        if self.template is None:
            self.template = self.scratch / "template.db"
            upgrade(f"sqlite:///{self.template}")
        return self.template


@dataclass
class PostgresServer:
    """PostgreSQL: databases of a server, named after the connection that this run holds to it."""

    url: URL
    held: psycopg.Connection
    name: str
    template: str | None = None
    numbers: Iterator[int] = field(default_factory=count)

    @contextmanager
    def database(self, folder: Path, *, empty: bool = False) -> Iterator[str]:
        """The address of a new database, with the tables of the migrations or without any."""
        made = self._create(None if empty else self._with_tables())
        yield self._address(made)
        self._drop(made)

    @contextmanager
    def copy_of(self, database: str) -> Iterator[str]:
        """The address of a copy of a database that nobody is connected to."""
        made = self._create(database)
        yield self._address(made)
        self._drop(made)

    def _with_tables(self) -> str:
        if self.template is None:
            made = self._create(None)
            upgrade(self._address(made))
            self.template = made
        return self.template

    def _create(self, template: str | None) -> str:
        made = f"{self.name}_{next(self.numbers)}"
        self.held.execute(f"CREATE DATABASE {made} TEMPLATE {template or IN_ENGLISH}")
        return made

    def _drop(self, database: str) -> None:
        self.held.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def _address(self, database: str) -> str:
        return self.url.set(database=database).render_as_string(hide_password=False)

    def role(self) -> str:
        """The name for a new role, which goes with the databases of this run."""
        return f"{self.name}_{next(self.numbers)}"

    def clear_up(self) -> None:
        """Drop what this run made, and what other runs left that are connected no longer."""
        self.held.execute("SELECT pg_advisory_lock(%s)", [CLEANING])
        for database in self._made("SELECT datname AS name FROM pg_database"):
            self._drop(database)
        for role in self._made("SELECT rolname AS name FROM pg_roles"):
            self.held.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
        self.held.execute("SELECT pg_advisory_unlock(%s)", [CLEANING])

    def _made(self, names: LiteralString) -> set[str]:
        """Which of these names this run gave, or a run that is gone."""
        given = sql.SQL(
            "SELECT name FROM ({}) AS made WHERE starts_with(name, %s) AND (starts_with(name, %s)"
            " OR NOT EXISTS (SELECT 1 FROM pg_stat_activity run WHERE starts_with(run.application_name, %s)"
            " AND starts_with(name, run.application_name || '_')))"
        )
        mine = [PREFIX, f"{self.name}_", PREFIX]
        return {name for (name,) in self.held.execute(given.format(sql.SQL(names)), mine)}


@contextmanager
def postgres_server(address: str) -> Iterator[PostgresServer]:
    """A server, cleared up at the start and at the end."""
    url = make_url(address)
    name = f"{PREFIX}{os.getpid()}_{os.urandom(3).hex()}"
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True, application_name=name) as held:
        server = PostgresServer(url, held, name)
        server.clear_up()
        yield server
        server.clear_up()
