"""Requests sent twice with one key: done once, answered the same.

A request first *claims* its key in a transaction of its own, so that a second one sees it at once;
what it did and what it answered are then kept together, in one transaction. A claim whose request
died without an answer lapses after `CLAIM_LASTS`, an answer after `ANSWER_LASTS`.

While one data key takes over from another a claim is made under both, so that it meets the claim of a
process that knows one of them only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
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
    """A request's hold on its key: what is kept of it under each data key in use, and under older ones.

    Names are keyed hashes of client, route and key; each goes with the keyed hash of the body.
    """

    names: Mapping[bytes, bytes]
    older: Mapping[bytes, bytes]


def make_claim(store: Store, client_id: str, route: str, key: str, body: bytes) -> Claim:
    """The claim of a client's key on a route for this body; neither key nor body can be read from it."""
    in_use = {one.kid for one in store.vault.ring()}
    names: dict[bool, dict[bytes, bytes]] = {True: {}, False: {}}
    for remnant in store.vault.remnants():
        name = remnant.claim_digest("key", client_id, route, key)
        names[remnant.kid in in_use][name] = remnant.claim_digest("body", hashlib.sha256(body).hexdigest())
    return Claim(names[True], names[False])


def claim(store: Store, wanted: Claim, at: datetime) -> Kept | Refusal | None:
    """Take hold of a key: `None` where that worked, else what was answered before, or why not."""
    try:
        with transaction(store) as session:
            _forget_lapsed(session, at)
            if wanted.older and (found := _find(session, wanted)) is not None:
                return found
            for name, body_digest in wanted.names.items():
                row = {"id": name, "body_digest": body_digest, "claimed_at": at}
                session.connection.execute(insert(idempotency), row)
        return None
    except IntegrityError:
        with transaction(store) as session:
            return _find(session, wanted) or Refusal.IN_FLIGHT


def keep(session: Session, held: Claim, answer: Kept) -> None:
    """Keep what is answered, in the transaction of what was done."""
    said = {"location": answer.location, "body": answer.body.decode()}
    for name in held.names:
        sealed = session.seal(said, f"idempotency.response:{name.hex()}")
        session.connection.execute(
            update(idempotency).where(idempotency.c.id == name), {"status": answer.status, "response": sealed}
        )


def release(store: Store, held: Claim) -> None:
    """Let go of a key whose request did nothing, so that it can be sent again, corrected."""
    with transaction(store) as session:
        session.connection.execute(
            delete(idempotency).where(idempotency.c.id.in_(list(held.names)), idempotency.c.status.is_(None))
        )


def _find(session: Session, wanted: Claim) -> Kept | Refusal | None:
    body_digests = {**wanted.names, **wanted.older}
    query = select(idempotency).where(idempotency.c.id.in_(list(body_digests)))
    row = session.connection.execute(query).first()
    if row is None:
        return None
    if row.body_digest != body_digests[row.id]:
        return Refusal.OTHER_BODY
    if row.status is None:
        return Refusal.IN_FLIGHT
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
