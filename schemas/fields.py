"""The marshmallow fields we add for exact values: money, rates, dates, times and hours as they travel.

Outside, money is a decimal string with two places, a rate an exact decimal string, a day `YYYY-MM-DD`.
Inside, money is whole cents, a rate a `Decimal`, hours of treatment are minutes. Never a float.
Messages are as in `schemas.shapes`.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from marshmallow import fields

from schemas.shapes import says

_MONEY = re.compile(r"(0|[1-9][0-9]{0,8})\.([0-9]{2})")
_RATE = re.compile(r"0(\.[0-9]{1,10})?|1(\.0{1,10})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_BIRTHDAY = re.compile(f"([0-9]{{4}}-)?{_MONTH_DAY.pattern}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
_HOURS = re.compile(r"[0-9]{1,2}(\.[0-9]{1,4})?")
_MINUTES_A_DAY = 24 * 60


def whole(pattern: re.Pattern[str]) -> str:
    """Write a pattern as JSON Schema wants it: it must match the whole string."""
    return f"^({pattern.pattern})$"


MONEY_NAMES = frozenset(
    {
        "limit",
        "met",
        "remaining",
        "amount",
        "coinsurance_max",
        "allowed_amount",
        "office_visit_copay",
        "yearly_limit",
    }
)
"""Fields of `Benefits` that hold whole cents; every other whole number is a count."""


def format_money(cents: int) -> str:
    """Write whole cents as a decimal string with two places."""
    return f"{cents // 100}.{cents % 100:02d}" if cents >= 0 else f"-{format_money(-cents)}"


class _Written(fields.Field[Any]):
    """A value written as text of one pattern; `json` says the same in JSON Schema."""

    pattern: ClassVar[re.Pattern[str]]
    json: ClassVar[dict[str, Any]]
    default_error_messages = says()

    def __init__(self, **kwargs: Any) -> None:
        kwargs["metadata"] = {"type": "string"} | self.json | kwargs.get("metadata", {})
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not self.pattern.fullmatch(value):
            raise self.make_error("invalid")
        try:
            return self._read(value)
        except (ValueError, OverflowError):
            raise self.make_error("invalid") from None

    def _read(self, text: str) -> Any:
        return text


class Money(_Written):
    """Dollars as a decimal string with exactly two places outside, whole cents inside."""

    pattern = _MONEY
    json: ClassVar[dict[str, Any]] = {"pattern": whole(_MONEY)}
    default_error_messages = says(
        invalid='not_exact_money: must be dollars in quotes with exactly two places, such as "40.00"'
    )

    def _read(self, text: str) -> int:
        return int(text.replace(".", ""))

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else format_money(value)


class Rate(_Written):
    """A share from 0 to 1 as an exact decimal string, of any number of places."""

    pattern = _RATE
    json: ClassVar[dict[str, Any]] = {"pattern": whole(_RATE)}
    default_error_messages = says(
        invalid='not_exact_rate: must be a share from 0 to 1 in quotes, such as "0.20" for 20 %'
    )

    def _read(self, text: str) -> Decimal:
        return Decimal(text)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value)


class Day(_Written):
    """A calendar day, `YYYY-MM-DD` and no other way."""

    pattern = _DAY
    json: ClassVar[dict[str, Any]] = {"format": "date"}
    default_error_messages = says(invalid="not_a_date: must be a real day written YYYY-MM-DD")

    def _read(self, text: str) -> date:
        return date.fromisoformat(text)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat()


class MonthDay(_Written):
    """A day of every year, `MM-DD`: month and day as numbers inside."""

    pattern = _MONTH_DAY
    json: ClassVar[dict[str, Any]] = {"pattern": whole(_MONTH_DAY)}
    default_error_messages = says(
        invalid="not_a_month_and_day: must be a day that every year has, written MM-DD"
    )

    def _read(self, text: str) -> tuple[int, int]:
        day = date.fromisoformat(f"2001-{text}")  # 2001: no leap year, so 29 February is refused
        return day.month, day.day


class Birthday(_Written):
    """A birth date, or its month and day alone: month and day as numbers inside."""

    pattern = _BIRTHDAY
    json: ClassVar[dict[str, Any]] = {"pattern": whole(_BIRTHDAY)}
    default_error_messages = says(
        invalid="not_a_month_and_day: must be a real day written MM-DD or YYYY-MM-DD"
    )

    def _read(self, text: str) -> tuple[int, int]:
        day = date.fromisoformat(text if len(text) > len("MM-DD") else f"2000-{text}")  # a leap year
        return day.month, day.day


class Moment(_Written):
    """A time as RFC 3339 writes it, with its zone; UTC inside."""

    pattern = _MOMENT
    json: ClassVar[dict[str, Any]] = {"format": "date-time"}
    default_error_messages = says(
        invalid="not_a_time: must be a time written like 2026-11-20T15:02:00Z",
        zone="time_without_zone: must say its zone; end it with Z for UTC or an offset like -05:00",
    )

    def _read(self, text: str) -> datetime:
        moment = datetime.fromisoformat(text.upper())
        if moment.tzinfo is None:
            raise self.make_error("zone")
        return moment.astimezone(UTC)


class Hours(fields.Field[int]):
    """Hours of treatment, a number or a decimal in quotes outside, whole minutes inside; at most 24."""

    default_error_messages = says(
        invalid="not_hours: must be a number of hours, such as 3 or 2.5",
        range="hours_out_of_range: must be more than 0 and at most 24",
        minutes="not_whole_minutes: must come to whole minutes, such as 0.75 or 2.5",
    )

    def __init__(self, **kwargs: Any) -> None:
        shapes = [
            {"type": "number", "exclusiveMinimum": 0, "maximum": 24},
            {"type": "string", "pattern": whole(_HOURS)},
        ]
        if kwargs.get("load_default", ...) is None or kwargs.get("allow_none"):
            shapes.append({"type": "null"})
        kwargs["metadata"] = {"oneOf": shapes} | kwargs.get("metadata", {})
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        minutes = self._number(value) * 60
        if not 0 < minutes <= _MINUTES_A_DAY:
            raise self.make_error("range")
        if minutes != int(minutes):
            raise self.make_error("minutes")
        return int(minutes)

    def _number(self, value: Any) -> Decimal:
        if isinstance(value, str) and _HOURS.fullmatch(value):
            return Decimal(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid")
        number = Decimal(str(value))
        if not number.is_finite():
            raise self.make_error("invalid")
        return number
