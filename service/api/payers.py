"""Payers: who they are, their plans, and what the rulebook says of each, with its sources."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from schemas.problem import BadRequest, FieldError
from service import directory, plan_finder, printed
from service.api import results
from service.api.card_shapes import MATCHES
from service.api.describe import LANGUAGE, operation
from service.api.exchange import language, listing, page, query, reply, spoken
from service.api.plan_shapes import PLAN_LIST, PLANS_QUERY
from service.api.plans import wanted
from service.api.problems import Refused
from service.api.shapes import BENEFITS_QUERY, PAYERS_QUERY, RESOLVE_QUERY
from service.at_hand import clinic_day, office
from service.explain import say

payers = Blueprint("payers", __name__, url_prefix="/v1/payers", description=__doc__ or "")


@payers.route("", methods=["GET"])
@payers.doc(**operation("listPayers", "List payers", results.PAYER_LIST, query=PAYERS_QUERY))
def index() -> Response:
    """By id; with `query`, those whose id, name or alias has the text in it."""
    asked = query(PAYERS_QUERY)
    return _part(directory.list_payers(office().desk, asked.get("query")), asked)


@payers.route("/resolve", methods=["GET"])
@payers.doc(
    **operation(
        "resolvePayer",
        "Which payer does this card mean?",
        MATCHES,
        query=RESOLVE_QUERY,
        refuses=(422,),
        parameters=[LANGUAGE],
    )
)
def resolve() -> Response:
    """What is printed on a card, to payers, the likeliest first, and to whom else it may lead.

    A text that looks like a whole member id is refused: it is looked up nowhere.
    """
    text = query(RESOLVE_QUERY)["text"]
    try:
        return spoken(printed.read(office().desk, text, clinic_day(), say(language())))
    except printed.WholeMemberId:
        message = "text looks like a whole member id; send the payer's name or the three-character prefix."
        raise BadRequest([FieldError("/text", "whole_member_id", message)]) from None


@payers.route("/<payer_id>", methods=["GET"], parameters=[results.PAYER_ID])
@payers.doc(**operation("getPayer", "Fetch a payer", results.PAYER, refuses=(404,)))
def fetch(payer_id: str) -> Response:
    """With its names and its ids in networks."""
    return reply(_or_not_found(directory.find_payer(office().desk, payer_id)))


@payers.route("/<payer_id>/plans", methods=["GET"], parameters=[results.PAYER_ID])
@payers.doc(**operation("listPlans", "List a payer's plans", PLAN_LIST, query=PLANS_QUERY, refuses=(404,)))
def plans(payer_id: str) -> Response:
    """Those that are called so, by id, each with the years that the library has a design for."""
    asked = query(PLANS_QUERY)
    _or_not_found(directory.find_payer(office().desk, payer_id))
    found = plan_finder.find_plans(office().desk, wanted({**asked, "payer": payer_id}))
    return _part([plan_finder.plan_line(plan) for plan in found], asked)


@payers.route("/<payer_id>/benefits", methods=["GET"], parameters=[results.PAYER_ID])
@payers.doc(
    **operation(
        "getBenefits", "What is published for a plan", results.BENEFITS, query=BENEFITS_QUERY, refuses=(404,)
    )
)
def benefits(payer_id: str) -> Response:
    """What is in force at a site on a day, each value with its source."""
    asked = query(BENEFITS_QUERY)
    desk = office().desk
    on, site = asked.get("date_of_service") or clinic_day(), asked.get("site")
    level = asked.get("level_of_care")
    try:
        found = directory.find_benefits(desk, payer_id, plan=asked.get("plan"), level=level, on=on, site=site)
    except directory.UnknownSite:
        raise Refused("not_found", "The clinic's profile has no such site.") from None
    return reply(_or_not_found(found))


@payers.route("/<payer_id>/sources", methods=["GET"], parameters=[results.PAYER_ID])
@payers.doc(**operation("listSources", "What a payer's rules rest on", results.SOURCE_LIST, refuses=(404,)))
def sources(payer_id: str) -> Response:
    """Every source, by id, with why its values should be confirmed with the payer, if they should."""
    return listing(_or_not_found(directory.list_sources(office().desk, payer_id, clinic_day())), None)


def _part(items: list[dict[str, Any]], asked: dict[str, Any]) -> Response:
    """A page of a list that is ordered by id."""
    wanted = page(asked)
    rest = [item for item in items if wanted.cursor is None or item["id"] > wanted.cursor]
    shown = rest[: wanted.limit]
    return listing(shown, shown[-1]["id"] if len(rest) > len(shown) else None)


def _or_not_found(found: Any) -> Any:
    if found is None:
        raise Refused("not_found", "The rulebook has no payer with this id.")
    return found
