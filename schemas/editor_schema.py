"""JSON Schemas of the rulebook's files, made from the shapes that judge them, for editors to check with.

An editor sees less than `vob rules check`: the order of dates, ties, and sources that nobody has are left
to that.
"""

from __future__ import annotations

import re
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter

from schemas.dated import Dated, EntrySchema
from schemas.file_fields import Day, Flag, Pattern, Scalars, Table, Text, Whole, Word
from schemas.payer_file import PayerFileSchema, ProgramFileSchema, ServicesFileSchema
from schemas.rule_fields import OneOrSeveral

DRAFT = "http://json-schema.org/draft-07/schema#"
FILES = {
    "payer-file": ("OpenVOB payer file", PayerFileSchema),
    "program-file": ("OpenVOB program file", ProgramFileSchema),
    "services-file": ("OpenVOB services.yaml", ServicesFileSchema),
}
"""By the name of the JSON Schema: its title, and the shape it is made from."""

SHARED = "#/components/schemas/"


def editor_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 7) of one of `FILES`."""
    title, shape = FILES[name]
    plugin = _Plugin(schema_name_resolver=_called)
    spec = APISpec(title=title, version="1", openapi_version="3.1.0", plugins=[plugin])
    spec.components.schema("File", schema=shape)
    shapes = _sealed(spec.to_dict()["components"]["schemas"])
    return {
        "$schema": DRAFT,
        "title": title,
        **shapes.pop("File"),
        "definitions": dict(sorted(shapes.items())),
    }


def _called(schema: Any) -> str:
    return re.sub("Schema$", "", (schema if isinstance(schema, type) else type(schema)).__name__)


class _Converter(OpenAPIConverter):
    """What apispec knows of marshmallow's own fields, and what each of ours is."""

    def init_attribute_functions(self) -> None:
        super().init_attribute_functions()  # type: ignore[no-untyped-call]
        self.add_attribute_function(_told)  # type: ignore[no-untyped-call]


class _Plugin(MarshmallowPlugin):
    Converter = _Converter


def _told(self: OpenAPIConverter, field: Any, **_: Any) -> dict[str, Any]:
    """Return what a field of ours is in JSON Schema; nothing for a field of marshmallow's."""
    told = _shape(self, field)
    return told | {"type": [told["type"], "null"]} if "type" in told and field.allow_none else told


def _shape(self: OpenAPIConverter, field: Any) -> dict[str, Any]:
    match field:
        case Dated():
            return {"type": "array", "minItems": 1, "items": _entry(self, field)}
        case Pattern():
            return {"type": "string", "pattern": f"^({field.pattern.pattern})$", "description": field.wanted}
        case Word():
            return {"type": "string", "enum": list(field.words)}
        case Text():
            return {"type": "string", "minLength": 1}
        case Day():
            return {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
        case Flag():
            return {"type": "boolean"}
        case Whole():
            return {"type": "integer", "minimum": field.least}
        case Table():
            keys, values = self.field2property(field.keys), self.field2property(field.values)
            return {"type": "object", "propertyNames": keys, "additionalProperties": values}
        case Scalars():
            return {"type": "object", "additionalProperties": {"type": ["string", "integer", "boolean"]}}
        case OneOrSeveral():
            one = self.field2property(field.shape)
            return {"anyOf": [one, {"type": "array", "minItems": 2, "items": one}]}
    if type(field).__module__.startswith("schemas."):
        raise TypeError(f"An editor has to be told what a {type(field).__name__} is.")
    return {}


def _entry(converter: OpenAPIConverter, field: Dated) -> dict[str, Any]:
    """Return a dated value: its value has the field's shape, is null, or `none` where that has a meaning."""
    entry = converter.resolve_nested_schema(EntrySchema())  # type: ignore[no-untyped-call]
    shape = converter.field2property(field.shape)
    ways = [shape, {"type": "null"}, *([{"const": "none"}] if field.none_means_none else [])]
    return {"allOf": [entry], "properties": {"value": {"anyOf": ways}}}


def _sealed(part: Any) -> Any:
    """Return a part with unknown keys refused and shared shapes where draft 7 has them."""
    if isinstance(part, list):
        return [_sealed(item) for item in part]
    if not isinstance(part, dict):
        return part
    made = {name: _sealed(value) for name, value in part.items()}
    if "$ref" in made:
        return {"$ref": made["$ref"].replace(SHARED, "#/definitions/")}
    if made.get("type") == "object" and "properties" in made:
        made.setdefault("additionalProperties", False)
    return made
