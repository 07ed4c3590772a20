"""The morning list as it is shown: exceptions first, in groups, each with what to do; the rest folded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from schemas.day_list import FIRST_TIME
from service.at_hand import office
from service.console.left_behind import Said, sentences_of
from service.console.reading import label
from service.directory import find_payer
from service.explain.page import Reader
from service.jobs import lists
from service.jobs.following import CODE as NOT_FOLLOWING
from service.jobs.lists import NOT_REACHABLE, Whole
from service.jobs.rows import COLUMNS

SHAPES: Mapping[str, str] = {
    "not_readable": "✎",
    "failed": "✕",
    "inactive": "■",
    "payer_changed": "⇄",
    "authorization_does_not_follow": "↛",
    "authorization_ends": "◷",
    "quote_moved": "△",
    "answer_changed": "◇",
    "payer_not_reachable": "◍",
    "membership_not_confirmed": "◌",
}
"""Every group of exceptions in its order, with its shape. What can be mended at once comes first."""

WORKING = ("waiting", "working")
DAYS, MONEY, STATUSES = ("date",), ("before", "now"), ("before", "now")
_STATUS_NAMES = {"coverage": "coverage_status", "prior_authorization": "authorization_status"}


@dataclass(frozen=True, slots=True)
class Line:
    """A row in words."""

    number: int
    when: str
    who: str
    payer: str
    levels: str
    sentences: Sequence[Said]
    checked: str
    is_first: bool
    case_id: str | None
    verification_id: str | None
    has_newer: bool
    can_be_asked_again: bool
    typed: Mapping[str, str]
    faults: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows with the same thing to look at first: a shape and words, what to do, and the rows."""

    code: str
    shape: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Day:
    """A list as the page shows it."""

    id: str
    day: str
    put_up: str
    by: str
    rows: int
    checked: int
    groups: Sequence[Group]
    to_mend: Sequence[Group]
    quiet: Sequence[Line]
    waiting: Sequence[Line]

    @property
    def is_working(self) -> bool:
        """Whether some rows are still to be done."""
        return bool(self.waiting)

    @property
    def exceptions(self) -> int:
        """How many rows somebody has to look at."""
        return sum(len(group.lines) for group in (*self.to_mend, *self.groups))


def day_of(found: Whole, reader: Reader, faults: Any) -> Day:
    """A list in the reader's words; `faults` says what is wrong with a column, as the end of a sentence."""
    shown = lists.whole(found)
    rows = sorted(shown["rows"], key=lambda row: (row["time"] or "99", row["number"]))
    lines = {row["number"]: _line(row, shown["day"], reader, faults) for row in rows}
    groups = [
        Group(code, shape, [lines[row["number"]] for row in rows if _group(row) == code])
        for code, shape in SHAPES.items()
    ]
    there = [group for group in groups if group.lines]
    return Day(
        id=shown["id"],
        day=reader.words.date(shown["day"]),
        put_up=moment_of(shown["created_at"], reader),
        by=shown["created_by"],
        rows=len(rows),
        checked=sum(row["state"] not in WORKING for row in rows),
        groups=[group for group in there if group.code not in ("not_readable", "failed")],
        to_mend=[group for group in there if group.code in ("not_readable", "failed")],
        quiet=[lines[row["number"]] for row in rows if row["state"] == "done" and not row["is_exception"]],
        waiting=[lines[row["number"]] for row in rows if row["state"] in WORKING],
    )


def _group(row: Mapping[str, Any]) -> str | None:
    if row["state"] == "failed":
        return "failed"
    return row["findings"][0]["code"] if row["is_exception"] else None


def _line(row: Mapping[str, Any], list_day: str, reader: Reader, faults: Any) -> Line:
    typed, codes = row["typed"], {one["code"] for one in row["findings"]}
    first, last = typed.get("first_name", ""), typed.get("last_name", "")
    newest = row["newest_verification_id"] or row["verification_id"]
    levels = [reader.words.name("level_short", level) for level in row["levels"]]
    return Line(
        number=row["number"],
        when=_when(row, list_day, reader),
        who=f"{first} {last[:1]}.".strip() if last else first or label("unnamed"),
        payer=row["payer"]["name"] if row["payer"] else _named(typed.get("payer", "–")),
        levels=" → ".join(levels) or typed.get("level_of_care", "–"),
        sentences=[said for one in row["findings"] for said in said_of(one, reader)],
        checked=_checked(row, reader),
        is_first=FIRST_TIME in codes,
        case_id=row["case_id"],
        verification_id=newest,
        has_newer=newest != row["verification_id"],
        can_be_asked_again=NOT_REACHABLE in codes or row["state"] == "failed",
        typed={name: typed.get(name, "") for name in COLUMNS},
        faults={one["field"]: faults(one["code"], typed.get("payer", "")) for one in row["errors"]},
    )


def said_of(finding: Mapping[str, Any], reader: Reader) -> list[Said]:
    """What was found, in sentences; nothing of what is quiet."""
    if finding["code"] == NOT_FOLLOWING:
        return list(sentences_of(finding, reader))
    return [Said(sentence_of(finding, reader))] if finding["code"] in SHAPES else []


def sentence_of(finding: Mapping[str, Any], reader: Reader) -> str:
    """What was found, as a sentence."""
    code, how = finding["code"], finding.get("how")
    said = {name: value for name, value in finding.items() if name not in ("code", "how")}
    if said.get("date"):
        said["date"] = reader.words.date(said["date"])
    if code == "quote_moved":
        said |= {name: reader.money(said[name]) for name in MONEY}
    if code == "answer_changed":
        said |= {name: reader.words.name(_STATUS_NAMES[str(how)], said[name]) for name in STATUSES}
        said["level"] = reader.words.name("level_short", said["level"])
    return label(f"morning_said_{code}" + (f"_{how}" if how else ""), **said)


def _named(payer: str) -> str:
    """What a payer that was typed as its id is called; any other text stays."""
    found = find_payer(office().desk, payer)
    return str(found["name"]) if found else payer


def _when(row: Mapping[str, Any], list_day: str, reader: Reader) -> str:
    """The time of an appointment; its day too, where that is not the list's."""
    day, at = row["day"], row["time"]
    parts = [reader.words.short_date(day)] if day and day != list_day else []
    if at:
        hour, minute = map(int, at.split(":"))
        parts.append(reader.words.time(datetime.combine(date.min, time(hour, minute))))
    return ", ".join(parts) or "–"


def _checked(row: Mapping[str, Any], reader: Reader) -> str:
    """When a row was last checked, and by what."""
    if not row["checked_at"]:
        return ""
    return f"{moment_of(row['checked_at'], reader)} · {label('morning_by_' + row['checked_by'])}"


def moment_of(at: str, reader: Reader) -> str:
    """A time of today as the time alone, another with its day."""
    local = datetime.fromisoformat(at).astimezone(reader.zone)
    clock = reader.words.time(local)
    is_today = local.date() == datetime.now(reader.zone).date()
    return clock if is_today else f"{reader.words.short_date(local.date().isoformat())}, {clock}"
