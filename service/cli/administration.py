"""`vob keys`, `vob audit` and `vob db`: API keys, the audit trail, and the tables of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click

from service.cli.failing import NoAnswer, settings_needed
from service.config import Settings
from service.office import bring_up_to_date, open_store_of
from service.security.keys import SCOPES, add_key
from service.store.audit import Head, check, find_head
from service.store.migrate import is_up_to_date
from service.store.session import Store, transaction


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
    with settings_needed():
        settings = Settings.from_env()
        bring_up_to_date(settings)
    click.echo("The database is up to date.")


@contextmanager
def _store() -> Iterator[Store]:
    with settings_needed():
        store = open_store_of(Settings.from_env())
    try:
        yield store
    finally:
        store.close()


@click.group()
def audit() -> None:
    """The audit trail: who did what with whose data."""


@audit.command("verify")
@click.option(
    "--anchor", help="What `vob audit head` printed earlier, kept outside: it has to be in the chain."
)
def verify_trail(anchor: str | None) -> None:
    """Go through the whole trail; name the first entry that was changed, removed, added or moved."""
    with _store() as store, transaction(store) as session:
        verdict = check(session, datetime.now(UTC), _read_anchor(anchor) if anchor else None)
    if verdict.fault is not None:
        fault = verdict.fault
        where = f"number {fault.number}" if fault.number is not None else "not linked"
        raise NoAnswer(f"the trail is broken at {where}, event {fault.event or 'unknown'}: {fault.what}.")
    click.echo(f"The trail holds: {verdict.linked} linked, {verdict.waiting} waiting to be linked.")


@audit.command("head")
def show_head() -> None:
    """Print the end of the chain, to be kept outside of this database."""
    with _store() as store, transaction(store) as session:
        head = find_head(session)
    click.echo(f"{head.number}:{head.link.hex()}")


def _read_anchor(text: str) -> Head:
    number, _, link = text.partition(":")
    try:
        return Head(int(number), bytes.fromhex(link))
    except ValueError:
        raise click.BadParameter("must be what `vob audit head` prints.", param_hint="--anchor") from None
