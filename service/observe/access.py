"""One log line and one count for each request: the rule that its address matched, never the address."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from time import perf_counter
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, Response, g, request, request_finished

from service.config import Settings
from service.observe.logs import set_up_logging
from service.observe.metrics import METHODS, OTHER, count_request
from service.observe.traces import (
    METHOD,
    NOTHING,
    REQUEST_ID,
    ROUTE,
    STATUS,
    is_tracing,
    set_up_tracing,
    span,
)

# An address that is not there is the caller's own, so nothing is said of it.
NO_ROUTE = "none"
_BEGAN = "openvob.began"
_SPAN = "openvob.span"
_WATCHED = "observed"
_log = logging.getLogger(__name__)


def observe(app: Flask, settings: Settings) -> None:
    """Log and count every request of an application, and set up where log lines go; once is enough."""
    set_up_logging(settings)
    set_up_tracing(settings)
    app.config["METRICS_OPEN"] = settings.metrics_open
    if _WATCHED in app.extensions:
        return
    app.extensions[_WATCHED] = True
    answer = app.wsgi_app

    def begin(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ[_BEGAN] = perf_counter()
        if not is_tracing():
            return answer(environ, start_response)
        with span("request", {}, _parent(environ)) as environ[_SPAN]:
            return answer(environ, start_response)

    app.wsgi_app = begin  # type: ignore[method-assign]
    # A signal comes after everything has had its say; a hook would depend on its place among the others.
    request_finished.connect(_finish, app, weak=False)


def _parent(environ: WSGIEnvironment) -> dict[str, str]:
    """What the caller says of the trace that its request belongs to."""
    sent = {name: environ.get(f"HTTP_{name.upper()}") for name in ("traceparent", "tracestate")}
    return {name: value for name, value in sent.items() if value is not None}


def _finish(_app: Flask, response: Response, **_: Any) -> None:
    # Every request passes here: what stands behind the proxies is looked up once.
    asked, kept = request._get_current_object(), g._get_current_object()  # type: ignore[attr-defined]
    now = perf_counter()
    seconds = now - asked.environ.get(_BEGAN, now)
    rule, method, status = asked.url_rule, asked.method, response.status_code
    route = NO_ROUTE if rule is None else rule.rule
    if method not in METHODS:
        method = OTHER
    count_request(route, method, status, seconds)
    asked.environ.get(_SPAN, NOTHING).say(
        {METHOD: method, ROUTE: route, STATUS: status, REQUEST_ID: kept.get("request_id", "")}
    )
    if not _log.isEnabledFor(logging.INFO):
        return
    line: dict[str, Any] = {
        "method": method,
        "route": route,
        "status": status,
        "milliseconds": round(seconds * 1000, 1),
    }
    if (client := kept.get("client")) is not None:
        line["client"] = client.id
    if (request_id := kept.get("request_id")) is not None:
        line["request_id"] = request_id
    # Looking up who calls would cost more than all the rest, and it is always us.
    record = logging.LogRecord(_log.name, logging.INFO, __file__, 0, "request", None, None)
    vars(record).update(line)
    _log.handle(record)
