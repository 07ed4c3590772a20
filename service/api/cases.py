"""Cases: people being admitted, what is known of each, and what happened."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from service import case_at_hand
from service.api import results
from service.api.describe import ETAG, IF_NONE_MATCH, creation, operation
from service.api.exchange import json_body, listing, loaded, page, query, reply, tagged
from service.api.once import Made, once
from service.api.problems import Refused
from service.api.shapes import CASE, CASE_CHANGE, CASES_QUERY, PAGE_QUERY
from service.at_hand import caller, office
from service.noting import note
from service.store import cases as kept
from service.store import timeline as happened
from service.store import verifications
from service.store.session import Session, new_id, transaction

cases = Blueprint("cases", __name__, url_prefix="/v1/cases", description=__doc__ or "")


@cases.route("", methods=["POST"])
@cases.doc(**creation("createCase", "Open a case", results.CASE, body=CASE))
def create() -> Response:
    """A person being admitted; without an owner, the caller looks after it."""
    return once(lambda: _opened(loaded(CASE, json_body())))


@cases.route("", methods=["GET"])
@cases.doc(**operation("listCases", "List cases", results.CASE_LIST, query=CASES_QUERY, is_recorded=True))
def index() -> Response:
    """Newest first."""
    asked = query(CASES_QUERY)
    wanted = kept.Filter(asked.get("status"), asked.get("owner"), caller().reach)
    with transaction(office().store) as session:
        items, following = kept.page_of(session, wanted, page(asked))
        note(session, "case.list")
    return listing([results.case_line(item) for item in items], following)


@cases.route("/<uuid:case_id>", methods=["GET"])
@cases.doc(
    **operation(
        "getCase",
        "Fetch a case",
        results.CASE,
        refuses=(404,),
        parameters=(IF_NONE_MATCH,),
        headers=ETAG,
        is_recorded=True,
    )
)
def fetch(case_id: UUID) -> Response:
    """With the ids of its verifications, newest first."""
    with transaction(office().store) as session:
        shown = _shown(session, str(case_id))
        note(session, "case.read", str(case_id))
    return tagged(reply(shown))


@cases.route("/<uuid:case_id>", methods=["PATCH"])
@cases.doc(
    **operation(
        "changeCase", "Change a case", results.CASE, body=CASE_CHANGE, refuses=(404,), is_recorded=True
    )
)
def change(case_id: UUID) -> Response:
    """What is not given stays; the timeline says what changed."""
    try:
        case_at_hand.change_case(str(case_id), loaded(CASE_CHANGE, json_body()))
    except case_at_hand.NotHere:
        raise Refused("not_found", "There is no case with this id.") from None
    with transaction(office().store) as session:
        return reply(_shown(session, str(case_id)))


@cases.route("/<uuid:case_id>/timeline", methods=["GET"])
@cases.doc(
    **operation(
        "getTimeline",
        "What happened to a case",
        results.TIMELINE,
        query=PAGE_QUERY,
        refuses=(404,),
        is_recorded=True,
    )
)
def timeline(case_id: UUID) -> Response:
    """Newest first."""
    asked = query(PAGE_QUERY)
    with transaction(office().store) as session:
        _shown(session, str(case_id))
        events, following = happened.page_of(session, str(case_id), page(asked), caller().reach)
        note(session, "case.timeline", str(case_id))
    return listing([results.event_line(event) for event in events], following)


def _opened(asked: dict[str, Any]) -> Made:
    now = datetime.now(UTC).replace(microsecond=0)
    case = kept.Case(
        id=new_id(),
        status=asked["status"],
        owner=asked.get("owner") or caller().name,
        label=asked.get("label"),
        external_id=asked.get("external_id"),
        created_at=now,
        updated_at=now,
        opened_by=caller().name,
        client_id=caller().id,
    )

    def write(session: Session) -> None:
        kept.add(session, case)
        note(session, "case.create", case.id)

    return Made(results.case_whole(case, []), f"/v1/cases/{case.id}", write)


def _shown(session: Session, case_id: str) -> dict[str, Any]:
    reach = caller().reach
    case = kept.get(session, case_id, reach)
    if case is None:
        raise Refused("not_found", "There is no case with this id.")
    return results.case_whole(case, verifications.ids_of_case(session, case_id, reach))
