"""The columns of a batch, and which column of a file is which: by its name, as a person says, or by a guess.

A mapping is said of headers, which are no member's data: `Patient DOB` is `birth_date`, `Notes` is not used.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import orjson

from service.jobs.pasted import NAMES
from service.jobs.rows import MEMBER

OF_CARE = ("level_of_care", "start_date", "weeks", "days_per_week", "hours_per_day")
COLUMNS = ("external_id", "payer", "plan", "network", "site", *MEMBER, *OF_CARE, "condition", "modality")
"""The columns that a batch may have, in the order of the template; what is empty is not said."""

NEEDED = ("payer", "level_of_care", "start_date")
"""What no row can be answered without."""

PASSED_OVER = ("row", "errors")
"""What stands beside rows that came back to be mended: no part of a request, whoever sends them again."""

NOT_USED = ""
MOST_MAPPED = 200

ColumnMap = Mapping[str, str]
"""Headers, in plain writing, each with its column, or with `NOT_USED`."""

AS_NAMED: ColumnMap = MappingProxyType({})
"""Every header is called as the column is."""

USUAL: Mapping[str, str] = MappingProxyType(
    {
        **{column: names for column, names in NAMES.items() if column in COLUMNS},
        "external_id": f"{NAMES['external_id']}, patient number, account number, record number",
        "payer": f"{NAMES['payer']}, primary insurance, primary payer, payer name, insurance carrier",
        "network": "network status, in network, red",
        "member_id": f"{NAMES['member_id']}, member, member no, insurance number, policy, "
        "primary insurance id, subscriber number",
        "first_name": f"{NAMES['first_name']}, patient first name, fname, firstname",
        "last_name": f"{NAMES['last_name']}, patient last name, lname, lastname",
        "birth_date": f"{NAMES['birth_date']}, patient dob, patient date of birth, patient birth date",
        "level_of_care": f"{NAMES['level_of_care']}, program",
        "start_date": f"{NAMES['date']}, start, admission date, admit date, first day, "
        "fecha de inicio, inicio, fecha de ingreso",
        "weeks": "number of weeks, semanas",
        "days_per_week": "days a week, days week, dias por semana",
        "hours_per_day": "hours a day, hours day, horas por dia",
        "condition": "diagnosis group, condicion",
        "modality": "telehealth, modalidad",
    }
)
"""What else a column is usually called; capitals, accents and signs between words make no difference."""

_COLUMN_OF = {name: column for column, names in USUAL.items() for name in names.split(", ")}


class UnusableBatch(Exception):
    """A file of which no row can be read; the message says why, and nothing that stands in it."""

    def __init__(self, code: str, message: str, **params: Any) -> None:
        super().__init__(message)
        self.code, self.params = code, params


def plain(name: str) -> str:
    """A header as it is compared: lower case, one underscore between words."""
    return "_".join(name.casefold().split())


def read_map(said: Iterable[tuple[str, str]]) -> ColumnMap:
    """A mapping as it was said, header by header; raises `UnusableBatch`, which says where it is wrong."""
    found = [(plain(header), plain(column)) for header, column in said]
    unknown = [place for place, (_, column) in enumerate(found, 1) if column not in (NOT_USED, *COLUMNS)]
    if unknown:
        where, known = _places(unknown), ", ".join(COLUMNS)
        raise UnusableBatch(
            "map_unknown", f"The mapping leads to no column of a batch ({where}); there are: {known}."
        )
    mapping = dict(found)
    twice = [place for place, (header, column) in enumerate(found, 1) if mapping[header] != column]
    if twice:
        raise UnusableBatch("map_twice", f"The mapping says of one header two things ({_places(twice)}).")
    _refuse_twice(mapping.values())
    return mapping


def written(mapping: ColumnMap) -> str:
    """A mapping as a text that is equal for equal ones, and empty where nothing is mapped."""
    return orjson.dumps(dict(mapping), option=orjson.OPT_SORT_KEYS).decode() if mapping else ""


def match(header: Sequence[str], mapping: ColumnMap = AS_NAMED) -> list[str | None]:
    """The column of each header, `None` where it is not used; raises `UnusableBatch`."""
    names = [plain(name) for name in header]
    lost = [place for place, name in enumerate(mapping, 1) if name not in names]
    if lost:
        raise UnusableBatch(
            "map_lost", f"The mapping names a header that the file has not ({_places(lost)})."
        )
    known = {**dict.fromkeys(PASSED_OVER, NOT_USED), **{name: name for name in COLUMNS}, **mapping}
    unknown = [place for place, name in enumerate(names, 1) if name not in known]
    if unknown:
        where = _places(unknown)
        raise UnusableBatch(
            "columns_unknown",
            f"The header has columns that a batch has not ({where}); there are: {', '.join(COLUMNS)}. "
            "Map them, or say that they are not used.",
            places=where,
        )
    columns = [known[name] or None for name in names]
    _refuse_twice(column for column in columns if column)
    return columns


def chosen(header: Sequence[str], columns: Sequence[str]) -> ColumnMap:
    """The mapping that somebody chose, header by header, without what is called as its column anyway."""
    pairs = [(name, column) for name, column in zip(header, columns, strict=True)]
    is_said = {plain(name) for name, column in pairs if plain(name) == column or plain(name) in PASSED_OVER}
    return read_map((name, column) for name, column in pairs if plain(name) not in is_said)


def guess(header: Sequence[str]) -> list[str]:
    """The column that each header most likely is, `NOT_USED` where that is not plain; none of them twice."""
    found: dict[str, int] = {}
    for place, name in enumerate(header):  # what is called as the column is comes before what may be it
        if plain(name) in COLUMNS:
            found.setdefault(plain(name), place)
    for place, name in enumerate(header):
        column = _COLUMN_OF.get(_words(name)) or _words(name).replace(" ", "_")
        if column in COLUMNS and place not in found.values():
            found.setdefault(column, place)
    columns = {place: column for column, place in found.items()}
    return [columns.get(place, NOT_USED) for place in range(len(header))]


def _refuse_twice(columns: Iterable[str]) -> None:
    twice = ", ".join(_twice(column for column in columns if column))
    if twice:
        raise UnusableBatch("column_twice", f"A column is there twice: {twice}.", columns=twice)


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, number in Counter(names).items() if number > 1]


def _places(places: Iterable[int]) -> str:
    return ", ".join(map(str, places))


def _words(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(one if one.isalnum() else " " for one in apart if not unicodedata.combining(one))
    return " ".join(kept.split())
