"""Pictures of a member's card, front and back: put up, shown, removed; each belongs to a case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request
from flask_smorest import Blueprint

from schemas.problem import BadRequest, FieldError
from service.api.describe import FILE, operation
from service.api.problems import Refused
from service.at_hand import caller, office
from service.cards import MEDIA_TYPE, TAKEN, UnusablePicture, clean
from service.noting import note
from service.record import right_now
from service.store import card_images as kept
from service.store import cases as kept_cases
from service.store.session import Session, transaction

cards = Blueprint("cards", __name__, url_prefix="/v1/cases", description=__doc__ or "")
PLACE = "/<uuid:case_id>/card/<side>"
PICTURE = {"schema": FILE}
WHY_NOT = {
    "picture_format": "The picture must be JPEG, PNG or WebP.",
    "picture_broken": "The picture must be whole; it cannot be opened to its end.",
    "picture_too_large": "The picture must have fewer points; take it at a lower resolution.",
}


def _described(name: str, summary: str, status: int, refuses: tuple[int, ...]) -> dict[str, Any]:
    return operation(name, summary, None, status=status, refuses=refuses, is_recorded=True)


PUT = _described("putCard", "Put up a picture of a card", 204, (400, 404, 413, 415, 422))
PUT["requestBody"] = {"required": True, "content": dict.fromkeys(TAKEN.values(), PICTURE)}
SHOW = _described("getCard", "Fetch the picture of a card", 200, (404,))
SHOW["responses"]["200"]["content"] = {MEDIA_TYPE: PICTURE}
REMOVE = _described("removeCard", "Remove the picture of a card", 204, (404,))


@cards.route(PLACE, methods=["PUT"])
@cards.doc(**PUT)
def put(case_id: UUID, side: str) -> Response:
    """The `side` is `front` or `back`; it takes the place of the one before, as a clean JPEG."""
    _check_side(side)
    if (request.mimetype or "") not in TAKEN.values():
        raise Refused("unsupported_media_type", f"The body must be one of {', '.join(TAKEN.values())}.")
    image = _clean(request.get_data())
    card = kept.draft(side, by=caller().name, client=caller().id, at=right_now(), case_id=str(case_id))
    with transaction(office().store) as session:
        _take_case(session, case_id)
        kept_cases.change(session, str(case_id), {}, card.created_at)
        kept.add(session, card, image)
        note(session, "card.create", card.id)
    return Response(status=204)


@cards.route(PLACE, methods=["GET"])
@cards.doc(**SHOW)
def show(case_id: UUID, side: str) -> Response:
    """As a JPEG with nothing beside what can be seen."""
    _check_side(side)
    with transaction(office().store) as session:
        card = _card(session, case_id, side)
        image = kept.image_of(session, card.id)
        note(session, "card.read", card.id)
    return Response(image, mimetype=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


@cards.route(PLACE, methods=["DELETE"])
@cards.doc(**REMOVE)
def remove(case_id: UUID, side: str) -> Response:
    """It is gone at once."""
    _check_side(side)
    with transaction(office().store) as session:
        _take_case(session, case_id)
        card = _card(session, case_id, side)
        kept.remove(session, card)
        note(session, "card.remove", card.id)
    return Response(status=204)


def _clean(content: bytes) -> bytes:
    if len(content) > office().settings.max_picture_bytes:
        raise Refused("body_too_large")
    try:
        return clean(content)
    except UnusablePicture as error:
        raise BadRequest([FieldError("", error.code, WHY_NOT[error.code])]) from None


def _check_side(side: str) -> None:
    if side not in kept.SIDES:
        raise Refused("not_found", f"A card has these sides: {', '.join(kept.SIDES)}.")


def _take_case(session: Session, case_id: UUID) -> None:
    """Let nobody change or purge the case meanwhile; one that the caller may not see is not there."""
    there = kept_cases.take(session, str(case_id))
    if not there or kept_cases.status_of(session, str(case_id), caller().reach) is None:
        raise Refused("not_found", "There is no case with this id.")


def _card(session: Session, case_id: UUID, side: str) -> kept.Card:
    if kept_cases.status_of(session, str(case_id), caller().reach) is None:
        raise Refused("not_found", "There is no case with this id.")
    found = [card for card in kept.of_case(session, str(case_id)) if card.side == side]
    if not found:
        raise Refused("not_found", "There is no picture of this side.")
    return found[0]
