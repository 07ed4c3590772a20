"""The work list: the cases that somebody is at, each with what was found last."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from service.at_hand import caller, office
from service.console import asking
from service.console.reading import show_to_staff
from service.console.room import console
from service.noting import note
from service.store import cases as kept_cases
from service.store import verifications as kept
from service.store.pages import Page
from service.store.session import transaction


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
