"""A case, page by page: what is ready, authorizations, quotes, contacts, the hand-off, and every clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from schemas.authorization import AUTHORIZATION
from schemas.confirmation import ITEMS as SETTLED_BY_STAFF
from schemas.contact import CONTACT
from schemas.problem import BadRequest
from schemas.quote import QUOTE
from service import call_backs, case_at_hand
from service.actuals.keeping import in_order
from service.at_hand import caller, office
from service.casework.clocks import clocks_of
from service.casework.contacts import cautions
from service.casework.file import ACTUAL, CaseFile
from service.casework.hand_off import hand_off, write_csv
from service.casework.quotes import BEFORE_APPROVAL, has_active_member, received, what_moved
from service.casework.readiness import is_ready, readiness
from service.console import asking
from service.console.case_words import case_label, explain_fault
from service.console.forms import controls_of, faults_of, said_in, typed_of
from service.console.paid_words import sessions_paid
from service.console.reading import language, show_to_staff
from service.console.room import console
from service.console.website import left_on_website
from service.directory import payer_of
from service.explain.page import Reader
from service.explain.page.cost import collect_line
from service.store import card_images, cases, records, timeline
from service.store.pages import Page
from service.store.records import Record
from service.store.session import transaction

SHAPES: Mapping[str, Schema] = {"authorization": AUTHORIZATION, "quote": QUOTE, "contact": CONTACT}
FIELDS: Mapping[str, Sequence[str]] = {
    "authorization": [name for name in AUTHORIZATION.fields if name != "absences"],
    "quote": ("language", "deposit_asked", "instalments"),
    "contact": tuple(CONTACT.fields),
}
"""What a new record is filled in with, in the order of the form."""
OF_A_QUOTE = ("told_to", "told_on", "told_by", "acknowledged_on", "reason", "received")
"""What is filled in of a quote once there is one; its state goes on with the button that is pressed."""
PLURALS = {"authorizations": "authorization", "quotes": "quote", "contacts": "contact"}
KIND = "<any(authorizations, quotes, contacts):plural>"
LATEST = 20
LATEST_PAID = 6


@console.errorhandler(case_at_hand.NotHere)
def say_there_is_no_such_case(_: case_at_hand.NotHere) -> ResponseReturnValue:
    """A case or a record that is not there, or that the caller may not see."""
    return show_to_staff("nothing.html", 404)


@console.get("/cases/<uuid:case_id>")
def case(case_id: UUID) -> ResponseReturnValue:
    """A case at a glance: what is still to be settled, what is due, what happened."""
    file = case_at_hand.file_of(str(case_id), "case.read")
    with transaction(office().store) as session:
        events, _ = timeline.page_of(session, str(case_id), Page(limit=LATEST), caller().reach)
        pictures = card_images.of_case(session, str(case_id))
        paid = records.of_case(session, str(case_id), ACTUAL)
    items = readiness(file, case_at_hand.threshold())
    return show_case(
        "case.html",
        file,
        items=items,
        is_ready=is_ready(items),
        events=events,
        clocks=clocks_of(file),
        card_images=pictures,
        left=left_on_website(file, language()),
        sessions=sessions_paid([*in_order(paid)][-LATEST_PAID:]),
        calls=[one for one in file.of_kind(call_backs.KIND) if one.status == call_backs.OPEN],
    )


@console.post("/cases/<uuid:case_id>")
def change_case(case_id: UUID) -> ResponseReturnValue:
    """Move a case on, or give it to somebody."""
    status, owner = request.form.get("status", ""), request.form.get("owner", "").strip()[:100]
    changes: dict[str, Any] = {"owner": owner or None}
    changes |= {"status": status} if status in cases.STATUSES else {}
    case_at_hand.change_case(str(case_id), changes)
    return redirect(url_for("console.case", case_id=case_id), 303)


@console.post("/cases/<uuid:case_id>/confirmations")
def confirm(case_id: UUID) -> ResponseReturnValue:
    """Settle an item of the list by one's own word, or take that back."""
    typed = request.form
    said: dict[str, Any] = {"item": typed.get("item", ""), "is_settled": typed.get("do") != "take_back"}
    if typed.get("note", "").strip():
        said["note"] = typed["note"].strip()[:300]
    try:
        _keep(case_at_hand.draft(str(case_id), "confirmation", said))
    except BadRequest:
        return show_to_staff("nothing.html", 404)
    return redirect(url_for("console.case", case_id=case_id), 303)


@console.get(f"/cases/<uuid:case_id>/{KIND}")
def case_records(case_id: UUID, plural: str) -> ResponseReturnValue:
    """What a case has of a kind, and the form for another one."""
    file = case_at_hand.file_of(str(case_id), f"{PLURALS[plural]}.list")
    return _list(file, plural, _first_values(file, PLURALS[plural]))


@console.post(f"/cases/<uuid:case_id>/{KIND}")
def add_record(case_id: UUID, plural: str) -> ResponseReturnValue:
    """Add to a case, and go on to what was added; or the form again, as it was typed, with its faults."""
    kind = PLURALS[plural]
    said = {name: each for name, each in _said(kind, FIELDS[kind]).items() if each is not None}
    try:
        record = case_at_hand.draft(str(case_id), kind, said)
    except BadRequest as bad:
        file = case_at_hand.file_of(str(case_id), f"{kind}.list")
        return _list(file, plural, request.form.to_dict(), faults_of(bad.errors), 422)
    _keep(record)
    return redirect(_address(record, plural), 303)


@console.get(f"/cases/<uuid:case_id>/{KIND}/<uuid:record_id>")
def case_record(case_id: UUID, plural: str, record_id: UUID) -> ResponseReturnValue:
    """One record of a case, to be read and changed."""
    file = case_at_hand.file_of(str(case_id), f"{PLURALS[plural]}.read")
    record = _record_of(file, PLURALS[plural], str(record_id))
    return _one(file, plural, record, typed_of(record.data))


