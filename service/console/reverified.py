"""What was verified again by itself on a day: a page of its own, and a part of the morning's."""

from __future__ import annotations

from datetime import date

from flask import request
from flask.typing import ResponseReturnValue

from service.at_hand import caller, clinic_day, office
from service.console.reading import language, show_to_staff
from service.console.reverified_page import Checked, checked_of
from service.console.room import console
from service.explain.page import Reader
from service.jobs.reverified import days_before, of_day
from service.noting import note
from service.store.session import Session, transaction

DAYS = 15
STOP_POLLING = 286
"""The status that tells htmx to ask no more."""


@console.get("/reverified")
def reverified() -> ResponseReturnValue:
    """The cases that were due today, or on the day asked for, and the days before."""
    day = _day()
    if day is None:
        return show_to_staff("nothing.html", 404)
    with transaction(office().store) as session:
        checked = checked_on(session, day)
        before = days_before(session, day, DAYS)
    return show_to_staff("reverified.html", checked=checked, before=before)


@console.get("/reverified/part")
def reverified_part() -> ResponseReturnValue:
    """How far the list of a day is, for a page that is open."""
    day = _day()
    if day is None:
        return show_to_staff("nothing.html", 404)
    with transaction(office().store) as session:
        checked = checked_on(session, day)
    return show_to_staff("reverified_rows.html", 200 if checked.is_working else STOP_POLLING, checked=checked)


def checked_on(session: Session, day: date) -> Checked:
    """The list of a day in the reader's words; that it was read is noted."""
    found, clinic = of_day(session, day, caller().reach), office().desk.clinic
    note(session, "batch.read" if found.batch else "batch.list", found.batch.id if found.batch else None)
    reader = Reader(language(), clinic.zone)
    return checked_of(session, found, clinic.reverification, reader, caller().reach)


def _day() -> date | None:
    try:
        return date.fromisoformat(request.args["day"]) if "day" in request.args else clinic_day()
    except ValueError:
        return None
