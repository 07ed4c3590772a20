"""Calls to make again, on pages: which are due, a try noted with one press, another asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from schemas.call_back import CALL_BACK_CHANGE, NEW_CALL_BACK
from schemas.problem import Complaints, read_shape
from schemas.sources import moment
from service import call_backs as kept
from service.at_hand import caller, office
from service.console.day_page import moment_of
from service.console.reading import fault, label, show_to_staff
from service.console.room import console
from service.explain.page import Reader
from service.noting import note
from service.record import right_now
from service.store import cases, verifications
from service.store.records import Record
from service.store.session import Session, transaction


@dataclass(frozen=True, slots=True)
class Call:
    """A call to make, in words."""

    id: str
    case_id: str
    when: str
    is_late: bool
    who: str
    about: str
    owner: str
    note: str | None
    tries: int
    last_try: str | None
    verification_id: str | None


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls that are due today or were before, and those that come later."""

    due: Sequence[Call]
    later: Sequence[Call]


def calls_due(session: Session, reader: Reader) -> Calls:
    """Every call that is still to be made, the ones that are due first."""
    records = kept.list_open(session, caller().reach)
    latest = verifications.latest_of_cases(session, [one.case_id for one in records], caller().reach)
    now = right_now()
    today = now.astimezone(reader.zone).date()
    midnight = datetime.combine(today + timedelta(days=1), time.min, reader.zone)
    made = [(one, _call(session, one, latest, reader, now)) for one in records]
    return Calls(
        [call for one, call in made if (one.due_at or now) < midnight],
        [call for one, call in made if (one.due_at or now) >= midnight],
    )


@console.post("/cases/<uuid:case_id>/call-backs")
def add_call_back(case_id: UUID) -> ResponseReturnValue:
    """Ask for a call: when, in the clinic's time, what about, and by whom."""
    asked = _typed("due_at", "about", "owner")
    with transaction(office().store) as session:
        if cases.status_of(session, str(case_id), caller().reach) is None:
            return show_to_staff("nothing.html", 404)
        valid, faults = _valid(NEW_CALL_BACK, asked)
        if faults:
            return _refused(faults)
        record = kept.draft(str(case_id), valid, by=caller().name, at=right_now())
        kept.add(session, record)
        note(session, "call_back.create", record.id)
    return _back()


@console.post("/cases/<uuid:case_id>/call-backs/<uuid:call_back_id>")
def try_call_back(case_id: UUID, call_back_id: UUID) -> ResponseReturnValue:
    """Note a try with one press; where somebody holds, when to call again."""
    asked = _typed("due_at", "owner") | {"outcome": request.form.get("outcome", "")}
    with transaction(office().store) as session:
        is_there = cases.status_of(session, str(case_id), caller().reach) is not None
        record = kept.find(session, str(case_id), str(call_back_id)) if is_there else None
        if record is None:
            return show_to_staff("nothing.html", 404)
        valid, faults = _valid(CALL_BACK_CHANGE, asked)
        if faults:
            return _refused(faults)
        kept.change(session, record, valid, by=caller().name, at=right_now())
        note(session, "call_back.change", record.id)
    return _back()


def _typed(*names: str) -> dict[str, Any]:
    """What was typed; a time of day in the clinic's zone, as it travels."""
    given: dict[str, Any] = {name: text for name in names if (text := request.form.get(name, "").strip())}
    if "due_at" in given:
        try:
            at = datetime.fromisoformat(given["due_at"])
        except ValueError:
            return given
        given["due_at"] = moment(at.replace(tzinfo=office().desk.clinic.zone).astimezone(UTC))
    return given


def _valid(shape: Any, asked: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """What can be used of a form, and what is wrong with each field of it."""
    complaints = Complaints()
    valid = read_shape(shape, asked, complaints)
    return valid, {error.pointer.removeprefix("/"): fault(error.code) for error in complaints.found}


def _back() -> ResponseReturnValue:
    """To the list that the call was asked for on, or to the newest."""
    try:
        list_id = UUID(request.form.get("list", ""))
    except ValueError:
        return redirect(url_for("console.morning"), 303)
    return redirect(url_for("console.morning", list_id=list_id), 303)


def _refused(faults: Mapping[str, str]) -> ResponseReturnValue:
    """The form once more, as it was typed, its faults beside their fields."""
    return show_to_staff("call_back.html", 422, typed=request.form.to_dict(), faults=faults)


def _call(session: Session, record: Record, latest: Mapping[str, Any], reader: Reader, now: datetime) -> Call:
    case, data = cases.get(session, record.case_id), record.data
    due_at = record.due_at or now
    tries: Sequence[Mapping[str, str]] = data["tries"]
    found = latest.get(record.case_id)
    return Call(
        id=record.id,
        case_id=record.case_id,
        when=moment_of(due_at.isoformat(), reader),
        is_late=due_at < now,
        who=(case.label if case else None) or label("unnamed"),
        about=data["about"],
        owner=data["owner"],
        note=data["note"],
        tries=len(tries),
        last_try=_last(tries[-1], reader) if tries else None,
        verification_id=found.id if found else None,
    )


def _last(tried: Mapping[str, str], reader: Reader) -> str:
    outcome = label(f"morning_try_{tried['outcome']}")
    return f"{outcome}, {moment_of(tried['at'], reader)}, {tried['by']}"
