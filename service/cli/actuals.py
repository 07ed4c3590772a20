"""`vob actuals` and `vob accuracy`: what payers paid, taken in from files, and how good estimates were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import IO, Any

import click
import orjson

from service.actuals.entries import UnusableFile
from service.actuals.importing import X12, Importer, Taken, take_in
from service.actuals.lines import taken_whole
from service.actuals.measuring import measure_all, proposal_line, propose_all, shown, write_csv
from service.actuals.tables import template
from service.cli.answering import open_desk_here
from service.cli.failing import NoAnswer, settings_needed
from service.cli.opening import note, who
from service.config import Settings
from service.office import Office, open_office
from service.store.session import transaction

SAID = (
    ("sessions", "n"),
    ("within 5 %", "within_5_percent"),
    ("within 10 %", "within_10_percent"),
    ("within $10", "within_10_dollars"),
    ("median error", "median_error"),
    ("bias", "bias"),
)


@click.group("actuals")
def actuals() -> None:
    """What payers paid for sessions."""


@actuals.command("template")
def show_template() -> None:
    """Print the header of a table of paid sessions to fill in (CSV)."""
    click.echo(template(), nl=False)


@actuals.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--json", "as_json", is_flag=True, help="Print what came of every row as JSON.")
@click.pass_context
def import_file(context: click.Context, file: IO[bytes], as_json: bool) -> None:
    """Take in FILE: a remittance advice (835) or a table (CSV), known by how it begins.

    The same file again changes nothing. Where rows cannot be used the exit code is 2; the others are kept.
    """
    content = file.read()
    with _open_office_here() as office:
        importer = Importer(office, who(), None, datetime.now(UTC).replace(microsecond=0), note)
        try:
            taken = take_in(importer, content)
        except UnusableFile as bad:
            raise NoAnswer(str(bad)) from None
    if as_json:
        click.echo(orjson.dumps(taken_whole(taken), option=orjson.OPT_INDENT_2))
    else:
        for line in _told(taken):
            click.echo(line)
    context.exit(2 if taken.counts["not_usable"] else 0)


@click.command("accuracy")
@click.option("--csv", "as_csv", is_flag=True, help="Print it as a table of comma-separated values.")
@click.option("--rates", is_flag=True, help="Print the contracted rates that payments contradict, instead.")
def accuracy(as_csv: bool, rates: bool) -> None:
    """Say how good estimates were, by payer, level of care and certainty."""
    with _open_office_here() as office:
        with transaction(office.store) as session:
            note(session, "actual.measure")
        if rates:
            lines = _rates([proposal_line(one) for one in propose_all(office)])
        else:
            found = measure_all(office.store)
            lines = iter((write_csv(found).rstrip(),)) if as_csv else _table(shown(found))
    for line in lines:
        click.echo(line)


@contextmanager
def _open_office_here() -> Iterator[Office]:
    """The office of this installation, with its rules and its store; raises `NoAnswer`."""
    with settings_needed():
        try:
            office = open_office(Settings.from_env())
        except Exception:
            open_desk_here()  # says what is wrong with rules or profile, where that is it
            raise
    try:
        yield office
        office.sealer.catch_up()
    finally:
        office.close()


def _told(taken: Taken) -> Iterator[str]:
    kind = f"{taken.remittances} remittance advice" if taken.form == X12 else "a table"
    counts = ", ".join(f"{number} {outcome}" for outcome, number in sorted(taken.counts.items()))
    yield f"{kind}: {counts or 'nothing in it'}"
    for row in taken.rows:
        if row.outcome in ("kept", "replaced", "reversed", "unchanged"):
            continue
        where = "".join((f", {row.on}" if row.on else "", f", segment {row.at}" if row.at else ""))
        yield f"{row.position}{where}: {row.outcome}" + (f" ({row.mark})" if row.mark else "")
        yield from (f"  {error.pointer or '/'}  {error.code}  {error.message}" for error in row.errors)
    yield from (f"! {code}, segment {at}" for code, at in taken.notes)


def _table(said: Mapping[str, Any]) -> Iterator[str]:
    for line in said["items"]:
        yield f"{line['payer']}, {line['level_of_care']}, {line['certainty']}"
        yield from _errors("sessions", line)
        if line["episodes"]["n"]:
            yield from _errors("whole episodes", line["episodes"])
        causes = (f"{one['cause']} {one['sessions']} ({one['amount']})" for one in line["causes"])
        yield f"  causes: {', '.join(causes)}"
    for one in said["not_compared"]:
        yield f"not compared, {one['reason']}: {one['sessions']}"
    if not said["items"] and not said["not_compared"]:
        yield "Nothing was paid yet that is known here."


def _errors(what: str, line: Mapping[str, Any]) -> Iterator[str]:
    if not line["enough"]:
        yield f"  {what}: {line['n']}, too few to say"
        return
    rest = ", ".join(f"{name} {_share(line[key])}" for name, key in SAID[1:])
    yield f"  {what}: {line['n']}, {rest}"


def _share(text: str) -> str:
    return f"{float(text) * 100:.0f} %" if len(text.partition(".")[2]) == 3 else text


def _rates(found: list[dict[str, Any]]) -> Iterator[str]:
    for one in found:
        about = f"{one['site']}, {one['payer']}, {one['level_of_care']}"
        since = f"{one['sessions']} sessions since {one['since']}"
        yield f"{about}: {one['old'] or 'none'} -> {one['new']} ({since})"
        yield one["snippet"] or "  (procedures of this level are paid differently; one rate cannot say it)"
    if not found:
        yield "No contracted rate is contradicted."
