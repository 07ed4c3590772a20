"""Lists of many things to do, and how far each of them is: the one truth about work in the background.

An item is leased for a while (`service.store.leases`) by whoever works on it. One whose lease ran out is
taken again, so that a worker may die at any time; only the lease that is still held may write a result, in
the transaction that keeps what the result names. What an item is about and what came of it is sealed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, func, insert, or_, select, text, update
from sqlalchemy.exc import IntegrityError

from service.store.batch_tables import batch_items, batches
from service.store.pages import Page, cut
from service.store.session import Session, first_id, new_id

STATES = (WAITING, LEASED, DONE, REFUSED, FAILED, CANCELLED) = (
    *("waiting", "leased", "done", "refused", "failed"),
    "cancelled",
)
"""`refused` waits for a person to mend it; `failed` was tried too often, by no fault of whoever typed it."""

SETTLED = (DONE, REFUSED, FAILED)
"""The states of an item of which there is something to tell, and nothing more to do."""

MOST_ATTEMPTS = 3
"""An item that ended so many workers, or failed so often, is not taken again by itself."""

SEALED = ("data", "result")


@dataclass(frozen=True, slots=True)
class Batch:
    """A list of things to do; nothing in it says who they are about."""

    id: str
    kind: str
    day: date | None
    created_at: datetime
    created_by: str
    client_id: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do: `data` says what, `result` what came of it.

    `connection` is the one that it asks a payer over, `None` where it asks nobody, and `asked_at` when it
    was last begun that way.
    """

    id: str
    batch_id: str
    number: int
    state: str
    attempt: int
    lease_until: datetime | None
    updated_at: datetime
    case_id: str | None
    verification_id: str | None
    data: Mapping[str, Any]
    result: Mapping[str, Any] | None
    connection: str | None = None
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an item, and where the rest of it is kept."""

    item: Item
    result: Mapping[str, Any]
    case_id: str | None
    verification_id: str | None


# Built once: making a statement anew costs more than running it.
FINISH = (
    update(batch_items)
    .where(
        batch_items.c.id == bindparam("held"),
        batch_items.c.state == LEASED,
        batch_items.c.attempt == bindparam("held_attempt"),
    )
    .values(
        state=DONE,
        lease_until=None,
        updated_at=bindparam("updated_at"),
        case_id=bindparam("case_id"),
        verification_id=bindparam("verification_id"),
        result=bindparam("result"),
    )
)


def id_by_content(session: Session, day: datetime, *content: str) -> list[str]:
    """The ids that a list of this content has when it is put up on a day, one for each data key there is.

    The first is for a new one: two that are equal can only be kept once, whoever comes first.
    """
    start = first_id(day)
    hashes = [key.index("batch", *content).hex() for key in session.vault.ring()]
    return [f"{start[:20]}{one[:3]}-{one[3:15]}" for one in hashes]


def draft_item(
    batch_id: str,
    number: int,
    state: str,
    data: Mapping[str, Any],
    at: datetime,
    connection: str | None = None,
) -> Item:
    """An item, not yet kept."""
    return Item(new_id(), batch_id, number, state, 0, None, at, None, None, data, None, connection)


def add(session: Session, batch: Batch, items: Sequence[Item]) -> bool:
    """Keep a list with its items; false, and nothing kept, where there is one of this id already."""
    values = {name: getattr(batch, name) for name in Batch.__slots__}
    try:
        with session.connection.begin_nested():
            session.connection.execute(insert(batches), values)
    except IntegrityError:
        return False
    add_items(session, items)
    return True


def add_items(session: Session, items: Sequence[Item]) -> None:
    """Keep items of a list that is kept."""
    if items:
        session.connection.execute(insert(batch_items), [_row(session, item) for item in items])


def get(session: Session, batch_id: str, client: str | None = None) -> Batch | None:
    """One list, or `None`; of one client where it is named."""
    query = select(batches).where(batches.c.id == batch_id)
    if client is not None:
        query = query.where(batches.c.client_id == client)
    row = session.connection.execute(query).one_or_none()
    return None if row is None else Batch(**row._mapping)


def page_of(
    session: Session, kind: str, page: Page, *, day: date | None = None, client: str | None = None
) -> tuple[list[Batch], str | None]:
    """One page of the lists of a kind, the last that was put up first, and the cursor of the next."""
    query = select(batches).where(batches.c.kind == kind)
    if day is not None:
        query = query.where(batches.c.day == day)
    if client is not None:
        query = query.where(batches.c.client_id == client)
    if page.cursor is not None:  # ids tell the day they were made, and not which came first on it
        last = select(batches.c.created_at).where(batches.c.id == page.cursor).scalar_subquery()
        same = and_(batches.c.created_at == last, batches.c.id < page.cursor)
        query = query.where(or_(batches.c.created_at < last, same))
    query = query.order_by(batches.c.created_at.desc(), batches.c.id.desc()).limit(page.limit + 1)
    shown, following = cut(session.connection.execute(query).all(), page)
    return [Batch(**row._mapping) for row in shown], following


def items_of(session: Session, batch_id: str) -> list[Item]:
    """Every item of a list, in its order."""
    query = select(batch_items).where(batch_items.c.batch_id == batch_id).order_by(batch_items.c.number)
    return [opened(session, row) for row in session.connection.execute(query)]


def item_of(session: Session, batch_id: str, number: int) -> Item | None:
    """One item of a list, or `None`."""
    query = select(batch_items).where(batch_items.c.batch_id == batch_id, batch_items.c.number == number)
    row = session.connection.execute(query).one_or_none()
    return None if row is None else opened(session, row)


def settled_after(
    session: Session, batch_id: str, number: int, most: int, states: Sequence[str] = SETTLED
) -> list[Item]:
    """The next items of a list, behind a number, of which there is something to tell."""
    wanted = (batch_items.c.batch_id == batch_id, batch_items.c.number > number)
    query = select(batch_items).where(*wanted, batch_items.c.state.in_(states))
    query = query.order_by(batch_items.c.number).limit(most)
    return [opened(session, row) for row in session.connection.execute(query).all()]


def settled_since(session: Session, batch_id: str, since: datetime) -> int:
    """How many items of a list were settled since a time."""
    wanted = (batch_items.c.batch_id == batch_id, batch_items.c.updated_at >= since)
    query = select(func.count()).where(*wanted, batch_items.c.state.in_(SETTLED))
    return session.connection.execute(query).scalar_one()


def cancel(session: Session, batch_id: str, at: datetime) -> None:
    """Let nobody take an item of a list any more; what is under way goes on."""
    waiting = (batch_items.c.batch_id == batch_id, batch_items.c.state == WAITING)
    values = {"state": CANCELLED, "updated_at": at}
    session.connection.execute(update(batch_items).where(*waiting).values(**values))


def progress(session: Session, batch_ids: Sequence[str]) -> dict[str, Counter[str]]:
    """How many items of each of these lists are in which state."""
    counted: dict[str, Counter[str]] = {batch_id: Counter() for batch_id in batch_ids}
    query = select(batch_items.c.batch_id, batch_items.c.state, func.count().label("number"))
    query = query.where(batch_items.c.batch_id.in_(batch_ids))
    for row in session.connection.execute(query.group_by(batch_items.c.batch_id, batch_items.c.state)):
        counted[row.batch_id][row.state] = row.number
    return counted


def finish(session: Session, at: datetime, *done: Done) -> bool:
    """Write what came of leased items; false where the lease of one is another's by now.

    Its transaction must not go on then: some may be written. As the first thing in it, it also keeps
    everybody else from the items until it ends.
    """
    rows = [
        {
            "held": one.item.id,
            "held_attempt": one.item.attempt,
            "updated_at": at,
            "case_id": one.case_id,
            "verification_id": one.verification_id,
            "result": _seal(session, one.item.id, "result", one.result),
        }
        for one in done
    ]
    return session.connection.execute(FINISH, rows).rowcount == len(rows)


def refuse(session: Session, item: Item, data: Mapping[str, Any], at: datetime) -> bool:
    """Leave an item to a person; false where its lease is another's by now."""
    return _settle(session, item, at, {"state": REFUSED, "data": _seal(session, item.id, "data", data)})


