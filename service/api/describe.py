"""How operations are described in the OpenAPI document, beside the views that do them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_smorest import Api
from marshmallow import Schema, fields

from schemas.problem import PROBLEMS
from service.api.examples import EXAMPLES
from service.api.problems import MEDIA_TYPE
from service.noting import HEADER as PURPOSE_HEADER
from service.noting import PURPOSES
from service.noting import USUAL as USUAL_PURPOSE
from service.security.cookies import CSRF_HEADER
from service.security.cookies import NAME as COOKIE_NAME

JSON = "application/json"
FILE = {"type": "string", "format": "binary"}
BEARER = "bearer"
SESSION = "session"
COOKIE: Sequence[Mapping[str, Any]] = ({SESSION: []},)
"""What only staff can do, with their session."""
ALWAYS = (401, 403, 429, 500, 503)
WITH_BODY = (400, 413, 415, 422)

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Sent again within 24 hours with the same body, the same answer; nothing is done twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]{1,200}$"},
}
LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "description": "The language of sentences: `en` or `es`.",
    "schema": {"type": "string"},
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` you have; the answer is 304 where it still names this state.",
    "schema": {"type": "string"},
}
PREFER = {
    "name": "Prefer",
    "in": "header",
    "required": False,
    "description": "`respond-async` answers at once from what is published and told, with the status "
    "`pending_live` where a payer is asked; its reply follows at the same address, under another `ETag`.",
    "schema": {"type": "string"},
}
PURPOSE_OF_USE = {
    "name": PURPOSE_HEADER,
    "in": "header",
    "required": False,
    "description": "What this is done for, as the audit trail keeps it.",
    "schema": {"type": "string", "enum": [*PURPOSES], "default": USUAL_PURPOSE},
}
ETAG = {"ETag": {"description": "Names this state of it.", "schema": {"type": "string"}}}
RETRY_AFTER = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
}
SAID_WITH: Mapping[int, Mapping[str, Any]] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    429: RETRY_AFTER,
    503: RETRY_AFTER,
}
"""The headers that come with a problem of this status."""
# No problem document: the HTTP server says this before the service hears of it.
TOO_LONG = {"description": "The address is too long."}
LOCATION = {"Location": {"description": "Where it is from now on.", "schema": {"type": "string"}}}


def operation(
    name: str,
    summary: str,
    answer: Schema | Mapping[str, Any] | None,
    *,
    status: int = 200,
    body: Schema | None = None,
    query: Schema | None = None,
    refuses: Sequence[int] = (),
    headers: Mapping[str, Any] | None = None,
    parameters: Sequence[Mapping[str, Any]] = (),
    is_open: bool = False,
    is_recorded: bool = False,
    security: Sequence[Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Describe one operation: its name, what it takes, what it answers, and every way it says no.

    What follows from these is added: the problems that any operation may answer, or any with a body or
    whose use of members' data the audit trail records.
    """
    described: dict[str, Any] = {
        "operationId": name,
        "summary": summary,
        "responses": {str(status): _answer(name, answer, headers)},
        "parameters": [*parameters, *([PURPOSE_OF_USE] if is_recorded else [])],
    }
    refused = {*refuses, *(() if is_open else ALWAYS), *((400,) if query or is_recorded else ())}
    if IF_NONE_MATCH in parameters:
        described["responses"]["304"] = {"description": "You have it already."}
    if IDEMPOTENCY_KEY in parameters:
        refused |= {400, 409, 422}
    if body is not None:
        refused |= {*WITH_BODY}
        described["requestBody"] = {
            "required": True,
            "content": {JSON: {"schema": body, **_example(EXAMPLES[name].body)}},
        }
    if query is not None:
        described["parameters"].append({"in": "query", "schema": query})
        described["responses"]["414"] = TOO_LONG
    if is_open or security is not None:
        described["security"] = [*(security or ())]
    for code in sorted(refused):
        described["responses"][str(code)] = f"Problem{code}"
    return described


