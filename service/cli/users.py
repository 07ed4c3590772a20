"""`vob users`: staff of this installation; the first administrator is taken in here."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from schemas.problem import BadRequest
from service import staff
from service.cli.failing import BadInput, NoAnswer
from service.cli.opening import note, open_store_here
from service.security.permissions import ROLES
from service.store import users as kept
from service.store.session import transaction
from service.store.users import User

ROLE = click.Choice(tuple(ROLES))


@click.group()
def users() -> None:
    """Staff of this installation: who may sign in, and as what."""


@users.command("add")
@click.option("--name", required=True, help="What they sign in with.")
@click.option("--role", required=True, type=ROLE, help="What they may do; see docs/permissions.md.")
def add(name: str, role: str) -> None:
    """Take somebody in. The password is asked for, or read from standard input; it is theirs to change."""
    password = _password()
    try:
        user = staff.draft(name.strip(), role, password)
    except BadRequest as bad:
        raise BadInput(bad.errors) from None
    with open_store_here() as store, transaction(store) as session:
        if not kept.add(session, user):
            raise NoAnswer("somebody of this name is here already")
        note(session, "user.create", user.id)
    click.echo(f"{user.name} can sign in as {role}.")


@users.command("list")
def list_users() -> None:
    """Print everybody there ever was."""
    with open_store_here() as store, transaction(store) as session:
        found = kept.list_all(session)
    for user in found:
        factor = "second factor" if user.has_second_factor else "no second factor"
        state = "disabled" if user.disabled_at is not None else "can sign in"
        click.echo(f"{user.id}  {user.name}  {user.role}  {state}  {factor}")


@users.command("change")
@click.argument("name")
@click.option("--role", type=ROLE, help="Another role.")
@click.option("--disable/--enable", "disabled", default=None, help="Whether they can sign in no more.")
@click.option("--new-password", is_flag=True, help="Ask for another password.")
@click.option("--no-second-factor", is_flag=True, help="Take the second factor away, for one that was lost.")
def change(
    name: str, role: str | None, disabled: bool | None, new_password: bool, no_second_factor: bool
) -> None:
    """Change somebody; their sessions end."""
    wanted = staff.Change(role, disabled, _password() if new_password else None, no_second_factor)
    with open_store_here() as store, transaction(store) as session:
        user = _found(kept.find(session, name))
        try:
            staff.change(session, user, wanted, datetime.now(UTC))
        except BadRequest as bad:
            raise BadInput(bad.errors) from None
        except staff.LastAdministrator:
            raise NoAnswer("nobody would be left who could take others in") from None
        note(session, "user.change", user.id)
    click.echo("Changed.")


def _found(user: User | None) -> User:
    if user is None:
        raise NoAnswer("there is nobody of this name; see: vob users list")
    return user


def _password() -> str:
    if sys.stdin.isatty():
        asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return asked
    return sys.stdin.readline().rstrip("\r\n")
