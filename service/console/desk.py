"""The work of the desk, page by page: the work list, the answer, the call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from schemas.benefits import check_told
from schemas.problem import BadRequest, Complaints, FieldError, read_shape
from schemas.told import TOLD_BENEFITS
from service import pending, record
from service.at_hand import caller, office, throttle
from service.comparison import compare
from service.console import answer, asking, call, comparing
from service.console.reading import language, show_to_staff
from service.console.room import console
from service.explain.page import Reader
from service.noting import note
from service.store import cases as kept_cases
from service.store import verifications as kept
from service.store.pages import Page
from service.store.session import transaction
from service.store.verifications import Verification


@console.get("/")
def cases() -> ResponseReturnValue:
    """The work list: cases, the newest first, each with what was found last."""
    reach = caller().reach
    with transaction(office().store) as session:
        found, following = kept_cases.page_of(
            session, kept_cases.Filter(client=reach), Page(cursor=request.args.get("after"))
        )
        latest = kept.latest_of_cases(session, [case.id for case in found], reach)
        note(session, "case.list")
    names = asking.payer_names(office().desk)
    return show_to_staff("cases.html", cases=found, latest=latest, following=following, payer_names=names)


@console.get("/verifications/<uuid:verification_id>")
def verification(verification_id: UUID) -> ResponseReturnValue:
    """The answer, in order of importance, with the call beside what is not known."""
    found = _found(verification_id)
    return _shown(found) if found is not None else _nothing_here()


@console.get("/verifications/<uuid:verification_id>/arrival")
def arrival(verification_id: UUID) -> ResponseReturnValue:
    """The part of an answer's page that says whether the payer has answered; asked for again and again."""
    with transaction(office().store) as session:
        found = kept.get(session, str(verification_id), caller().reach)
    if found is None:
        return _nothing_here()
    now = pending.settle_overdue(office(), found)
    return show_to_staff(
        "arrival.html", verification=record.present(now), has_arrived=now.status != kept.PENDING
    )


@console.post("/verifications/<uuid:verification_id>/told")
def told(verification_id: UUID) -> ResponseReturnValue:
    """Answer again with what was said on a call, and go on to the new answer."""
    found = _found(verification_id)
    if found is None:
        return _nothing_here()
    throttle().count_member(caller().id, found.request)
    script = record.present(found)["call_script"]
    telling = call.telling_of(script, request.form, record.right_now().isoformat())
    try:
        _check(telling)
        draft = record.draft_told(office(), caller(), found, telling)
    except BadRequest as bad:
        return _shown(found, 422, typed=request.form.to_dict(), faults=bad.errors)
    return _keep(draft, "tell")


@console.post("/verifications/<uuid:verification_id>/again")
def again(verification_id: UUID) -> ResponseReturnValue:
    """Ask the same again, as of now, and go on to the new answer."""
    found = _found(verification_id)
    if found is None:
        return _nothing_here()
    throttle().count_member(caller().id, found.request)
    return _keep(record.draft_reverified(office(), caller(), found), "reverify")


@console.get("/verifications/<uuid:verification_id>/compare")
def compare_plans(verification_id: UUID) -> ResponseReturnValue:
    """Usual care plans for the same member, from the same day, side by side; nothing is kept."""
    found = _found(verification_id)
    if found is None:
        return _nothing_here()
    shown = record.present(found)
    told = shown["request"].get("told_benefits")
    body = comparing.question_of(found.request, told, found.start_date.isoformat())
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
        page=answer.page_of(shown, reader),
        items=items,
        rows=comparing.rows_of(items, reader),
        lines=comparing.lines_of(items, reader),
    )


def _keep(draft: record.Draft, action: str) -> ResponseReturnValue:
    try:
        with transaction(office().store) as session:
            record.keep(session, draft)
            note(session, f"verification.{action}", draft.verification.id)
    except BadRequest:  # its case was purged in this very moment
        return _nothing_here()
    pending.follow(office(), draft.verification)
    return redirect(url_for("console.verification", verification_id=draft.verification.id), 303)


def _found(verification_id: UUID) -> Verification | None:
    with transaction(office().store) as session:
        found = kept.get(session, str(verification_id), caller().reach)
        if found is not None:
            note(session, "verification.read", found.id)
    return None if found is None else pending.settle_overdue(office(), found)


def _shown(
    found: Verification,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    faults: tuple[FieldError, ...] = (),
) -> ResponseReturnValue:
    shown: dict[str, Any] = record.present(found)
    reader = Reader(language(), office().desk.clinic.zone)
    sentences = [reader.sentence(question) for question in shown["call_script"]]
    return show_to_staff(
        "answer.html",
        status,
        verification=shown,
        page=answer.page_of(shown, reader),
        questions=call.questions_of(shown["call_script"], sentences),
        typed=typed or {},
        faults=faults,
    )


def _check(telling: Mapping[str, Any]) -> None:
    """Refuse a telling that cannot be, with every fault of it."""
    complaints = Complaints(call.ROOT)
    check_told("", read_shape(TOLD_BENEFITS, telling, complaints), complaints)
    complaints.raise_any()


def _nothing_here() -> ResponseReturnValue:
    return show_to_staff("nothing.html", 404)