def creation(
    name: str,
    summary: str,
    answer: Schema,
    *,
    body: Schema | None = None,
    refuses: Sequence[int] = (),
    parameters: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Describe an operation that makes something new, once for each idempotency key."""
    return operation(
        name,
        summary,
        answer,
        status=201,
        body=body,
        refuses=refuses,
        parameters=(IDEMPOTENCY_KEY, LANGUAGE, *parameters),
        headers=LOCATION,
        is_recorded=True,
    )


def file_operation(
    name: str,
    summary: str,
    media: Sequence[str],
    query: Schema | None = None,
    *,
    is_recorded: bool = True,
    **described: Any,
) -> dict[str, Any]:
    """Describe an operation that answers with a file, in one of several media types."""
    made = operation(name, summary, None, query=query, is_recorded=is_recorded, **described)
    made["responses"]["200"]["content"] = {kind: {"schema": FILE} for kind in media}
    return made


def _answer(name: str, answer: Schema | Mapping[str, Any] | None, headers: Any) -> dict[str, Any]:
    described: dict[str, Any] = {"description": "Done."}
    if answer is not None:
        example = EXAMPLES[name].answer
        described["content"] = {JSON: {"schema": answer, **_example(example)}}
    if headers:
        described["headers"] = dict(headers)
    return described


def _example(example: Any) -> dict[str, Any]:
    return {} if example is None else {"example": example}


PROBLEM_SCHEMA = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "description": "Names the kind of problem, for programs."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "Names this one occurrence."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer to the field."},
                    "code": {"type": "string", "description": "Listed in docs/api-errors.md."},
                    "message": {"type": "string"},
                },
            },
        },
    },
}


def make_document(app: Any) -> Api:
    """The OpenAPI document of an application, still without its operations."""
    api = _Document(
        app,
        spec_kwargs={
            "title": "OpenVOB",
            "version": "v1",
            "openapi_version": "3.1.0",
            "info": {
                "description": INTRODUCTION,
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "servers": [{"url": "/"}],
            "security": [{BEARER: []}, *COOKIE],
        },
    )
    api.spec.components.security_scheme(
        BEARER,
        {"type": "http", "scheme": "bearer", "description": "Your API key: `Authorization: Bearer KEY`."},
    )
    api.spec.components.security_scheme(
        SESSION,
        {
            "type": "apiKey",
            "in": "cookie",
            "name": COOKIE_NAME,
            "description": "Staff, signed in at `/v1/session`. What changes something needs the session's "
            f"`csrf_token` too, as `{CSRF_HEADER}`.",
        },
    )
    api.ma_plugin.converter.add_attribute_function(_word_or_null)
    api.spec.components.schema("Problem", PROBLEM_SCHEMA)
    for status in sorted({status for status, _ in PROBLEMS.values()}):
        content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        titles = [title for of, title in PROBLEMS.values() if of == status]
        description: dict[str, Any] = {"description": "; ".join(titles) + ".", "content": content}
        if status in SAID_WITH:
            description["headers"] = dict(SAID_WITH[status])
        api.spec.components.response(f"Problem{status}", description, lazy=True)
    return api


def _word_or_null(_: Any, field: fields.Field[Any], ret: dict[str, Any], **__: Any) -> dict[str, Any]:
    """Tell a choice that may be null as one of the words, or null: generators of clients know it so."""
    if None not in ret.get("enum", ()):
        return {}
    words = {"type": "string", "enum": [word for word in ret.pop("enum") if word is not None]}
    del ret["type"]
    return {"anyOf": [words, {"type": "null"}]}


INTRODUCTION = (
    "This person, with this coverage, wants this level of care: is it covered, does it need prior "
    "authorization, and what will it cost? Every figure names its source. What is not known is an answer "
    "too: `undetermined`, with whom to call and what to ask. Money is a decimal string with two places, "
    "rates are decimal strings, dates are `YYYY-MM-DD`, times RFC 3339 in UTC."
)


class _Document(Api):
    """flask-smorest's document, without its error shape: problems are answered in one place of ours."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        pass

    def _register_responses(self) -> None:
        pass