@console.post(f"/cases/<uuid:case_id>/{KIND}/<uuid:record_id>")
def change_record(case_id: UUID, plural: str, record_id: UUID) -> ResponseReturnValue:
    """Change a record; or its form again, as it was typed, with its faults."""
    kind = PLURALS[plural]
    try:
        record = case_at_hand.amend(str(case_id), str(record_id), kind, _change_typed(kind))
    except BadRequest as bad:
        file = case_at_hand.file_of(str(case_id), f"{kind}.read")
        before = _record_of(file, kind, str(record_id))
        typed = typed_of(before.data) | request.form.to_dict()
        return _one(file, plural, before, typed, faults_of(bad.errors), 422)
    return redirect(_address(record, plural), 303)


@console.get("/cases/<uuid:case_id>/hand-off")
def show_hand_off(case_id: UUID) -> ResponseReturnValue:
    """One page of what billing needs, to read, print or take along as a table."""
    file = case_at_hand.file_of(str(case_id), "case.hand_off")
    items = readiness(file, case_at_hand.threshold())
    document = None if file.latest is None else hand_off(file, office().desk, items)
    if document is not None and request.args.get("format") == "csv":
        answer = Response(write_csv(document), mimetype="text/csv")
        answer.headers["Content-Disposition"] = "attachment; filename=hand-off.csv"
        return answer
    return show_case("hand_off.html", file, document=document)


@console.get("/clocks")
def clocks() -> ResponseReturnValue:
    """Every clock of every open case, the soonest first."""
    return show_to_staff("clocks.html", clocks=case_at_hand.clocks(), **_words())


def _keep(record: Record) -> None:
    with transaction(office().store) as session:
        case_at_hand.keep(session, record)


def _change_typed(kind: str) -> dict[str, Any]:
    """What the form of a record says: of a quote also what the pressed button says of its state."""
    typed = request.form
    if kind == "authorization" and "absences_of" in typed:
        return {"absences": sorted(set(typed.getlist("absences"))) or None}
    names = (
        FIELDS[kind]
        if kind != "quote"
        else [name for name in (*FIELDS[kind], *OF_A_QUOTE) if _is_typed(name)]
    )
    said = _said(kind, names)
    return said | ({"status": typed["status"]} if kind == "quote" and "status" in typed else {})


def _is_typed(name: str) -> bool:
    return any(key == name or key.startswith(f"{name}-") for key in request.form)


def _said(kind: str, names: Sequence[str]) -> dict[str, Any]:
    said = said_in(SHAPES[kind], names, request.form)
    if said.get("payer"):
        said["payer"] = payer_of(office().desk, said["payer"])
    return said


def _first_values(file: CaseFile, kind: str) -> dict[str, str]:
    """What stands in the form of a new record: what is known already, and what is usual."""
    if kind == "authorization":
        short = next((one for one in file.ledger.phases if one.from_ is not None), None)
        level = {} if short is None else {"level_of_care": short.level}
        payer = {} if file.latest is None else {"payer": file.latest.payer}
        return {"status": "not_started", **level, **payer}
    patients = (one.data for one in file.of_kind("contact") if one.data["relation"] == "patient")
    reads = next((one["language"] for one in patients), "en")
    return {"language": reads if kind == "quote" else "en"}


def _record_of(file: CaseFile, kind: str, record_id: str) -> Record:
    found = next((one for one in file.of_kind(kind) if one.id == record_id), None)
    if found is None:
        raise case_at_hand.NotHere
    return found


def _address(record: Record, plural: str) -> str:
    return url_for("console.case_record", case_id=record.case_id, plural=plural, record_id=record.id)


def _list(
    file: CaseFile,
    plural: str,
    typed: Mapping[str, str],
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    kind = PLURALS[plural]
    controls = controls_of(SHAPES[kind], FIELDS[kind], {})
    return show_case(
        f"{plural}.html",
        file,
        status,
        controls=controls,
        typed=typed,
        faults=faults or {},
        records=file.of_kind(kind),
        plural=plural,
    )


def _one(
    file: CaseFile,
    plural: str,
    record: Record,
    typed: Mapping[str, str],
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    kind = PLURALS[plural]
    names = OF_A_QUOTE if kind == "quote" and record.status not in BEFORE_APPROVAL else FIELDS[kind]
    controls = controls_of(SHAPES[kind], names, record.data)
    return show_case(
        f"{kind}.html",
        file,
        status,
        controls=controls,
        typed=typed,
        faults=faults or {},
        record=record,
        plural=plural,
    )


def show_case(template: str, file: CaseFile, status: int = 200, **values: Any) -> ResponseReturnValue:
    """A page of a case, with what every one of them needs."""
    reader = Reader(language(), office().desk.clinic.zone)
    standings = {one.authorization.id: one for one in file.ledger.standings}
    about = {
        "file": file,
        "standings": standings,
        "cautions": [*cautions(file)],
        "confirmed_in": has_active_member,
        "collect_line": lambda collect: collect_line(collect, reader),
        "confirmed": file.latest is not None and has_active_member(file.answer),
        "moved": lambda quote: (
            file.latest and what_moved(quote.data["answer"], file.answer, case_at_hand.threshold())
        ),
        "received": received,
        "may_override": case_at_hand.writer().may_override,
        "by_staff": SETTLED_BY_STAFF,
        "statuses": cases.STATUSES,
    }
    return show_to_staff(template, status, **about, **_words(), **values)


def _words() -> dict[str, Any]:
    names = asking.payer_names(office().desk)
    return {"case_label": case_label, "explain_fault": explain_fault, "payer_names": names}
