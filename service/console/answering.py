"""The answer and what is done from its page: a call entered, asked again, compared, awaited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from schemas.benefits import check_told
from schemas.problem import BadRequest, Complaints, FieldError, read_shape
from schemas.told import TOLD_BENEFITS
from service import case_at_hand, pending, record
from service.at_hand import caller, office, throttle
from service.comparison import compare
from service.console import answer, call, comparing
from service.console.case_words import case_label
from service.console.reading import fault, label, language, show_to_staff
from service.console.room import console
from service.console.witnesses import WITNESSES
from service.explain.page import Reader
from service.explain.page.reader import capitalized
from service.local_rules import list_told
from service.noting import note
from service.preview import preview_told
from service.store import verifications as kept
from service.store.session import transaction
from service.store.verifications import Verification

Faults = Mapping[str, str]
"""What is wrong, in words, by the name of the field; what no field can mend has an empty name."""


@console.get("/verifications/<uuid:verification_id>")
def verification(verification_id: UUID) -> ResponseReturnValue:
    """The answer, in order of importance, with the call beside what is not known."""
    found = _found(verification_id)
    return _shown(found) if found is not None else nothing_here()


@console.get("/verifications/<uuid:verification_id>/arrival")
def arrival(verification_id: UUID) -> ResponseReturnValue:
    """The part of an answer's page that says whether the payer has answered; asked for again and again."""
    with transaction(office().store) as session:
        found = kept.get(session, str(verification_id), caller().reach)
    if found is None:
        return nothing_here()
    now = pending.settle_overdue(office(), found)
    return show_to_staff(
        "arrival.html", verification=record.present(now), has_arrived=now.status != kept.PENDING
    )


@console.post("/verifications/<uuid:verification_id>/told")
def told(verification_id: UUID) -> ResponseReturnValue:
    """Answer again with what was said on a call, and go on to the new answer."""
    found = _found(verification_id)
    if found is None:
        return nothing_here()
    throttle().count_member(caller().id, found.request)
    telling, script = _telling(found)
    try:
        _check(telling)
        draft = record.draft_told(office(), caller(), found, telling)
    except BadRequest as bad:
        return _shown(found, 422, request.form.to_dict(), _in_words(bad.errors, script))
    return keep_draft(draft, "tell")


@console.post("/verifications/<uuid:verification_id>/told/preview")
def preview(verification_id: UUID) -> ResponseReturnValue:
    """The verdict as it would be with what is typed so far, as a part of the page; nothing of it is kept."""
    found = _found(verification_id, "preview")
    if found is None:
        return nothing_here()
    telling, script = _telling(found)
    faults: Faults = {}
    seen = found
    try:
        _check(telling)
        seen = preview_told(office(), found, telling)
    except BadRequest as bad:
        faults = _in_words(bad.errors, script)
    reader = Reader(language(), office().desk.clinic.zone)
    return show_to_staff(
        "preview.html",
        page=answer.page_of(record.present(seen), reader, label, seen.told),
        questions=_questions(found, reader),
        typed=request.form.to_dict(),
        faults=faults,
        is_new=seen is not found,
    )


@console.post("/verifications/<uuid:verification_id>/again")
def again(verification_id: UUID) -> ResponseReturnValue:
    """Ask the same again, as of now, and go on to the new answer."""
    found = _found(verification_id)
    if found is None:
        return nothing_here()
    throttle().count_member(caller().id, found.request)
    return keep_draft(record.draft_reverified(office(), caller(), found), "reverify")


@console.get("/verifications/<uuid:verification_id>/compare")
def compare_plans(verification_id: UUID) -> ResponseReturnValue:
    """Usual care plans for the same member, from the same day, side by side; nothing is kept."""
    found = _found(verification_id)
    if found is None:
        return nothing_here()
    shown = record.present(found)
    said = shown["request"].get("told_benefits")
    body = comparing.question_of(found.request, said, found.start_date.isoformat())
    try:
        items = compare(office().desk, body)
    except BadRequest:
        items = []
    with transaction(office().store) as session:
        note(session, "comparison.create", found.id)
    reader = Reader(language(), office().desk.clinic.zone)
    return show_to_staff(
        "compare.html",
        verification=shown,
        page=answer.page_of(shown, reader, label),
        items=items,
        rows=comparing.rows_of(items, reader, label),
        changes=comparing.changes_of(items, reader),
        pictures=comparing.pictures_of(items, reader),
    )


def keep_draft(draft: record.Draft, action: str) -> ResponseReturnValue:
    """Keep what was drafted, with its event, and go on to its page."""
    try:
        with transaction(office().store) as session:
            record.keep(session, draft)
            note(session, f"verification.{action}", draft.verification.id)
    except BadRequest:  # its case was purged in this very moment
        return nothing_here()
    pending.follow(office(), draft.verification)
    return redirect(url_for("console.verification", verification_id=draft.verification.id), 303)


def nothing_here() -> ResponseReturnValue:
    """The page for what is not kept here, or is not the reader's to see."""
    return show_to_staff("nothing.html", 404)


def _found(verification_id: UUID, action: str = "read") -> Verification | None:
    with transaction(office().store) as session:
        found = kept.get(session, str(verification_id), caller().reach)
        if found is not None:
            note(session, f"verification.{action}", found.id)
    return None if found is None else pending.settle_overdue(office(), found)


def _shown(
    found: Verification,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    faults: Faults | None = None,
) -> ResponseReturnValue:
    shown, desk = record.present(found), office().desk
    reader = Reader(language(), desk.clinic.zone)
    is_connected = desk.switchboard.connection_to(found.payer) is not None
    here_and_now = record.right_now().astimezone(desk.clinic.zone).replace(tzinfo=None)
    return show_to_staff(
        "answer.html",
        status,
        verification=shown,
        page=answer.page_of(shown, reader, label, found.told, is_connected=is_connected),
        questions=_questions(found, reader),
        phases=case_at_hand.phases_short(found),
        case_label=case_label,
        can_remember=bool(list_told(found, desk.clinic.zone)),
        witness_names=[capitalized(reader.words.name("witness", one)) for one in WITNESSES],
        typed=typed or {call.WHEN: here_and_now.isoformat(timespec="minutes")},
        faults=faults or {},
    )


def _questions(found: Verification, reader: Reader) -> list[tuple[str, list[call.Prompt]]]:
    script = found.answer["call_script"]
    sentences = [reader.sentence(question) for question in script]
    return call.grouped(call.questions_of(script, sentences))


def _telling(found: Verification) -> tuple[dict[str, Any], Sequence[Mapping[str, Any]]]:
    """What the form at hand tells, and the script that it answers."""
    script: Sequence[Mapping[str, Any]] = found.answer["call_script"]
    at = call.moment_of(request.form, office().desk.clinic.zone, record.right_now())
    return call.telling_of(script, request.form, at), script


def _check(telling: Mapping[str, Any]) -> None:
    """Refuse a telling that cannot be, with every fault of it."""
    complaints = Complaints(call.ROOT)
    check_told("", read_shape(TOLD_BENEFITS, telling, complaints), complaints)
    complaints.raise_any()


def _in_words(errors: Sequence[FieldError], script: Sequence[Mapping[str, Any]]) -> Faults:
    """What is wrong by field of the form, each with what the field is called."""
    fields = call.labels_of(script)
    found: dict[str, str] = {}
    for error in errors:
        name, code = fields.get(error.pointer, ("", ""))
        about = label(code) if code else label("what_was_said")
        found.setdefault(name, f"{about} {fault(error.code)}.")
    return found
