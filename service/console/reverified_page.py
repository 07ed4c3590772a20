"""The cases that were due on a day, as they are shown: what was found, why each was due, the rest folded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from schemas.reverification import Terms
from service.console.day_page import moment_of, said_of
from service.console.left_behind import Said
from service.console.reading import label
from service.explain.page import Reader
from service.jobs.reverified import Whole, whole
from service.store import cases
from service.store.session import Session

UNDER_WAY = ("waiting", "working")
OF_A_PERSON = ("not_possible", "failed")


@dataclass(frozen=True, slots=True)
class Line:
    """A case in words."""

    number: int
    who: str
    case_id: str
    payer: str
    levels: str
    because: Sequence[str]
    sentences: Sequence[Said]
    checked: str
    verification_id: str | None
    before_id: str | None
    has_newer: bool
    passed_over: str | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What was verified again on a day."""

    day: str
    iso: str
    state: str
    put_up: str
    rows: int
    checked: int
    exceptions: Sequence[Line]
    quiet: Sequence[Line]
    waiting: Sequence[Line]

    @property
    def is_working(self) -> bool:
        """Whether some cases are still to be asked about."""
        return bool(self.waiting)


def checked_of(session: Session, found: Whole, terms: Terms, reader: Reader, reach: str | None) -> Checked:
    """The list of a day in the reader's words; who the cases are about is read from the cases."""
    shown = whole(found)
    labels = {row["case_id"]: _who(session, row["case_id"], reach) for row in shown["items"]}
    lines = [(row, _line(row, labels[row["case_id"]], found.day, reader)) for row in shown["items"]]
    return Checked(
        day=reader.words.date(found.day),
        iso=found.day.isoformat(),
        state="off" if not terms.reasons and shown["state"] == "not_yet" else shown["state"],
        put_up=_put_up(shown["created_at"], terms, reader),
        rows=len(lines),
        checked=sum(row["state"] not in UNDER_WAY for row, _ in lines),
        exceptions=[line for row, line in lines if row["is_exception"]],
        quiet=[line for row, line in lines if row["state"] == "done" and not row["is_exception"]],
        waiting=[line for row, line in lines if row["state"] in UNDER_WAY],
    )


def _put_up(created_at: str | None, terms: Terms, reader: Reader) -> str:
    """When a list was put up; where there is none, when one is."""
    if created_at is not None:
        return moment_of(created_at, reader)
    return reader.words.time(datetime.combine(date.min, time(terms.hour)))


def _who(session: Session, case_id: str, reach: str | None) -> str:
    case = cases.get(session, case_id, reach)
    return (case.label if case else None) or label("unnamed")


def _line(row: Mapping[str, Any], who: str, day: date, reader: Reader) -> Line:
    newest = row["newest_verification_id"] or row["verification_id"]
    said = [one for finding in row["findings"] for one in said_of(finding, reader)]
    if row["state"] in OF_A_PERSON:
        said = [Said(label(f"reverified_{row['state']}"))]
    passed_over = row["passed_over"]
    return Line(
        number=row["number"],
        who=who,
        case_id=row["case_id"],
        payer=row["payer"]["name"] if row["payer"] else "",
        levels=" → ".join(reader.words.name("level_short", level) for level in row["levels"]),
        because=[_because(reason, day, reader) for reason in row["reasons"]],
        sentences=said,
        checked=_checked(row, reader),
        verification_id=newest,
        before_id=row["before_verification_id"],
        has_newer=newest != row["verification_id"] and row["verification_id"] is not None,
        passed_over=label(f"reverified_{passed_over}") if passed_over else None,
    )


def _because(reason: Mapping[str, Any], day: date, reader: Reader) -> str:
    """Why a case was due, as the rest of a sentence that begins with why it was asked about."""
    code, about = reason["code"], dict(reason)
    if code == "monthly" and day.day != 1:
        code = "monthly_late"
    if code == "plan_year" and reason["is_assumed"]:
        code = "plan_year_assumed"
    if reason.get("date"):
        about["date"] = reader.words.date(reason["date"])
    if reason.get("level"):
        about["level"] = reader.words.name("level_short", reason["level"])
    del about["code"]
    return label(f"because_{code}", **about)


def _checked(row: Mapping[str, Any], reader: Reader) -> str:
    if not row["checked_at"]:
        return ""
    return f"{moment_of(row['checked_at'], reader)} · {label('morning_by_' + row['checked_by'])}"
