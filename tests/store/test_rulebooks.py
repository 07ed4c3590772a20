"""Every rulebook that ever answered is kept whole, and the store knows which was in use when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from service.store.rulebooks import PROFILE, RULEBOOK, files_of, in_use_at, put_in_use
from service.store.session import Store, transaction

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
WEEK = timedelta(weeks=1)
OLD, NEW = {"a.yaml": b"a: 1\n", "fees/a.csv": b"code\n"}, {"a.yaml": "a: ñ\n".encode()}


def test_files_come_back_byte_for_byte(store: Store) -> None:
    put_in_use(store, RULEBOOK, "sha256:old", OLD, MONDAY)
    with transaction(store) as session:
        assert files_of(session, "sha256:old") == OLD
        assert files_of(session, "sha256:none") is None


def test_what_was_in_use_is_known_for_every_moment(store: Store) -> None:
    put_in_use(store, RULEBOOK, "sha256:old", OLD, MONDAY)
    put_in_use(store, RULEBOOK, "sha256:new", NEW, MONDAY + WEEK)
    put_in_use(store, RULEBOOK, "sha256:old", OLD, MONDAY + 2 * WEEK)
    moments = [MONDAY - WEEK, MONDAY, MONDAY + WEEK, MONDAY + 1.5 * WEEK, MONDAY + 3 * WEEK]
    with transaction(store) as session:
        used = [in_use_at(session, RULEBOOK, moment) for moment in moments]
    assert used == [None, "sha256:old", "sha256:new", "sha256:new", "sha256:old"]


def test_a_profile_is_no_rulebook(store: Store) -> None:
    put_in_use(store, PROFILE, "sha256:clinic", {"clinic.yaml": b""}, MONDAY)
    with transaction(store) as session:
        assert in_use_at(session, RULEBOOK, MONDAY + WEEK) is None
        assert in_use_at(session, PROFILE, MONDAY + WEEK) == "sha256:clinic"
