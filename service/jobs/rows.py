"""A row of a list of appointments: what was typed, read with every fault it has, and the question it makes.

A row is text in columns, as it was pasted or sent. What cannot be used is told column by column, and what
was typed stays as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from schemas.inquiry import load_inquiry
from schemas.model import LEVEL_ALIASES, LEVELS_OF_CARE
from schemas.phases import CARE_FIELDS
from schemas.problem import BadRequest, Complaints, FieldError
from service.directory import payer_of
from service.record import right_now
from service.verify import Desk, known

Typed = Mapping[str, str]
FindPayer = Callable[[str], str]
MEMBER = ("member_id", "first_name", "last_name", "birth_date")
COLUMNS = ("date", "time", "payer", "plan", *MEMBER, "level_of_care", "site", "external_id")
NEEDED = ("payer", *MEMBER)
"""What every row has to say; the day may stand once for the whole list, the level in the case on file."""

ANY_LEVEL = "outpatient"
"""In place of a level that the case on file knows: the row is checked with it, and never asked."""

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_AMERICAN_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_TIME = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))?(?::00)?\s*([ap])?\.?\s?(?:m\.?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is understood: its day and time, and what it says of a verification request."""

    day: date | None
    time: str | None
    body: Mapping[str, Any]
    errors: tuple[FieldError, ...] = ()

    def told(self) -> list[dict[str, str]]:
        """What is wrong with it, column by column, as it is kept."""
        return [
            {"field": one.pointer.rsplit("/", 1)[-1], "code": one.code, "message": one.message}
            for one in self.errors
        ]


def read_row(
    desk: Desk,
    typed: Typed,
    list_day: date | None,
    is_on_file: Callable[[Mapping[str, Any]], bool],
    find_payer: FindPayer | None = None,
) -> Row:
    """Read a row with every error it has; a row without a level is fine where somebody is on file."""
    complaints = Complaints()
    given = {name: text for name in COLUMNS if (text := (typed.get(name) or "").strip())}
    for name in NEEDED:
        if name not in given:
            complaints.add(f"/{name}", "required", "is missing; give a value")
    day = _day("date", given, complaints) or list_day
    if "date" not in given and list_day is None:
        complaints.add("/date", "required", "is missing; give it here, or one day for the whole list")
    time = _time(given, complaints)
    body = _body(desk, given, day, complaints)
    if "payer" in given:
        body["payer"] = (find_payer or partial(payer_of, desk))(given["payer"])
    lacks_level = "level_of_care" not in body and not complaints.found and not is_on_file(body)
    _check(desk, body, complaints, lacks_level=lacks_level)
    return Row(day, time, body, _sorted(complaints))


def _body(desk: Desk, given: Typed, day: date | None, complaints: Complaints) -> dict[str, Any]:
    body: dict[str, Any] = {name: given[name] for name in ("plan", "external_id") if name in given}
    born = _day("birth_date", given, complaints)
    body["member"] = {name: given[name] for name in MEMBER if name in given and name != "birth_date"}
    if born is not None:
        body["member"]["birth_date"] = born.isoformat()
    if day is not None:
        body["start_date"] = day.isoformat()
    if "level_of_care" in given:
        body["level_of_care"] = find_level(given["level_of_care"])
    if "site" in given:
        body["site"] = _site(desk, given["site"])
    return body


def _check(desk: Desk, body: Mapping[str, Any], complaints: Complaints, *, lacks_level: bool) -> None:
    """Add what a verification request would be refused for, unless the column has a fault already."""
    asked = dict(body) if lacks_level else {"level_of_care": ANY_LEVEL} | dict(body)
    told_of = {error.pointer.removeprefix("/") for error in complaints.found}
    try:
        load_inquiry(asked, known(desk, right_now()))
    except BadRequest as bad:
        for column, error in in_columns(bad):
            if column not in told_of:
                told_of.add(column)
                complaints.found.append(FieldError(f"/{column}", error.code, error.message))


def in_columns(bad: BadRequest) -> Iterator[tuple[str, FieldError]]:
    """The errors of a request, each with the column of a row that it can be mended in."""
    for error in bad.errors:
        name = error.pointer.rsplit("/", 1)[-1]
        if name == "start_date":
            name = "date"
        elif name not in COLUMNS:
            name = "level_of_care" if name in CARE_FIELDS else "payer"
        yield name, error


def _sorted(complaints: Complaints) -> tuple[FieldError, ...]:
    place = {f"/{name}": number for number, name in enumerate(COLUMNS)}
    return tuple(sorted(complaints.found, key=lambda error: place.get(error.pointer, len(place))))


def _day(name: str, given: Typed, complaints: Complaints) -> date | None:
    """A day as either is written: 2026-03-02 or 03/02/2026."""
    if name not in given:
        return None
    found = find_day(given[name])
    if found is None:
        complaints.add(f"/{name}", "not_a_date", "must be a real day written YYYY-MM-DD or MM/DD/YYYY")
    return found


def find_day(text: str) -> date | None:
    """The day of a text such as 2026-03-02 or 03/02/2026, or `None` where it is none."""
    try:
        if found := _DAY.fullmatch(text):
            return date(*map(int, found.groups()))
        if found := _AMERICAN_DAY.fullmatch(text):
            month, day, year = map(int, found.groups())
            return date(year, month, day)
    except ValueError:
        pass
    return None


def _time(given: Typed, complaints: Complaints) -> str | None:
    """A time of day as either is written, 14:30 or 2:30 PM, as 14:30."""
    if "time" not in given:
        return None
    found = _TIME.fullmatch(given["time"])
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    if found and found[3]:
        is_morning = found[3].lower() == "a"
        hour = 99 if not 1 <= hour <= 12 else hour % 12 + (0 if is_morning else 12)
    if hour > 23 or minute > 59 or (found and not found[2] and not found[3]):
        complaints.add("/time", "not_a_time_of_day", "must be a time of day written 14:30 or 2:30 PM")
        return None
    return f"{hour:02d}:{minute:02d}"


def find_level(text: str) -> str:
    """The name of a level of care, however it is abbreviated; what is none stays as it is."""
    plain = text.casefold().replace(" ", "_").replace("-", "_")
    name = LEVEL_ALIASES.get(plain, plain)
    return name if name in LEVELS_OF_CARE else text


def _site(desk: Desk, text: str) -> str:
    """The id of a site that is named by it, or as the profile calls it."""
    sites = desk.clinic.sites.values()
    return next((site.id for site in sites if text.casefold() in (site.id, site.name.casefold())), text)
