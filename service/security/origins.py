"""Pages of other sites that may ask: those of registered origins, with a site key, and only what is listed.

Everybody else's pages may read nothing: without these headers a browser keeps answers from them.
"""

from __future__ import annotations

from flask import Flask, Response, g, request

from service.security.keys import Doorkeeper

CROSS_ORIGIN = frozenset(
    {
        *("payers.index", "payers.resolve", "payers.fetch", "payers.plans"),
        *("quick_checks.form", "quick_checks.challenge", "quick_checks.create", "quick_checks.contact"),
    }
)
"""What a page of a registered origin may ask."""

ASKED_WITH = "Authorization, Content-Type, Accept-Language"
REMEMBERED_SECONDS = 600


def asking_origin() -> str | None:
    """The origin of the page that asks; browsers leave it out where a page reads from its own."""
    own = request.headers.get("Sec-Fetch-Site") == "same-origin" and request.method in ("GET", "HEAD")
    return request.headers.get("Origin") or (request.host_url.rstrip("/") if own else None)


def let_pages_ask(app: Flask, doorkeeper: Doorkeeper) -> None:
    """Answer the question that browsers ask first, and mark answers as readable; before the guard."""

    @app.before_request
    def answer_preflight() -> Response | None:
        origin = request.headers.get("Origin")
        asks = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        if not (asks and origin and request.endpoint in CROSS_ORIGIN and doorkeeper.is_registered(origin)):
            return None
        allowed = app.make_default_options_response()
        allowed.status_code = 204
        allowed.headers["Access-Control-Allow-Methods"] = allowed.headers["Allow"]
        allowed.headers["Access-Control-Allow-Headers"] = ASKED_WITH
        allowed.headers["Access-Control-Max-Age"] = str(REMEMBERED_SECONDS)
        return _readable_by(allowed, origin)

    @app.after_request
    def mark(response: Response) -> Response:
        client, origin = g.get("client"), request.headers.get("Origin")
        if client is not None and origin in client.origins and request.endpoint in CROSS_ORIGIN:
            return _readable_by(response, str(origin))
        return response


def _readable_by(response: Response, origin: str) -> Response:
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = "Retry-After, X-Request-Id"
    response.vary.add("Origin")
    return response
