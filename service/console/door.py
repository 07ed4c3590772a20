"""Signing in and out, and setting up the second factor, as pages."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from schemas.problem import BadRequest
from service import staff
from service.at_hand import office, sessions
from service.console.reading import label, lasting, menu, show, show_to_staff
from service.console.room import console
from service.noting import note, note_sign_in
from service.security import cookies
from service.security.guard import current_session
from service.security.sessions import CodeNeeded, Locked, WrongCredentials
from service.store import sessions as kept
from service.store.session import transaction


@console.get("/home")
def home() -> ResponseReturnValue:
    """The first page that whoever is signed in may see."""
    if not current_session().kept.is_full:
        return redirect(url_for("console.second_factor"), 303)
    return redirect(url_for(next(endpoint for endpoint, _ in menu())), 303)


@console.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Name, password, and a code where there is a second factor."""
    return show("sign_in.html", name="", fault=None, asks_code=False)


@console.post("/sign-in")
def begin() -> ResponseReturnValue:
    """Sign in, and go on to the work list; what is wrong is said in one sentence."""
    name, code = request.form.get("name", "").strip(), request.form.get("code", "").strip()
    password = request.form.get("password", "")
    try:
        token, signed_in = sessions().begin(name, password, code or None, datetime.now(UTC), note_sign_in)
    except Locked as error:
        return _again(429, label("locked", minutes=-(-error.seconds // 60)), name, asks_code=bool(code))
    except CodeNeeded:
        return _again(401, label("code_needed"), name, asks_code=True)
    except WrongCredentials:
        return _again(401, label("wrong_credentials"), name, asks_code=bool(code))
    cookies.begin(token, signed_in.user.id)
    return redirect(url_for("console.home"), 303)


@console.get("/stay")
def stay() -> ResponseReturnValue:
    """How long the session lasts from now on, for it was just used; and what vouches for its forms."""
    return jsonify(lasting(current_session()) | {"csrf_token": cookies.csrf_token()})


@console.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """The session is over at once."""
    with transaction(office().store) as doing:
        kept.end(doing, current_session().kept.digest)
        note(doing, "session.end")
    cookies.end()
    return redirect(url_for("console.sign_in"), 303)


@console.get("/second-factor")
def second_factor() -> ResponseReturnValue:
    """Whether there is one, and how to set it up."""
    return show_to_staff("second_factor.html", enrolment=None, fault=None)


@console.post("/second-factor")
def begin_second_factor() -> ResponseReturnValue:
    """The secret for an authenticator app, shown this once."""
    with transaction(office().store) as doing:
        try:
            made = staff.begin_second_factor(doing, current_session().user)
        except staff.AlreadyEnrolled:
            return redirect(url_for("console.second_factor"), 303)
        note(doing, "user.begin_second_factor", current_session().user.id)
    return show_to_staff("second_factor.html", enrolment=made, fault=None)


@console.post("/second-factor/confirm")
def confirm_second_factor() -> ResponseReturnValue:
    """It counts once a code of it was typed."""
    signed_in, code = current_session(), request.form.get("code", "").strip()
    try:
        with transaction(office().store) as doing:
            staff.confirm_second_factor(doing, signed_in.user, code, signed_in.kept.digest, datetime.now(UTC))
            note(doing, "user.confirm_second_factor", signed_in.user.id)
    except (BadRequest, staff.AlreadyEnrolled):
        return show_to_staff("second_factor.html", 422, enrolment=None, fault=label("wrong_code"))
    return redirect(url_for("console.home"), 303)


def _again(status: int, fault: str, name: str, *, asks_code: bool) -> ResponseReturnValue:
    return show("sign_in.html", status, name=name, fault=fault, asks_code=asks_code)
