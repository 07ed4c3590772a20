"""Pictures of cards are kept sealed: one of each side in a case, and one that no case took not for long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from service.security.crypto import SealError
from service.store import card_images, cases, purge
from service.store.card_images import BACK, FRONT, Card
from service.store.session import Store, transaction
from service.store.tables import card_images as table
from tests.store.invented import NOW, a_case

IMAGE = b"\xff\xd8 ZQ picture of nobody's card"


def put_up(store: Store, side: str = FRONT, image: bytes = IMAGE, **changes: Any) -> Card:
    values = {"by": "ana", "client": "client-1", "at": NOW, "case_id": None} | changes
    card = card_images.draft(side, **values)
    with transaction(store) as session:
        card_images.add(session, card, image)
    return card


@pytest.fixture
def case_id(store: Store) -> str:
    """A case."""
    case = a_case()
    with transaction(store) as session:
        cases.add(session, case)
    return case.id


def count(store: Store) -> int:
    with transaction(store) as session:
        found: int = session.connection.execute(select(func.count()).select_from(table)).scalar_one()
        return found


def test_a_picture_is_sealed_for_its_own_place_and_comes_back_as_it_was(store: Store) -> None:
    one, other = put_up(store), put_up(store, BACK)
    with transaction(store) as session:
        assert card_images.get(session, one.id) == one
        assert card_images.image_of(session, one.id) == IMAGE
        rows = {row.id: row.image for row in session.connection.execute(select(table.c.id, table.c.image))}
        assert not any(b"ZQ" in row for row in rows.values())
        with pytest.raises(SealError):
            session.vault.open(rows[one.id], f"card_images.image:{other.id}")


def test_a_picture_of_the_same_side_takes_the_place_of_the_one_before(store: Store, case_id: str) -> None:
    put_up(store, case_id=case_id)
    back = put_up(store, BACK, case_id=case_id)
    newer = put_up(store, FRONT, b"newer", case_id=case_id)
    with transaction(store) as session:
        assert card_images.of_case(session, case_id) == [newer, back]
        card_images.remove(session, back)
        assert card_images.of_case(session, case_id) == [newer]


def test_a_case_takes_what_waits_once_and_of_its_client_alone(store: Store, case_id: str) -> None:
    before = put_up(store, case_id=case_id)
    mine, others = put_up(store), put_up(store, BACK, client="client-2")
    with transaction(store) as session:
        waiting = card_images.waiting(session, [mine.id, others.id, before.id], "client-1")
        assert waiting == [mine]
        assert card_images.attach(session, mine, case_id)
        assert not card_images.attach(session, mine, case_id)
        assert [card.id for card in card_images.of_case(session, case_id)] == [mine.id]
        assert card_images.waiting(session, [mine.id], "client-1") == []


def test_what_no_case_took_goes_when_another_is_put_up_a_day_later(store: Store, case_id: str) -> None:
    left = put_up(store)
    put_up(store, case_id=case_id)
    put_up(store, BACK, at=NOW + timedelta(hours=23))
    assert count(store) == 3
    put_up(store, BACK, at=NOW + timedelta(hours=25))
    with transaction(store) as session:
        assert card_images.get(session, left.id) is None
        assert card_images.of_case(session, case_id), "what a case has stays"
    assert count(store) == 3


def test_the_pictures_of_a_case_go_with_it(store: Store) -> None:
    case = a_case(status="discharged")
    with transaction(store) as session:
        cases.add(session, case)
    put_up(store, case_id=case.id)
    wanted = purge.Wanted(NOW + timedelta(days=1), cases.CLOSED)
    assert sum(counts.cases for counts in purge.purge(store, wanted, lambda *_: None)) == 1
    assert count(store) == 0
