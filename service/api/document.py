"""The OpenAPI document, made from the code: as the service serves it, and as it is committed."""

from __future__ import annotations

from typing import Any

import yaml
from flask import Flask

from service.api.examples import EXAMPLES

METHODS = ("get", "post", "put", "patch", "delete")


def openapi_document(app: Flask) -> dict[str, Any]:
    """The OpenAPI document of an application, with an example beside every parameter that has one."""
    api = app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    document: dict[str, Any] = api.spec.to_dict()
    for path in document["paths"].values():
        shared = path.pop("parameters", [])
        for method in METHODS:
            if method in path:
                path[method]["parameters"] = [*shared, *path[method].get("parameters", [])]
                _exemplify(path[method])
    return document


def export_openapi(app: Flask) -> str:
    """The document as it is committed: YAML, sorted, the same for the same code."""
    return yaml.safe_dump(_plain(openapi_document(app)), sort_keys=True, allow_unicode=True, width=110)


def _exemplify(operation: dict[str, Any]) -> None:
    example = EXAMPLES[operation["operationId"]]
    given = {**example.path, **example.query}
    operation["parameters"] = [
        {**parameter, "example": _typed(given[parameter["name"]], parameter["schema"])}
        if parameter["name"] in given
        else parameter
        for parameter in operation["parameters"]
    ]


def _typed(text: str, schema: dict[str, Any]) -> str | int:
    return int(text) if schema.get("type") == "integer" else text


def _plain(value: Any) -> Any:
    """The same in plain dicts, lists and strings, none of them shared, as YAML writes them without marks."""
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value
