"""Reads a list that was pasted or uploaded: columns by comma, semicolon or tab, in English or Spanish."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Mapping, Sequence
from io import StringIO
from types import MappingProxyType

from service.jobs.rows import COLUMNS, NEEDED

MOST_ROWS = 200
# No column takes as much: what is cut off is too long either way.
LONGEST_CELL = 200
SEPARATORS = "\t,;"

NAMES: Mapping[str, str] = MappingProxyType(
    {
        "date": "date, appointment date, date of service, service date, dos, day, "
        "fecha, fecha de la cita, fecha de servicio, dia",
        "time": "time, appointment time, start time, hora, hora de la cita",
        "payer": "payer, payor, insurance, insurance company, insurance name, carrier, "
        "seguro, aseguradora, nombre del seguro, pagador",
        "plan": "plan, plan name, insurance plan, nombre del plan",
        "member_id": "member id, member number, subscriber id, policy number, insurance id, id, "
        "numero de miembro, numero de identificacion, numero de identificacion del miembro, "
        "id de miembro, id del miembro, numero de poliza",
        "first_name": "first name, first, given name, nombre, primer nombre",
        "last_name": "last name, last, family name, surname, apellido, apellidos",
        "birth_date": "birth date, birthdate, birthday, date of birth, dob, fecha de nacimiento, nacimiento",
        "level_of_care": "level of care, level, loc, care, nivel de atencion, nivel",
        "site": "site, location, sede, lugar, sitio",
        "external_id": "external id, chart, chart number, mrn, patient id, ehr id, "
        "id externo, expediente, numero de expediente",
    }
)
"""What each column may be called; capitals, accents and what stands between words make no difference."""

_COLUMN_OF = {name: column for column, names in NAMES.items() for name in names.split(", ")}


class UnusableList(Exception):
    """A list of which no row can be read: a `code`, and the columns that are missing."""

    def __init__(self, code: str, columns: Sequence[str] = ()) -> None:
        super().__init__(code)
        self.code, self.columns = code, tuple(columns)


def read_list(text: str) -> list[dict[str, str]]:
    """The rows of a list, each by column; raises `UnusableList`."""
    lines = text.removeprefix("\ufeff").strip("\r\n \t")
    if not lines:
        raise UnusableList("list_empty")
    head = lines.partition("\n")[0]
    separator = max(SEPARATORS, key=head.count)
    try:
        header, *rows = csv.reader(StringIO(lines), delimiter=separator, skipinitialspace=True)
    except csv.Error:
        raise UnusableList("list_not_readable") from None
    columns = [_COLUMN_OF.get(_plain(name)) for name in header]
    missing = [name for name in NEEDED if name not in columns]
    if len(missing) == len(NEEDED):
        raise UnusableList("list_without_header")
    if missing:
        raise UnusableList("list_columns_missing", missing)
    read = [_row(columns, cells) for cells in rows if any(cell.strip() for cell in cells)]
    if not read:
        raise UnusableList("list_without_rows")
    if len(read) > MOST_ROWS:
        raise UnusableList("list_too_long")
    return read


def template(columns: Mapping[str, str]) -> str:
    """A list to fill in: the header, each column as it is `called` in the reader's language."""
    return ",".join(columns[name] for name in COLUMNS) + "\r\n"


def _row(columns: Sequence[str | None], cells: Sequence[str]) -> dict[str, str]:
    named = zip(columns, cells, strict=False)
    return {name: cell.strip()[:LONGEST_CELL] for name, cell in named if name is not None and cell.strip()}


def _plain(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(one if one.isalnum() else " " for one in apart if not unicodedata.combining(one))
    return " ".join(kept.split())
