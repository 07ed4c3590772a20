"""The strict marshmallow fields of files that people write: text, money, rates, days, words, tables.

Nothing is coerced. A number where money belongs, or a word like `yes` where text belongs, is refused
with a sentence that says what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate

MONEY = re.compile(r"\d{1,9}\.\d{2}")
RATE = re.compile(r"0(\.\d{1,6})?|1(\.0{1,6})?")
INDEX = re.compile(r"\d{1,2}\.\d{1,6}")
CODE = re.compile(r"[a-z][a-z0-9_]*")
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
HTTPS = re.compile(r"https://[^\s]+")
NONE = "none"


class Text(fields.String):
    """Text that is not empty; what YAML reads as a number or as true or false must be quoted."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(error_messages={"invalid": "Must be text: put it in quotes."}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not text.strip():
            raise ValidationError("Must not be empty.")
        return text


class Regex(Text):
    """A regular expression."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            re.compile(text)
        except re.error as error:
            raise ValidationError(f"Not a regular expression: {error}.") from None
        return text


class Pattern(fields.Field[str]):
    """Text of one exact shape."""

    def __init__(self, pattern: re.Pattern[str], wanted: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pattern = pattern
        self.wanted = wanted

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or not self.pattern.fullmatch(value):
            raise ValidationError(f"Must be {self.wanted}.")
        return value


def money(**kwargs: Any) -> Pattern:
    """Dollars with two places, as a quoted string."""
    return Pattern(MONEY, 'a quoted amount with two places, like "283.00"', **kwargs)


def rate(**kwargs: Any) -> Pattern:
    """A fraction from 0 to 1, as a quoted string."""
    return Pattern(RATE, 'a quoted fraction from 0 to 1, like "0.20"', **kwargs)


def code(**kwargs: Any) -> Pattern:
    """A code in snake_case."""
    return Pattern(CODE, "a code in small letters and underscores, like not_on_fee_schedule", **kwargs)


def key(**kwargs: Any) -> Pattern:
    """An id in kebab-case."""
    return Pattern(KEY, "an id in small letters, digits and hyphens, like silver-ppo", **kwargs)


def https(**kwargs: Any) -> Pattern:
    """An https address."""
    return Pattern(HTTPS, "an address that starts with https://", **kwargs)


class Word(fields.Field[str]):
    """One of a few words."""

    def __init__(self, words: Iterable[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = tuple(words)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if value not in self.words or not isinstance(value, str):
            raise ValidationError(f"Must be one of: {', '.join(self.words)}.")
        return value


class Day(fields.Field[str]):
    """A calendar date, `YYYY-MM-DD`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            if not isinstance(value, str) or date.fromisoformat(value).isoformat() != value:
                raise ValueError
        except ValueError:
            raise ValidationError("Must be a date, like 2026-01-31.") from None
        return value


class Flag(fields.Field[bool]):
    """Plainly true or false."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Must be true or false.")
        return value


class Whole(fields.Field[int]):
    """A whole number of at least `least`."""

    def __init__(self, least: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least = least

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < self.least:
            raise ValidationError(f"Must be a whole number of at least {self.least}.")
        return value


class Digits(fields.Field[str]):
    """A whole number as a cell of a table holds it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or not value.isdecimal():
            raise ValidationError("Must be a whole number.")
        return value


class Table(fields.Field[Mapping[str, Any]]):
    """A mapping whose keys and values each have a shape; faults are told by key."""

    def __init__(self, keys: fields.Field[str], values: fields.Field[Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.keys = keys
        self.values = values

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise ValidationError("Must be a mapping.")
        faults: dict[str, Any] = {}
        for name, item in value.items():
            try:
                self.keys.deserialize(name)
                self.values.deserialize(item)
            except ValidationError as error:
                faults[str(name)] = error.messages
        if faults:
            raise ValidationError(faults)
        return value


class Scalars(fields.Field[Mapping[str, Any]]):
    """Parameters of a sentence: text, whole numbers, true or false."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Mapping[str, Any]:
        plain = isinstance(value, dict) and all(isinstance(item, str | int) for item in value.values())
        if not plain:
            raise ValidationError("Must be a mapping of text, whole numbers, true or false; quote amounts.")
        return dict(value)


def items(field: fields.Field[Any], **kwargs: Any) -> fields.List[Any]:
    """A list of at least one."""
    return fields.List(field, validate=validate.Length(min=1, error="Must name at least one."), **kwargs)
