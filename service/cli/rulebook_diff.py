"""`vob rules diff`: in which values two dates of service differ, or two rulebooks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any

import click

from service.cli.failing import NoAnswer, settings_needed
from service.config import Settings
from service.explain import LOCALES, Locale
from service.explain.page import Reader, changes_page, differences_page
from service.rules import Unusable, compare, diff, names_of, open_rulebook, plans_of


@click.command("diff")
@click.argument("before", metavar="DATE|DIGEST")
@click.argument("after", metavar="DATE|DIGEST")
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Of two digests: for care from this date on; today where it is left out.",
)
@click.option("--all", "every", is_flag=True, help="Every row of a table, however many.")
@click.option(
    "--language", type=click.Choice(LOCALES), default="en", show_default=True, help="Language of the page."
)
def diff_rules(before: str, after: str, on: datetime | None, every: bool, language: Locale) -> None:
    """Say what changes for whom between two dates of service, or between two rulebooks.

    A rulebook is called by the beginning of its digest: an installed set, `built-in`, or a whole one that
    answered, as an answer's `produced_by` names it. Of two, every value says where it is from, before and
    after.
    """
    reader, first, last = Reader(language), _day(before), _day(after)
    if first is not None and last is not None and on is None:
        _tell_two_dates(first, last, every=every, reader=reader)
    elif first is None and last is None:
        since = on.date() if on is not None else datetime.now(UTC).date()
        _tell_two_rulebooks(before, after, since, every=every, reader=reader)
    else:
        raise click.UsageError("Give two dates, or two digests (with --on, where it is not today).")


def _tell_two_dates(before: date, after: date, *, every: bool, reader: Reader) -> None:
    try:
        with settings_needed():
            rulebook = open_rulebook(Settings.from_env())
    except Unusable as error:
        raise NoAnswer(str(error)) from None
    changes = _with_plans(diff(rulebook, before, after), rulebook)
    click.echo(changes_page(changes, names_of(rulebook), reader, every=every), nl=False)


def _tell_two_rulebooks(before: str, after: str, since: date, *, every: bool, reader: Reader) -> None:
    try:  # only here: what opens the database takes longer to import than all the rest
        old, new = import_module("service.cli.rulesets").read_two(before, after)
    except Unusable as error:
        raise NoAnswer(str(error)) from None
    names = {**names_of(old), **names_of(new)}
    pages = [
        (day, changes_page(_with_plans(found, old, new), names, reader, every=every, sourced=True))
        for day, found in compare(old, new, since)
    ]
    click.echo(differences_page(pages, reader), nl=False)


def _with_plans(found: Iterable[Any], *rulebooks: Any) -> list[Any]:
    """Return changes, each with the names of its payer's plans; the last rulebook's names hold."""
    return [
        (one, {name: text for book in rulebooks for name, text in plans_of(book, one.payer).items()})
        for one in found
    ]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
