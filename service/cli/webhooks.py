"""`vob webhooks`: addresses of the clinic's that are told of events."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from schemas.problem import BadRequest
from service.cli.failing import BadInput, NoAnswer, settings_needed
from service.cli.opening import ACTOR, note, open_store_here, who
from service.config import Settings
from service.store import webhooks as kept
from service.store.session import Session, transaction
from service.store.webhook_events import EVENTS
from service.store.webhooks import Endpoint
from service.webhooks import registering

WEBHOOK = click.argument("webhook_id")


@click.group()
def webhooks() -> None:
    """Other systems that are told when an answer is there, or changed."""


@webhooks.command("add")
@click.argument("url")
@click.option("events", "--event", multiple=True, type=click.Choice(EVENTS), help="What it hears of; all.")
def add(url: str, events: tuple[str, ...]) -> None:
    """Register an address for all that the clinic does; print its secret, alone. It is shown this once."""
    with settings_needed():
        is_production = Settings.from_env().is_production
    client = (ACTOR, who())
    try:
        made = registering.draft(
            url, events or None, _now(), client=client, reach=None, is_production=is_production
        )
    except BadRequest as bad:
        raise BadInput(bad.errors) from None
    with open_store_here() as store, transaction(store) as session:
        try:
            registering.keep(session, made)
        except registering.TooMany:
            raise NoAnswer(f"there are {registering.MOST} addresses already; remove one first") from None
        note(session, "webhook.create", made.id)
    click.echo(made.secret)


@webhooks.command("list")
def list_webhooks() -> None:
    """Print every address: its id, host, how it fares, what it hears of; never the secret, nor the path."""
    with open_store_here() as store, transaction(store) as session:
        found = kept.list_all(session)
    for one in found:
        click.echo(f"{one.id}  {one.host}  {_state(one)}  {' '.join(one.events)}  by {one.created_by}")


@webhooks.command("disable")
@WEBHOOK
def disable(webhook_id: str) -> None:
    """Tell an address nothing more, until it is enabled."""
    with open_store_here() as store, transaction(store) as session:
        kept.disable(session, _found(session, webhook_id).id, kept.BY_HAND, _now())
        note(session, "webhook.disable", webhook_id)
    click.echo("The address is disabled.")


@webhooks.command("enable")
@WEBHOOK
def enable(webhook_id: str) -> None:
    """Tell an address of what happens from now on."""
    with open_store_here() as store, transaction(store) as session:
        kept.enable(session, _found(session, webhook_id).id)
        note(session, "webhook.enable", webhook_id)
    click.echo("The address is enabled.")


@webhooks.command("rotate")
@WEBHOOK
def rotate(webhook_id: str) -> None:
    """Give an address another secret, and print it, alone; the old one signs too for 24 hours."""
    with open_store_here() as store, transaction(store) as session:
        renewed = registering.renew_secret(_found(session, webhook_id), _now())
        kept.put(session, renewed)
        note(session, "webhook.rotate_secret", webhook_id)
    click.echo(renewed.secret)


@webhooks.command("remove")
@WEBHOOK
def remove(webhook_id: str) -> None:
    """Forget an address, and its log."""
    with open_store_here() as store, transaction(store) as session:
        kept.remove(session, _found(session, webhook_id).id)
        note(session, "webhook.remove", webhook_id)
    click.echo("The address is removed.")


def _found(session: Session, webhook_id: str) -> Endpoint:
    found = kept.get(session, webhook_id)
    if found is None:
        raise NoAnswer("there is no address with this id; see: vob webhooks list")
    return found


def _state(one: Endpoint) -> str:
    if one.disabled_at is not None:
        return f"disabled ({one.disabled_why}) {one.disabled_at:%Y-%m-%d}"
    return "works" if one.failing_since is None else f"failing since {one.failing_since:%Y-%m-%d %H:%M}Z"


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
