"""Comparisons: the same member, several care plans side by side; nothing is stored."""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint

from schemas.comparison import COMPARISON
from service.api import results
from service.api.describe import LANGUAGE, operation
from service.api.exchange import json_body, spoken
from service.api.speaking import speak
from service.at_hand import office
from service.comparison import compare
from service.noting import note
from service.store.session import transaction

comparisons = Blueprint("comparisons", __name__, url_prefix="/v1/comparisons", description=__doc__ or "")


@comparisons.route("", methods=["POST"])
@comparisons.doc(
    **operation(
        "comparePlans",
        "What would each of these care plans cost?",
        results.COMPARISON_ANSWER,
        body=COMPARISON,
        parameters=(LANGUAGE,),
        is_recorded=True,
    )
)
def create() -> Response:
    """One estimate a care plan, in the order they were sent; nothing is stored."""
    items = [speak(item) for item in compare(office().desk, json_body())]
    with transaction(office().store) as session:
        note(session, "comparison.create")
    return spoken({"items": items})
