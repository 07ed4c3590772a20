"""`vob batch`: many verifications from a file into a file, without a server and without a database."""

from __future__ import annotations

import hashlib
import sys
from collections import Counter, deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any

import click

from schemas.determination import add_messages
from service.cli.answering import LANGUAGE, open_desk_here
from service.cli.batch_results import make_workbook, write_file
from service.cli.failing import NoAnswer
from service.directory import payer_finder
from service.explain import Locale, say
from service.jobs.columns import COLUMNS, NOT_USED, ColumnMap, UnusableBatch, plain, read_map, written
from service.jobs.incoming import Incoming, read_batch, template
from service.jobs.outgoing import FAILED, REFUSED, Form, Result, answer_row, write_line
from service.jobs.resuming import NotOurs, Results, open_results
from service.verify import Desk

AT_A_TIME = 100
"""So many results are brought to the disk at once; of payers' answers as many as are waited for."""

LIVE_AT_A_TIME = 8
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
FORMS = ("csv", "jsonl", "xlsx")


class UnusableFile(click.ClickException):
    """A batch of which no row can be read."""

    exit_code = 2

    def show(self, file: object = None) -> None:
        """Say so on standard error."""
        click.echo(f"vob: {self.message}", err=True)


@dataclass(frozen=True, slots=True)
class Run:
    """How the rows are read and answered."""

    desk: Desk
    form: Form
    language: Locale
    live: bool
    mapping: ColumnMap


@click.group("batch")
def batch() -> None:
    """Many verifications at once."""


batch.add_command(make_workbook)


@batch.command("template")
def show_template() -> None:
    """Print the header of a batch to fill in (CSV)."""
    click.echo(template(), nl=False)


@batch.command("run")
@click.argument("file", type=FILE)
@click.option("--out", type=NEW_FILE, required=True, help="For the results.")
@click.option("--format", "form", type=click.Choice(FORMS), help="By the name of --out if left out.")
@click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="HEADER=COLUMN",
    help="Which column a header is; HEADER= where it is not used. Can be said of several.",
)
@click.option("--live", is_flag=True, help="Ask payers that the clinic's profile has a connection to.")
@LANGUAGE
@click.pass_context
def run_batch(
    context: click.Context,
    file: Path,
    out: Path,
    form: str | None,
    mapped: Sequence[str],
    live: bool,
    language: Locale,
) -> None:
    """Answer every row of FILE (CSV, or a request a line as JSON) into the file --out.

    Run again, it goes on where it was interrupted. A row that cannot be used is answered with its errors;
    then the exit code is 2, and 1 where a row failed by no fault of its own.
    """
    desk = open_desk_here()
    form = form or (out.suffix[1:] if out.suffix[1:] in FORMS else "csv")
    is_workbook = form == "xlsx"
    lines = out.with_name(f"{out.name}.csv") if is_workbook else out
    run = Run(desk, "jsonl" if form == "jsonl" else "csv", language, live, _mapping(mapped))
    counts = _run(run, file, lines)
    if is_workbook:
        write_file(lines, out, language)
    context.exit(1 if counts[FAILED] else 2 if counts[REFUSED] else 0)


def _mapping(said: Sequence[str]) -> ColumnMap:
    pairs = []
    for one in said:
        header, equals, column = one.rpartition("=")
        pairs.append((header, column))
        if not equals or plain(column) not in (NOT_USED, *COLUMNS):
            known = ", ".join(COLUMNS)
            raise click.BadParameter(
                f"{one!r} is not HEADER=COLUMN; the columns are: {known}", param_hint="--map"
            )
    try:
        return read_map(pairs)
    except UnusableBatch as bad:
        raise click.BadParameter(str(bad), param_hint="--map") from None


def _run(run: Run, file: Path, out: Path) -> Counter[str]:
    """Answer the rows of a file that have no result yet, and return how many have which in the end."""
    find_payer = payer_finder(run.desk)
    with file.open("rb") as source:
        about = {
            "input": hashlib.file_digest(source, "sha256").hexdigest(),
            "rulebook": run.desk.rulebook.digest,
            "profile": run.desk.clinic.digest,
            "language": run.language,
            **({"map": written(run.mapping)} if run.mapping else {}),
        }
        try:
            source.seek(0)
            total = sum(1 for _ in read_batch(source, str, run.mapping))
            source.seek(0)
            with open_results(out, run.form, about) as results:
                found = read_batch(source, find_payer, run.mapping)
                rows = (row for row in found if row.number > results.last)
                _answer_all(run, total, rows, results)
        except UnusableBatch as bad:
            raise UnusableFile(str(bad)) from None
        except NotOurs as error:
            raise NoAnswer(f"{out}: {error}") from None
    return results.counts


def _answer_all(run: Run, total: int, rows: Iterator[Incoming], results: Results) -> None:
    """Answer rows and append what came of them, with a bar on standard error."""
    began, before = monotonic(), results.counts.total()
    speak, shown = partial(_speak, run.language), partial(_rate, results, before, began)
    answered = _in_order(run, rows) if run.live else (_answer(run, row) for row in rows)
    with (
        closing(answered),
        click.progressbar(
            length=total,
            show_pos=True,
            file=sys.stderr,
            item_show_func=shown,
        ) as bar,
    ):
        bar.update(before)
        while some := list(islice(answered, LIVE_AT_A_TIME if run.live else AT_A_TIME)):
            results.append(write_line(result, run.form, speak) for result in some)
            results.counts.update(result.status for result in some)
            bar.update(len(some), some[-1])
    click.echo(_summary(results, before, monotonic() - began), err=True)


def _answer(run: Run, row: Incoming) -> Result:
    return answer_row(run.desk, row, datetime.now(UTC), live=run.live)


def _in_order(run: Run, rows: Iterable[Incoming]) -> Generator[Result]:
    """Answer several rows at once, of which most wait for a payer, and yield their results in order."""
    with ThreadPoolExecutor(LIVE_AT_A_TIME) as pool:
        waiting: deque[Future[Result]] = deque()
        for row in rows:
            waiting.append(pool.submit(_answer, run, row))
            if len(waiting) >= LIVE_AT_A_TIME:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _speak(language: Locale, answer: Any) -> Any:
    return add_messages(answer, say(language))


def _rate(results: Results, before: int, began: float, last: Result | None) -> str | None:
    if last is None:
        return None
    done = results.counts.total() - before
    bad = results.counts[REFUSED] + results.counts[FAILED]
    return f"{bad} not answered, {done / max(monotonic() - began, 0.001):.0f} a second"


def _summary(results: Results, before: int, seconds: float) -> str:
    counts = results.counts
    answered = counts.total() - counts[REFUSED] - counts[FAILED]
    there = f"; {before} of them were there already" if before else ""
    return (
        f"{answered} answered, {counts[REFUSED]} refused, {counts[FAILED]} failed in {seconds:.1f} s{there}"
    )
