"""What stands ready for the request at hand: the office, sessions of staff, what counts calls, who asks."""

from __future__ import annotations

from datetime import date

from flask import current_app, g

from service.office import Office, keep_in_step
from service.record import Caller, right_now
from service.security.guard import current_client
from service.security.keys import Doorkeeper
from service.security.sessions import Sessions
from service.security.throttle import Throttle


def office() -> Office:
    """The office of the application at hand, as it stood when the request first asked for it."""
    found: Office | None = g.get("office")
    if found is None:
        found = g.office = keep_in_step(current_app.extensions)
    return found


def clinic_day() -> date:
    """The day at the clinic."""
    return right_now().astimezone(office().desk.clinic.zone).date()


def sessions() -> Sessions:
    """The sessions of staff."""
    found: Sessions = current_app.extensions["sessions"]
    return found


def doorkeeper() -> Doorkeeper:
    """What knows clients by their keys."""
    found: Doorkeeper = current_app.extensions["doorkeeper"]
    return found


def throttle() -> Throttle:
    """What counts how often somebody asks."""
    found: Throttle = current_app.extensions["throttle"]
    return found


def caller() -> Caller:
    """The client at hand, as timelines name it."""
    client = current_client()
    return Caller(client.id, client.name, client.reach)
