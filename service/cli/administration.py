"""`vob keys` and `vob db`: API keys, and the tables of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click

from service.cli.failing import NoAnswer, settings_needed
from service.config import Settings
from service.office import open_store_of
from service.security.keys import SCOPES, add_key
from service.store.migrate import is_up_to_date, upgrade
from service.store.session import Store


@click.group()
def keys() -> None:
    """API keys of this installation."""


@keys.command("add")
@click.option("--name", required=True, help="Whom the key is for.")
@click.option(
    "scopes", "--scope", multiple=True, type=click.Choice(SCOPES), help="What it may do; all where left out."
)
def add(name: str, scopes: tuple[str, ...]) -> None:
    """Make an API key and print it, alone. It is shown this once and kept nowhere."""
    with _store() as store:
        if not is_up_to_date(store.engine):
            raise NoAnswer("the database is not up to date; bring it up with: vob db upgrade")
        click.echo(add_key(store, name, scopes or SCOPES, datetime.now(UTC)))


@click.group("db")
def database() -> None:
    """The database of this installation."""


@database.command("upgrade")
def upgrade_database() -> None:
    """Bring the tables up to date; they are made where there are none yet."""
    with _store() as store:
        # An embedded database is brought up to date by opening it.
        if not is_up_to_date(store.engine):
            upgrade(Settings.from_env().database_url)
    click.echo("The database is up to date.")


@contextmanager
def _store() -> Iterator[Store]:
    with settings_needed():
        store = open_store_of(Settings.from_env())
    try:
        yield store
    finally:
        store.close()
