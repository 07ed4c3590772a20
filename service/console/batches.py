"""Batches as pages: put up, listed, followed while they are worked on, ended, and their files."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from schemas.batch import MOST_ROWS
from service import batch_at_hand as here
from service.at_hand import caller, office
from service.console import batch_page
from service.console.reading import label, language, show_to_staff
from service.console.room import console
from service.explain.page import Reader
from service.jobs import batch as kept
from service.jobs.columns import MOST_MAPPED, UnusableBatch, chosen, guess
from service.jobs.incoming import read_header, template
from service.noting import note
from service.record import right_now
from service.security.guard import current_client
from service.security.permissions import grants
from service.store import batch_files
from service.store.pages import Page
from service.store.session import transaction

A_PAGE = 15
MEGABYTE = 1 << 20
STOP_POLLING = 286
"""The status that tells htmx to ask no more."""


@console.get("/batches")
def batches() -> ResponseReturnValue:
    """Every batch, the last that was put up first, and the form for another."""
    return listed()


@console.post("/batches")
def put_up_batch() -> ResponseReturnValue:
    """Take a file and keep it sealed until it was looked over; what is no batch at all is said."""
    sent = request.files.get("file")
    content = sent.read() if sent is not None else b""
    if len(content) > office().settings.max_batch_bytes:
        return too_large()
    try:
        if not content:
            raise UnusableBatch("no_file", "There is no file.")
        _read_once(content)
    except UnusableBatch as bad:
        return listed(422, batch_page.fault_of(bad))
    with transaction(office().store) as session:
        file = batch_files.keep(session, content, by=caller().name, client=caller().id, at=right_now())
        note(session, "batch.upload", file.id)
    return redirect(url_for("console.batch_file", file_id=file.id), 303)


@console.get("/batches/template.csv")
def batch_template() -> ResponseReturnValue:
    """A file to fill in."""
    response = Response(template(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="template.csv"'
    return response


@console.get("/batches/<uuid:batch_id>")
def batch(batch_id: UUID) -> ResponseReturnValue:
    """One batch: how far it is, its files, and what to mend."""
    try:
        found = here.shown(str(batch_id))
    except here.NotHere:
        return _nothing()
    one = batch_page.whole(found, _reader())
    return show_to_staff("batch.html", batch=one, may_write=_may_write())


@console.get("/batches/<uuid:batch_id>/progress")
def batch_progress(batch_id: UUID) -> ResponseReturnValue:
    """How far a batch is, for a page that is open; once it is done its rows to mend come along."""
    try:
        found = here.shown(str(batch_id))
    except here.NotHere:
        return _nothing()
    line = batch_page.line(found, _reader())
    one = line if line.is_working else batch_page.whole(found, _reader())
    status = 200 if line.is_working and not line.stands_still else STOP_POLLING
    return show_to_staff("batch_progress.html", status, batch=one, comes_along=not line.is_working)


@console.post("/batches/<uuid:batch_id>/cancel")
def cancel_batch(batch_id: UUID) -> ResponseReturnValue:
    """Begin nothing more of a batch."""
    try:
        here.cancel(str(batch_id))
    except here.NotHere:
        return _nothing()
    return redirect(url_for("console.batch", batch_id=batch_id), 303)


@console.get("/batches/<uuid:batch_id>/results.<any(csv,jsonl,xlsx):form>")
def batch_results(batch_id: UUID, form: here.ResultForm) -> ResponseReturnValue:
    """What came of the rows that are done by now, as a file."""
    try:
        return here.results(str(batch_id), form, language())
    except here.NotHere:
        return _nothing()


@console.get("/batches/<uuid:batch_id>/errors.csv")
def batch_errors(batch_id: UUID) -> ResponseReturnValue:
    """What is wrong with rows, and nothing of the rows themselves."""
    try:
        return here.faults(str(batch_id), language())
    except here.NotHere:
        return _nothing()


@console.get("/batches/<uuid:batch_id>/rows-to-mend")
def batch_refused(batch_id: UUID) -> ResponseReturnValue:
    """The rows without an answer as they were put up, each with what is wrong."""
    try:
        return here.to_mend(str(batch_id), language())
    except here.NotHere:
        return _nothing()


def too_large() -> ResponseReturnValue:
    """More came than is taken."""
    return listed(413, label("batch_fault_too_large", size=_size()))


def listed(status: int = 200, problem: str | None = None) -> ResponseReturnValue:
    """The page with the list, and with what was wrong with a file."""
    reader = _reader()
    with transaction(office().store) as session:
        found, following = kept.page_of(session, Page(A_PAGE, request.args.get("after")), caller().reach)
        files = batch_files.waiting(session, caller().id)
        note(session, "batch.list")
    return show_to_staff(
        "batches.html",
        status,
        problem=problem,
        batches=[batch_page.line(one, reader) for one in found],
        following=following,
        files=[{"id": one.id, "at": batch_page.moment(one.created_at, reader)} for one in files],
        may_write=_may_write(),
        size=_size(),
        most=f"{MOST_ROWS:,}",
    )


def _read_once(content: bytes) -> None:
    """Raise `UnusableBatch` where no mapping could make a batch of it."""
    header = read_header(BytesIO(content))
    if header is not None and len(header) > MOST_MAPPED:
        raise UnusableBatch("header", "Its first line cannot be read as the names of columns.")
    kept.count_rows(content, {} if header is None else chosen(header, guess(header)))


def _may_write() -> bool:
    return grants(current_client().scopes, "batches:write")


def _size() -> str:
    """How large a file may be, in the unit that anybody needs."""
    most = office().settings.max_batch_bytes
    return f"{most // MEGABYTE} MB" if most >= MEGABYTE else f"{most // 1024} KB"


def _nothing() -> ResponseReturnValue:
    return show_to_staff("nothing.html", 404)


def _reader() -> Reader:
    return Reader(language(), office().desk.clinic.zone)
