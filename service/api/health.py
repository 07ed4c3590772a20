"""Whether the service is alive, and whether it can answer."""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint

from service.api.describe import operation
from service.api.exchange import reply
from service.api.places import office
from service.api.problems import Refused
from service.api.results import HEALTH, READINESS

health = Blueprint("health", __name__, description="Whether the service is alive, and whether it can answer.")


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
    """Ready is a database that answers, with tables as they should be, and a rulebook."""
    checks = office().checks()
    failed = [name for name, passed in checks.items() if not passed]
    if failed:
        raise Refused("unavailable", f"Not ready: {', '.join(failed)}.")
    return reply({"status": "ready", "checks": checks})
