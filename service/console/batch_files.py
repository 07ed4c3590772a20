"""A file that was put up, looked over before it is a batch: which column is which, and its first rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from service import batch_at_hand as here
from service.at_hand import caller, office
from service.console import batch_page
from service.console.reading import language, show_to_staff
from service.console.room import console
from service.explain.page import Reader
from service.explain.rows import row_words
from service.jobs import batch as kept
from service.jobs.columns import COLUMNS, NEEDED, NOT_USED, ColumnMap, UnusableBatch, chosen, guess
from service.jobs.incoming import read_header
from service.jobs.looking_over import look_over
from service.noting import note
from service.store import batch_files as files
from service.store.batches import Batch
from service.store.session import transaction


@console.get("/batches/files/<uuid:file_id>")
def batch_file(file_id: UUID) -> ResponseReturnValue:
    """The file with what its columns most likely are."""
    found = _find(file_id)
    if found is None:
        return _nothing()
    file, content = found
    header = read_header(BytesIO(content))
    return _shown(file, content, header, guess(header or ()))


@console.post("/batches/files/<uuid:file_id>")
def begin_batch(file_id: UUID) -> ResponseReturnValue:
    """Look it over once more with what was chosen, or begin the batch; the same one twice is asked about."""
    found = _find(file_id)
    if found is None:
        return _nothing()
    file, content = found
    header = read_header(BytesIO(content))
    columns = [_column(place) for place in range(len(header or ()))]
    if request.form.get("do") != "begin":
        return _shown(file, content, header, columns)
    try:
        mapping = chosen(header or (), columns)
        put = kept.draft(office(), caller(), content, mapping, again="again" in request.form)
    except UnusableBatch:
        return _shown(file, content, header, columns, 422)
    if not put.is_new:
        return _shown(file, content, header, columns, same=put.batch)
    with transaction(office().store) as session:
        here.keep(session, put)
        files.remove(session, file)
    office().wake()
    return redirect(url_for("console.batch", batch_id=put.batch.id), 303)


@console.post("/batches/files/<uuid:file_id>/put-away")
def put_away(file_id: UUID) -> ResponseReturnValue:
    """Keep the file no longer."""
    with transaction(office().store) as session:
        file = files.get(session, str(file_id), caller().id)
        if file is None:
            return _nothing()
        files.remove(session, file)
        note(session, "batch.put_away", file.id)
    return redirect(url_for("console.batches"), 303)


def _find(file_id: UUID) -> tuple[Batch, bytes] | None:
    with transaction(office().store) as session:
        file = files.get(session, str(file_id), caller().id)
        if file is None:
            return None
        note(session, "batch.look_over", file.id)
        return file, files.content_of(session, file)


def _shown(
    file: Batch,
    content: bytes,
    header: Sequence[str] | None,
    columns: Sequence[str],
    status: int = 200,
    same: Batch | None = None,
) -> ResponseReturnValue:
    reader, problem, looked = _reader(), None, None
    try:
        mapping: ColumnMap = chosen(header or (), columns)
        looked = look_over(office().desk, content, mapping)
    except UnusableBatch as bad:
        problem = batch_page.fault_of(bad)
    missing = [name for name in NEEDED if header is not None and name not in columns]
    return show_to_staff(
        "batch_file.html",
        status,
        file=file,
        at=batch_page.moment(file.created_at, reader),
        columns=[
            {"place": place, "header": name.strip(), "chosen": column}
            for place, (name, column) in enumerate(zip(header or (), columns, strict=True), start=1)
        ],
        choices=[(name, row_words(language()).field(f"/{name}")) for name in COLUMNS],
        missing=batch_page.names_of(missing),
        rows=looked.rows if looked is not None else None,
        first=[] if looked is None else [_first(one) for one in looked.first],
        problem=problem,
        same={"id": same.id, "at": batch_page.moment(same.created_at, reader)} if same else None,
    )


def _first(row: Any) -> Mapping[str, Any]:
    words = row_words(language())
    sentences = [words.fault(error.pointer, error.code, error.message) for error in row.errors]
    return {"number": row.number, "external_id": row.external_id, "sentences": sentences}


def _column(place: int) -> str:
    found = request.form.get(f"column-{place + 1}", NOT_USED)
    return found if found in COLUMNS else NOT_USED


def _nothing() -> ResponseReturnValue:
    return show_to_staff("nothing.html", 404)


def _reader() -> Reader:
    return Reader(language(), office().desk.clinic.zone)