def put_off(session: Session, item: Item, until: datetime, at: datetime) -> bool:
    """Let an item be taken again from a time on; false where its lease is another's by now."""
    held = update(batch_items).where(_is_held(item)).values(lease_until=until, updated_at=at)
    return session.connection.execute(held).rowcount == 1


def redirect(session: Session, item: Item, connection: str | None, at: datetime) -> bool:
    """Let an item be taken as one that asks over another connection; false where its lease is another's."""
    values = {"state": WAITING, "attempt": item.attempt - 1, "lease_until": None, "updated_at": at}
    held = update(batch_items).where(_is_held(item))
    return session.connection.execute(held.values(**values, connection=connection)).rowcount == 1


def put_back(session: Session, item: Item, state: str, data: Mapping[str, Any], at: datetime) -> bool:
    """Let an item wait again, or be refused, with what it is about now; false where it changed meanwhile."""
    unchanged = and_(
        batch_items.c.id == item.id, batch_items.c.state == item.state, batch_items.c.attempt == item.attempt
    )
    values = {"state": state, "attempt": 0, "lease_until": None, "updated_at": at}
    sealed = {"data": _seal(session, item.id, "data", data)}
    return session.connection.execute(update(batch_items).where(unchanged), values | sealed).rowcount == 1


def wait_for_others(session: Session, name: bytes) -> None:
    """Let nobody else write about what is called so until the transaction ends."""
    if session.connection.dialect.name == "postgresql":  # an embedded database has one writer anyway
        number = int.from_bytes(name[:8], signed=True)
        session.connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def opened(session: Session, row: Row[Any]) -> Item:
    """An item as it was kept, with what is sealed opened."""
    clear = {name: session.open(getattr(row, name), f"batch_items.{name}:{row.id}") for name in SEALED}
    return Item(**{**row._mapping, **clear})


def _is_held(item: Item) -> ColumnElement[bool]:
    held = (batch_items.c.state == LEASED, batch_items.c.attempt == item.attempt)
    return and_(batch_items.c.id == item.id, *held)


def _settle(session: Session, item: Item, at: datetime, values: Mapping[str, Any]) -> bool:
    held = update(batch_items).where(_is_held(item))
    settled = {**values, "lease_until": None, "updated_at": at}
    return session.connection.execute(held.values(**settled)).rowcount == 1


def _seal(session: Session, item_id: str, column: str, value: Any) -> bytes:
    return session.seal(value, f"batch_items.{column}:{item_id}")


def _row(session: Session, item: Item) -> dict[str, Any]:
    plain = {name: getattr(item, name) for name in Item.__slots__ if name not in SEALED}
    result = None if item.result is None else _seal(session, item.id, "result", item.result)
    return {**plain, "data": _seal(session, item.id, "data", item.data), "result": result}
