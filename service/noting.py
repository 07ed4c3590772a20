"""Writes into the audit trail what the request at hand does with members' data."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import g, request

from service.at_hand import office
from service.security.guard import current_client
from service.store import audit
from service.store.session import Session
from service.store.users import User

HEADER = "Purpose-Of-Use"
PURPOSES = ("treatment", "payment", "operations")
USUAL = "payment"


class UnknownPurpose(Exception):
    """The header names a purpose there is not."""


def purpose() -> str:
    """What the caller does this for; to verify benefits is for payment, where nothing else is said."""
    said = request.headers.get(HEADER, USUAL).strip().lower()
    if said not in PURPOSES:
        raise UnknownPurpose
    return said


def note(session: Session, action: str, subject: str | None = None) -> None:
    """Note that the caller does this with a record, in the transaction that does it."""
    client = current_client()
    note_for(session, action, client.id, client.name, subject)


def note_for(session: Session, action: str, actor: str, name: str, subject: str | None = None) -> None:
    """Note what somebody does who is not known as the caller yet."""
    event = audit.Event(
        at=datetime.now(UTC),
        actor=actor,
        actor_name=name,
        action=action,
        subject=subject,
        purpose=purpose(),
        address=request.remote_addr,
        request_id=g.get("request_id"),
    )
    audit.add(session, event)
    office().sealer.wake()


def note_sign_in(session: Session, action: str, user: User | None) -> None:
    """Note that somebody signed in, or tried to; what was typed is not noted."""
    note_for(session, action, user.id if user else "nobody", user.name if user else "nobody")
