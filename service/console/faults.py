"""What a page says when it cannot be shown: to sign in, not allowed, to wait, that the fault is ours."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, TooManyRequests

from service.console.reading import is_part, show
from service.console.room import console
from service.observe.faults import note_fault
from service.security import cookies
from service.security.guard import Forbidden, Unauthenticated, current_client
from service.store.session import Unavailable

POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'"
)
"""What a page of the console may load: its own style sheet, script and pictures, and nothing else."""


@console.after_request
def say_what_may_be_loaded(response: Response) -> Response:
    """Nothing but its own, from nowhere else."""
    response.headers["Content-Security-Policy"] = POLICY
    return response


@console.errorhandler(Unauthenticated)
def ask_to_sign_in(_: Unauthenticated) -> ResponseReturnValue:
    """Whoever is not signed in, or not any more, signs in; what was sent stays where it was typed.

    It is not carried through the sign-in: who signs in then may be somebody else.
    """
    if is_part():
        return _say(401, "session_over")
    if request.method in cookies.SAFE and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate":
        return redirect(url_for("console.sign_in"), 303)
    return *show("signed_out.html", 401), {"WWW-Authenticate": 'Bearer realm="OpenVOB"'}


@console.errorhandler(Forbidden)
def refuse(_: Forbidden) -> ResponseReturnValue:
    """Whoever has to set up a second factor is led there."""
    client = current_client()
    if client.user and not client.scopes:
        return redirect(url_for("console.second_factor"), 303)
    return _say(403, "not_allowed")


@console.errorhandler(CSRFError)
def refuse_form(_: CSRFError) -> ResponseReturnValue:
    """A form of another site, or of a session that ended."""
    return _say(403, "form_too_old")


@console.errorhandler(TooManyRequests)
def ask_for_patience(_: TooManyRequests) -> ResponseReturnValue:
    """Somebody asked too often."""
    return _say(429, "too_often")


@console.errorhandler(Unavailable)
def wait_for_the_database(_: Unavailable) -> ResponseReturnValue:
    """The database does not answer; nothing was kept."""
    return _say(503, "unavailable")


@console.errorhandler(HTTPException)
def say_it_is_not_here(error: HTTPException) -> ResponseReturnValue:
    """An address of the console that leads nowhere, or is asked in another way than it takes."""
    return _say(error.code or 500, "nothing_here")


@console.errorhandler(Exception)
def own_up(error: Exception) -> ResponseReturnValue:
    """A fault of ours, with the name it has in the log."""
    return _say(500, "our_fault", note_fault(error))


def _say(status: int, fault: str, instance: str | None = None) -> ResponseReturnValue:
    """A page that says it, or a part where only a part was asked for."""
    return show("part_fault.html" if is_part() else "fault.html", status, fault=fault, instance=instance)
