"""The open cases that were due on a day: why, how far they are, and what was found."""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint

from schemas.fields import Day
from schemas.reverified import REVERIFIED
from schemas.shapes import Shape
from service.api.describe import operation
from service.api.exchange import query, reply
from service.at_hand import caller, clinic_day, office
from service.jobs.reverified import of_day, whole
from service.noting import note
from service.store.session import transaction

reverifications = Blueprint(
    "reverifications", __name__, url_prefix="/v1/reverifications", description=__doc__ or ""
)


class ReverificationsQuery(Shape):
    """Of which day."""

    day = Day(metadata={"description": "A day at the clinic; today, if not given."})


QUERY = ReverificationsQuery()


@reverifications.route("", methods=["GET"])
@reverifications.doc(
    **operation(
        "getReverifications",
        "What was verified again by itself, and what it found",
        REVERIFIED,
        query=QUERY,
        is_recorded=True,
    )
)
def show() -> Response:
    """Each case with why it was due; whoever sees its own cases alone sees those."""
    day = query(QUERY).get("day") or clinic_day()
    with transaction(office().store) as session:
        found = of_day(session, day, caller().reach)
        note(session, "batch.read" if found.batch else "batch.list", found.batch.id if found.batch else None)
    return reply(whole(found))
