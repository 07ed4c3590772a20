"""How good estimates were, by payer and level of care, and the contracted rates that payments contradict."""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint

from schemas.shapes import Choice, Shape
from service import actuals_at_hand
from service.actuals.measuring import proposal_line, shown, write_csv
from service.api.actual_shapes import ACCURACY, ProposedRateSchema
from service.api.describe import FILE, operation
from service.api.exchange import listing, query, reply
from service.api.results import list_of

accuracy = Blueprint("accuracy", __name__, url_prefix="/v1/accuracy", description=__doc__ or "")


class AccuracyQuery(Shape):
    """In which form."""

    format = Choice(("json", "csv"), load_default="json")


ACCURACY_QUERY = AccuracyQuery()


MEASURED = operation(
    "getAccuracy", "How good estimates were", ACCURACY, query=ACCURACY_QUERY, is_recorded=True
)
MEASURED["responses"]["200"]["content"]["text/csv"] = {"schema": FILE}


@accuracy.route("", methods=["GET"])
@accuracy.doc(**MEASURED)
def fetch() -> Response:
    """Of fewer than ten sessions nothing is said but their number."""
    wanted = query(ACCURACY_QUERY)["format"]
    found = actuals_at_hand.measured()
    if wanted == "json":
        return reply(shown(found))
    response = reply(write_csv(found).encode())
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = 'attachment; filename="accuracy.csv"'
    return response


@accuracy.route("/rates", methods=["GET"])
@accuracy.doc(
    **operation(
        "listProposedRates",
        "Contracted rates to correct",
        list_of("ProposedRateListSchema", ProposedRateSchema()),
        is_recorded=True,
    )
)
def rates() -> Response:
    """Where at least three sessions in a row agree; a person decides, and nothing changes by itself."""
    return listing([proposal_line(one) for one in actuals_at_hand.proposed()], None)
