"""Which payer a row of work in the background asks, and how much each of them takes just now.

People who ask at the desk are not counted and not held up: the limits here are for what nobody waits for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from schemas.inquiry import load_inquiry
from schemas.problem import BadRequest
from service.office import Office
from service.record import right_now
from service.store import batches
from service.store.batches import Item
from service.store.leases import Limit, lease
from service.store.session import transaction
from service.verify import Desk, known


def take(office: Office, kind: str, most: int) -> list[Item]:
    """Lease the next rows of a kind: some that ask nobody, or one whose payer has room for it."""
    now = right_now()
    with transaction(office.store) as session:
        return lease(session, kind, most, now, limits_of(office.desk, now))


def limits_of(desk: Desk, now: datetime) -> list[Limit]:
    """What each connection of the clinic's profile takes at a moment."""
    there = now.astimezone(desk.clinic.zone).time()
    return [
        Limit(
            one.id,
            int(one.at_most),
            None if one.per_minute is None else int(one.per_minute),
            one.is_quiet_at(there),
            follows=bool(one.administrators),
        )
        for one in desk.clinic.connections.values()
    ]


def connection_of(desk: Desk, body: Any) -> str | None:
    """The connection that answering a request asks its payer over, or `None` where nobody is asked.

    An administrator of behavioral care that the payer names in its reply is not known before.
    """
    if not isinstance(body, Mapping) or body.get("live") is False:
        return None
    if body.get("payer_reply") is not None or body.get("as_of") is not None:
        return None
    payer = body.get("payer")
    if body.get("coverages") is not None:  # which of them pays first is the request's own matter
        payer = _first_payer(desk, body)
    connection = desk.switchboard.connection_to(payer) if isinstance(payer, str) else None
    return None if connection is None else connection.id


def is_led_elsewhere(office: Office, item: Item, body: Any) -> bool:
    """Whether a row asks over another connection than it was leased for; it waits for a place there then.

    The profile may have changed since it was put up, or the case on file names another payer.
    """
    connection = connection_of(office.desk, body)
    if connection == item.connection:
        return False
    with transaction(office.store) as session:
        batches.redirect(session, item, connection, right_now())
    return True


def _first_payer(desk: Desk, body: Any) -> str | None:
    try:
        return load_inquiry(body, known(desk, right_now()))[0].payer
    except BadRequest:
        return None
