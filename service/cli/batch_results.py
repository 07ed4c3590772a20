"""`vob batch results`: results as a workbook for people, whole or not there at all."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import click
import orjson

from service.cli.answering import LANGUAGE
from service.cli.failing import NoAnswer
from service.explain import Locale
from service.explain.rows import row_words
from service.jobs.resuming import OWNER_ONLY
from service.jobs.workbook import read_results, write_workbook

NOT_RESULTS = "that file holds no results, as columns or as JSON lines, of a batch."


@click.command("results")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="For the workbook (XLSX)."
)
@LANGUAGE
def make_workbook(file: Path, out: Path, language: Locale) -> None:
    """Make a workbook of results in FILE (CSV or JSON lines), with what to mend in a second sheet."""
    write_file(file, out, language)


def write_file(results: Path, out: Path, language: Locale) -> None:
    """Write results as a workbook, which takes the place of the one before once it is whole."""
    new = out.with_name(f"{out.name}.new")
    try:
        with (
            results.open("rb") as source,
            open(os.open(new, os.O_RDWR | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "w+b") as file,
        ):
            write_workbook(file, read_results(source), row_words(language))
    except (ValueError, LookupError, TypeError, csv.Error, orjson.JSONDecodeError):
        new.unlink()
        raise NoAnswer(f"{results}: {NOT_RESULTS}") from None
    new.replace(out)
