"""Whether the service is alive, whether it can answer, and what it has counted."""

from __future__ import annotations

from datetime import UTC, datetime

import flask
from flask import Response
from flask_smorest import Blueprint

from service.api.describe import operation
from service.api.exchange import reply
from service.api.problems import Refused
from service.api.results import HEALTH, READINESS
from service.at_hand import office
from service.observe.metrics import CONTENT_TYPE, note_breakers, note_rulebook, write_metrics

health = Blueprint("health", __name__, description="Whether the service is alive, and whether it can answer.")
metrics = flask.Blueprint("metrics", __name__)


@health.route("/healthz")
@health.doc(**operation("health", "Whether the service is alive", HEALTH, is_open=True))
def healthz() -> Response:
    """Alive is whoever can say so."""
    return reply({"status": "ok"})


@health.route("/readyz")
@health.doc(
    **operation("readiness", "Whether the service can answer", READINESS, refuses=(503,), is_open=True)
)
def readyz() -> Response:
    """Ready is a database that answers, with tables as they should be, and a rulebook; payers may rest."""
    checks = office().checks()
    failed = [name for name, passed in checks.items() if not passed]
    if failed:
        raise Refused("unavailable", f"Not ready: {', '.join(failed)}.")
    return reply({"status": "ready", "checks": checks, "payers": office().payers_at_rest()})


@metrics.get("/metrics")
def show() -> Response:
    """What was counted so far, for programs that watch over the service."""
    desk = office().desk
    note_breakers(desk.switchboard.states())
    note_rulebook(desk.rulebook.looked_up, datetime.now(UTC).date())
    return Response(write_metrics(), content_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})
