"""The work of the desk before there is an answer: the work list, verify."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from schemas.problem import BadRequest
from service import record
from service.at_hand import caller, office, throttle
from service.console import asking
from service.console.answering import keep_draft
from service.console.reading import fault, show_to_staff
from service.console.room import console
from service.noting import note
from service.store import cases as kept_cases
from service.store import verifications as kept
from service.store.pages import Page
from service.store.session import transaction

NEW = "new"
"""In place of a case: to open one."""


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


@console.get("/verify")
def verify() -> ResponseReturnValue:
    """The form, with what is usual filled in."""
    desk = office().desk
    return show_to_staff("verify.html", typed=asking.first_values(desk), faults={}, **asking.choices(desk))


@console.post("/verify")
def ask() -> ResponseReturnValue:
    """Answer what was asked, and go on to the answer; or the form again, as it was typed, with its faults.

    Somebody who is on file already is offered first, so that nobody has two cases by accident.
    """
    desk, typed = office().desk, request.form.to_dict()
    sent = request.files.get("reply")
    if sent is not None and (content := sent.read()):
        typed[asking.REPLY] = asking.text_of(content)
    body = asking.request_of(desk, typed)
    if "case" not in typed and (on_file := _on_file(body)):
        return show_to_staff("on_file.html", typed=typed, cases=on_file)
    if typed.get("case", NEW) != NEW:
        body["case_id"] = typed["case"]
    try:
        throttle().count_member(caller().id, body)
        # What is published stands at once; the payer's own answer arrives beside it.
        draft = record.draft_new(office(), caller(), body, waits=False)
    except BadRequest as bad:
        near = asking.nearest_payers(desk, typed.get("payer", ""))
        faults = {name: fault(code, near) for name, code in asking.faults_by_field(bad.errors).items()}
        return show_to_staff("verify.html", 422, typed=typed, faults=faults, **asking.choices(desk))
    return keep_draft(draft, "create")


def _on_file(body: Mapping[str, Any]) -> list[kept_cases.Case]:
    """The cases of the member of a request, the newest first; none where the request is not whole yet."""
    reach = caller().reach
    try:
        indexes = [kept.indexes_of(key, body) for key in office().store.vault.ring()]
    except (KeyError, ValueError):
        return []
    members = [kept.Indexes(member=one.member) for one in indexes]
    with transaction(office().store) as session:
        found, _ = kept.search(session, members, Page(), reach)
        note(session, "verification.search")
        cases = [kept_cases.get(session, one, reach) for one in dict.fromkeys(item.case_id for item in found)]
    return [case for case in cases if case is not None]
