"""A dated value of a payer file: its shape, the order of its dates, and that no two of them tie.

Entries are plain data as read from YAML, dates written `YYYY-MM-DD`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from schemas.file_fields import NONE, Day, Text, Whole, Word, code, items
from schemas.model import CONDITIONS, MODALITIES, NETWORKS, PROVIDER_TYPES

Entry = Mapping[str, Any]


class AgesSchema(Schema):
    """Ages from `from` (inclusive) to `below` (exclusive); at least one of the two."""

    below = Whole(1)

    @validates_schema
    def check_band(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse a band that is empty or says nothing."""
        if not data:
            raise ValidationError("Must say from, below, or both.")
        if "from" in data and "below" in data and data["from"] >= data["below"]:
            raise ValidationError("from must be less than below.")

    class Meta:
        """`from` is a keyword of Python, so it is declared here."""

        include = {"from": Whole(0)}  # noqa: RUF012 (marshmallow's own way)


class WhenSchema(Schema):
    """The conditions under which a value holds."""

    provider_types = items(Word(PROVIDER_TYPES))
    conditions = items(Word(CONDITIONS))
    modalities = items(Word(MODALITIES))
    networks = items(Word(NETWORKS))
    ages = fields.Nested(AgesSchema)

    @validates_schema
    def check_something(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse conditions that name none."""
        if not data:
            raise ValidationError("Must name a condition, or be left out.")


class AlsoSchema(Schema):
    """What another source says of the same thing, but for the shape of the value."""

    value = fields.Raw(required=True)
    source = Text(required=True)
    at = Text(required=True)


class EntrySchema(Schema):
    """One dated value, but for the shape of the value itself."""

    through = Day()
    value = fields.Raw(required=True, allow_none=True)
    source = Text(required=True)
    at = Text(required=True)
    when = fields.Nested(WhenSchema)
    note = code()
    also = items(fields.Nested(AlsoSchema))

    class Meta:
        """`from` is a keyword of Python, so it is declared here."""

        include = {"from": Day(required=True)}  # noqa: RUF012 (marshmallow's own way)


_ENTRY = EntrySchema()


class Dated(fields.Field[Sequence[Entry]]):
    """A list of dated values of one shape.

    `none_means_none` lets the word `none` say that there is none; `disputable` lets an entry keep, under
    `also`, what other sources say instead: the answer tells of it.
    """

    def __init__(
        self,
        shape: fields.Field[Any],
        *,
        none_means_none: bool = False,
        disputable: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.shape = shape
        self.none_means_none = none_means_none
        self.disputable = disputable

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Sequence[Entry]:
        if not isinstance(value, list) or not value:
            raise ValidationError("Must be a list of dated values: [{from, value, source, at}].")
        faults: dict[int, Any] = {}
        for index, entry in enumerate(value):
            if found := self._faults(entry):
                faults[index] = found
        if faults := faults or order_faults(value):
            raise ValidationError(faults)
        return value

    def _faults(self, entry: Any) -> dict[str, Any]:
        faults: dict[str, Any] = dict(_ENTRY.validate(entry))
        value = entry.get("value") if isinstance(entry, dict) else None
        if value is not None and (messages := self._value_faults(value)):
            faults["value"] = messages
        if faults:
            return faults
        if entry.get("through", entry["from"]) < entry["from"]:
            faults["through"] = ["Must not be before from."]
        if "also" in entry and (messages := self._also_faults(value, entry["also"])):
            faults["also"] = messages
        return faults

    def _value_faults(self, value: Any) -> Any:
        if value == NONE and self.none_means_none:
            return None
        try:
            self.shape.deserialize(value)
        except ValidationError as error:
            return error.messages
        return None

    def _also_faults(self, value: Any, others: Sequence[Entry]) -> Any:
        """Return what is wrong with other sources' values: each must differ, or there is nothing to tell."""
        if not self.disputable:
            return ["No answer tells of two sources here: state the one that is believed."]
        if value is None:
            return ["Nobody says anything here, so no other source can differ."]
        faults: dict[int, Any] = {}
        said = [value]
        for index, other in enumerate(others):
            messages = self._value_faults(other["value"])
            if messages is None and other["value"] in said:
                messages = ["Says the same: another source is kept where it differs."]
            if messages is not None:
                faults[index] = {"value": messages}
            said.append(other["value"])
        return faults


def order_faults(entries: Sequence[Entry]) -> dict[int, Any]:
    """Return faults by index: dates that do not ascend, and values that would tie on some date."""
    faults: dict[int, Any] = {}
    series: dict[str, list[int]] = {}
    for index, entry in enumerate(entries):
        series.setdefault(json.dumps(_conditions(entry), sort_keys=True), []).append(index)
    for indexes in series.values():
        for earlier, later in pairwise(indexes):
            if entries[later]["from"] <= entries[earlier]["from"]:
                day = entries[earlier]["from"]
                message = f"Among values with the same conditions dates must ascend: after {day}."
                faults[later] = {"from": [message]}
    for one, other in combinations(series.values(), 2):
        if _may_both_match(entries[one[0]], entries[other[0]]) and (day := _shared_day(entries, one, other)):
            index = max(one[0], other[0])
            faults.setdefault(index, {})["when"] = [
                f"Ties with entry {min(one[0], other[0])} on {day}: both can match one request with the same "
                "number of conditions. Make one more specific."
            ]
    return faults


def _conditions(entry: Entry) -> dict[str, Any]:
    when = entry.get("when", {})
    return {name: sorted(value) if isinstance(value, list) else value for name, value in when.items()}


def _may_both_match(one: Entry, other: Entry) -> bool:
    """Say whether some request matches both, and neither is more specific."""
    first, second = _conditions(one), _conditions(other)
    if len(first) != len(second):
        return False
    for name in first.keys() & second.keys():
        a, b = first[name], second[name]
        if name == "ages":
            if a.get("below", 999) <= b.get("from", 0) or b.get("below", 999) <= a.get("from", 0):
                return False
        elif not set(a) & set(b):
            return False
    return True


def _shared_day(entries: Sequence[Entry], one: Sequence[int], other: Sequence[int]) -> str | None:
    """Return the first day on which both series hold a value."""
    for day in sorted({entries[index]["from"] for index in (*one, *other)}):
        if _holds(entries, one, day) and _holds(entries, other, day):
            return str(day)
    return None


def _holds(entries: Sequence[Entry], indexes: Sequence[int], day: str) -> bool:
    begun = [index for index in indexes if entries[index]["from"] <= day]
    return bool(begun) and entries[begun[-1]]["value"] is not None
