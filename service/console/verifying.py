"""The verify page: the form, what an insurance asks for while it is typed, and whoever is on file already.

Whatever is wrong, the form comes back as it was typed, with its pictures and the payer's reply.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests

from schemas.problem import BadRequest
from service import pending, record
from service.at_hand import caller, office, throttle
from service.console import asking, cards, second, told
from service.console.naming import about_payer, offered_plans
from service.console.reading import fault, label, show_to_staff
from service.console.room import console
from service.directory import payer_of
from service.noting import note
from service.on_file import cases_of_member
from service.store import cases as kept_cases
from service.store.session import Unavailable, transaction

NEW = "new"
"""In place of a case: to open one."""

REPLY_KEPT = "reply_kept"
"""A reply that was given before, byte by byte: browsers change the ends of lines of any other field."""

LONGEST_NAME = 120
"""Of a plan, as the API takes it."""

NOT_TYPED = ("csrf_token", "show_cards", "remove_card", "drop_reply", REPLY_KEPT)
MAY_GO_BACK = {"Cache-Control": "private, no-cache"}
"""The empty form says nothing of anybody; with `no-store` going back to it would lose what was typed."""


@console.get("/verify")
def verify() -> ResponseReturnValue:
    """The form, with what is usual filled in."""
    return *_form(asking.first_values(office().desk), {}), MAY_GO_BACK


@console.get("/verify/payer")
def payer_typed() -> ResponseReturnValue:
    """What the form says of the payer that is being typed."""
    about = about_payer(office().desk, request.args.get("payer", ""))
    return show_to_staff("payer.html", about=about, faults={}, plans_follow=True)


@console.get("/verify/plans")
def offer_plans() -> ResponseReturnValue:
    """The plans of the payer that is typed which are called as the plan that is being typed."""
    desk = office().desk
    payer = payer_of(desk, request.args.get("payer", "").strip())
    offered = offered_plans(desk, payer, request.args.get("plan", "").strip()[:LONGEST_NAME])
    return show_to_staff("plans.html", offered=offered)


@console.post("/verify")
def ask() -> ResponseReturnValue:
    """Answer what was asked, and go on to the answer; or the form again, as it was typed, with its faults.

    Somebody who is on file already is offered first, so that nobody has two cases by accident.
    """
    typed = _typed()
    try:
        held, faults = cards.take_up(typed)
        typed = {name: value for name, value in typed.items() if name not in cards.FIELDS.values()} | held
        if faults or "show_cards" in request.form:
            return _form(typed, faults, 422 if faults else 200)
        return _answer(typed)
    except BadRequest as bad:
        return _form(typed, _faults(bad, typed), 422)
    except TooManyRequests:
        return _form(typed, {"": label("fault_too_often")}, 429)
    except Unavailable:
        return _form(typed, {"": label("fault_unavailable")}, 503)


def _answer(typed: Mapping[str, str]) -> ResponseReturnValue:
    body = asking.request_of(office().desk, typed)
    if "case" not in typed and (on_file := _on_file(body)):
        return show_to_staff("on_file.html", typed=typed, cases=on_file, reply_kept=_reply_kept(typed))
    if typed.get("case", NEW) != NEW:
        body["case_id"] = typed["case"]
    throttle().count_member(caller().id, body)
    # What is published stands at once; the payer's own answer arrives beside it.
    draft = record.draft_new(office(), caller(), body, waits=False)
    with transaction(office().store) as session:
        record.keep(session, draft)
        cards.attach_to(session, draft.verification.case_id, typed)
        note(session, "verification.create", draft.verification.id)
    pending.follow(office(), draft.verification)
    return redirect(url_for("console.verification", verification_id=draft.verification.id), 303)


def _typed() -> dict[str, str]:
    """What was typed, and the payer's reply: the one that came now, else the one that was given before."""
    typed = {name: value for name, value in request.form.to_dict().items() if name not in NOT_TYPED}
    sent = request.files.get("reply")
    if sent is not None and (content := sent.read()):
        typed[asking.REPLY] = asking.text_of(content)
    elif request.form.get(REPLY_KEPT) and "drop_reply" not in request.form:
        with suppress(NotBase64, UnicodeDecodeError):  # no form of ours says so
            typed[asking.REPLY] = b64decode(request.form[REPLY_KEPT]).decode()
    return typed


def _reply_kept(typed: Mapping[str, str]) -> str:
    return b64encode(typed.get(asking.REPLY, "").encode()).decode()


def _faults(bad: BadRequest, typed: Mapping[str, str]) -> dict[str, str]:
    names = asking.nearest_names(office().desk, typed.get("payer", ""))
    return {name: fault(code, names) for name, code in asking.faults_by_field(bad.errors).items()}


def _form(typed: Mapping[str, str], faults: Mapping[str, str], status: int = 200) -> tuple[str, int]:
    desk = office().desk
    values: dict[str, Any] = {
        "about": about_payer(desk, typed.get("payer", "")),
        "reply_kept": _reply_kept(typed),
        "is_typed": request.method == "POST",
        "has_second": any(typed.get(name) for name in second.FIELDS),
        "was_told": any(typed.get(name) for name in (*told.NAMES, *told.OF_CALL)),
        **asking.choices(desk),
    }
    return show_to_staff("verify.html", status, typed=typed, faults=faults, **values)


def _on_file(body: Mapping[str, Any]) -> list[kept_cases.Case]:
    """The cases of the member of a request, the newest first; none where the request is not whole yet."""
    with transaction(office().store) as session:
        note(session, "verification.search")
        return cases_of_member(session, body, caller().reach)
