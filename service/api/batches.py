"""Batches: many verifications in one body, answered in the background, one result a row."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request
from flask_smorest import Blueprint

from schemas.batch import BATCH
from schemas.problem import BadRequest, FieldError
from service import batch_at_hand as here
from service.api import results as shapes
from service.api.describe import FILE, LANGUAGE, creation, file_operation, operation
from service.api.exchange import language, listing, page, query, reply
from service.api.once import Made, once
from service.api.problems import Refused, refusal
from service.api.shapes import BATCH_QUERY, PAGE_QUERY, RESULTS_QUERY
from service.at_hand import caller, office
from service.batch_at_hand import CSV, LINES, MEDIA
from service.explain import LOCALES, Locale
from service.jobs import batch as kept
from service.jobs.columns import ColumnMap, UnusableBatch, read_map, written
from service.jobs.incoming import template
from service.noting import note
from service.record import right_now
from service.store.session import transaction

batches = Blueprint("batches", __name__, url_prefix="/v1/batches", description=__doc__ or "")
TAKEN = (CSV, LINES)
BATCHES = shapes.list_of("BatchListSchema", BATCH)
OF_ROWS: dict[str, Any] = {"refuses": (404,), "parameters": (LANGUAGE,)}
PUT_UP = creation("createBatch", "Put up many verifications", BATCH, refuses=(400, 413, 415, 422))
PUT_UP["requestBody"] = {"required": True, "content": {kind: {"schema": FILE} for kind in TAKEN}}
PUT_UP["parameters"].append({"in": "query", "schema": BATCH_QUERY})
PUT_UP["responses"]["414"] = {"description": "The address is too long."}


@batches.route("", methods=["POST"])
@batches.doc(**PUT_UP)
def create() -> Response:
    """CSV with a header, or a verification request a line; the same content twice on a day is one batch.

    `map` says which column a header is, `Patient DOB:birth_date`; nothing behind the colon: not used.
    """
    if (request.mimetype or "") not in TAKEN:
        raise Refused("unsupported_media_type", f"The body must be one of {', '.join(TAKEN)}.")
    asked, content = query(BATCH_QUERY), request.get_data()
    try:
        mapping = read_map(_pair(one) for one in asked.get("map", ()))
    except UnusableBatch as bad:
        raise _not_readable(bad) from None
    return once(lambda: _put_up(content, mapping, asked["again"] == "true"), written(mapping))


@batches.route("", methods=["GET"])
@batches.doc(**operation("listBatches", "List the batches", BATCHES, query=PAGE_QUERY, is_recorded=True))
def index() -> Response:
    """The last that was put up first, each with how far it is."""
    with transaction(office().store) as session:
        found, following = kept.page_of(session, page(query(PAGE_QUERY)), caller().reach)
        note(session, "batch.list")
    return listing(found, following)


@batches.route("/template", methods=["GET"])
@batches.doc(**file_operation("getBatchTemplate", "A batch to fill in", (CSV,), is_recorded=False))
def show_template() -> Response:
    """The header alone."""
    response = Response(template(), mimetype=CSV)
    response.headers["Content-Disposition"] = 'attachment; filename="template.csv"'
    return response


@batches.route("/<uuid:batch_id>", methods=["GET"])
@batches.doc(**operation("getBatch", "How far a batch is", BATCH, refuses=(404,), is_recorded=True))
def fetch(batch_id: UUID) -> Response:
    """With its speed, and the time that is left at that speed."""
    return reply(here.shown(str(batch_id)))


@batches.route("/<uuid:batch_id>/cancel", methods=["POST"])
@batches.doc(**operation("cancelBatch", "End a batch", BATCH, refuses=(404,), is_recorded=True))
def cancel(batch_id: UUID) -> Response:
    """Rows that wait are not begun; those under way are done, and what is done stays."""
    return reply(here.cancel(str(batch_id)))


@batches.route("/<uuid:batch_id>/results", methods=["GET"])
@batches.doc(
    **file_operation(
        "getBatchResults",
        "What came of each row",
        tuple(MEDIA.values()),
        query=RESULTS_QUERY,
        **OF_ROWS,
    )
)
def results(batch_id: UUID) -> Response:
    """In the order of the rows, those that are done by now; whole answers as JSON lines, or columns.

    A workbook says it in the caller's language, and in a second sheet what to mend.
    """
    return here.results(str(batch_id), query(RESULTS_QUERY)["format"], _locale())


@batches.route("/<uuid:batch_id>/errors", methods=["GET"])
@batches.doc(**file_operation("getBatchErrors", "What is wrong with rows", (CSV,), **OF_ROWS))
def errors(batch_id: UUID) -> Response:
    """A line an error, with the number of its row and what to do, and nothing else of the row."""
    return here.faults(str(batch_id), _locale())


@batches.route("/<uuid:batch_id>/refused", methods=["GET"])
@batches.doc(**file_operation("getBatchRefused", "The rows to mend", TAKEN, **OF_ROWS))
def refused(batch_id: UUID) -> Response:
    """Those without an answer as they were put up, each with what is wrong; mended, they can be sent."""
    return here.to_mend(str(batch_id), _locale())


@batches.errorhandler(here.NotHere)
def say_it_is_not_here(_: here.NotHere) -> Response:
    """No batch has this id, or it is somebody else's."""
    return refusal("not_found", "There is no batch with this id.")


def _put_up(content: bytes, mapping: ColumnMap, again: bool) -> Made:
    try:
        put = kept.draft(office(), caller(), content, mapping, again=again)
    except UnusableBatch as bad:
        raise _not_readable(bad) from None
    body = kept.dump(put.batch, put.counts, 0, right_now())
    return Made(body, f"/v1/batches/{put.batch.id}", lambda session: here.keep(session, put), office().wake)


def _not_readable(bad: UnusableBatch) -> BadRequest:
    return BadRequest([FieldError("", "batch_not_readable", str(bad))])


def _pair(said: str) -> tuple[str, str]:
    header, _, column = said.rpartition(":")
    return header, column


def _locale() -> Locale:
    return next(locale for locale in LOCALES if locale == language())
