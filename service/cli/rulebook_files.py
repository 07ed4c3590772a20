"""`vob rules new`, `schema` and `coverage`: a payer's first file, what editors check with, what is known."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from schemas.editor_schema import FILES, editor_schema
from service.cli.failing import NoAnswer, settings_needed
from service.config import Settings
from service.rules import NotNew, Unusable, begin_file, coverage_page, open_rulebook


@click.command("new")
@click.argument("payer")
def new_payer(payer: str) -> None:
    """Begin the file of PAYER (an id like example-health), with every part that is needed, empty."""
    with settings_needed():
        settings = Settings.from_env()
    try:
        path = begin_file(settings, payer, datetime.now(UTC).date())
    except NotNew as error:
        raise click.BadParameter(str(error), param_hint="PAYER") from None
    click.echo(f"{path}")
    click.echo("Fill in what stands empty; `vob rules check` says what is still to be done, by line.")


@click.command("schema")
@click.argument("file", type=click.Choice(list(FILES)), default="payer-file")
def show_schema(file: str) -> None:
    """Print the JSON Schema of a kind of file, for an editor to complete and check with."""
    click.echo(json.dumps(editor_schema(file), indent=2, ensure_ascii=False))


@click.command("coverage")
def show_coverage() -> None:
    """Print what the rulebook knows of each payer at each level of care, as a page."""
    try:
        with settings_needed():
            rulebook = open_rulebook(Settings.from_env())
    except Unusable as error:
        raise NoAnswer(str(error)) from None
    click.echo(coverage_page(rulebook), nl=False)
