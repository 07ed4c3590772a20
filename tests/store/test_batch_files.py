"""Files that wait to become batches: whole to the byte, sealed, their owner's alone, taken by no worker."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from service.store import batch_files, leases
from service.store.batch_tables import batch_items
from service.store.session import Session, Store, transaction
from tests.store.invented import NOW

CONTENT = bytes(range(256)) * 3 + "Núñez".encode() + b"\xff\xfe"


def keep(session: Session, content: bytes = CONTENT, *, days: int = 0, client: str = "client-1") -> str:
    at = NOW + timedelta(days=days)
    return batch_files.keep(session, content, by="ana", client=client, at=at).id


@pytest.fixture(autouse=True)
def _in_small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_files, "PIECE", 100)


def test_a_file_comes_back_to_the_byte_and_lies_sealed(store: Store) -> None:
    with transaction(store) as session:
        kept = keep(session)
    with transaction(store) as session:
        found = batch_files.get(session, kept, "client-1")
        assert found is not None
        assert batch_files.content_of(session, found) == CONTENT
        raw = session.connection.execute(select(batch_items.c.data)).scalars().all()
    assert len(raw) == 8
    assert not any("Núñez".encode() in one for one in raw)


def test_it_is_its_owners_alone_and_no_worker_takes_it(store: Store) -> None:
    with transaction(store) as session:
        kept = keep(session)
        assert batch_files.get(session, kept, "client-2") is None
        assert batch_files.waiting(session, "client-2") == []
        assert [one.id for one in batch_files.waiting(session, "client-1")] == [kept]
    for kind in (batch_files.KIND, "batch"):
        with transaction(store) as session:
            assert leases.lease(session, kind, 10, NOW) == []


def test_what_was_left_over_for_a_day_goes_with_all_its_pieces(store: Store) -> None:
    with transaction(store) as session:
        old, young = keep(session), keep(session, b"payer\n", days=1)
        keep(session, b"payer\n", days=2, client="client-2")
        assert batch_files.get(session, old, "client-1") is None
        found = batch_files.get(session, young, "client-1")
        assert found is not None
        batch_files.remove(session, found)
        left = session.connection.execute(select(batch_items.c.id)).scalars().all()
    assert len(left) == 1
