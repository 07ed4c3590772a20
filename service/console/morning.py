"""The morning list: put up, shown while it is worked on and when it is done, mended row by row."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from service.at_hand import caller, clinic_day, office, throttle
from service.console import asking
from service.console.calling import calls_due
from service.console.day_page import SHAPES, day_of, moment_of
from service.console.reading import fault, label, language, show_to_staff
from service.console.reverified import checked_on
from service.console.room import console
from service.explain.page import Reader
from service.jobs import lists
from service.jobs.pasted import LONGEST_CELL, MOST_ROWS, UnusableList, read_list, template
from service.jobs.rows import COLUMNS
from service.jobs.standing import AUTHORIZATION_DAYS
from service.noting import note
from service.store.pages import Page
from service.store.session import Session, transaction

OLDER = Page(limit=15)
STANDS_STILL = timedelta(minutes=5)
"""A list in which nothing has happened for so long is asked for no more by an open page."""

IN_A_LIST = ("not_a_date", "weeks_missing")
"""What is wrong in another way in a row of a list than in a form."""

STOP_POLLING = 286
"""The status that tells htmx to ask no more."""


@console.get("/morning")
@console.get("/morning/<uuid:list_id>")
def morning(list_id: UUID | None = None) -> ResponseReturnValue:
    """The list of the day that was put up last, or one of those before it."""
    return shown(list_id)


@console.post("/morning")
def put_up() -> ResponseReturnValue:
    """Take a list, pasted or uploaded; what cannot be read as a list is said, and stays as it was typed."""
    typed = request.form.to_dict()
    sent = request.files.get("file")
    if sent is not None and (content := sent.read()):
        typed["rows"] = asking.text_of(content)
    day, is_day = _day(typed.get("day", ""))
    try:
        if not is_day:
            raise UnusableList("list_day")
        rows = read_list(typed.get("rows", ""))
    except UnusableList as bad:
        columns = ", ".join(label(f"morning_column_{name}") for name in bad.columns)
        said = label(f"morning_{bad.code}", columns=columns or None, most=MOST_ROWS)
        return shown(None, 422, typed=typed, problem=said)
    put = lists.draft(office(), caller(), rows, day)
    if put.is_new:
        for body in lists.bodies(put.items):
            throttle().count_member(caller().id, body)
    with transaction(office().store) as session:
        lists.keep(session, put)
        note(session, "batch.create", put.batch.id)
    office().workers.wake()
    return _to(UUID(put.batch.id))


@console.get("/morning/template.csv")
def morning_template() -> ResponseReturnValue:
    """A list to fill in, its columns named in the reader's language."""
    text = template({name: label(f"morning_column_{name}") for name in COLUMNS})
    response = Response("\ufeff" + text, mimetype="text/csv")  # so that spreadsheets read accents
    response.headers["Content-Disposition"] = 'attachment; filename="appointments.csv"'
    return response


@console.get("/morning/<uuid:list_id>/progress")
def morning_progress(list_id: UUID) -> ResponseReturnValue:
    """How far a list is, for a page that is open; once it is done its rows come along."""
    with transaction(office().store) as session:
        found = lists.find(session, str(list_id), caller().reach)
        if found is not None and not lists.is_working(found):  # its rows come along
            note(session, "batch.read", str(list_id))
    if found is None:
        return show_to_staff("nothing.html", 404)
    day = day_of(found, _reader(), _fault)
    is_over = not day.is_working or _stands_still(found)
    status = STOP_POLLING if is_over else 200
    return show_to_staff("morning_progress.html", status, day=day, comes_along=not day.is_working, **_ours())


@console.post("/morning/<uuid:list_id>/rows/<number>")
def mend_row(list_id: UUID, number: str) -> ResponseReturnValue:
    """Put other words into a row that could not be read; what is still wrong stands beside it."""
    typed = {name: request.form[name].strip()[:LONGEST_CELL] for name in COLUMNS if name in request.form}

    def mend(session: Session, item: Any) -> None:
        mended = lists.mend(session, office().desk, item, typed)
        throttle().count_member(caller().id, lists.bodies([mended])[0])

    return _change(list_id, number, mend, "batch.mend")


