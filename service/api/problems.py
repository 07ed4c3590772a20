"""Every "no" of the API in one shape: problem documents, for whatever went wrong and wherever."""

from __future__ import annotations

import logging
import traceback
import uuid
from collections.abc import Mapping, Sequence

import orjson
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from schemas.problem import BadRequest, FieldError, problem
from service.security.guard import Forbidden, Unauthenticated

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
_log = logging.getLogger(__name__)


class Refused(Exception):
    """A request that cannot be done, with the code of the problem that says why."""

    def __init__(self, code: str, detail: str | None = None, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.errors = errors


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
    response.headers.extend(headers or {})
    return response


def answer_problems(app: Flask) -> None:
    """Answer everything that goes wrong in the application with a problem document."""
    app.register_error_handler(HTTPException, _http_exception)
    app.register_error_handler(Refused, lambda error: refusal(error.code, error.detail, error.errors))
    app.register_error_handler(
        BadRequest, lambda error: refusal("invalid_fields", _count(len(error.errors)), error.errors)
    )
    app.register_error_handler(
        Unauthenticated,
        lambda _: refusal(
            "not_authenticated",
            "Send your key as Authorization: Bearer KEY.",
            headers={"WWW-Authenticate": 'Bearer realm="OpenVOB"'},
        ),
    )
    app.register_error_handler(
        Forbidden, lambda _: refusal("not_allowed", "The key lacks the scope that this operation needs.")
    )
    app.register_error_handler(Exception, _unforeseen)


def _http_exception(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return Response(status=status, headers=error.get_headers())
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    return refusal(_BY_STATUS.get(status, "internal_error"), headers=headers)


def _unforeseen(error: Exception) -> Response:
    """Say nothing of what happened, and note where: a message could hold a member's data, a place cannot."""
    instance = uuid.uuid4().urn
    places = "".join(traceback.format_tb(error.__traceback__))
    _log.error("%s: %s\n%s", instance, type(error).__name__, places)
    return refusal("internal_error", instance=instance)


def _count(number: int) -> str:
    return (
        "One field cannot be used as it is."
        if number == 1
        else f"{number} fields cannot be used as they are."
    )
