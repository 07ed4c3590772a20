"""Sessions of staff: signing in and out, the second factor, the password."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Response, g
from flask_smorest import Blueprint

from schemas.sources import moment
from service import staff
from service.api import access
from service.api.access import CODE, NEW_PASSWORD, SIGN_IN
from service.api.describe import COOKIE, operation
from service.api.exchange import json_body, loaded, reply
from service.api.problems import Refused
from service.at_hand import office, sessions
from service.noting import note, note_sign_in
from service.security import cookies
from service.security.guard import client_of, current_session
from service.security.permissions import SIGNED_IN
from service.security.sessions import CodeNeeded, Locked, SignedIn, WrongCredentials
from service.store import sessions as kept
from service.store.session import transaction

session = Blueprint("session", __name__, url_prefix="/v1/session", description=__doc__ or "")


@session.route("", methods=["POST"])
@session.doc(
    **operation(
        "signIn",
        "Sign in",
        access.SESSION,
        status=201,
        body=SIGN_IN,
        refuses=(401, 429, 500),
        is_open=True,
        is_recorded=True,
    )
)
def begin() -> Response:
    """The session is in a cookie; its `csrf_token` goes with whatever changes something."""
    asked = loaded(SIGN_IN, json_body())
    try:
        token, signed_in = sessions().begin(
            asked["name"], asked["password"], asked.get("code"), datetime.now(UTC), note_sign_in
        )
    except Locked as error:
        raise Refused(
            "too_many_requests",
            "Signing in failed too often for this name.",
            headers={"Retry-After": str(error.seconds)},
        ) from None
    except CodeNeeded:
        raise Refused("second_factor_needed") from None
    except WrongCredentials:
        raise Refused("not_authenticated", "Name, password or code is not right.") from None
    cookies.begin(token, signed_in.user.id)
    return reply(_shown(signed_in), 201)


@session.route("", methods=["GET"])
@session.doc(**operation("getSession", "Who is signed in", access.SESSION, security=COOKIE))
def show() -> Response:
    """With what the role may do, and when the session ends; to ask counts as use, and puts its end off."""
    return reply(_shown(current_session()))


@session.route("", methods=["DELETE"])
@session.doc(**operation("signOut", "Sign out", None, status=204, security=COOKIE, is_recorded=True))
def end() -> Response:
    """The session is over at once, wherever its cookie is."""
    with transaction(office().store) as doing:
        kept.end(doing, current_session().kept.digest)
        note(doing, "session.end")
    cookies.end()
    return Response(status=204)


@session.route("/second-factor", methods=["POST"])
@session.doc(
    **operation(
        "beginSecondFactor",
        "Begin to set up a second factor",
        access.ENROLMENT,
        status=201,
        refuses=(409,),
        security=COOKIE,
        is_recorded=True,
    )
)
def begin_second_factor() -> Response:
    """What an authenticator app needs; shown this once, and good once a code of it was sent."""
    with transaction(office().store) as doing:
        try:
            made = staff.begin_second_factor(doing, current_session().user)
        except staff.AlreadyEnrolled:
            raise Refused("conflict", _ENROLLED) from None
        note(doing, "user.begin_second_factor", current_session().user.id)
    return reply({"secret": made.secret, "uri": made.uri}, 201)


@session.route("/second-factor", methods=["PUT"])
@session.doc(
    **operation(
        "confirmSecondFactor",
        "Confirm the second factor",
        None,
        status=204,
        body=CODE,
        refuses=(409,),
        security=COOKIE,
        is_recorded=True,
    )
)
def confirm_second_factor() -> Response:
    """From now on signing in asks for a code; other sessions of the same person end."""
    code, signed_in = loaded(CODE, json_body())["code"], current_session()
    with transaction(office().store) as doing:
        try:
            staff.confirm_second_factor(doing, signed_in.user, code, signed_in.kept.digest, datetime.now(UTC))
        except staff.AlreadyEnrolled:
            raise Refused("conflict", _ENROLLED) from None
        note(doing, "user.confirm_second_factor", signed_in.user.id)
    return Response(status=204)


@session.route("/password", methods=["PUT"])
@session.doc(
    **operation(
        "changePassword",
        "Change the password",
        None,
        status=204,
        body=NEW_PASSWORD,
        security=COOKIE,
        is_recorded=True,
    )
)
def change_password() -> Response:
    """Every other session of the same person ends."""
    asked, signed_in = loaded(NEW_PASSWORD, json_body()), current_session()
    with transaction(office().store) as doing:
        staff.change_password(doing, signed_in.user, asked["current"], asked["new"], signed_in.kept.digest)
        note(doing, "user.change_password", signed_in.user.id)
    return Response(status=204)


_ENROLLED = "There is a second factor already; an administrator can take it away."


def _shown(signed_in: SignedIn) -> dict[str, Any]:
    g.client = client = client_of(signed_in)
    return {
        "user": {"id": signed_in.user.id, "name": signed_in.user.name, "role": signed_in.user.role},
        "scopes": [scope for scope in client.scopes if scope != SIGNED_IN],
        "second_factor": signed_in.user.has_second_factor,
        "second_factor_needed": not signed_in.kept.is_full,
        "idle_ends_at": moment(signed_in.idle_ends_at),
        "ends_at": moment(signed_in.ends_at),
        "csrf_token": cookies.csrf_token(),
    }
