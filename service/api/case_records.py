"""What a case holds: authorizations, quotes, contacts, confirmations; readiness, clocks, the hand-off.

Each kind of record is made, listed and changed in the same way; what its fields may say is its shape.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema

from schemas.authorization import AUTHORIZATION
from schemas.confirmation import CONFIRMATION
from schemas.contact import CONTACT
from schemas.quote import QUOTE
from schemas.shapes import Choice, Shape
from service import case_at_hand
from service.api import case_shapes as shown
from service.api.describe import creation, operation
from service.api.exchange import json_body, listing, query, reply
from service.api.once import Made, once
from service.api.problems import Refused
from service.api.results import list_of
from service.at_hand import office
from service.casework.hand_off import hand_off, write_csv
from service.casework.readiness import readiness

case_records = Blueprint("case_records", __name__, url_prefix="/v1", description=__doc__ or "")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: its name, where it stands, and its shapes."""

    name: str
    plural: str
    said: Schema
    answer: Schema
    can_change: bool = True


KINDS = (
    Kind("authorization", "authorizations", AUTHORIZATION, shown.AUTHORIZATION_ANSWER),
    Kind("quote", "quotes", QUOTE, shown.QUOTE_ANSWER),
    Kind("contact", "contacts", CONTACT, shown.CONTACT_ANSWER),
    Kind("confirmation", "confirmations", CONFIRMATION, shown.CONFIRMATION_ANSWER, can_change=False),
)


class HandOffQuery(Shape):
    """In which form."""

    format = Choice(("json", "csv"), load_default="json")


HAND_OFF_QUERY = HandOffQuery()


def _add(kind: Kind) -> None:
    title = kind.name.capitalize()
    where = f"/cases/<uuid:case_id>/{kind.plural}"
    made = creation(
        f"create{title}", f"Add to a case: {kind.name}", kind.answer, body=kind.said, refuses=(404,)
    )
    items = list_of(f"{title}ListSchema", kind.answer)
    named = f"list{title}s"
    listed = operation(named, f"What a case has: {kind.plural}", items, refuses=(404,), is_recorded=True)
    _route(f"create_{kind.name}", where, "POST", made, lambda case_id: _create(kind, str(case_id)))
    _route(f"list_{kind.plural}", where, "GET", listed, lambda case_id: _list(kind, str(case_id)))
    if kind.can_change:
        body = shown.change_of(kind.said)
        name, about = f"change{title}", f"Change what a case has: {kind.name}"
        changed = operation(name, about, kind.answer, body=body, refuses=(404,), is_recorded=True)
        one = f"{where}/<uuid:{kind.name}_id>"
        _route(f"change_{kind.name}", one, "PATCH", changed, lambda **ids: _change(kind, **ids))


def _route(
    name: str, where: str, method: str, described: dict[str, Any], view: Callable[..., Response]
) -> None:
    def named(**ids: UUID) -> Response:
        try:
            return view(**ids)
        except case_at_hand.NotHere:
            raise Refused("not_found", "There is no such case, or no such record of it.") from None

    named.__name__ = name
    case_records.route(where, methods=[method])(case_records.doc(**described)(named))


def _create(kind: Kind, case_id: str) -> Response:
    def make() -> Made:
        record = case_at_hand.draft(case_id, kind.name, json_body())
        where = f"/v1/cases/{case_id}/{kind.plural}"
        return Made(_whole(record), where, lambda session: case_at_hand.keep(session, record))

    def _whole(record: Any) -> dict[str, Any]:
        return shown.record_whole(record, case_at_hand.file_with(record), case_at_hand.threshold())

    return once(make)


def _list(kind: Kind, case_id: str) -> Response:
    file = case_at_hand.file_of(case_id, f"{kind.name}.list")
    found = file.of_kind(kind.name)
    return listing([shown.record_whole(one, file, case_at_hand.threshold()) for one in found], None)


def _change(kind: Kind, case_id: UUID, **ids: UUID) -> Response:
    record = case_at_hand.amend(str(case_id), str(ids[f"{kind.name}_id"]), kind.name, json_body())
    return reply(shown.record_whole(record, case_at_hand.file_with(record), case_at_hand.threshold()))


def _readiness(case_id: UUID) -> Response:
    file = case_at_hand.file_of(str(case_id), "case.readiness")
    return reply(shown.readiness_list(readiness(file, case_at_hand.threshold())))


def _hand_off(case_id: UUID) -> Response:
    wanted = query(HAND_OFF_QUERY)["format"]
    file = case_at_hand.file_of(str(case_id), "case.hand_off")
    try:
        document = hand_off(file, office().desk, readiness(file, case_at_hand.threshold()))
    except LookupError:
        raise Refused("conflict", "Nothing was verified of this case yet.") from None
    if wanted == "json":
        return reply(document)
    response = reply(write_csv(document).encode())
    response.mimetype = "text/csv"
    return response


def _clocks() -> Response:
    return listing([shown.clock_line(file, clock) for file, clock in case_at_hand.clocks()], None)


for _kind in KINDS:
    _add(_kind)
_route(
    "show_readiness",
    "/cases/<uuid:case_id>/readiness",
    "GET",
    operation("getReadiness", "Ready to admit?", shown.READINESS_LIST, refuses=(404,), is_recorded=True),
    lambda case_id: _readiness(case_id),
)
_route(
    "show_hand_off",
    "/cases/<uuid:case_id>/hand-off",
    "GET",
    operation(
        "getHandOff",
        "What billing needs of a case",
        shown.HAND_OFF,
        query=HAND_OFF_QUERY,
        refuses=(404, 409),
        is_recorded=True,
    ),
    lambda case_id: _hand_off(case_id),
)
_route(
    "list_clocks",
    "/clocks",
    "GET",
    operation("listClocks", "Every clock of every open case", shown.CLOCK_LIST, is_recorded=True),
    _clocks,
)
