"""Batches: many verifications in one body, answered in the background, one result a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

from flask import Response, request
from flask_smorest import Blueprint

from schemas.batch import BATCH
from schemas.messages import add_messages
from schemas.problem import BadRequest, FieldError
from service.api.describe import FILE, LANGUAGE, creation, file_operation, operation
from service.api.exchange import language, query, reply
from service.api.once import Made, once
from service.api.problems import Refused
from service.api.shapes import BATCH_QUERY, RESULTS_QUERY
from service.at_hand import caller, office, throttle
from service.explain import say
from service.jobs import batch as kept
from service.jobs.incoming import UnusableBatch
from service.jobs.outgoing import IDS, Form, Result, header, write_line
from service.noting import note
from service.record import Caller, right_now
from service.store import batches as store
from service.store.batches import Batch
from service.store.session import Session, transaction

batches = Blueprint("batches", __name__, url_prefix="/v1/batches", description=__doc__ or "")
CSV, LINES = "text/csv", "application/x-ndjson"
MEDIA: dict[Form, str] = {"csv": CSV, "jsonl": LINES}
PUT_UP = creation("createBatch", "Put up many verifications", BATCH, refuses=(400, 413, 415, 422))
PUT_UP["requestBody"] = {"required": True, "content": {kind: {"schema": FILE} for kind in MEDIA.values()}}
PUT_UP["parameters"].append({"in": "query", "schema": BATCH_QUERY})
PUT_UP["responses"]["414"] = {"description": "The address is too long."}


@batches.route("", methods=["POST"])
@batches.doc(**PUT_UP)
def create() -> Response:
    """CSV with a header, or a verification request a line; the same content twice on a day is one batch."""
    if (request.mimetype or "") not in MEDIA.values():
        raise Refused("unsupported_media_type", f"The body must be one of {', '.join(MEDIA.values())}.")
    again, content = query(BATCH_QUERY)["again"] == "true", request.get_data()
    return once(lambda: _put_up(content, again))


@batches.route("/<uuid:batch_id>", methods=["GET"])
@batches.doc(**operation("getBatch", "How far a batch is", BATCH, refuses=(404,), is_recorded=True))
def fetch(batch_id: UUID) -> Response:
    """With its speed, and the time that is left at that speed."""
    return _told(batch_id, "read")


@batches.route("/<uuid:batch_id>/cancel", methods=["POST"])
@batches.doc(**operation("cancelBatch", "End a batch", BATCH, refuses=(404,), is_recorded=True))
def cancel(batch_id: UUID) -> Response:
    """Rows that wait are not begun; those under way are done, and what is done stays."""
    return _told(batch_id, "cancel", lambda session: store.cancel(session, str(batch_id), right_now()))


@batches.route("/<uuid:batch_id>/results", methods=["GET"])
@batches.doc(
    **file_operation(
        "getBatchResults",
        "What came of each row",
        tuple(MEDIA.values()),
        query=RESULTS_QUERY,
        refuses=(404,),
        parameters=(LANGUAGE,),
    )
)
def results(batch_id: UUID) -> Response:
    """In the order of the rows, those that are done by now; whole answers as JSON lines, or columns."""
    form: Form = query(RESULTS_QUERY)["format"]
    with transaction(office().store) as session:
        _found(session, batch_id)
        note(session, "batch.results", str(batch_id))
    speak = partial(_spoken, say(language()))
    lines = _lines(kept.results_of(office().store, str(batch_id)), form, speak)
    response = Response(lines, mimetype=MEDIA[form])
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = language()
    response.headers["Content-Disposition"] = f'attachment; filename="batch.{form}"'
    return response


def _put_up(content: bytes, again: bool) -> Made:
    here, who = office(), caller()
    try:
        put = kept.draft(here, who, content, again=again)
    except UnusableBatch as bad:
        raise BadRequest([FieldError("", "batch_not_readable", str(bad))]) from None
    body = kept.dump(put.batch, put.counts, 0, right_now())
    return Made(body, f"/v1/batches/{put.batch.id}", partial(_write, put, who), here.workers.wake)


def _write(put: kept.Put, who: Caller, session: Session) -> None:
    kept.keep(session, put, who, partial(throttle().count_member, who.id))
    note(session, "batch.create", put.batch.id)


def _told(batch_id: UUID, action: str, change: Callable[[Session], None] | None = None) -> Response:
    with transaction(office().store) as session:
        batch = _found(session, batch_id)
        if change is not None:
            change(session)
        body = kept.shown(session, batch)
        note(session, f"batch.{action}", batch.id)
    return reply(body)


def _found(session: Session, batch_id: UUID) -> Batch:
    batch = kept.find(session, str(batch_id), caller().reach)
    if batch is None:
        raise Refused("not_found", "There is no batch with this id.")
    return batch


def _lines(found: Iterator[Result], form: Form, speak: Callable[[Any], Any]) -> Iterator[bytes]:
    yield header(form, IDS)
    for result in found:
        yield write_line(result, form, speak)


def _spoken(say_it: Any, answer: Any) -> Any:
    return add_messages(answer, say_it)
