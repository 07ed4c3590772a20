"""Forms made from shapes: which control each field of a record gets, and what a filled-in form says.

A field that is added to a shape appears in its form without a change here. What is left empty takes
away what stood there; rows of a list that are left empty are not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import Schema, fields
from werkzeug.datastructures import MultiDict

from schemas.fields import Day, Money
from schemas.problem import FieldError
from schemas.shapes import Choice, Flag, Items, Part, Text, Whole

LONG = 300
"""A text that may be longer than this gets several lines."""
MORE_ROWS = 1
"""So many empty rows stand after those that are filled in."""
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Control:
    """One thing to fill in: its name in the form, its label, its kind, and what can be chosen."""

    name: str
    label: str
    kind: str
    choices: Sequence[str] = ()
    required: bool = False
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of things to fill in, each a row of controls."""

    name: str
    rows: Sequence[Sequence[Control]]


def controls_of(shape: Schema, names: Sequence[str], data: Mapping[str, Any]) -> list[Control | Rows]:
    """The controls of some fields of a shape, in this order; lists have a row for each entry and one more."""
    return [_control(name, name, shape.fields[name], data.get(name)) for name in names]


def typed_of(data: Mapping[str, Any]) -> dict[str, str]:
    """What a form is filled in with where this is known already."""
    typed: dict[str, str] = {}
    for name, value in data.items():
        if isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
            for index, row in enumerate(value):
                typed |= {f"{name}-{index}-{key}": _text(each) for key, each in row.items()}
        else:
            typed[name] = _text(value)
    return typed


def said_in(shape: Schema, names: Sequence[str], typed: MultiDict[str, str]) -> dict[str, Any]:
    """What a filled-in form says, as it travels; null where a field was left empty."""
    return {name: _said(name, shape.fields[name], typed) for name in names}


def faults_of(errors: Iterable[FieldError]) -> dict[str, str]:
    """What is wrong with each control, as a code; what no control can mend has an empty name."""
    found: dict[str, str] = {}
    for error in errors:
        found.setdefault("-".join(error.pointer.split("/")[1:]), error.code)
    return found


def _control(name: str, label: str, field: fields.Field[Any], value: Any) -> Control | Rows:
    if isinstance(field, Items) and isinstance(field.inner, Part):
        number = (len(value) if isinstance(value, list) else 0) + MORE_ROWS
        return Rows(name, [[*_cells(f"{name}-{index}", field.inner.schema)] for index in range(number)])
    return _one(name, label, field)


def _cells(name: str, shape: Schema) -> Iterator[Control]:
    for key, field in shape.fields.items():
        # A row may be left empty as a whole; what a row that is not lacks is told beside it.
        yield replace(_one(f"{name}-{key}", key, field), required=False)


def _one(name: str, label: str, field: fields.Field[Any]) -> Control:
    choices = list(dict.fromkeys(field.meanings.values())) if isinstance(field, Choice) else []
    longest = field.longest if isinstance(field, Text) else None
    kind = next(kind for shaped, kind in KINDS if isinstance(field, shaped))
    if kind == "text" and longest is not None and longest > LONG:
        kind = "long"
    return Control(name, label, kind, choices, field.required, longest)


KINDS: Sequence[tuple[type[fields.Field[Any]], str]] = (
    (Choice, "choice"),
    (Flag, "flag"),
    (Money, "money"),
    (Day, "day"),
    (Whole, "whole"),
    (Items, "list"),
    (fields.Field, "text"),
)
"""What is typed for a field; the first that fits."""


def _said(name: str, field: fields.Field[Any], typed: MultiDict[str, str]) -> Any:
    if isinstance(field, Items) and isinstance(field.inner, Part):
        return [*_rows(name, field.inner.schema, typed)] or None
    if isinstance(field, Items):
        texts = typed.getlist(name)
        return [part.strip() for text in texts for part in text.split(",") if part.strip()] or None
    return _value(field, typed.get(name, "").strip())


def _rows(name: str, shape: Schema, typed: MultiDict[str, str]) -> Iterator[dict[str, Any]]:
    numbers = {key.split("-")[1] for key in typed if key.startswith(f"{name}-")}
    for number in sorted((one for one in numbers if one.isascii() and one.isdigit()), key=int):
        row = {
            key: _value(field, typed.get(f"{name}-{number}-{key}", "").strip())
            for key, field in shape.fields.items()
        }
        if any(value is not None for key, value in row.items() if not isinstance(shape.fields[key], Choice)):
            yield {key: value for key, value in row.items() if value is not None}


def _value(field: fields.Field[Any], text: str) -> Any:
    """What was typed as it travels; what cannot be is left as it is, to be refused by its field."""
    if isinstance(field, Flag):
        return text == "yes"
    if not text:
        return None
    if isinstance(field, Whole) and text.isascii() and text.isdigit():
        return int(text)
    return dollars(text) if isinstance(field, Money) else text


def dollars(text: str) -> str:
    """Dollars with their cents, however they were typed: "$1,200" is "1200.00"."""
    try:
        number = Decimal(text.replace("$", "").replace(",", "").strip())
        return f"{number:.2f}" if number == number.quantize(CENT) else text
    except InvalidOperation:
        return text


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
