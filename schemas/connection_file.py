"""The shape of a connection in the clinic's profile: where it leads, whom it reaches, how it is asked.

A connection never holds what it proves itself with: that comes from the environment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from schemas.faults import Fault, Path, spell
from schemas.file_fields import Flag, Pattern, Table, Word, items, key

# The forms of a channel; the first is what a connection that names none has.
FORMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"x12": ("mime", "soap"), "clearinghouse": ("plans", "benefits_information")}
)
# Nobody between us and this machine can read along, so these may do without a certificate.
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
# The longest id of a sender or receiver that an interchange has room for.
LONGEST_PARTY = 15

ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])"
    r"(:(?P<port>[0-9]{1,5}))?(/[!-~]*)?"
)
QUALIFIER = re.compile(r"[A-Z0-9]{2}")
HOURS = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]")
CLASS = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*:[A-Za-z_][A-Za-z0-9_]*")


class Address(fields.Field[str]):
    """Where inquiries go: https, or http on this machine; faults do not repeat it, it may hold secrets."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("Must be an address that starts with https://.")
        if "@" in value.partition("://")[2].partition("/")[0]:
            raise ValidationError("Must hold no user or password: they come from the environment.")
        if "?" in value or "#" in value:
            raise ValidationError("Must have no query (?) and no fragment (#).")
        found = ADDRESS.fullmatch(value)
        if found is None or not 0 < int(found["port"] or 443) < 65536:
            raise ValidationError("Must be an address that starts with https://.")
        if found["scheme"] == "http" and found["host"].lower() not in LOOPBACK:
            raise ValidationError(
                "Must start with https://; http:// is for this machine alone (127.0.0.1, localhost, [::1])."
            )
        return value


class Amount(fields.Field[float]):
    """A number in a range, whole unless parts of it count; both ends are inside."""

    def __init__(self, low: int, high: int, *, parts: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.low, self.high, self.parts = low, high, parts

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        is_number = isinstance(value, int | float if self.parts else int) and not isinstance(value, bool)
        if not is_number or not self.low <= value <= self.high:
            kind = "number" if self.parts else "whole number"
            raise ValidationError(f"Must be a {kind} from {self.low} to {self.high}.")
        return float(value)


class Hours(Pattern):
    """A time of every day, from one minute to another, which may be of the next day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(HOURS, 'quoted hours of the day, like "22:00-06:00"', **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        hours = super()._deserialize(value, attr, data, **kwargs)
        begins, _, ends = hours.partition("-")
        if begins == ends:
            raise ValidationError("Must end at another time than it begins.")
        return hours


def _id(least: int, most: int) -> Pattern:
    """An id that others gave: one line of plain characters, without blanks around it."""
    shape = re.compile(rf"(?=.{{{least},{most}}}$)[!-~]([ -~]*[!-~])?")
    return Pattern(shape, f"quoted text of {least} to {most} plain characters")


def _qualifier() -> Pattern:
    return Pattern(QUALIFIER, 'two quoted capital letters or digits, like "ZZ"')


class ConnectionSchema(Schema):
    """One way to payers."""

    id = key(required=True)
    channel = Word(FORMS)
    form = Word(form for forms in FORMS.values() for form in forms)
    url = Address(required=True)
    payers = Table(key(), _id(2, 80))
    administrators = items(_id(2, 80))
    sender = _id(1, 80)
    receiver = _id(1, 80)
    sender_qualifier = _qualifier()
    receiver_qualifier = _qualifier()
    test = Flag()
    at_most = Amount(1, 1000)
    per_minute = Amount(1, 60_000)
    quiet_hours = items(Hours())
    seconds = Amount(1, 15, parts=True)
    keep_seconds = Amount(0, 86400)
    adapter = Pattern(CLASS, "a class by its module, like package.module:Class")

    @validates_schema
    def check_together(self, connection: Mapping[str, Any], **_: Any) -> None:
        """Refuse what each key alone cannot show to be wrong."""
        channel = connection.get("channel")
        faults = _form_faults(connection, channel)
        if channel == "x12":
            faults |= _party_faults(connection)
        if not connection.get("payers") and not connection.get("administrators"):
            faults["payers"] = ["Must reach somebody: name payers, administrators or both."]
        if faults:
            raise ValidationError(faults)


def default_form(channel: str) -> str:
    """Return the form of a connection that names none; empty where a class outside the project is asked."""
    return FORMS[channel][0] if channel in FORMS else ""


def judge_connections(connections: Any) -> Iterator[Fault]:
    """Yield what no connection can see alone: an id given twice, somebody reached twice."""
    first: dict[tuple[str, str], Path] = {}
    for path, kind, name in _claims(connections):
        earlier = first.setdefault((kind, name), path)
        if earlier is not path and kind == "id":
            yield Fault(path, "Is given twice: each connection needs an id of its own.")
        elif earlier is not path:
            yield Fault(path, f"Is reached already by {spell(earlier)}: one connection has to be enough.")


def _claims(connections: Any) -> Iterator[tuple[Path, str, str]]:
    """Yield what only one connection may have: the place, the kind and the id."""
    for index, connection in enumerate(connections if isinstance(connections, list) else []):
        if not isinstance(connection, Mapping):
            continue
        place = ("connections", index)
        own, payers, administrators = (connection.get(name) for name in ("id", "payers", "administrators"))
        if isinstance(own, str):
            yield (*place, "id"), "id", own
        for payer in payers if isinstance(payers, Mapping) else ():
            yield (*place, "payers", payer), "payer", payer
        for number, one in enumerate(administrators if isinstance(administrators, list) else ()):
            if isinstance(one, str):
                yield (*place, "administrators", number), "administrator", one


def _form_faults(connection: Mapping[str, Any], channel: str | None) -> dict[str, list[str]]:
    form = connection.get("form")
    if channel is None and "adapter" not in connection:
        return {"channel": [f"Must be one of: {', '.join(FORMS)}; only an adapter can do without."]}
    if form is None or form in FORMS.get(channel or "", ()):
        return {}
    if channel is None:
        return {"form": ["Is a form of a channel, and there is no channel here."]}
    return {"form": [f"Must be one of: {', '.join(FORMS[channel])}, for the channel {channel}."]}


def _party_faults(connection: Mapping[str, Any]) -> dict[str, list[str]]:
    faults = {}
    for party in ("sender", "receiver"):
        if party not in connection:
            faults[party] = ["Must be given for the channel x12."]
        elif len(connection[party]) > LONGEST_PARTY:
            faults[party] = [f"Must be at most {LONGEST_PARTY} characters for the channel x12."]
    return faults
