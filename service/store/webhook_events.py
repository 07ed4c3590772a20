"""What there is to tell: written with what it is about, in one transaction, for all who hear of it.

An event holds ids, codes and times, and where to fetch the rest. Of one case two events are never written
at once, so that their numbers say which came first. Where nobody listens, nothing is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, exists, func, insert, or_, select

from schemas.sources import moment
from service.store.access_tables import api_keys
from service.store.batch_tables import batch_items, batches
from service.store.session import Session, new_id
from service.store.verifications import PENDING, Verification
from service.store.webhook_deliveries import Delivery
from service.store.webhook_tables import webhook_deliveries, webhook_endpoints, webhook_events
from service.store.webhooks import SKIPPED, WAITING, Endpoint

EVENTS = (COMPLETED, CHANGED, FINISHED) = (
    *("verification.completed", "verification.changed"),
    "batch.finished",
)
"""What an address can hear of."""

TEST = "webhook.test"
KIND = "batch"
# The states of a row that is not settled yet.
UNDER_WAY = ("waiting", "leased")


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell: of whose doing, about what, and so in order with what else is about that."""

    type: str
    subject: str
    client_id: str
    at: datetime
    data: Mapping[str, Any]
    case_id: str | None = None
    once: str | None = None


@dataclass(frozen=True, slots=True)
class Listener:
    """An address, what it hears of, and whether nothing is sent to it just now."""

    id: str
    events: frozenset[str]
    is_disabled: bool

    def hears(self, event: str) -> bool:
        """Whether it hears of an event of this kind."""
        return event in self.events


def tell_verifications(session: Session, made: Sequence[Verification], at: datetime) -> None:
    """Tell that verifications have their answers, and what those say differently from the ones they replace.

    Whoever calls holds their cases. One whose live answer is still awaited is told of when that has come.
    """
    answered = [one for one in made if one.status != PENDING]
    listening = {
        client_id: _listening(session, client_id) for client_id in {one.client_id for one in answered}
    }
    for one in answered:
        for news in _news_of(one, at):
            _tell(session, news, listening[one.client_id])


def _news_of(made: Verification, at: datetime) -> Iterator[News]:
    data: dict[str, Any] = {
        "id": made.id,
        "case_id": made.case_id,
        "status": made.status,
        "kind": made.kind,
        "created_at": moment(made.created_at),
        "replaces": made.replaces,
        "href": f"/v1/verifications/{made.id}",
    }
    yield News(COMPLETED, made.case_id, made.client_id, at, data, made.case_id)
    changes = [change["pointer"] for change in made.answer["changes"]]
    if changes:
        yield News(CHANGED, made.case_id, made.client_id, at, {**data, "changes": changes}, made.case_id)


def tell_finished(session: Session, batch_ids: Collection[str], at: datetime) -> None:
    """Tell of those of these batches that have no row left to do, once each.

    To be called in the transaction that settles a row, and last in it: until it ends no other is settled.
    """
    for batch_id in sorted(batch_ids):
        batch = session.connection.execute(select(batches).where(batches.c.id == batch_id)).one_or_none()
        if batch is None or batch.kind != KIND:
            continue
        listening = _listening(session, batch.client_id)
        if not any(one.hears(FINISHED) for one in listening):
            continue
        session.connection.execute(select(batches.c.id).where(batches.c.id == batch_id).with_for_update())
        once = f"{FINISHED}:{batch_id}"
        was_told = select(webhook_events.c.number).where(webhook_events.c.once == once)
        if _has_rows_left(session, batch_id) or session.connection.execute(was_told).first() is not None:
            continue
        data = _finished(session, batch)
        _tell(session, News(FINISHED, batch_id, batch.client_id, at, data, once=once), listening)


def draft_test(endpoint: Endpoint, at: datetime) -> Delivery:
    """An event to try an address with; not kept yet."""
    return Delivery(new_id(), new_id(), TEST, at, WAITING, at, at, ())


def tell_test(session: Session, endpoint: Endpoint, drafted: Delivery) -> None:
    """Tell one address that it is being tried."""
    news = News(TEST, endpoint.id, endpoint.client_id, drafted.at, {"id": endpoint.id})
    number = _add(session, news, drafted.event_id)
    session.connection.execute(insert(webhook_deliveries), _delivery(drafted.id, news, number, endpoint.id))


def _has_rows_left(session: Session, batch_id: str) -> bool:
    # Rows are done in their order, so those that are not stand at the end.
    left = select(batch_items.c.id).where(
        batch_items.c.batch_id == batch_id, batch_items.c.state.in_(UNDER_WAY)
    )
    last = left.order_by(batch_items.c.number.desc()).limit(1)
    return session.connection.execute(last).first() is not None


def _finished(session: Session, batch: Row[Any]) -> dict[str, Any]:
    query = select(batch_items.c.state, func.count()).where(batch_items.c.batch_id == batch.id)
    counts: Counter[str] = Counter()
    for state, count in session.connection.execute(query.group_by(batch_items.c.state)):
        counts[state] = count
    return {
        "id": batch.id,
        "state": "cancelled" if counts["cancelled"] else "done",
        "created_at": moment(batch.created_at),
        "rows": counts.total(),
        **{state: counts[state] for state in ("done", "refused", "failed", "cancelled")},
        "href": f"/v1/batches/{batch.id}",
    }


def _tell(session: Session, news: News, listening: Sequence[Listener]) -> None:
    hearing = [one for one in listening if one.hears(news.type)]
    if hearing:
        number = _add(session, news, new_id())
        rows = [_delivery(new_id(), news, number, one.id, skips=one.is_disabled) for one in hearing]
        session.connection.execute(insert(webhook_deliveries), rows)


def _listening(session: Session, client_id: str) -> list[Listener]:
    """The addresses that hear of some of a client's doing.

    One that a client registered all of whose keys were revoked hears nothing more.
    """
    e = webhook_endpoints.c
    had_key = exists().where(api_keys.c.client_id == e.client_id)
    has_key = exists().where(api_keys.c.client_id == e.client_id, api_keys.c.revoked_at.is_(None))
    query = select(e.id, e.events, e.disabled_at).where(
        or_(e.reach.is_(None), e.reach == client_id), or_(~had_key, has_key)
    )
    found = session.connection.execute(query)
    return [Listener(row.id, frozenset(row.events.split()), row.disabled_at is not None) for row in found]


def _add(session: Session, news: News, event_id: str) -> int:
    payload = {"type": news.type, "timestamp": moment(news.at), "data": news.data}
    values = {
        "id": event_id,
        "type": news.type,
        "at": news.at,
        "case_id": news.case_id,
        "once": news.once,
        "payload": orjson.dumps(payload).decode(),
    }
    made = session.connection.execute(insert(webhook_events).returning(webhook_events.c.number), values)
    number: int = made.scalar_one()
    return number


def _delivery(
    delivery_id: str, news: News, number: int, endpoint_id: str, *, skips: bool = False
) -> dict[str, Any]:
    return {
        "id": delivery_id,
        "endpoint_id": endpoint_id,
        "number": number,
        "subject": news.subject,
        "state": SKIPPED if skips else WAITING,
        "attempt": 0,
        "next_at": news.at,
        "updated_at": news.at,
    }
