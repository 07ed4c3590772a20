"""Leases of items: who works on what, for how long, and how many at once ask over one connection.

An item that asks nobody is leased with others; one that asks a payer alone, and only while its connection
has room. What is under way and what was begun in the last minute is counted in the table itself, so that the
limits hold for all workers on all hosts together. That rests on two things: a lease of an item that asks is
longer than its asking can take, and hosts agree about the time to a few seconds.

Whom a payer's reply leads to is not known before: a connection that may be asked after another one is counted
as if it always were.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select, text, update

from service.store.batch_tables import IS_WAITING, batch_items, batches
from service.store.batches import FAILED, LEASED, MOST_ATTEMPTS, Item, opened
from service.store.session import Session
from service.store.webhook_events import tell_finished

A_MINUTE = timedelta(minutes=1)
LEASE = timedelta(seconds=30)
"""For some items that ask nobody: each takes milliseconds, and after a kill all of them come back soon."""

ASKING_LEASE = timedelta(seconds=60)
"""For one item that asks: its payer and an administrator of behavioral care have 15 seconds in all."""

LATER = timedelta(seconds=15)
"""So long after an item was begun its second question may be put."""

# Any number that means this lock to every process of ours: one at a time begins what asks, and counts first.
LOCK = 7_303_017


@dataclass(frozen=True, slots=True)
class Limit:
    """What a connection takes: so many under way, so many begun in a minute, nothing while it `is_quiet`.

    One that `follows` may be asked after any other, in the same item.
    """

    connection: str
    at_most: int
    per_minute: int | None = None
    is_quiet: bool = False
    follows: bool = False


def lease(session: Session, kind: str, most: int, now: datetime, limits: Sequence[Limit] = ()) -> list[Item]:
    """Take the next items of a kind of lists: some that ask nobody, or one that asks a payer with room.

    It must be first in its transaction.
    """
    first = _first_free(session, kind, now, _closed(session, limits, now))
    if first is None:
        return []
    asks = first.connection is not None
    _begin(session, asks=asks)
    if first.state == LEASED:
        spent = update(batch_items).where(_is_over(now), batch_items.c.attempt >= MOST_ATTEMPTS)
        values = spent.values(state=FAILED, lease_until=None, updated_at=now)
        failed = session.connection.execute(values.returning(batch_items.c.batch_id)).scalars()
        tell_finished(session, {*failed}, now)
    # What was free a moment ago may be another's by now: it is looked for once more, and then it is held.
    closed = _closed(session, limits, now) if asks else ()
    first = _first_free(session, kind, now, closed, asks=asks)
    if first is None and asks:  # others took the last place; what asks nobody needs none
        asks, closed = False, ()
        first = _first_free(session, kind, now, closed, asks=asks)
    if first is None:
        return []
    # One that is taken again is taken alone: it may be what its worker died of.
    is_alone = asks or first.state == LEASED
    query = _in_order(first, now, closed, asks=asks).limit(1 if is_alone else most)
    rows = session.connection.execute(query.with_for_update(skip_locked=True)).all()
    return _take(session, rows, now, asks=asks) if rows else []


def _take(session: Session, rows: Sequence[Row[Any]], now: datetime, *, asks: bool) -> list[Item]:
    until = now + (ASKING_LEASE if asks else LEASE)
    values = {"state": LEASED, "lease_until": until, "updated_at": now, **({"asked_at": now} if asks else {})}
    taken = update(batch_items).where(batch_items.c.id.in_([row.id for row in rows]))
    session.connection.execute(taken.values(**values, attempt=batch_items.c.attempt + 1))
    return [
        replace(opened(session, row), state=LEASED, attempt=row.attempt + 1, lease_until=until)
        for row in rows
    ]


def _first_free(
    session: Session, kind: str, now: datetime, closed: Collection[str], *, asks: bool | None = None
) -> Row[Any] | None:
    """The item to be taken next: one whose worker died, else the first that waits in the oldest list."""
    may = (_is_open(closed), *([] if asks is None else [_asks(asks)]))
    over = select(batch_items).join(batches).where(batches.c.kind == kind, _is_over(now), *may)
    left = session.connection.execute(over.order_by(batch_items.c.lease_until).limit(1)).first()
    if left is not None:
        return left
    waits = (IS_WAITING, *may)
    # One look into each list, however many items it has: a plain EXISTS would go through all that wait.
    first = select(batch_items.c.number).where(batch_items.c.batch_id == batches.c.id, *waits)
    first_number = first.order_by(batch_items.c.number).limit(1).correlate(batches).scalar_subquery()
    oldest = select(batches.c.id).where(batches.c.kind == kind, first_number.is_not(None))
    oldest = oldest.order_by(batches.c.created_at, batches.c.id).limit(1)
    batch_id = session.connection.execute(oldest).scalar_one_or_none()
    query = select(batch_items).where(batch_items.c.batch_id == batch_id, *waits)
    return session.connection.execute(query.order_by(batch_items.c.number).limit(1)).first()


def _in_order(first: Row[Any], now: datetime, closed: Collection[str], *, asks: bool) -> Select[Any]:
    """The items to be taken with the first, itself included: those of its list that are as free as it is."""
    same = _is_over(now) if first.state == LEASED else IS_WAITING
    query = select(batch_items).where(batch_items.c.batch_id == first.batch_id, same)
    return query.where(_asks(asks), _is_open(closed)).order_by(batch_items.c.number)


def _closed(session: Session, limits: Sequence[Limit], now: datetime) -> list[str]:
    """The connections that take nothing more just now."""
    if not limits:
        return []
    is_under_way = and_(batch_items.c.state == LEASED, batch_items.c.lease_until > now)
    # Moments are kept to the second, so the first of a minute counts until the second after it is over.
    is_recent = batch_items.c.asked_at >= now - A_MINUTE
    was_recent = batch_items.c.asked_at >= now - A_MINUTE - LATER
    names = [one.connection for one in limits]
    query = select(
        batch_items.c.connection,
        func.sum(case((is_under_way, 1), else_=0)),
        func.sum(case((is_recent, 1), else_=0)),
        func.count(),
    ).where(batch_items.c.connection.in_(names), or_(is_under_way, was_recent))
    rows = session.connection.execute(query.group_by(batch_items.c.connection)).all()
    counted = {name: (under_way, recent) for name, under_way, recent, _ in rows}
    after_any = sum(under_way for _, under_way, _, _ in rows), sum(count for *_, count in rows)
    if any(one.follows and _is_full(one, *after_any) for one in limits):
        return names
    return [one.connection for one in limits if _is_full(one, *counted.get(one.connection, (0, 0)))]


def _is_full(limit: Limit, under_way: int, recent: int) -> bool:
    too_often = limit.per_minute is not None and recent >= limit.per_minute
    return limit.is_quiet or too_often or under_way >= limit.at_most


def _begin(session: Session, *, asks: bool) -> None:
    """Let nobody else begin the same until the transaction ends."""
    if session.connection.dialect.name == "sqlite":  # has one writer: become it before looking again
        session.connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif asks:
        session.connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def _asks(asks: bool) -> ColumnElement[bool]:
    return batch_items.c.connection.is_not(None) if asks else batch_items.c.connection.is_(None)


def _is_open(closed: Collection[str]) -> ColumnElement[bool]:
    return or_(batch_items.c.connection.is_(None), batch_items.c.connection.not_in(closed))


def _is_over(now: datetime) -> ColumnElement[bool]:
    return and_(batch_items.c.state == LEASED, batch_items.c.lease_until <= now)
