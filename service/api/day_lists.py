"""Lists of the day's appointments: put up, verified in the background, mended row by row."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from schemas.day_list import DAY_LIST, DAY_LIST_LINE, DAY_ROW, DAY_ROW_ANSWER, MOST_ROWS, NEW_DAY_LIST
from schemas.fields import Day
from service.api import results
from service.api.describe import ETAG, IF_NONE_MATCH, creation, operation
from service.api.exchange import json_body, listing, loaded, page, query, reply, tagged
from service.api.once import Made, once
from service.api.problems import Refused
from service.api.shapes import PageQuery
from service.at_hand import caller, office, throttle
from service.jobs import lists
from service.noting import note
from service.store.batches import Item
from service.store.session import Session, transaction

day_lists = Blueprint("day_lists", __name__, url_prefix="/v1/day-lists", description=__doc__ or "")


class DayListsQuery(PageQuery):
    """Which lists."""

    day = Day(metadata={"description": "The day they are about."})


DAY_LISTS_QUERY = DayListsQuery()
DAY_LISTS = results.list_of("DayListListSchema", DAY_LIST_LINE)
NUMBER = {
    "name": "number",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "minimum": 1, "maximum": MOST_ROWS},
}


@day_lists.route("", methods=["POST"])
@day_lists.doc(**creation("createDayList", "Put up the day's appointments", DAY_LIST, body=NEW_DAY_LIST))
def create() -> Response:
    """Every row is read at once, with every fault it has; the same rows twice on a day are one list."""
    return once(lambda: _put_up(loaded(NEW_DAY_LIST, json_body())))


@day_lists.route("", methods=["GET"])
@day_lists.doc(
    **operation("listDayLists", "List the lists", DAY_LISTS, query=DAY_LISTS_QUERY, is_recorded=True)
)
def index() -> Response:
    """The last that was put up first; nothing here says who they are about."""
    asked = query(DAY_LISTS_QUERY)
    with transaction(office().store) as session:
        found, following = lists.page_of(session, page(asked), day=asked.get("day"), reach=caller().reach)
        note(session, "batch.list")
    return listing([lists.line(batch, counts) for batch, counts in found], following)


@day_lists.route("/<uuid:list_id>", methods=["GET"])
@day_lists.doc(
    **operation(
        "getDayList",
        "How far a list is, and what was found",
        DAY_LIST,
        refuses=(404,),
        parameters=(IF_NONE_MATCH,),
        headers=ETAG,
        is_recorded=True,
    )
)
def fetch(list_id: UUID) -> Response:
    """With its rows, each with what somebody has to look at; 304 where nothing happened since."""
    with transaction(office().store) as session:
        found = lists.find(session, str(list_id), caller().reach)
        if found is None:
            raise Refused("not_found", "There is no list with this id.")
        note(session, "batch.read", str(list_id))
    return tagged(reply(lists.whole(found)))


@day_lists.route("/<uuid:list_id>/rows/<number>", methods=["PATCH"], parameters=[NUMBER])
@day_lists.doc(
    **operation(
        "mendDayRow",
        "Mend a row that could not be read",
        DAY_ROW_ANSWER,
        body=DAY_ROW,
        refuses=(404, 409),
        is_recorded=True,
    )
)
def mend(list_id: UUID, number: str) -> Response:
    """What is not given stays; the row is done once it can be read."""
    changes = loaded(DAY_ROW, json_body())
    with transaction(office().store) as session:
        item = _item(session, list_id, number)
        mended = _or_conflict(lambda: lists.mend(session, office().desk, item, changes))
        throttle().count_member(caller().id, lists.bodies([mended])[0])
        note(session, "batch.mend", str(list_id))
    office().workers.wake()
    return reply(lists.row_of(mended))


@day_lists.route("/<uuid:list_id>/rows/<number>/again", methods=["POST"], parameters=[NUMBER])
@day_lists.doc(
    **operation("askDayRowAgain", "Verify a row again", DAY_ROW_ANSWER, refuses=(404, 409), is_recorded=True)
)
def again(list_id: UUID, number: str) -> Response:
    """Such as one whose payer could not be reached; it waits with the others."""
    with transaction(office().store) as session:
        item = _item(session, list_id, number)
        throttle().count_member(caller().id, lists.bodies([item])[0])
        waiting = _or_conflict(lambda: lists.ask_again(session, item))
        note(session, "batch.again", str(list_id))
    office().workers.wake()
    return reply(lists.row_of(waiting))


def _put_up(asked: dict[str, Any]) -> Made:
    put = lists.draft(office(), caller(), asked["rows"], asked.get("day"))
    if put.is_new:
        for body in lists.bodies(put.items):
            throttle().count_member(caller().id, body)

    def write(session: Session) -> None:
        lists.keep(session, put)
        note(session, "batch.create", put.batch.id)

    shown = lists.whole(lists.Whole(put.batch, put.items, {}))
    return Made(shown, f"/v1/day-lists/{put.batch.id}", write, office().workers.wake)


def _item(session: Session, list_id: UUID, number: str) -> Item:
    item = lists.find_row(session, str(list_id), number, caller().reach)
    if item is None:
        raise Refused("not_found", "There is no row of this number in a list with this id.")
    return item


def _or_conflict(change: Any) -> Item:
    try:
        changed: Item = change()
    except lists.NotNow:
        raise Refused("conflict", "The row is not in a state in which that can be done.") from None
    return changed
