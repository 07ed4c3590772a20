"""How far each telling is: leased while it is sent, tried again later, sent once more when somebody asks.

A delivery whose sender died is taken again when its lease ends. What is about one case goes to an address
in its order: nothing is sent while something earlier waits. One that fails has one attempt at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, insert, or_, select, update

from service.store import webhooks
from service.store.pages import Page, cut, newest_first
from service.store.session import Session, new_id
from service.store.webhook_tables import (
    webhook_attempts,
    webhook_deliveries,
    webhook_endpoints,
    webhook_events,
)
from service.store.webhooks import DELIVERED, LEASED, WAITING, Endpoint

AT_A_TIME = 4
"""So many deliveries are under way to one address that takes them."""

OPEN = (WAITING, LEASED)
d, e = webhook_deliveries.c, webhook_endpoints.c
# Asked whenever something was settled, which is mostly for nothing.
_ANY_OPEN = select(d.id).where(d.state.in_(OPEN)).limit(1)


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that is to be sent now: the event's id and body, and to whom; `attempt` names the lease."""

    id: str
    attempt: int
    event_id: str
    payload: str
    endpoint: Endpoint


@dataclass(frozen=True, slots=True)
class Attempt:
    """One time that an event was sent: when, how long it took, what came of it, the status where one came."""

    at: datetime
    milliseconds: int
    outcome: str
    status: int | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A line of the log; the attempts are those that came to an end, oldest first."""

    id: str
    event_id: str
    type: str
    at: datetime
    state: str
    next_at: datetime
    updated_at: datetime
    attempts: Sequence[Attempt]


def lease(session: Session, now: datetime, until: datetime) -> Due | None:
    """Take the next delivery that is due; it must be the first thing in its transaction."""
    if session.connection.execute(_ANY_OPEN).first() is None:
        return None
    waiting = and_(d.state == WAITING, d.next_at <= now)
    left = and_(d.state == LEASED, d.lease_until <= now)
    for is_free in (left, waiting):
        query = _sendable(is_free, now).order_by(d.next_at, d.number).limit(1)
        if session.connection.execute(query).first() is None:
            continue
        if session.connection.dialect.name == "sqlite":  # has one writer: become it before looking again
            session.connection.exec_driver_sql("BEGIN IMMEDIATE")
        locked = query.with_for_update(of=webhook_deliveries, skip_locked=True)
        row = session.connection.execute(locked).one_or_none()
        return None if row is None else _leased(session, row, now, until)
    return None


def _sendable(is_free: ColumnElement[bool], now: datetime) -> Select[Any]:
    """Deliveries that are free, to addresses that can be sent something, with nothing before them."""
    other, busy = webhook_deliveries.alias(), webhook_deliveries.alias()
    is_first = ~exists().where(
        other.c.endpoint_id == d.endpoint_id,
        other.c.subject == d.subject,
        other.c.state.in_(OPEN),
        other.c.number < d.number,
    )
    under_way = (
        select(func.count())
        .where(busy.c.endpoint_id == d.endpoint_id, busy.c.state == LEASED, busy.c.lease_until > now)
        .scalar_subquery()
    )
    is_up = (e.disabled_at.is_(None), or_(e.rests_until.is_(None), e.rests_until <= now))
    has_room = under_way < case((e.failures > 0, 1), else_=AT_A_TIME)
    event = webhook_events.c
    query = select(d.id, d.attempt, d.endpoint_id, event.id.label("event_id"), event.payload)
    query = query.join_from(webhook_deliveries, webhook_endpoints).join(webhook_events)
    return query.where(is_free, *is_up, is_first, has_room)


def _leased(session: Session, row: Any, now: datetime, until: datetime) -> Due | None:
    endpoint = webhooks.get(session, row.endpoint_id)
    if endpoint is None:
        return None
    due = Due(row.id, row.attempt + 1, row.event_id, row.payload, endpoint)
    values = {"state": LEASED, "attempt": due.attempt, "lease_until": until, "updated_at": now}
    session.connection.execute(update(webhook_deliveries).where(d.id == due.id), values)
    return due


def settle(session: Session, due: Due, attempt: Attempt, state: str, next_at: datetime) -> bool:
    """Write what came of an attempt; false, and nothing written, where its lease is another's by now."""
    held = and_(d.id == due.id, d.state == LEASED, d.attempt == due.attempt)
    values = {"state": state, "next_at": next_at, "lease_until": None}
    ended = update(webhook_deliveries).where(held).values(**values, updated_at=attempt.at)
    if session.connection.execute(ended).rowcount == 0:
        return False
    line = {name: getattr(attempt, name) for name in Attempt.__slots__}
    session.connection.execute(insert(webhook_attempts), {"id": new_id(), "delivery_id": due.id, **line})
    return True


