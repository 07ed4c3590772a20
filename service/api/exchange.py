"""What every view needs of a request and of a response: JSON in, JSON out, the language, the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

import orjson
from flask import Response, request
from marshmallow import Schema

from schemas.problem import Complaints, read_shape
from schemas.shapes import Items
from service.api.problems import Refused
from service.store.pages import DEFAULT_LIMIT, Page

LANGUAGES = ("en", "es")


def json_body() -> Any:
    """The body of the request, as JSON; raises where it is not JSON, or not said to be."""
    said = request.content_type or ""
    if said.partition(";")[0].strip().lower() != "application/json":
        raise Refused("unsupported_media_type")
    try:
        return orjson.loads(request.get_data(cache=True))
    except orjson.JSONDecodeError:
        raise Refused("malformed_body") from None


def loaded(shape: Schema, body: Any) -> dict[str, Any]:
    """A body, loaded with a schema; raises with everything in it that cannot be used."""
    complaints = Complaints()
    found = read_shape(shape, body, complaints)
    complaints.raise_any()
    return found


def query(shape: Schema) -> dict[str, Any]:
    """The parameters of the address, loaded with a schema; raises with every one that cannot be used."""
    complaints = Complaints()
    lists = {name: request.args.getlist(name) for name in request.args if _is_list(shape, name)}
    repeated = [name for name in request.args if name not in lists and len(request.args.getlist(name)) > 1]
    for name in repeated:
        complaints.add(f"/{name}" if name in shape.fields else "/-", "given_twice", "can be given only once")
    found = read_shape(shape, {**request.args.to_dict(), **lists}, complaints)
    if complaints.found:
        raise Refused("bad_query", errors=complaints.found)
    return found


def _is_list(shape: Schema, name: str) -> bool:
    return isinstance(shape.fields.get(name), Items)


def page(asked: Mapping[str, Any]) -> Page:
    """Which page of a list the caller wants."""
    return Page(limit=asked.get("limit") or DEFAULT_LIMIT, cursor=asked.get("cursor"))


def language() -> str:
    """The language the caller reads, of those there are."""
    if "Accept-Language" not in request.headers:
        return LANGUAGES[0]
    for wanted, quality in request.accept_languages:
        spoken_here = wanted.partition("-")[0].lower()
        if quality > 0 and spoken_here in LANGUAGES:
            return spoken_here
    return LANGUAGES[0]


def waits() -> bool:
    """Whether the caller waits for payers, or prefers an answer at once (RFC 7240)."""
    preferences = ",".join(request.headers.getlist("Prefer")).lower().split(",")
    return "respond-async" not in (each.partition(";")[0].strip() for each in preferences)


def reply(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer that nobody on the way may keep; bytes are JSON already."""
    data = body if isinstance(body, bytes) else orjson.dumps(body)
    response = Response(data, status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.headers.extend(headers or {})
    return response


def spoken(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer with sentences in it, in the caller's language."""
    said = {"Content-Language": language(), "Vary": "Accept-Language"}
    return reply(body, status, {**said, **(headers or {})})


def tagged(response: Response) -> Response:
    """The same answer with an `ETag`, or 304 where the caller has it already."""
    data = response.get_data()
    response.set_etag(blake2b(data, digest_size=16).hexdigest())
    return response.make_conditional(request)  # type: ignore[return-value]


def listing(items: Sequence[Any], following: str | None) -> Response:
    """A page of a list, with the cursor of the next one."""
    return reply({"items": items, "next": following})
