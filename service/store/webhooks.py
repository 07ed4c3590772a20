"""Addresses that are told of events: whose they are, what they hear of, and how they fare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from service.store.session import Session
from service.store.webhook_tables import webhook_deliveries, webhook_endpoints

WHY = (BY_HAND, GONE, FAILING) = ("by_hand", "gone", "failing")
"""Why an address is told nothing: somebody said so, it said so itself (410), or it took nothing for days."""

STATES = (WAITING, LEASED, DELIVERED, FAILED, SKIPPED) = (
    *("waiting", "leased", "delivered"),
    *("failed", "skipped"),
)
"""How far a delivery is: `failed` was given up, `skipped` was not tried, for its address was disabled."""

SEALED = ("url", "secret", "old_secret")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address, and what signs what it is told; of whom it hears is its `reach` (`None`: of everybody)."""

    id: str
    client_id: str
    reach: str | None
    created_by: str
    created_at: datetime
    host: str
    events: tuple[str, ...]
    url: str = field(repr=False)
    secret: str = field(repr=False)
    old_secret: str | None = field(default=None, repr=False)
    old_secret_until: datetime | None = None
    disabled_at: datetime | None = None
    disabled_why: str | None = None
    failures: int = 0
    failing_since: datetime | None = None
    rests_until: datetime | None = None
    succeeded_at: datetime | None = None

    def secrets_at(self, at: datetime) -> tuple[str, ...]:
        """The secrets to sign with at a moment: the new one, and the old one for a while."""
        is_old_good = self.old_secret_until is not None and self.old_secret_until > at
        return (self.secret, self.old_secret) if self.old_secret and is_old_good else (self.secret,)


def add(session: Session, endpoint: Endpoint) -> None:
    """Keep a new address."""
    session.connection.execute(insert(webhook_endpoints), _row(session, endpoint))


def get(session: Session, endpoint_id: str, client: str | None = None) -> Endpoint | None:
    """One address, or `None`; of one client where it is named."""
    query = select(webhook_endpoints).where(webhook_endpoints.c.id == endpoint_id)
    if client is not None:
        query = query.where(webhook_endpoints.c.client_id == client)
    row = session.connection.execute(query).one_or_none()
    return None if row is None else _opened(session, row)


def list_all(session: Session, client: str | None = None) -> list[Endpoint]:
    """Every address there is, oldest first; of one client where it is named."""
    query = select(webhook_endpoints).order_by(webhook_endpoints.c.id)
    if client is not None:
        query = query.where(webhook_endpoints.c.client_id == client)
    return [_opened(session, row) for row in session.connection.execute(query).all()]


def put(session: Session, endpoint: Endpoint) -> None:
    """Keep an address in the place of what it was; how it fares is not touched."""
    values = _row(session, endpoint)
    names = ("host", "events", "old_secret_until", *SEALED)
    same = update(webhook_endpoints).where(webhook_endpoints.c.id == endpoint.id)
    session.connection.execute(same, {name: values[name] for name in names})


def rotate(endpoint: Endpoint, secret: str, until: datetime) -> Endpoint:
    """The same address with another secret; the one it had signs too until a moment."""
    return replace(endpoint, secret=secret, old_secret=endpoint.secret, old_secret_until=until)


def disable(session: Session, endpoint_id: str, why: str, at: datetime) -> bool:
    """Tell an address nothing more, what waits neither; whether it was told anything until now."""
    still = update(webhook_endpoints).where(
        webhook_endpoints.c.id == endpoint_id, webhook_endpoints.c.disabled_at.is_(None)
    )
    values = {"disabled_at": at, "disabled_why": why}
    if session.connection.execute(still, values).rowcount == 0:
        return False
    waiting = update(webhook_deliveries).where(
        webhook_deliveries.c.endpoint_id == endpoint_id, webhook_deliveries.c.state == WAITING
    )
    session.connection.execute(waiting.values(state=SKIPPED, updated_at=at))
    return True


def enable(session: Session, endpoint_id: str) -> None:
    """Tell an address again, from now on, as if it had never failed."""
    values = dict.fromkeys(("disabled_at", "disabled_why", "failing_since", "rests_until"))
    same = update(webhook_endpoints).where(webhook_endpoints.c.id == endpoint_id)
    session.connection.execute(same.values(**values, failures=0))


def remove(session: Session, endpoint_id: str) -> bool:
    """Forget an address and all that was sent there; whether it was there."""
    gone = delete(webhook_endpoints).where(webhook_endpoints.c.id == endpoint_id)
    return session.connection.execute(gone).rowcount == 1


def note_success(session: Session, endpoint_id: str, at: datetime) -> None:
    """Note that an address took what it was sent."""
    same = update(webhook_endpoints).where(webhook_endpoints.c.id == endpoint_id)
    values = {"failures": 0, "failing_since": None, "rests_until": None, "succeeded_at": at}
    session.connection.execute(same.values(**values))


def note_failure(session: Session, endpoint_id: str, at: datetime, rests_until: datetime) -> datetime:
    """Note that an address did not, and is left alone for a while; since when that is so."""
    there = select(webhook_endpoints.c.failing_since).where(webhook_endpoints.c.id == endpoint_id)
    since: datetime = session.connection.execute(there).scalar_one_or_none() or at
    same = update(webhook_endpoints).where(webhook_endpoints.c.id == endpoint_id)
    failures = webhook_endpoints.c.failures + 1
    session.connection.execute(same.values(failures=failures, failing_since=since, rests_until=rests_until))
    return since


def _row(session: Session, endpoint: Endpoint) -> dict[str, Any]:
    values = {name: getattr(endpoint, name) for name in Endpoint.__slots__}
    sealed = {
        name: None
        if values[name] is None
        else session.seal(values[name], f"webhook_endpoints.{name}:{endpoint.id}")
        for name in SEALED
    }
    return values | sealed | {"events": " ".join(endpoint.events)}


def _opened(session: Session, row: Row[Any]) -> Endpoint:
    opened = {name: session.open(getattr(row, name), f"webhook_endpoints.{name}:{row.id}") for name in SEALED}
    events: Sequence[str] = row.events.split()
    return Endpoint(**{**row._mapping, **opened, "events": tuple(events)})
