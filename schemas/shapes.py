"""The marshmallow shapes and plain fields we add: objects, lists, text, choices, whole numbers, flags.

Every message is `code: predicate`, the predicate completing a sentence that begins with the field's
name; none ever repeats what the caller sent. `metadata` carries what JSON Schema can say of the same
constraint, so that the same objects document the API.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from marshmallow import RAISE, Schema, fields
from marshmallow.types import ErrorMessages

_COMMON = {
    "required": "required: is missing; give a value",
    "null": "null_not_allowed: cannot be null; give a value, or leave the field out",
    "validator_failed": "not_valid: is not valid",
}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

NO_ALIASES: Mapping[str, str] = MappingProxyType({})


def says(**messages: str) -> ErrorMessages:
    """Return the messages of a field: those that every field has, and its own."""
    return {**_COMMON, **messages}


def about(text: str) -> dict[str, Any]:
    """Return the metadata that describes a field in the API's document."""
    return {"description": text}


class Shape(Schema):
    """A JSON object whose unknown fields are refused, with the known ones named."""

    class Meta:
        unknown = RAISE

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        known = ", ".join(item.data_key or name for name, item in self.fields.items())
        self.error_messages["type"] = "not_an_object: must be an object"
        self.error_messages["unknown"] = f"unknown_field: is not a field here; the fields are: {known}"


class Part(fields.Nested):
    """An object inside an object."""

    default_error_messages = says(type="not_an_object: must be an object")


class Items(fields.List[Any]):
    """A list of at most `most` values, at least `least`."""

    default_error_messages = says(invalid="not_a_list: must be a list")

    def __init__(self, inner: fields.Field[Any], most: int, least: int = 0, **kwargs: Any) -> None:
        kwargs["metadata"] = {"minItems": least, "maxItems": most} | kwargs.get("metadata", {})
        super().__init__(inner, **kwargs)
        self.least, self.most = least, most
        self.error_messages["length"] = f"wrong_length: must have from {least} to {most} entries"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, list) and not self.least <= len(value) <= self.most:
            raise self.make_error("length")
        return super()._deserialize(value, attr, data, **kwargs)


class Verbatim(fields.String):
    """A text that is kept to the letter, whatever characters it holds."""

    default_error_messages = says(
        invalid="not_text: must be text in quotes",
        empty="empty: is empty; give a value, or leave the field out",
    )

    def __init__(self, longest: int, **kwargs: Any) -> None:
        kwargs["metadata"] = {"minLength": 1, "maxLength": longest} | kwargs.get("metadata", {})
        super().__init__(**kwargs)
        self.longest = longest
        self.error_messages["long"] = f"too_long: must be at most {longest} characters long"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if len(value) > self.longest:
            raise self.make_error("long")
        if not value:
            raise self.make_error("empty")
        return value


class Text(Verbatim):
    """A string of at most `longest` characters; blanks around it are dropped, an empty one is refused."""

    default_error_messages = says(
        control="control_characters: holds characters that cannot be shown; type it again as plain text",
    )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if _CONTROL.search(text):
            raise self.make_error("control")
        if not text.strip():
            raise self.make_error("empty")
        return text.strip()


class Choice(fields.String):
    """One of a fixed set of words; `aliases` are other ways to write some of them."""

    default_error_messages = says(invalid="not_text: must be text in quotes")

    def __init__(
        self, choices: Sequence[str], aliases: Mapping[str, str] = NO_ALIASES, **kwargs: Any
    ) -> None:
        self.meanings = {choice: choice for choice in choices} | dict(aliases)
        documented: list[str | None] = list(self.meanings)
        if kwargs.get("allow_none") or ("load_default" in kwargs and kwargs["load_default"] is None):
            documented.append(None)
        kwargs["metadata"] = {"enum": documented} | kwargs.get("metadata", {})
        super().__init__(**kwargs)
        self.error_messages["choice"] = f"not_a_choice: must be one of: {', '.join(self.meanings)}"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if value not in self.meanings:
            raise self.make_error("choice")
        return self.meanings[value]


class Whole(fields.Integer):
    """A whole number from `low` to `high`; never a fraction, never text. JSON counts `3.0` as whole."""

    default_error_messages = says()

    def __init__(self, low: int, high: int, **kwargs: Any) -> None:
        kwargs["metadata"] = {"minimum": low, "maximum": high} | kwargs.get("metadata", {})
        super().__init__(strict=True, **kwargs)
        self.low, self.high = low, high
        self.error_messages["invalid"] = f"not_a_whole_number: must be a whole number from {low} to {high}"
        self.error_messages["range"] = f"out_of_range: must be from {low} to {high}"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        if not self.low <= value <= self.high:
            raise self.make_error("range")
        return value


class Flag(fields.Boolean):
    """`true` or `false`, and nothing that merely looks like it."""

    default_error_messages = says(invalid="not_a_boolean: must be true or false, without quotes")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class OneOrMany(fields.Field[tuple[str, ...]]):
    """One text or a list of them; always a tuple inside."""

    default_error_messages = says()

    def __init__(self, longest: int, most: int, **kwargs: Any) -> None:
        one = {"type": "string", "minLength": 1, "maxLength": longest}
        many = {"type": "array", "items": one, "minItems": 1, "maxItems": most}
        kwargs["metadata"] = {"oneOf": [one, many]} | kwargs.get("metadata", {})
        super().__init__(**kwargs)
        self.text = Text(longest)
        self.items = Items(Text(longest), most, least=1)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, ...]:
        if isinstance(value, list):
            return tuple(str(item) for item in self.items.deserialize(value) or ())
        return (str(self.text.deserialize(value)),)
