"""Calls to make again: of a case, and of all that are due; who looks after each, and every try."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from schemas.call_back import CALL_BACK, CALL_BACK_CHANGE, NEW_CALL_BACK
from service import call_backs as kept
from service.api import results
from service.api.describe import creation, operation
from service.api.exchange import json_body, listing, loaded, page, query, reply
from service.api.once import Made, once
from service.api.problems import Refused
from service.api.shapes import PAGE_QUERY
from service.at_hand import caller, office
from service.noting import note
from service.store import cases
from service.store.records import Record
from service.store.session import Session, transaction

call_backs = Blueprint("call_backs", __name__, url_prefix="/v1", description=__doc__ or "")
CALL_BACKS = results.list_of("CallBackListSchema", CALL_BACK)


@call_backs.route("/call-backs", methods=["GET"])
@call_backs.doc(
    **operation("listCallBacks", "List the calls to make", CALL_BACKS, query=PAGE_QUERY, is_recorded=True)
)
def due() -> Response:
    """All that are open, of cases that are: those that are due come first."""
    return _listed(lambda session: kept.list_open(session, caller().reach), "call_back.list", None)


@call_backs.route("/cases/<uuid:case_id>/call-backs", methods=["GET"])
@call_backs.doc(
    **operation(
        "listCallBacksOfCase",
        "List the calls of a case",
        CALL_BACKS,
        query=PAGE_QUERY,
        refuses=(404,),
        is_recorded=True,
    )
)
def index(case_id: UUID) -> Response:
    """Those that are done too, oldest first."""

    def of_case(session: Session) -> list[Record]:
        _check_case(session, case_id)
        return kept.of_case(session, str(case_id))

    return _listed(of_case, "call_back.list", str(case_id))


@call_backs.route("/cases/<uuid:case_id>/call-backs", methods=["POST"])
@call_backs.doc(**creation("createCallBack", "Ask for a call", CALL_BACK, body=NEW_CALL_BACK, refuses=(404,)))
def create(case_id: UUID) -> Response:
    """When, and what about; without an owner, the caller looks after it."""
    return once(lambda: _made(case_id, loaded(NEW_CALL_BACK, json_body())))


@call_backs.route("/cases/<uuid:case_id>/call-backs/<uuid:call_back_id>", methods=["PATCH"])
@call_backs.doc(
    **operation(
        "changeCallBack",
        "Note a try, move a call, or be done with it",
        CALL_BACK,
        body=CALL_BACK_CHANGE,
        refuses=(404,),
        is_recorded=True,
    )
)
def change(case_id: UUID, call_back_id: UUID) -> Response:
    """What is not given stays; a try is noted as of now."""
    changes = loaded(CALL_BACK_CHANGE, json_body())
    with transaction(office().store) as session:
        _check_case(session, case_id)
        record = kept.find(session, str(case_id), str(call_back_id))
        if record is None:
            raise Refused("not_found", "There is no such call in this case.")
        changed = kept.change(session, record, changes, by=caller().name, at=_now())
        note(session, "call_back.change", record.id)
    return reply(kept.shown(changed))


def _made(case_id: UUID, asked: dict[str, Any]) -> Made:
    with transaction(office().store) as session:
        _check_case(session, case_id)
    record = kept.draft(str(case_id), asked, by=caller().name, at=_now())

    def write(session: Session) -> None:
        _check_case(session, case_id)
        kept.add(session, record)
        note(session, "call_back.create", record.id)

    return Made(kept.shown(record), f"/v1/cases/{case_id}/call-backs/{record.id}", write)


def _listed(find: Any, action: str, subject: str | None) -> Response:
    wanted = page(query(PAGE_QUERY))
    with transaction(office().store) as session:
        found = find(session)
        note(session, action, subject)
    ids = [record.id for record in found]
    first = ids.index(wanted.cursor) + 1 if wanted.cursor in ids else 0
    shown = found[first : first + wanted.limit]
    more = len(found) > first + wanted.limit
    return listing([kept.shown(record) for record in shown], shown[-1].id if more else None)


def _check_case(session: Session, case_id: UUID) -> None:
    if cases.status_of(session, str(case_id), caller().reach) is None:
        raise Refused("not_found", "There is no case with this id.")


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
