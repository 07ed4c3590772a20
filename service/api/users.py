"""Staff: who they are and which role they have; for administrators."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from service import staff
from service.api import access
from service.api.access import NEW_USER, USER_CHANGE
from service.api.describe import creation, operation
from service.api.exchange import json_body, listing, loaded, reply
from service.api.once import Made, once
from service.api.problems import Refused
from service.at_hand import office
from service.noting import note
from service.store import users as kept
from service.store.session import Session, transaction

users = Blueprint("users", __name__, url_prefix="/v1/users", description=__doc__ or "")


@users.route("", methods=["GET"])
@users.doc(**operation("listUsers", "List staff", access.USER_LIST, is_recorded=True))
def index() -> Response:
    """Everybody there ever was, oldest first."""
    with transaction(office().store) as session:
        found = kept.list_all(session)
        note(session, "user.list")
    return listing([access.user_line(user) for user in found], None)


@users.route("", methods=["POST"])
@users.doc(**creation("createUser", "Take somebody in", access.USER, body=NEW_USER, refuses=(409,)))
def create() -> Response:
    """The password is theirs to change; the second factor is set up when they first sign in."""
    return once(lambda: _taken_in(loaded(NEW_USER, json_body())))


@users.route("/<uuid:user_id>", methods=["PATCH"])
@users.doc(
    **operation(
        "changeUser",
        "Change somebody of the staff",
        access.USER,
        body=USER_CHANGE,
        refuses=(404, 409),
        is_recorded=True,
    )
)
def change(user_id: UUID) -> Response:
    """What is not given stays; the sessions of whoever is changed end."""
    asked = loaded(USER_CHANGE, json_body())
    wanted = staff.Change(
        role=asked.get("role"),
        disabled=asked.get("disabled"),
        password=asked.get("password"),
        takes_second_factor_away=asked.get("second_factor") is False,
    )
    with transaction(office().store) as session:
        user = kept.get(session, str(user_id))
        if user is None:
            raise Refused("not_found", "There is nobody with this id.")
        try:
            changed = staff.change(session, user, wanted, datetime.now(UTC))
        except staff.LastAdministrator:
            raise Refused("conflict", "Nobody would be left who could take others in.") from None
        note(session, "user.change", user.id)
    return reply(access.user_line(changed))


def _taken_in(asked: dict[str, Any]) -> Made:
    with transaction(office().store) as session:
        if kept.find(session, asked["name"]) is not None:
            raise Refused("conflict", _TAKEN)
    user = staff.draft(asked["name"], asked["role"], asked["password"])

    def write(session: Session) -> None:
        if not kept.add(session, user):
            raise Refused("conflict", _TAKEN)
        note(session, "user.create", user.id)

    return Made(access.user_line(user), f"/v1/users/{user.id}", write)


_TAKEN = "Somebody of this name is here already."
