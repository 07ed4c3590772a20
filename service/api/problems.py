"""Every "no" of the API in one shape: problem documents, for whatever went wrong and wherever."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping, Sequence

import orjson
from flask import Flask, Response
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from schemas.problem import BadRequest, FieldError, problem
from service.noting import HEADER as PURPOSE_HEADER
from service.noting import PURPOSES, UnknownPurpose
from service.observe.faults import note_fault
from service.security.guard import Forbidden, Unauthenticated, current_client
from service.store.session import Unavailable

MEDIA_TYPE = "application/problem+json"
_BY_STATUS = {
    400: "malformed_body",
    401: "not_authenticated",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "conflict",
    412: "precondition_failed",
    413: "body_too_large",
    415: "unsupported_media_type",
    422: "invalid_fields",
    429: "too_many_requests",
    503: "unavailable",
}
# What cannot be had just now may be there again after so many seconds.
RETRY_AFTER = 5
_log = logging.getLogger(__name__)


class Refused(Exception):
    """A request that cannot be done, with the code of the problem that says why."""

    def __init__(
        self,
        code: str,
        detail: str | None = None,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.errors = errors
        self.headers = headers


def refusal(
    code: str,
    detail: str | None = None,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
    instance: str | None = None,
) -> Response:
    """The answer to a request that fails; `instance` is a new name for this one occurrence."""
    document = problem(code, detail, instance=instance or uuid.uuid4().urn, errors=errors)
    response = Response(orjson.dumps(document), document["status"], mimetype=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    if code == "unavailable":
        response.headers["Retry-After"] = str(RETRY_AFTER)
    if document["status"] == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="OpenVOB"'
    response.headers.update(headers or {})
    return response


def answer_problems(app: Flask) -> None:
    """Answer everything that goes wrong in the application with a problem document."""
    app.register_error_handler(HTTPException, _http_exception)
    app.register_error_handler(
        Refused, lambda error: refusal(error.code, error.detail, error.errors, error.headers)
    )
    app.register_error_handler(
        BadRequest, lambda error: refusal("invalid_fields", _count(len(error.errors)), error.errors)
    )
    app.register_error_handler(
        Unauthenticated,
        lambda _: refusal(
            "not_authenticated", "Send your key as Authorization: Bearer KEY, or sign in at /v1/session."
        ),
    )
    app.register_error_handler(Forbidden, _forbidden)
    app.register_error_handler(CSRFError, lambda _: refusal("csrf_token_missing"))
    app.register_error_handler(Unavailable, _unavailable)
    app.register_error_handler(
        UnknownPurpose,
        lambda _: refusal("bad_header", f"{PURPOSE_HEADER} must be one of {', '.join(PURPOSES)}."),
    )
    app.register_error_handler(Exception, _unforeseen)


def _http_exception(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return Response(status=status, headers=error.get_headers())
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    return refusal(_BY_STATUS.get(status, "internal_error"), headers=headers)


def _forbidden(_: Forbidden) -> Response:
    client = current_client()
    if client.user and not client.scopes:
        return refusal("not_allowed", "Set up your second factor first, at /v1/session/second-factor.")
    return refusal("not_allowed", "The caller lacks the scope that this operation needs.")


def _unavailable(error: Unavailable) -> Response:
    """Ask for patience; what was begun was not kept."""
    instance = uuid.uuid4().urn
    _log.warning("%s: the database does not answer: %s", instance, error.kind)
    return refusal("unavailable", "The database does not answer just now.", instance=instance)


def _unforeseen(error: Exception) -> Response:
    """Say nothing of what happened: a message could hold a member's data."""
    return refusal("internal_error", instance=note_fault(error))


def _count(number: int) -> str:
    return (
        "One field cannot be used as it is."
        if number == 1
        else f"{number} fields cannot be used as they are."
    )
