"""`vob keys`: keys of clients and of sites, and the data key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from service.cli.data_keys import rotate_data_key
from service.cli.failing import NoAnswer
from service.cli.opening import note, open_store_here
from service.security.keys import draft_key, draft_renewal, keep_key
from service.security.permissions import SCOPES, WORK, usual_scopes
from service.store import keys as kept
from service.store.keys import ApiKey
from service.store.session import Session, transaction

DAYS = click.option(
    "--expires-in-days", type=click.IntRange(1, 3650), help="When it ends; never where left out."
)


@click.group()
def keys() -> None:
    """API keys of this installation, and its data key."""


@keys.command("add")
@click.option("--name", required=True, help="Whom the key is for.")
@click.option(
    "scopes",
    "--scope",
    multiple=True,
    type=click.Choice(SCOPES),
    help=f"What it may do; where left out: {', '.join(WORK)}.",
)
@click.option(
    "origins",
    "--origin",
    multiple=True,
    help="Makes a site key: whose pages may use it, https://clinic.example.",
)
@DAYS
def add(name: str, scopes: tuple[str, ...], origins: tuple[str, ...], expires_in_days: int | None) -> None:
    """Make an API key and print it, alone. It is shown this once and kept nowhere."""
    now = datetime.now(UTC).replace(microsecond=0)
    try:
        key, token = draft_key(
            name, scopes or usual_scopes(origins), now, origins=origins, expires_at=_end(now, expires_in_days)
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    with open_store_here() as store, transaction(store) as session:
        keep_key(session, key, token)
        note(session, "key.create", key.id)
    click.echo(token)


@keys.command("list")
def list_keys() -> None:
    """Print every key there ever was: its id, client, what it may do and until when; never the key."""
    with open_store_here() as store, transaction(store) as session:
        found = kept.list_all(session)
    for key in found:
        where = f" from {', '.join(key.origins)}" if key.origins else ""
        click.echo(f"{key.id}  {key.name}  {_state(key)}  {' '.join(key.scopes)}{where}")


@keys.command("renew")
@click.argument("key_id")
@click.option(
    "--overlap-hours",
    type=click.IntRange(0, 24 * 90),
    default=24,
    show_default=True,
    help="How long the old key opens beside the new one.",
)
@DAYS
def renew(key_id: str, overlap_hours: int, expires_in_days: int | None) -> None:
    """Give the client of a key another one, and print it, alone; the old one ends after the overlap."""
    now = datetime.now(UTC).replace(microsecond=0)
    with open_store_here() as store, transaction(store) as session:
        old = _found(session, key_id)
        if old.is_over(now):
            raise NoAnswer("this key opens nothing any more; make a new one with: vob keys add")
        key, token = draft_renewal(old, now, _end(now, expires_in_days))
        keep_key(session, key, token)
        kept.expire(session, old.id, now + timedelta(hours=overlap_hours))
        note(session, "key.renew", old.id)
    click.echo(token)


@keys.command("revoke")
@click.argument("key_id")
def revoke(key_id: str) -> None:
    """Shut a key out for good, within seconds, in every process."""
    with open_store_here() as store, transaction(store) as session:
        kept.revoke(session, _found(session, key_id).id, datetime.now(UTC))
        note(session, "key.revoke", key_id)
    click.echo("The key is revoked.")


keys.add_command(rotate_data_key)


def _found(session: Session, key_id: str) -> ApiKey:
    found = kept.get(session, key_id)
    if found is None:
        raise NoAnswer("there is no key with this id; see: vob keys list")
    return found


def _end(now: datetime, days: int | None) -> datetime | None:
    return None if days is None else now + timedelta(days=days)


def _state(key: ApiKey) -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    if key.expires_at is None:
        return "open"
    word = "open until" if key.expires_at > datetime.now(UTC) else "ended"
    return f"{word} {key.expires_at:%Y-%m-%d %H:%M}Z"
