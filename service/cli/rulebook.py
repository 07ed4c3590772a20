"""`vob rules`: what the published rules say, whether they are sound, what has grown old, what answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from service import directory
from service.cli.answering import open_desk_here
from service.cli.failing import NoAnswer, settings_needed
from service.cli.rulebook_diff import diff_rules
from service.cli.rulebook_files import new_payer, show_coverage, show_schema
from service.config import Settings
from service.explain import LOCALES, Locale
from service.explain.page import Reader, payer_page, stale_page
from service.rules import (
    Counts,
    NoSuchPayer,
    Rests,
    Shown,
    Unusable,
    check,
    names_of,
    open_rulebook,
    plans_of,
    rests_of_answers,
    show,
    stale,
    survey,
)

DAY = click.DateTime(["%Y-%m-%d"])
LANGUAGE = click.option(
    "--language", type=click.Choice(LOCALES), default="en", show_default=True, help="Language of the page."
)


# Commands that look into the database, and where each stands: whatever needs none starts without it.
OF_THE_DATABASE = {
    "install": "service.cli.rulesets",
    "use": "service.cli.rulesets",
    "installed": "service.cli.rulesets",
    "impact": "service.cli.impact",
}


class Rules(click.Group):
    """The commands of the rulebook; those of the database are imported only when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return [*super().list_commands(ctx), *OF_THE_DATABASE]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name."""
        if cmd_name not in OF_THE_DATABASE:
            return super().get_command(ctx, cmd_name)
        command: click.Command = getattr(import_module(OF_THE_DATABASE[cmd_name]), cmd_name)
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
    counts, warnings = survey(_rulebook(), _today())
    click.echo("The rulebook is sound.")
    click.echo(_counted(counts))
    for warning in warnings:
        click.echo(f"Warning: {warning}")


@rules.command("show")
@click.argument("payer")
@click.option("--on", type=DAY, help="Date of service; today where it is left out.")
@click.option("--plan", help="A plan of the payer, by its id or name.")
@click.option("--site", help="A site of the clinic's profile; its first one where it is left out.")
@click.option("--all", "every", is_flag=True, help="Every value of the file as it stands there, instead.")
@click.option("--in-use", is_flag=True, help="With what was put in use over the files, from the database.")
@LANGUAGE
def show_rules(
    payer: str,
    on: datetime | None,
    plan: str | None,
    site: str | None,
    every: bool,
    in_use: bool,
    language: Locale,
) -> None:
    """Show what is published of PAYER on a date: whom to call, each level of care, and what nobody says."""
    day, rulebook = on.date() if on is not None else _today(), _rulebook(in_use=in_use)
    try:
        shown = show(rulebook, payer, day)
    except NoSuchPayer as error:
        raise click.BadParameter(str(error), param_hint="PAYER") from None
    if every:
        for text in _values(shown):
            click.echo(text)
    else:
        click.echo(_page(rulebook, payer, plan, day, site, language), nl=False)


def _page(rulebook: Any, payer: str, plan: str | None, day: date, site: str | None, language: Locale) -> str:
    desk = replace(open_desk_here(), rulebook=rulebook)
    whole = directory.find_payer(desk, payer) or {}
    try:
        said = directory.find_benefits(desk, payer, plan=plan, level=None, on=day, site=site)
    except directory.UnknownSite:
        raise click.BadParameter("the clinic's profile has no such site.", param_hint="--site") from None
    if said is None or (plan is not None and said["plan"]["name"] is None):
        raise click.BadParameter(f"{whole['name']} has no such plan here.", param_hint="--plan")
    return payer_page(whole, said, _today(), Reader(language, desk.clinic.zone))


@rules.command("stale")
@click.option("--payer", help="Only what this payer's answers rest on.")
@click.option("--on", type=DAY, help="The day to judge on; today where it is left out.")
@click.option(
    "--answers",
    type=click.IntRange(0),
    default=500,
    show_default=True,
    help="How many of the newest stored answers to count; 0: count the rulebook's questions instead.",
)
@LANGUAGE
def stale_rules(payer: str | None, on: datetime | None, answers: int, language: Locale) -> None:
    """List the values that a payer should confirm, those first on which most answers rest.

    Second-hand, published over two years ago, last read more than 180 days ago, or of a time that is over.
    Without stored answers, what counts is how many questions of the rulebook (payer, plan, level of care)
    a value answers.
    """
    rulebook = _rulebook()
    rests, basis = _rests(answers)
    items = [
        (item, plans_of(rulebook, item.shown.payer))
        for item in stale(rulebook, on.date() if on is not None else _today(), rests)
        if payer in (None, item.shown.payer)
    ]
    click.echo(stale_page(items, basis, names_of(rulebook), Reader(language)), nl=False)


for command in (diff_rules, new_payer, show_schema, show_coverage):
    rules.add_command(command)


def _counted(counts: Counts) -> str:
    years = ", ".join(f"{year}: {number:,}" for year, number in counts.plans_by_year.items())
    return (
        f"{counts.payers} payers, {counts.programs} programs, {counts.plans:,} plans"
        f"{f' ({years})' if years else ''}, {counts.values:,} values in force, {counts.sources:,} sources, "
        f"{counts.examples:,} worked examples.\n"
        f"{counts.designs:,} plans of tables have a design for today; of them state the share of "
        + ", ".join(f"{level} {number:,}" for level, number in counts.designs_by_level.items())
        + "."
    )


def _rests(limit: int) -> tuple[Rests | None, int | None]:
    """What rests on what by the newest stored answers, and how many they are; `None` without any."""
    if not limit or not _has_database():
        return None, None
    # Only where there is a database: what opens it takes longer to import than all the rest.
    from service.cli.opening import note, open_store_here
    from service.store.session import transaction
    from service.store.verifications import latest_answers

    with open_store_here() as store, transaction(store) as session:
        answers = list(latest_answers(session, limit))
        if answers:
            note(session, "verification.count")
    return (rests_of_answers(answers), len(answers)) if answers else (None, None)


def _has_database() -> bool:
    with settings_needed():
        settings = Settings.from_env()
    return not settings.is_embedded or Path(settings.database_url.removeprefix("sqlite:///")).exists()


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
