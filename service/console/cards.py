"""Pictures of a card while the verify form is filled in: put up, shown beside the fields, taken away.

A picture is kept sealed at once, without a case; the case takes it when the verification is kept. Without a
script it comes with the whole form, which is shown again as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from service.at_hand import caller, office
from service.cards import MEDIA_TYPE, UnusablePicture, clean
from service.console import batches
from service.console.reading import fault, show, show_to_staff
from service.console.room import console
from service.noting import note
from service.record import right_now
from service.store import card_images as kept
from service.store import cases as kept_cases
from service.store.session import Session, transaction

_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FIELDS = {side: f"card_{side}" for side in kept.SIDES}
"""Where the form says which picture it has of a side; its file comes as the same with `_file`."""


@console.get("/cards/<uuid:card_id>")
def card(card_id: UUID) -> ResponseReturnValue:
    """The picture, for whoever put it up or may see its case."""
    with transaction(office().store) as session:
        found = kept.get(session, str(card_id))
        if found is None or not _may_see(session, found):
            return show_to_staff("nothing.html", 404)
        image = kept.image_of(session, found.id)
        note(session, "card.read", found.id)
    return Response(image, mimetype=MEDIA_TYPE, headers={"Cache-Control": "private, no-store"})


@console.post("/cards/<side>")
def put_up_card(side: str) -> ResponseReturnValue:
    """Put a picture up, and show its part of the form with it, or with what is wrong with it."""
    if side not in kept.SIDES:
        return show_to_staff("nothing.html", 404)
    held, faults = take_up({FIELDS[side]: request.form.get(FIELDS[side], "")})
    return _part(side, held.get(FIELDS[side], ""), faults.get(FIELDS[side], ""))


@console.post("/cards/<side>/remove")
def remove_card(side: str) -> ResponseReturnValue:
    """Take a picture away that no case has yet, and show its part of the form without it."""
    if side not in kept.SIDES:
        return show_to_staff("nothing.html", 404)
    _remove(request.form.get(FIELDS[side], ""))
    return _part(side, "")


@console.errorhandler(RequestEntityTooLarge)
def refuse_so_much(_: RequestEntityTooLarge) -> ResponseReturnValue:
    """More came than is read: beside a picture its part of the form says so, else a page."""
    side = (request.view_args or {}).get("side")
    if side in kept.SIDES:
        return _part(side, "", fault("picture_heavy"))
    if request.endpoint == "console.put_up_batch":
        return batches.too_large()
    return show("fault.html", 413, fault="too_much", instance=None)


def take_up(typed: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The pictures that a form has now, by field, and what is wrong with those that came with it.

    One that came is put up in the place of the one before; one that is to be taken away is.
    """
    held = {name: typed[name] for name in FIELDS.values() if _ID.fullmatch(typed.get(name, ""))}
    faults: dict[str, str] = {}
    for side, name in FIELDS.items():
        if side in request.form.getlist("remove_card"):
            _remove(held.pop(name, ""))
        content = next((read for file in request.files.getlist(f"{name}_file") if (read := file.read())), b"")
        if not content:
            continue
        try:
            put_up = _put_up(side, content)
        except UnusablePicture as error:
            faults[name] = fault(error.code)
            continue
        _remove(held.get(name, ""))
        held[name] = put_up.id
    return held, faults


def attach_to(session: Session, case_id: str, typed: Mapping[str, str]) -> None:
    """Give the pictures that a form names to a case, as far as they wait and are the caller's."""
    named = [typed[name] for name in FIELDS.values() if typed.get(name)]
    for each in kept.waiting(session, named, caller().id):
        if kept.attach(session, each, case_id):
            note(session, "card.attach", each.id)


def _put_up(side: str, content: bytes) -> kept.Card:
    if len(content) > office().settings.max_picture_bytes:
        raise UnusablePicture("picture_heavy")
    image = clean(content)
    made = kept.draft(side, by=caller().name, client=caller().id, at=right_now())
    with transaction(office().store) as session:
        kept.add(session, made, image)
        note(session, "card.create", made.id)
    return made


def _remove(card_id: str) -> None:
    with transaction(office().store) as session:
        for each in kept.waiting(session, [card_id], caller().id):
            kept.remove(session, each)
            note(session, "card.remove", each.id)


def _may_see(session: Session, found: kept.Card) -> bool:
    if found.case_id is None:
        return found.client_id == caller().id
    return kept_cases.status_of(session, found.case_id, caller().reach) is not None


def _part(side: str, card_id: str, wrong: str = "") -> ResponseReturnValue:
    held, faults = {FIELDS[side]: card_id}, {FIELDS[side]: wrong} if wrong else {}
    return show_to_staff("card.html", 422 if wrong else 200, side=side, typed=held, faults=faults)
