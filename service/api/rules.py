"""The rulebook as a whole: which of its values a payer should confirm."""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint

from schemas.fields import Day
from schemas.freshness import REASONS
from schemas.model import CONFIDENCES
from schemas.shapes import Choice, Items, Part, Shape, Text, Whole
from service import directory
from service.api.describe import operation
from service.api.exchange import listing, query
from service.api.results import MANY, list_of
from service.api.shapes import STALE_QUERY
from service.at_hand import clinic_day, office


class StaleSourceSchema(Shape):
    """Where a value stands."""

    title = Text(400, required=True)
    url = Text(1000, required=True, allow_none=True)
    locator = Text(1000, required=True)
    published = Day(required=True, allow_none=True)
    retrieved = Day(required=True)
    confidence = Choice(CONFIDENCES, required=True)


class StaleSchema(Shape):
    """A published value that a payer should confirm, or several rows of one table."""

    payer = Text(100, required=True, metadata={"description": "Or `services` for law, or `programs/…`."})
    where = Text(400, required=True, metadata={"description": "A field of a file, or a row of a table."})
    when = Text(1000, required=True, allow_none=True, metadata={"description": "Its conditions."})
    rows = Whole(1, MANY, required=True)
    confirm = Items(Choice(REASONS), most=len(REASONS), required=True, metadata={"description": "Why."})
    questions = Whole(
        0,
        MANY,
        required=True,
        metadata={"description": "How many questions (payer, plan, level of care) it answers."},
    )
    ask = Text(100, required=True, allow_none=True, metadata={"description": "What a call script asks."})
    source = Part(StaleSourceSchema(), required=True)


STALE_LIST = list_of("StaleListSchema", StaleSchema(), Text(200, required=True, allow_none=True))

rules = Blueprint("rules", __name__, url_prefix="/v1/rules", description=__doc__ or "")


@rules.route("/stale", methods=["GET"])
@rules.doc(**operation("listStale", "What the payers should confirm", STALE_LIST, query=STALE_QUERY))
def stale() -> Response:
    """Second-hand, old, not read lately or of a time that is over; those first that answer most questions."""
    asked, desk = query(STALE_QUERY), office().desk
    today = clinic_day()
    found = directory.list_stale(desk, today, asked.get("payer"))
    first = asked.get("cursor", 0)
    after = first + asked["limit"]
    return listing(found[first:after], str(after) if after < len(found) else None)
