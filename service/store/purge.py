"""What is kept no longer: cases whose every trace lies before a day, with all that belongs to them.

Each case goes in a transaction of its own, with the event that tells it, so that a purge can be stopped
anywhere and begun again. The audit trail and the rulebooks that answered stay for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, text

from service.store.batch_tables import batch_items, batches
from service.store.cases import take
from service.store.session import Session, Store, transaction
from service.store.tables import (
    card_images,
    case_events,
    case_records,
    cases,
    idempotency,
    legal_holds,
    verifications,
)
from service.store.webhook_tables import webhook_events

AT_A_TIME = 200
# All that goes with a case, besides its verifications and what changed of it.
WITH_A_CASE = (legal_holds, case_records, card_images, batch_items, webhook_events)
# Times of records are cut off to the second: the claim of a request may be younger than what it made.
CUT_OFF = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to go: cases of these statuses with nothing in them from `before` on."""

    before: datetime
    statuses: Sequence[str]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases, with how many verifications and changes of them, and how many kept answers."""

    cases: int = 0
    verifications: int = 0
    events: int = 0
    answers: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.cases + other.cases,
            self.verifications + other.verifications,
            self.events + other.events,
            self.answers + other.answers,
        )


@dataclass(frozen=True, slots=True)
class Oldest:
    """The case that was opened first of all that are left."""

    id: str
    opened: datetime


def count(session: Session, wanted: Wanted) -> Counts:
    """How much there is to go; what is held is not counted."""
    gone = select(cases.c.id).where(_may_go(wanted), ~_held())
    return Counts(
        _number(session, select(func.count()).select_from(gone.subquery())),
        _number(session, _count_of(verifications.c.case_id, gone)),
        _number(session, _count_of(case_events.c.case_id, gone)),
        _number(session, select(func.count()).select_from(idempotency).where(_is_old_answer(wanted))),
    )


def held_back(session: Session, wanted: Wanted) -> list[str]:
    """The cases that would go, and stay for they are held; oldest first."""
    query = select(cases.c.id).where(_may_go(wanted), _held()).order_by(cases.c.id)
    return list(session.connection.execute(query).scalars())


def oldest(session: Session) -> Oldest | None:
    """The oldest case there is."""
    query = select(cases.c.id, cases.c.created_at).order_by(cases.c.created_at, cases.c.id).limit(1)
    row = session.connection.execute(query).one_or_none()
    return None if row is None else Oldest(row.id, row.created_at)


def purge(store: Store, wanted: Wanted, tell: Callable[[Session, str], None]) -> Iterator[Counts]:
    """Remove everything wanted and yield what went, some at a time; `tell` notes each case that goes."""
    with transaction(store) as session:
        old = session.connection.execute(delete(idempotency).where(_is_old_answer(wanted))).rowcount
        _remove_what_has_no_case(session, wanted)
    yield Counts(answers=old)
    after = ""
    while ids := _next(store, wanted, after):
        went = Counts()
        for case_id in ids:
            with transaction(store) as session:
                counts = _remove(session, wanted, case_id, tell)
            went += counts
        yield went
        after = ids[-1]


def empty_log(store: Store) -> None:
    """Write the log of an embedded database into its file, and leave nothing in it."""
    if store.engine.dialect.name != "sqlite":
        return
    with store.engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _next(store: Store, wanted: Wanted, after: str) -> list[str]:
    query = select(cases.c.id).where(_may_go(wanted), ~_held(), cases.c.id > after)
    with transaction(store) as session:
        rows = session.connection.execute(query.order_by(cases.c.id).limit(AT_A_TIME))
        return list(rows.scalars())


def _remove(session: Session, wanted: Wanted, case_id: str, tell: Callable[[Session, str], None]) -> Counts:
    """Remove a case, unless it was taken up again or held since it was looked for."""
    here = select(cases.c.id).where(cases.c.id == case_id, _may_go(wanted), ~_held())
    if not take(session, case_id) or session.connection.execute(here).first() is None:
        return Counts()
    # In one statement: of those that replace one another none may be left alone.
    gone = [
        session.connection.execute(delete(table).where(table.c.case_id == case_id)).rowcount
        for table in (verifications, case_events, *WITH_A_CASE)
    ]
    session.connection.execute(delete(cases).where(cases.c.id == case_id))
    tell(session, case_id)
    return Counts(1, gone[0], gone[1])


def _remove_what_has_no_case(session: Session, wanted: Wanted) -> None:
    """Remove lists that were asked for, pictures that no case took, and what was told of neither."""
    old = select(batches.c.id).where(batches.c.created_at < wanted.before)
    held = exists().where(legal_holds.c.case_id == batch_items.c.case_id, legal_holds.c.released_at.is_(None))
    left = exists().where(batch_items.c.batch_id == batches.c.id)
    for statement in (
        delete(batch_items).where(batch_items.c.batch_id.in_(old), ~held),
        delete(batches).where(batches.c.created_at < wanted.before, ~left),
        delete(card_images).where(card_images.c.case_id.is_(None), card_images.c.created_at < wanted.before),
        delete(webhook_events).where(webhook_events.c.case_id.is_(None), webhook_events.c.at < wanted.before),
    ):
        session.connection.execute(statement)


def _may_go(wanted: Wanted) -> ColumnElement[bool]:
    newer = (
        exists().where(verifications.c.case_id == cases.c.id, verifications.c.created_at >= wanted.before),
        exists().where(case_events.c.case_id == cases.c.id, case_events.c.at >= wanted.before),
        exists().where(case_records.c.case_id == cases.c.id, case_records.c.updated_at >= wanted.before),
    )
    return and_(cases.c.status.in_(wanted.statuses), cases.c.updated_at < wanted.before, ~or_(*newer))


def _held() -> ColumnElement[bool]:
    return exists().where(legal_holds.c.case_id == cases.c.id, legal_holds.c.released_at.is_(None))


def _is_old_answer(wanted: Wanted) -> ColumnElement[bool]:
    return idempotency.c.claimed_at < wanted.before + CUT_OFF


def _count_of(column: ColumnElement[str], ids: Select[Any]) -> Select[Any]:
    return select(func.count()).where(column.in_(ids))


def _number(session: Session, query: Select[Any]) -> int:
    found: int = session.connection.execute(query).scalar_one()
    return found
