"""`vob batch`: many verifications from a file into a file, without a server and without a database."""

from __future__ import annotations

import hashlib
import sys
from collections import deque
from collections.abc import Generator, Iterable, Iterator
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
from service.cli.failing import NoAnswer
from service.directory import payer_finder
from service.explain import Locale, say
from service.jobs.incoming import Incoming, UnusableBatch, read_batch, template
from service.jobs.outgoing import FAILED, REFUSED, Form, Result, answer_row, write_line
from service.jobs.resuming import NotOurs, Results, open_results
from service.verify import Desk

AT_A_TIME = 100
"""So many results are brought to the disk at once; of payers' answers as many as are waited for."""

LIVE_AT_A_TIME = 8
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
FORM = click.Choice(["csv", "jsonl"])


class UnusableFile(click.ClickException):
    """A batch of which no row can be read."""

    exit_code = 2

    def show(self, file: object = None) -> None:
        """Say so on standard error."""
        click.echo(f"vob: {self.message}", err=True)


@dataclass(frozen=True, slots=True)
class Run:
    """How the rows are answered, and how many there are."""

    desk: Desk
    form: Form
    language: Locale
    live: bool
    rows: int


@click.group("batch")
def batch() -> None:
    """Many verifications at once."""


@batch.command("template")
def show_template() -> None:
    """Print the header of a batch to fill in (CSV)."""
    click.echo(template(), nl=False)


@batch.command("run")
@click.argument("file", type=FILE)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="For the results."
)
@click.option(
    "--format", "form", type=click.Choice(["csv", "jsonl"]), help="By the name of --out if left out."
)
@click.option("--live", is_flag=True, help="Ask payers that the clinic's profile has a connection to.")
@LANGUAGE
@click.pass_context
def run_batch(
    context: click.Context, file: Path, out: Path, form: Form | None, live: bool, language: Locale
) -> None:
    """Answer every row of FILE (CSV, or a request a line as JSON) into the file --out.

    Run again, it goes on where it was interrupted. A row that cannot be used is answered with its errors;
    then the exit code is 2, and 1 where a row failed by no fault of its own.
    """
    desk = open_desk_here()
    form = form or ("jsonl" if out.suffix == ".jsonl" else "csv")
    find_payer = payer_finder(desk)
    with file.open("rb") as source:
        about = {
            "input": hashlib.file_digest(source, "sha256").hexdigest(),
            "rulebook": desk.rulebook.digest,
            "profile": desk.clinic.digest,
            "language": language,
        }
        try:
            source.seek(0)
            total = sum(1 for _ in read_batch(source, str))
            source.seek(0)
            with open_results(out, form, about) as results:
                rows = (row for row in read_batch(source, find_payer) if row.number > results.last)
                run = Run(desk, form, language, live, total)
                _answer_all(run, rows, results)
        except UnusableBatch as bad:
            raise UnusableFile(str(bad)) from None
        except NotOurs as error:
            raise NoAnswer(f"{out}: {error}") from None
    context.exit(1 if results.counts[FAILED] else 2 if results.counts[REFUSED] else 0)


def _answer_all(run: Run, rows: Iterator[Incoming], results: Results) -> None:
    """Answer rows and append what came of them, with a bar on standard error."""
    began, before = monotonic(), results.counts.total()
    speak, shown = partial(_speak, run.language), partial(_rate, results, before, began)
    answered = _in_order(run, rows) if run.live else (_answer(run, row) for row in rows)
    with (
        closing(answered),
        click.progressbar(
            length=run.rows,
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
