"""The OpenAPI document as the service serves it, and the same as a page for people, without any script."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, current_app, render_template

from service.api.document import METHODS, openapi_document
from service.api.exchange import reply

docs = Blueprint("docs", __name__)
_KEPT = "openapi"


@docs.get("/openapi.json")
def openapi() -> Response:
    """The document, for programs."""
    return reply(_document())


@docs.get("/docs")
def page() -> str:
    """The document, for people."""
    document = _document()
    return render_template("docs.html", document=document, operations=_operations(document), shown=_shown)


def _document() -> dict[str, Any]:
    """The document, made once for an application."""
    kept: dict[str, Any] | None = current_app.extensions.get(_KEPT)
    if kept is None:
        kept = current_app.extensions[_KEPT] = openapi_document(current_app)
    return kept


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"path": path, "method": method.upper(), **operations[method]}
        for path, operations in document["paths"].items()
        for method in METHODS
        if method in operations
    ]


def _shown(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
