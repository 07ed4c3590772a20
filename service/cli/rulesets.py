"""`vob rules install`, `use`, `installed`: which of the clinic's own rules lie over the built-in ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import click

from service import rulesets
from service.cli.failing import NoAnswer, settings_needed
from service.cli.opening import note, open_store_here
from service.config import Settings
from service.rules import INSTALLED, Sets, Unusable, find_problems, open_clinic, open_rulebook, read_set
from service.store import audit
from service.store.session import Store, transaction


class BadSet(click.ClickException):
    """Rules that are not put in use, with everything there is to mend, by file and line."""

    exit_code = 2

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.count = len(problems)

    def show(self, file: IO[Any] | None = None) -> None:
        """Name every problem in a line of its own on standard error."""
        click.echo(f"{self.message}\nvob: {self.count} to mend; nothing was changed.", err=True)


@click.command("install")
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
def install(path: Path) -> None:
    """Lay the rules in directory PATH over the built-in ones, at once and in every running process.

    A set with anything to mend is not installed; every problem of it is named, by file and line.
    """
    with settings_needed():
        settings = Settings.from_env()
    try:
        files = read_set(path)
    except Unusable as error:
        raise BadSet([str(error)]) from None
    refuse_unsound(settings, files, path.name)
    with open_store_here() as store:
        digest = _put_in_use(store, files, "rules.install")
    click.echo(f"The set is in use: {digest}")


@click.command("use")
@click.argument("wanted", metavar="DIGEST")
def use(wanted: str) -> None:
    """Go back to an installed set, by the beginning of its digest, or to `built-in` alone."""
    with settings_needed():
        settings = Settings.from_env()
    with open_store_here() as store:
        try:
            with transaction(store) as session:
                files = rulesets.files_of_set(session, wanted)
        except rulesets.NoSuchSet as error:
            raise click.BadParameter(f"{error}.", param_hint="DIGEST") from None
        refuse_unsound(settings, files, INSTALLED)
        digest = _put_in_use(store, files, "rules.use")
    click.echo("The built-in rules are in use." if not files else f"The set is in use: {digest}")


@click.command("installed")
def installed() -> None:
    """List every set that was installed, that in use first, with since when."""
    with open_store_here() as store, transaction(store) as session:
        found = rulesets.list_sets(session)
    for one in found:
        what = f"{one.files} files" if one.files else rulesets.BUILT_IN
        since = "in use since" if one.is_in_use else "last put in use"
        click.echo(f"{one.digest}  {what}, {since} {one.since:%Y-%m-%d %H:%M} UTC")
    if not found:
        click.echo("Nothing was installed: the built-in rules are in use.")


def refuse_unsound(settings: Settings, files: Mapping[str, bytes], name: str) -> None:
    """Raise `BadSet` with everything there is to mend in a set of files; `name` is what it is called."""
    try:
        problems = find_problems(settings, files, name)
    except Unusable as error:
        raise NoAnswer(str(error)) from None
    if problems:
        raise BadSet(problems)


def _put_in_use(store: Store, files: Mapping[str, bytes], action: str) -> str:
    now = datetime.now(UTC)
    with transaction(store) as session:
        digest, is_new = rulesets.put_set_in_use(session, files, now)
        if is_new:
            note(session, action, digest)
    audit.seal(store, now, waits=True)
    return digest


def read_two(*wanted: str) -> list[Any]:
    """Return rulebooks by the beginnings of their digests; raises `Unusable`."""
    with settings_needed():
        settings = Settings.from_env()
    base = open_rulebook(settings)
    with open_store_here() as store, transaction(store) as session:
        try:
            return [rulesets.rulebook_called(session, one, base, settings.cache_path) for one in wanted]
        except rulesets.NoSuchSet as error:
            raise click.BadParameter(f"{error}.", param_hint="DIGEST") from None


def read_sets_in_use() -> Sets:
    """Return what lies over the rulebook of the settings, as the database has it; raises `Unusable`."""
    with settings_needed():
        settings = Settings.from_env()
    base, zone = open_rulebook(settings), open_clinic(settings).zone
    with open_store_here() as store, transaction(store) as session:
        return rulesets.read_laid_over(session, base, zone, datetime.now(UTC)).sets
