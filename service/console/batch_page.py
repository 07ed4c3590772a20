"""A batch in the reader's words: how far it is, how long it may take, what is wrong with which row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from service.at_hand import office
from service.console.day_page import moment_of
from service.console.reading import label, language
from service.explain.page import Reader
from service.explain.rows import row_words
from service.jobs.batch import results_of
from service.jobs.columns import UnusableBatch
from service.store.batches import REFUSED

MOST_SHOWN = 50
"""Rows to mend that the page shows; all of them are in the file."""

STANDS_STILL = timedelta(minutes=5)
"""A batch in which nothing has happened for so long is asked for no more by an open page."""

SHAPES: Mapping[str, str] = {"waiting": "…", "working": "▸", "done": "✓", "cancelled": "■"}
MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class ToMend:
    """A row without an answer, in words."""

    number: int
    external_id: str | None
    sentences: Sequence[str]


@dataclass(frozen=True, slots=True)
class Line:
    """A batch in words; `to_mend` is filled in where its rows are shown."""

    id: str
    state: str
    at: str
    by: str
    rows: int
    settled: int
    counts: Mapping[str, int]
    a_minute: int
    time_left: str
    stands_still: bool
    to_mend: Sequence[ToMend] = ()

    @property
    def shape(self) -> str:
        """The sign beside the word of its state."""
        return SHAPES[self.state]

    @property
    def is_working(self) -> bool:
        """Whether some rows are still to be settled."""
        return self.state in ("waiting", "working")

    @property
    def without_answer(self) -> int:
        """How many rows came to nothing."""
        return self.counts["refused"] + self.counts["failed"]


def line(shown: Mapping[str, Any], reader: Reader) -> Line:
    """A batch as it is shown by the API, in words."""
    return Line(**_line(shown, reader))


def whole(shown: Mapping[str, Any], reader: Reader) -> Line:
    """The same with the first of its rows to mend."""
    found = results_of(office().store, shown["id"], (REFUSED,), at_a_time=MOST_SHOWN)
    words = row_words(language())
    to_mend = [
        ToMend(
            one.number,
            one.external_id,
            [words.fault(error.pointer, error.code, error.message) for error in one.errors],
        )
        for one in islice(found, MOST_SHOWN)
    ]
    return Line(**_line(shown, reader), to_mend=to_mend)


def fault_of(bad: UnusableBatch) -> str:
    """Why a file cannot be used, in the reader's language."""
    params = dict(bad.params)
    if columns := params.get("columns"):
        params["columns"] = names_of(columns.split(", "))
    return label(f"batch_fault_{bad.code}", **params)


def names_of(columns: Sequence[str]) -> str:
    """What columns are called, in one line."""
    words = row_words(language())
    return ", ".join(words.field(f"/{name}") for name in columns)


def moment(at: datetime, reader: Reader) -> str:
    """When something was put up."""
    return moment_of(at.isoformat(), reader)


def _line(shown: Mapping[str, Any], reader: Reader) -> dict[str, Any]:
    progress = shown["progress"]
    left = progress["waiting"] + progress["working"]
    settled = progress["done"] + progress["refused"] + progress["failed"]
    is_old = datetime.now(UTC) - datetime.fromisoformat(shown["created_at"]) > STANDS_STILL
    is_begun = progress["done"] or progress["failed"] or progress["working"]
    return {
        "id": shown["id"],
        "state": "waiting" if shown["state"] == "working" and not is_begun else shown["state"],
        "at": moment_of(shown["created_at"], reader),
        "by": shown["created_by"],
        "rows": progress["rows"],
        "settled": settled,
        "counts": {**progress, "left": left},
        "a_minute": shown["rows_a_minute"],
        "time_left": _time(shown["seconds_left"], reader),
        "stands_still": is_old and not shown["rows_a_minute"],
    }


def _time(seconds: int | None, reader: Reader) -> str:
    """A span of time, as exactly as anybody needs it."""
    if seconds is None:
        return ""
    if seconds < MINUTE:
        return label("batch_under_a_minute")
    hours, minutes = divmod(-(-seconds // MINUTE), MINUTE)
    parts = [reader.words.count("hour", hours)] if hours else []
    return " ".join([*parts, *([reader.words.count("minute", minutes)] if minutes else [])])
