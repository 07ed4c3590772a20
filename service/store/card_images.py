"""Pictures of cards: sealed, at most one of each side in a case.

One that is put up while a form is still being filled in has no case yet. It belongs to whoever put it up
until a case takes it; one that none took is removed when another one is put up a day later.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, update

from service.store.session import Session, new_id
from service.store.tables import card_images

FRONT, BACK = "front", "back"
SIDES = (FRONT, BACK)
LEFT_OVER = timedelta(days=1)
_C = card_images.c


@dataclass(frozen=True, slots=True)
class Card:
    """A picture of one side of a card, without the picture itself."""

    id: str
    case_id: str | None
    side: str
    created_at: datetime
    created_by: str
    client_id: str


ROW = tuple(_C[item.name] for item in fields(Card))


def draft(side: str, *, by: str, client: str, at: datetime, case_id: str | None = None) -> Card:
    """A new picture, not yet kept."""
    return Card(new_id(), case_id, side, at, by, client)


def add(session: Session, card: Card, image: bytes) -> None:
    """Keep a picture; in a case it takes the place of one that shows the same side."""
    _remove_where(session, _C.case_id.is_(None), _C.created_at < card.created_at - LEFT_OVER)
    if card.case_id is not None:
        _remove_where(session, _C.case_id == card.case_id, _C.side == card.side)
    values: dict[str, Any] = {name: getattr(card, name) for name in Card.__slots__}
    values["image"] = session.vault.seal(image, _place(card.id))
    session.connection.execute(insert(card_images), values)


def get(session: Session, card_id: str) -> Card | None:
    """One picture, or `None`."""
    row = session.connection.execute(select(*ROW).where(_C.id == card_id)).one_or_none()
    return None if row is None else Card(**row._mapping)


def waiting(session: Session, card_ids: Collection[str], client: str) -> list[Card]:
    """Those of these pictures that no case has taken yet and that are of this client, the front first."""
    query = select(*ROW).where(_C.id.in_(card_ids), _C.case_id.is_(None), _C.client_id == client)
    found = [Card(**row._mapping) for row in session.connection.execute(query)]
    return sorted(found, key=lambda card: SIDES.index(card.side))


def of_case(session: Session, case_id: str) -> list[Card]:
    """The pictures of a case, the front first."""
    found = session.connection.execute(select(*ROW).where(_C.case_id == case_id))
    return sorted((Card(**row._mapping) for row in found), key=lambda card: SIDES.index(card.side))


def image_of(session: Session, card_id: str) -> bytes:
    """The picture itself."""
    query = select(_C.image).where(_C.id == card_id)
    return session.vault.open(session.connection.execute(query).scalar_one(), _place(card_id))


def attach(session: Session, card: Card, case_id: str) -> bool:
    """Give a picture that waits to a case, in the place of one of the same side; whether it still waited."""
    waits = (_C.id == card.id, _C.case_id.is_(None))
    taken = session.connection.execute(update(card_images).where(*waits), {"case_id": case_id}).rowcount
    if taken:
        _remove_where(session, _C.case_id == case_id, _C.side == card.side, _C.id != card.id)
    return bool(taken)


def remove(session: Session, card: Card) -> None:
    """Remove a picture."""
    _remove_where(session, _C.id == card.id)


def _remove_where(session: Session, *which: ColumnElement[bool]) -> None:
    session.connection.execute(delete(card_images).where(*which))


def _place(card_id: str) -> str:
    return f"card_images.image:{card_id}"
