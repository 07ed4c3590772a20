"""Requests sent twice with one key: done once, answered the same.

A request first *claims* its key in a transaction of its own, so that a second one sees it at once;
what it did and what it answered are then kept together, in one transaction. A claim whose request
died without an answer lapses after `CLAIM_LASTS`, an answer after `ANSWER_LASTS`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from service.store.session import Session, Store, transaction
from service.store.tables import idempotency

ANSWER_LASTS = timedelta(hours=24)
CLAIM_LASTS = timedelta(minutes=2)


class Refusal(Enum):
    """Why a key cannot be claimed."""

    IN_FLIGHT = "in_flight"
    OTHER_BODY = "other_body"


@dataclass(frozen=True, slots=True)
class Kept:
    """What was answered before: status, address of what was made, body."""

    status: int
    location: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """A request's hold on its key: `id` is the keyed hash of client, route and key."""

    id: bytes
    body_digest: bytes


def make_claim(store: Store, client_id: str, route: str, key: str, body: bytes) -> Claim:
    """The claim of a client's key on a route for this body; neither key nor body can be read from it."""
    return Claim(
        store.vault.index("idempotency key", client_id, route, key),
        store.vault.index("idempotency body", hashlib.sha256(body).hexdigest()),
    )


def claim(store: Store, wanted: Claim, at: datetime) -> Kept | Refusal | None:
    """Take hold of a key: `None` where that worked, else what was answered before, or why not."""
    try:
        with transaction(store) as session:
            _forget_lapsed(session, at)
            session.connection.execute(
                insert(idempotency),
                {"id": wanted.id, "body_digest": wanted.body_digest, "claimed_at": at},
            )
        return None
    except IntegrityError:
        with transaction(store) as session:
            return _found(session, wanted)


def keep(session: Session, held: Claim, answer: Kept) -> None:
    """Keep what is answered, in the transaction of what was done."""
    place = f"idempotency.response:{held.id.hex()}"
    sealed = session.seal({"location": answer.location, "body": answer.body.decode()}, place)
    session.connection.execute(
        update(idempotency).where(idempotency.c.id == held.id), {"status": answer.status, "response": sealed}
    )


def release(store: Store, held: Claim) -> None:
    """Let go of a key whose request did nothing, so that it can be sent again, corrected."""
    with transaction(store) as session:
        session.connection.execute(
            delete(idempotency).where(idempotency.c.id == held.id, idempotency.c.status.is_(None))
        )


def _found(session: Session, wanted: Claim) -> Kept | Refusal:
    row = session.connection.execute(select(idempotency).where(idempotency.c.id == wanted.id)).one_or_none()
    if row is None or (row.status is None and row.body_digest == wanted.body_digest):
        return Refusal.IN_FLIGHT
    if row.body_digest != wanted.body_digest:
        return Refusal.OTHER_BODY
    kept = session.open(row.response, f"idempotency.response:{row.id.hex()}")
    return Kept(row.status, kept["location"], kept["body"].encode())


def _forget_lapsed(session: Session, at: datetime) -> None:
    lapsed = or_(
        idempotency.c.claimed_at < at - ANSWER_LASTS,
        idempotency.c.status.is_(None) & (idempotency.c.claimed_at < at - CLAIM_LASTS),
    )
    # Whatever another request is forgetting already is left to it: two that wait for each other are none.
    free = select(idempotency.c.id).where(lapsed).with_for_update(skip_locked=True)
    session.connection.execute(delete(idempotency).where(idempotency.c.id.in_(free)))