@console.post("/morning/<uuid:list_id>/rows/<number>/again")
def row_again(list_id: UUID, number: str) -> ResponseReturnValue:
    """Verify a row once more, such as one whose payer could not be reached."""

    def ask(session: Session, item: Any) -> None:
        throttle().count_member(caller().id, lists.bodies([item])[0])
        lists.ask_again(session, item)

    return _change(list_id, number, ask, "batch.again")


@console.post("/morning/<uuid:list_id>/again")
def rows_again(list_id: UUID) -> ResponseReturnValue:
    """Verify every row once more whose payer could not be reached."""
    with transaction(office().store) as session:
        found = lists.find(session, str(list_id), caller().reach)
        if found is None:
            return show_to_staff("nothing.html", 404)
        for item in lists.not_reached(found):
            throttle().count_member(caller().id, lists.bodies([item])[0])
            with suppress(lists.NotNow):  # somebody else was faster
                lists.ask_again(session, item)
        note(session, "batch.again", str(list_id))
    office().workers.wake()
    return _to(list_id)


def shown(
    list_id: UUID | None,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    problem: str | None = None,
) -> ResponseReturnValue:
    """The page: a list, the calls that are due, the form for another, and the lists before."""
    reader = _reader()
    with transaction(office().store) as session:
        older, _ = lists.page_of(session, OLDER, reach=caller().reach)
        wanted = str(list_id) if list_id is not None else _newest_of_today(older)
        found = lists.find(session, wanted, caller().reach) if wanted else None
        calls = calls_due(session, reader)
        checked = checked_on(session, clinic_day())
        note(session, "batch.read" if wanted else "batch.list", wanted)
        note(session, "call_back.list")
    if list_id is not None and found is None:
        return show_to_staff("nothing.html", 404)
    return show_to_staff(
        "morning.html",
        status,
        day=day_of(found, reader, _fault) if found else None,
        older=[
            {**lists.line(batch, counts), "at": moment_of(batch.created_at.isoformat(), reader)}
            for batch, counts in older
            if batch.id != wanted
        ],
        calls=calls,
        checked=checked,
        typed=typed or {"day": clinic_day().isoformat()},
        problem=problem,
        **_ours(),
    )


def _newest_of_today(found: list[Any]) -> str | None:
    """The list that was put up last, of those that are about today or were put up today."""
    today, zone = clinic_day(), office().desk.clinic.zone
    made = ((one, one.created_at.astimezone(zone).date()) for one, _ in found)
    return next((one.id for one, on in made if today in (one.day, on)), None)


def _change(list_id: UUID, number: str, change: Any, action: str) -> ResponseReturnValue:
    with transaction(office().store) as session:
        item = lists.find_row(session, str(list_id), number, caller().reach)
        if item is None:
            return show_to_staff("nothing.html", 404)
        try:
            change(session, item)
        except lists.NotNow:  # somebody else was faster: the page says how it is now
            return _to(list_id, number)
        note(session, action, str(list_id))
    office().workers.wake()
    return _to(list_id, number)


def _to(list_id: UUID, number: str | None = None) -> ResponseReturnValue:
    anchor = f"row-{number}" if number is not None else None
    return redirect(url_for("console.morning", list_id=list_id, _anchor=anchor), 303)


def _ours() -> dict[str, Any]:
    """What templates need besides the list: the shapes, and the thresholds that are ours."""
    ours = {"days": AUTHORIZATION_DAYS, "dollars": f"${office().settings.quote_threshold}"}
    return {"shapes": SHAPES, "columns": COLUMNS, "ours": ours, "most_rows": MOST_ROWS}


def _fault(code: str, payer: str) -> str:
    if code in IN_A_LIST:
        return label(f"morning_{code}")
    return fault(code, asking.nearest_names(office().desk, payer) if code == "unknown_payer" else "")


def _stands_still(found: lists.Whole) -> bool:
    return datetime.now(UTC) - max(item.updated_at for item in found.items) > STANDS_STILL


def _reader() -> Reader:
    return Reader(language(), office().desk.clinic.zone)


def _day(text: str) -> tuple[date | None, bool]:
    """The day of a list, where one was given, and whether it is none that there is."""
    try:
        return (date.fromisoformat(text), True) if text.strip() else (None, True)
    except ValueError:
        return None, False
