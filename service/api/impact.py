"""What other rules would change: the open cases whose latest answer would be another one under them."""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint

from schemas.answer_parts import CitationSchema
from schemas.answers import ChangeSchema
from schemas.fields import Day, Moment
from schemas.model import LEVELS_OF_CARE
from schemas.shapes import Choice, Items, Part, Shape, Text, Whole
from service import impact_at_hand
from service.api.describe import operation
from service.api.exchange import page, query, reply
from service.api.problems import Refused
from service.api.results import MANY
from service.api.shapes import Id, Line, PageQuery
from service.impact import OUTCOMES, dump
from service.rulesets import NoSuchSet
from service.store.cases import STATUSES
from service.store.pages import HIGHEST_LIMIT


class ImpactQuery(PageQuery):
    """Under which rules, and which page of the open cases: `limit` counts the cases looked at."""

    digest = Line(
        80, "The beginning of an installed set's digest, or `built-in`; without it, the rules in use."
    )


class CitedChangeSchema(ChangeSchema):
    """A part of the answer that would be another one, with the sources of the new value."""

    citations = Items(Part(CitationSchema()), most=MANY, required=True)


class RefusedFieldSchema(Shape):
    """Why the question could not be asked any more."""

    pointer = Text(400, required=True)
    code = Text(80, required=True)


class AffectedSchema(Shape):
    """An open case whose latest answer would be another one; nothing in it says who the member is."""

    case_id = Id(required=True)
    case_status = Choice(STATUSES, required=True)
    verification_id = Id(required=True)
    answered_at = Moment(required=True)
    payer = Text(80, required=True)
    plan = Text(200, required=True, allow_none=True)
    levels_of_care = Items(Choice(LEVELS_OF_CARE), most=MANY, required=True)
    start_date = Day(required=True)
    rulebook = Text(80, required=True, metadata={"description": "What the answer was made from."})
    outcome = Choice(
        OUTCOMES,
        required=True,
        metadata={
            "description": "`changes`; `refused` where the question could not be asked any more; `unknown` "
            "where what answered then is not kept here."
        },
    )
    changes = Items(Part(CitedChangeSchema()), most=MANY, required=True)
    errors = Items(Part(RefusedFieldSchema()), most=MANY, required=True)


IMPACT_QUERY = ImpactQuery()


class ImpactSchema(Shape):
    """Those of a page of the open cases that would be answered otherwise, newest first."""

    items = Items(Part(AffectedSchema()), most=HIGHEST_LIMIT, required=True)
    next = Id(required=True, allow_none=True, metadata={"description": "The next page's cursor."})
    rulebook = Text(80, required=True, metadata={"description": "The rulebook held against."})
    looked_at = Whole(0, MANY, required=True, metadata={"description": "Open cases on this page."})
    answered = Whole(0, MANY, required=True, metadata={"description": "Those that have an answer."})


IMPACT = ImpactSchema()
impact = Blueprint("impact", __name__, url_prefix="/v1/rules", description=__doc__ or "")


@impact.route("/impact", methods=["GET"])
@impact.doc(
    **operation(
        "listImpact",
        "Which open cases would be answered otherwise under other rules?",
        IMPACT,
        query=IMPACT_QUERY,
        refuses=(404, 409),
        is_recorded=True,
    )
)
def index() -> Response:
    """Each latest answer, made again from its own rules and from the others, all else as it was; a page."""
    asked = query(IMPACT_QUERY)
    try:
        rulebook, found = impact_at_hand.look(asked.get("digest"), page(asked))
    except NoSuchSet as error:
        raise Refused("not_found", f"{str(error).capitalize()}.") from None
    except impact_at_hand.DoesNotFit:
        message = "The set does not fit the rules that are built in now: `vob rules install` says why."
        raise Refused("conflict", message) from None
    return reply(
        {
            "items": [dump(one) for one in found.affected],
            "next": found.following,
            "rulebook": rulebook.digest,
            "looked_at": found.looked_at,
            "answered": found.answered,
        }
    )
