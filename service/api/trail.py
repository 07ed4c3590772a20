"""Writes into the audit trail what the request at hand does with members' data."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import g, request

from service.api.places import office
from service.api.problems import Refused
from service.security.guard import current_client
from service.store import audit
from service.store.session import Session

HEADER = "Purpose-Of-Use"
PURPOSES = ("treatment", "payment", "operations")
USUAL = "payment"


def purpose() -> str:
    """What the caller does this for; to verify benefits is for payment, where nothing else is said."""
    said = request.headers.get(HEADER, USUAL).strip().lower()
    if said not in PURPOSES:
        raise Refused("bad_header", f"{HEADER} must be one of {', '.join(PURPOSES)}.")
    return said


def note(session: Session, action: str, subject: str | None = None) -> None:
    """Note that the caller does this with a record, in the transaction that does it."""
    client = current_client()
    event = audit.Event(
        at=datetime.now(UTC),
        actor=client.id,
        actor_name=client.name,
        action=action,
        subject=subject,
        purpose=purpose(),
        address=request.remote_addr,
        request_id=g.get("request_id"),
    )
    audit.add(session, event)
    office().sealer.wake()
