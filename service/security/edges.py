"""What every request passes on its way in and every answer on its way out, whatever it is about.

Coming in: how many proxies are believed about who is calling, and how deep a body may be nested. Going
out: the request's id, and the headers that tell a browser to do nothing that was not asked for. There is
no CORS: no other site may read an answer.
"""

from __future__ import annotations

import re
import secrets

from flask import Flask, Response, g, has_request_context, request, request_started
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix

from service.security.depth import is_too_deep
from service.store.session import new_id

REQUEST_ID = "X-Request-Id"
_GOOD_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
"""What every answer says, beside what depends on the answer."""

POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# A clinic's other hosts are not ours to speak for: no includeSubDomains.
STRICT_TRANSPORT = "max-age=31536000"


def keep_edges(app: Flask, trusted_proxies: int) -> None:
    """Put the edges on an application; after the guard, so that no stranger's body is read."""
    if trusted_proxies:
        hops = {"x_for": trusted_proxies, "x_proto": trusted_proxies, "x_host": trusted_proxies}
        app.wsgi_app = ProxyFix(app.wsgi_app, **hops)  # type: ignore[method-assign]
    app.jinja_env.globals["style_nonce"] = style_nonce

    # Named before anything is done, so that every line of the log can say for which request it was.
    request_started.connect(lambda *_, **__: request_id(), app, weak=False)

    @app.before_request
    def refuse_the_too_deep() -> None:
        said = (request.content_type or "").lstrip().lower()
        if said.startswith("application/json") and is_too_deep(request.get_data(cache=True)):
            raise BadRequest

    @app.after_request
    def speak_to_browsers(response: Response) -> Response:
        said = [(name, value) for name, value in HEADERS if name not in response.headers]
        said.append((REQUEST_ID, request_id() or ""))
        if "Content-Security-Policy" not in response.headers:
            said.append(("Content-Security-Policy", _policy()))
        if "Cache-Control" not in response.headers:
            said.append(("Cache-Control", "no-store"))
        if request.is_secure:
            said.append(("Strict-Transport-Security", STRICT_TRANSPORT))
        response.headers.extend(said)
        return response


def request_id() -> str | None:
    """The id of the request at hand: the caller's if it is a good one, else a new one; `None` outside."""
    if not has_request_context():
        return None
    found: str | None = g.get("request_id")
    if found is None:
        sent = request.headers.get(REQUEST_ID, "")
        found = g.request_id = sent if _GOOD_ID.fullmatch(sent) else new_id().replace("-", "")
    return found


def style_nonce() -> str:
    """What marks a style of the page at hand as ours; a template that asks has its styles allowed."""
    nonce: str | None = g.get("style_nonce")
    if nonce is None:
        nonce = g.style_nonce = secrets.token_urlsafe(16)
    return nonce


def _policy() -> str:
    nonce = g.get("style_nonce")
    return POLICY if nonce is None else f"{POLICY}; style-src 'nonce-{nonce}'"
