"""What payers paid: remittance advice and tables taken in, sessions typed, each beside its estimate."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from flask_smorest import Blueprint

from schemas.actual import ACTUAL
from schemas.problem import BadRequest, FieldError
from service import actuals_at_hand
from service.actuals.entries import UnusableFile
from service.actuals.lines import actual_line, taken_whole
from service.api.actual_shapes import ACTUAL_ANSWER, TAKEN
from service.api.describe import FILE, creation, operation
from service.api.exchange import json_body, listing
from service.api.once import Made, once
from service.api.problems import Refused
from service.api.results import list_of
from service.at_hand import office
from service.noting import note
from service.store.session import transaction

actuals = Blueprint("actuals", __name__, url_prefix="/v1", description=__doc__ or "")
MEDIA = ("text/csv", "application/edi-x12")
TAKE_IN = creation("takeInActuals", "Take in what was paid", TAKEN, refuses=(400, 413, 415, 422))
TAKE_IN["requestBody"] = {"required": True, "content": {kind: {"schema": FILE} for kind in MEDIA}}


@actuals.route("/actuals", methods=["POST"])
@actuals.doc(**TAKE_IN)
def take_in() -> Response:
    """An 835 or a table with a header, known by how it begins; the same again changes nothing."""
    if (request.mimetype or "") not in MEDIA:
        raise Refused("unsupported_media_type", f"The body must be one of {', '.join(MEDIA)}.")
    content = request.get_data()

    def make() -> Made:
        try:
            taken = actuals_at_hand.take(content)
        except UnusableFile as bad:
            raise BadRequest([FieldError("", "actuals_not_readable", str(bad))]) from None
        return Made(taken_whole(taken), "/v1/accuracy", lambda session: note(session, "actual.take_in"))

    return once(make)


@actuals.route("/cases/<uuid:case_id>/actuals", methods=["POST"])
@actuals.doc(
    **creation(
        "createActual", "Enter what was paid for a session", ACTUAL_ANSWER, body=ACTUAL, refuses=(404,)
    )
)
def create(case_id: UUID) -> Response:
    """A session that is there already is stated anew; what stood there is kept behind it."""

    def make() -> Made:
        given = actuals_at_hand.draft(str(case_id), json_body())
        with transaction(office().store) as session:
            record = actuals_at_hand.keep_typed(session, str(case_id), given)
        return Made(actual_line(record), f"/v1/cases/{case_id}/actuals", lambda _: None)

    try:
        return once(make)
    except actuals_at_hand.NotHere:
        raise Refused("not_found", "There is no case with this id.") from None


@actuals.route("/cases/<uuid:case_id>/actuals", methods=["GET"])
@actuals.doc(
    **operation(
        "listActuals",
        "What was paid for the sessions of a case",
        list_of("ActualListSchema", ACTUAL_ANSWER),
        refuses=(404,),
        is_recorded=True,
    )
)
def index(case_id: UUID) -> Response:
    """By their day, each beside its estimate, with the difference and its causes."""
    try:
        found = actuals_at_hand.of_case(str(case_id))
    except actuals_at_hand.NotHere:
        raise Refused("not_found", "There is no case with this id.") from None
    return listing([actual_line(record) for record in found], None)
