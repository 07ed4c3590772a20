"""`vob audit` and `vob db`: the audit trail, and the tables of the database."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from service.cli.failing import NoAnswer, settings_needed
from service.cli.opening import open_store_here
from service.config import Settings
from service.office import bring_up_to_date
from service.store.audit import Head, check, find_head
from service.store.grants import NO_ROLES, RoleError, grant_to
from service.store.session import transaction


@click.group("db")
def database() -> None:
    """The database of this installation."""


@database.command("upgrade")
@click.option(
    "role",
    "--grant-to",
    metavar="ROLE",
    help="Of PostgreSQL: the role that the service connects with; it may only add to the audit trail.",
)
def upgrade_database(role: str | None) -> None:
    """Bring the tables up to date; they are made where there are none yet."""
    with settings_needed():
        settings = Settings.from_env()
        if role is not None and settings.is_embedded:
            raise click.BadParameter(NO_ROLES, param_hint="--grant-to")
        bring_up_to_date(settings)
    click.echo("The database is up to date.")
    if role is None:
        return
    try:
        with open_store_here() as store, transaction(store) as session:
            grant_to(session, role)
    except RoleError as error:
        raise NoAnswer(f"{error}.") from None
    click.echo(f"{role} may work with every table, and only add to the audit trail.")


@click.group()
def audit() -> None:
    """The audit trail: who did what with whose data."""


@audit.command("verify")
@click.option(
    "--anchor", help="What `vob audit head` printed earlier, kept outside: it has to be in the chain."
)
def verify_trail(anchor: str | None) -> None:
    """Go through the whole trail; name the first entry that was changed, removed, added or moved."""
    with open_store_here() as store, transaction(store) as session:
        verdict = check(session, datetime.now(UTC), _read_anchor(anchor) if anchor else None)
    if verdict.fault is not None:
        fault = verdict.fault
        where = f"number {fault.number}" if fault.number is not None else "not linked"
        raise NoAnswer(f"the trail is broken at {where}, event {fault.event or 'unknown'}: {fault.what}.")
    click.echo(f"The trail holds: {verdict.linked} linked, {verdict.waiting} waiting to be linked.")


@audit.command("head")
def show_head() -> None:
    """Print the end of the chain, to be kept outside of this database."""
    with open_store_here() as store, transaction(store) as session:
        head = find_head(session)
    click.echo(f"{head.number}:{head.link.hex()}")


def _read_anchor(text: str) -> Head:
    number, _, link = text.partition(":")
    try:
        return Head(int(number), bytes.fromhex(link))
    except ValueError:
        raise click.BadParameter("must be what `vob audit head` prints.", param_hint="--anchor") from None
