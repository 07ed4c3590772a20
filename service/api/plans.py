"""The plan library: plans of every payer, and what each says year by year, with its source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from flask_smorest import Blueprint

from service import plan_finder
from service.api.describe import operation
from service.api.exchange import listing, page, query
from service.api.plan_shapes import ALL_PLANS_QUERY, DESIGN_LIST
from service.at_hand import office

plans = Blueprint("plans", __name__, url_prefix="/v1/plans", description=__doc__ or "")


@plans.route("", methods=["GET"])
@plans.doc(**operation("findPlans", "Find a plan of any payer", DESIGN_LIST, query=ALL_PLANS_QUERY))
def index() -> Response:
    """By payer and id, each with every design known; no year is answered from another one's."""
    asked = query(ALL_PLANS_QUERY)
    desk, part = office().desk, page(asked)
    shown, following = plan_finder.page_of(
        plan_finder.find_plans(desk, wanted(asked)), part.cursor, part.limit
    )
    return listing([plan_finder.describe_plan(desk, plan) for plan in shown], following)


def wanted(asked: Mapping[str, Any]) -> plan_finder.Wanted:
    """Return what plans are looked for, from what an address asks."""
    named = ("payer", "metal", "year", "issuer")
    return plan_finder.Wanted(asked.get("query", ""), **{name: asked.get(name) for name in named})
