"""`vob rules`: what the published rules say, whether they are sound, what has grown old, what answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from importlib import import_module
from itertools import groupby
from typing import Any

import click

from service.cli.failing import NoAnswer, settings_needed
from service.config import Settings
from service.rules import NoSuchPayer, Shown, Unusable, check, diff, open_rulebook, show, stale

DAY = click.DateTime(["%Y-%m-%d"])


# Commands that look into the database: whatever needs none starts without it.
OF_THE_DATABASE = ("install", "use", "installed")


class Rules(click.Group):
    """The commands of the rulebook; those of the database are imported only when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return [*super().list_commands(ctx), *OF_THE_DATABASE]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name."""
        if cmd_name not in OF_THE_DATABASE:
            return super().get_command(ctx, cmd_name)
        command: click.Command = getattr(import_module("service.cli.rulesets"), cmd_name)
        return command


@click.group(cls=Rules)
def rules() -> None:
    """The rulebook: check it, read it, see what is old or what changes."""


@rules.command("check")
def check_rules() -> None:
    """Check every file: shape, dates, sources, worked examples."""
    with settings_needed():
        settings = Settings.from_env()
    problems = check(settings)
    for problem in problems:
        click.echo(problem)
    if problems:
        raise NoAnswer(f"{len(problems)} to mend in the rulebook.")
    click.echo("The rulebook is sound.")


@rules.command("show")
@click.argument("payer")
@click.option("--on", type=DAY, help="Date of service; today where it is left out.")
@click.option("--in-use", is_flag=True, help="With what was put in use over the files, from the database.")
def show_rules(payer: str, on: datetime | None, in_use: bool) -> None:
    """Show what the file of PAYER says on a date, each value with its source."""
    try:
        shown = show(_rulebook(in_use=in_use), payer, on.date() if on is not None else _today())
    except NoSuchPayer as error:
        raise click.BadParameter(str(error), param_hint="PAYER") from None
    for text in _values(shown):
        click.echo(text)


@rules.command("stale")
@click.option("--months", type=click.IntRange(1), default=18, show_default=True, help="Older is old.")
def stale_rules(months: int) -> None:
    """List the values that a payer should confirm: second-hand, old, or carried forward."""
    for item in stale(_rulebook(), _today(), months):
        shown, rows = item.shown, f" ({item.count} rows)" if item.count > 1 else ""
        click.echo(f"{shown.payer}  {_place(shown)}{rows}: {', '.join(item.reasons)}")
        click.echo(f"    {_source(shown)}")


@rules.command("diff")
@click.argument("before", type=DAY, metavar="DATE")
@click.argument("after", type=DAY, metavar="DATE")
def diff_rules(before: datetime, after: datetime) -> None:
    """List the values that differ between two dates of service."""
    for change in diff(_rulebook(), before.date(), after.date()):
        when = f" ({change.when})" if change.when else ""
        click.echo(f"{change.payer}  {change.where}{when}: {_value(change.before)} -> {_value(change.after)}")


def _rulebook(*, in_use: bool = False) -> Any:
    try:
        sets = import_module("service.cli.rulesets").read_sets_in_use() if in_use else ()
        with settings_needed():
            return open_rulebook(Settings.from_env(), sets)
    except Unusable as error:
        raise NoAnswer(str(error)) from None


def _today() -> date:
    return datetime.now(UTC).date()


def _values(shown: Iterable[Shown]) -> Iterator[str]:
    for where, values in groupby(shown, key=lambda value: value.where):
        yield where
        for value in values:
            when = f" ({value.when})" if value.when else ""
            yield f"    {_value(value.value)}{when}"
            yield f"        {_source(value)}"


def _place(shown: Shown) -> str:
    return f"{shown.where} ({shown.when})" if shown.when else shown.where


def _source(shown: Shown) -> str:
    through = f" through {shown.through}" if shown.through is not None else ""
    published = f"published {shown.published}, " if shown.published is not None else ""
    dates = f"{published}retrieved {shown.retrieved}"
    kind = f"{shown.confidence}, local" if shown.local else shown.confidence
    return f"from {shown.starts}{through}; {shown.title}, {shown.at}; {dates} ({kind})"


def _value(value: Any) -> str:
    """Return a value in one line, as its file has it."""
    if value is None:
        return "nothing said"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return ", ".join(f"{name} {_value(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return "; ".join(_value(inner) for inner in value)
    return str(value)
