"""The batch that the request at hand is about: put up, ended, and its files, for the API and the console."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from tempfile import TemporaryFile
from typing import IO, Any, Literal

from flask import Response

from schemas.messages import add_messages
from service.at_hand import caller, office, throttle
from service.explain import Locale, say
from service.explain.rows import row_words
from service.jobs import batch as kept
from service.jobs.mending import WITHOUT_ANSWER, fault_lines, is_of_lines, rows_to_mend
from service.jobs.outgoing import IDS, Form, Result, cells_of, header, write_line
from service.jobs.workbook import write_workbook
from service.noting import note
from service.record import right_now
from service.store import batches as store
from service.store.batches import Batch
from service.store.session import Session, transaction
from service.store.webhook_events import tell_finished

ResultForm = Literal["csv", "jsonl", "xlsx"]
CSV, LINES = "text/csv", "application/x-ndjson"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA: dict[ResultForm, str] = {"csv": CSV, "jsonl": LINES, "xlsx": WORKBOOK}
PIECE = 1 << 16


class NotHere(Exception):
    """There is no such batch that the caller may see."""


def find(session: Session, batch_id: str) -> Batch:
    """The batch with an id; raises `NotHere`."""
    batch = kept.find(session, batch_id, caller().reach)
    if batch is None:
        raise NotHere
    return batch


def keep(session: Session, put: kept.Put) -> None:
    """Keep what was put up, unless it is there already; each row counts as a question about its member."""
    kept.keep(session, put, caller(), office().desk, partial(throttle().count_member, caller().id))
    note(session, "batch.create", put.batch.id)
    tell_finished(session, [put.batch.id], right_now())


def shown(batch_id: str) -> dict[str, Any]:
    """How far a batch is; raises `NotHere`."""
    return _told(batch_id, "batch.read")


def cancel(batch_id: str) -> dict[str, Any]:
    """Begin nothing more of a batch; raises `NotHere`."""
    told = _told(batch_id, "batch.cancel", lambda session: store.cancel(session, batch_id, right_now()))
    office().senders.wake()
    return told


def results(batch_id: str, form: ResultForm, language: Locale) -> Response:
    """What came of the rows that are done by now, as a file; raises `NotHere`."""
    _open(batch_id, "batch.results")
    if form != "xlsx":
        found = kept.results_of(office().store, batch_id)
        return _file(_lines(found, form, language), form, "results", language)
    file = _workbook(batch_id, language)
    response = _file(_pieces(file), form, "results", language)
    response.call_on_close(file.close)  # where nobody reads it to its end
    return response


def to_mend(batch_id: str, language: Locale) -> Response:
    """The rows without an answer, which hold what was put up, with what is wrong; raises `NotHere`."""
    _open(batch_id, "batch.refused")
    form: ResultForm = "jsonl" if is_of_lines(office().store, batch_id) else "csv"
    rows = rows_to_mend(office().store, batch_id, row_words(language).fault)
    return _file(rows, form, "rows-to-mend", language)


def faults(batch_id: str, language: Locale) -> Response:
    """What is wrong with rows, a line an error, and nothing of the rows themselves; raises `NotHere`."""
    _open(batch_id, "batch.results")
    found = kept.results_of(office().store, batch_id, WITHOUT_ANSWER)
    return _file(fault_lines(found, row_words(language).fault), "csv", "errors", language)


def _told(batch_id: str, action: str, change: Callable[[Session], None] | None = None) -> dict[str, Any]:
    with transaction(office().store) as session:
        batch = find(session, batch_id)
        if change is not None:
            change(session)
        body = kept.shown(session, batch)
        note(session, action, batch_id)
        if change is not None:
            tell_finished(session, [batch_id], right_now())
    return body


def _open(batch_id: str, action: str) -> None:
    with transaction(office().store) as session:
        find(session, batch_id)
        note(session, action, batch_id)


def _lines(found: Iterator[Result], form: Form, language: Locale) -> Iterator[bytes]:
    say_it = say(language)
    yield header(form, IDS)
    for result in found:
        yield write_line(result, form, lambda answer: add_messages(answer, say_it))


def _workbook(batch_id: str, language: Locale) -> IO[bytes]:
    """A workbook is whole before any of it is sent; its file has no name, and is gone once it is closed."""
    file = TemporaryFile()  # noqa: SIM115 (the response closes it)
    found = kept.results_of(office().store, batch_id)
    try:
        write_workbook(file, map(cells_of, found), row_words(language), with_ids=True)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


def _file(content: Iterator[bytes], form: ResultForm, name: str, language: Locale) -> Response:
    response = Response(content, mimetype=MEDIA[form])
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = language
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response
