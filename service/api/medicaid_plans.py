"""Which plans of Florida Medicaid a member who lives in a county may be in, on a day, with sources."""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint

from schemas.answer_parts import CitationSchema
from schemas.fields import Day
from schemas.payer_file import MEDICAID_REGIONS, PLAN_MEMBERS
from schemas.shapes import Choice, Items, Part, Shape, Text, Whole
from service import directory
from service.api.describe import operation
from service.api.exchange import query, reply
from service.api.results import MANY
from service.api.shapes import Line
from service.at_hand import clinic_day, office

medicaid_plans = Blueprint("medicaid_plans", __name__, url_prefix="/v1/medicaid-plans", description=__doc__)


class MedicaidPlansQuery(Shape):
    """Where the member lives, and when."""

    county = Line(60, "A county of Florida, like Miami-Dade.", required=True)
    date = Day(metadata={"description": "The day of service; today, if not given."})


class RegionSchema(Shape):
    """The region of the program that the county is in."""

    value = Choice(MEDICAID_REGIONS, required=True)
    citations = Items(Whole(0, MANY), most=MANY, required=True)


class MedicaidPlanSchema(Shape):
    """A plan; one that is known not to operate there is left out."""

    payer = Text(80, required=True, metadata={"description": "The payer to verify with."})
    name = Text(200, required=True)
    operates = Choice(("yes", "not_known"), required=True)
    members = Choice(
        PLAN_MEMBERS,
        required=True,
        allow_none=True,
        metadata={"description": "For whom it is; null: for anyone."},
    )
    operated_by = Text(200, required=True, allow_none=True)
    citations = Items(Whole(0, MANY), most=MANY, required=True)


class MedicaidPlansSchema(Shape):
    """The plans of a county on a day; a region of null is not known, and then not every plan is."""

    county = Text(60, required=True)
    date = Day(required=True)
    region = Part(RegionSchema(), required=True, allow_none=True)
    items = Items(Part(MedicaidPlanSchema()), most=MANY, required=True)
    citations = Items(Part(CitationSchema()), most=MANY, required=True)


ASKED, PLANS = MedicaidPlansQuery(), MedicaidPlansSchema()


@medicaid_plans.route("", methods=["GET"])
@medicaid_plans.doc(
    **operation("listMedicaidPlans", "List the Medicaid plans of a county", PLANS, query=ASKED)
)
def index() -> Response:
    """Which of them is the member's, the state says: this is what to ask about."""
    asked, desk = query(ASKED), office().desk
    on = asked.get("date") or clinic_day()
    return reply(directory.list_medicaid_plans(desk, asked["county"], on))