def replay(
    session: Session,
    endpoint_id: str,
    at: datetime,
    *,
    delivery_id: str | None = None,
    since: datetime | None = None,
    undelivered: bool = False,
) -> int:
    """Let deliveries of an address be sent once more: one, or all since a time; how many that were.

    What is about one case goes in its order again, and before what comes later.
    """
    query = update(webhook_deliveries).where(d.endpoint_id == endpoint_id, d.state.not_in(OPEN))
    if delivery_id is not None:
        query = query.where(d.id == delivery_id)
    if since is not None:
        query = query.where(d.number.in_(select(webhook_events.c.number).where(webhook_events.c.at >= since)))
    if undelivered:
        query = query.where(d.state != DELIVERED)
    return session.connection.execute(
        query.values(state=WAITING, attempt=0, next_at=at, updated_at=at)
    ).rowcount


def page_of(
    session: Session, endpoint_id: str, page: Page, state: str | None = None
) -> tuple[list[Delivery], str | None]:
    """One page of what was sent to an address and what waits, newest first, and the cursor of the next."""
    event = webhook_events.c
    query = select(d.id, event.id.label("event_id"), event.type, event.at, d.state, d.next_at, d.updated_at)
    query = query.join_from(webhook_deliveries, webhook_events).where(d.endpoint_id == endpoint_id)
    if state is not None:
        query = query.where(d.state == state)
    shown, following = cut(session.connection.execute(newest_first(query, d.id, page)).all(), page)
    attempts = _attempts_of(session, [row.id for row in shown])
    return [Delivery(**row._mapping, attempts=attempts[row.id]) for row in shown], following


def get(session: Session, endpoint_id: str, delivery_id: str) -> Delivery | None:
    """One line of the log of an address, or `None`."""
    event = webhook_events.c
    query = select(d.id, event.id.label("event_id"), event.type, event.at, d.state, d.next_at, d.updated_at)
    query = query.join_from(webhook_deliveries, webhook_events)
    query = query.where(d.endpoint_id == endpoint_id, d.id == delivery_id)
    row = session.connection.execute(query).one_or_none()
    return None if row is None else Delivery(**row._mapping, attempts=_attempts_of(session, [row.id])[row.id])


def counts_of(session: Session, endpoint_id: str) -> dict[str, int]:
    """How many deliveries of an address are in which state."""
    query = (
        select(d.state, func.count().label("number")).where(d.endpoint_id == endpoint_id).group_by(d.state)
    )
    return {row.state: row.number for row in session.connection.execute(query)}


def _attempts_of(session: Session, delivery_ids: Sequence[str]) -> dict[str, list[Attempt]]:
    found: dict[str, list[Attempt]] = defaultdict(list)
    a = webhook_attempts.c
    query = select(webhook_attempts).where(a.delivery_id.in_(delivery_ids)).order_by(a.id)
    for row in session.connection.execute(query):
        found[row.delivery_id].append(Attempt(row.at, row.milliseconds, row.outcome, row.status))
    return found
