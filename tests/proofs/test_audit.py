"""A little of the proof of the audit trail: many write and link, and every tampering is named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from service.store.audit import Fault
from tests.databases import SQLITE, Databases, PostgresServer
from tests.proofs.audit import Place, is_named, postgresql_place, prove, sqlite_place
from tests.proofs.audit_writing import Written

WRITERS, COUNT = 3, 48
WITHIN_SECONDS = 5.0


@pytest.fixture
def place(databases: Databases, database_kind: str, tmp_path: Path) -> Iterator[Place]:
    """A database to write to, and how copies of it are made."""
    opened: AbstractContextManager[Place]
    if database_kind == SQLITE:
        opened = sqlite_place(tmp_path)
    else:
        assert isinstance(databases, PostgresServer)
        opened = postgresql_place(databases, tmp_path)
    with opened as made:
        yield made


def test_many_writers_and_sealers_leave_one_chain_and_every_tampering_is_named(place: Place) -> None:
    found = prove(place, WRITERS, COUNT)
    assert found.faults == []
    assert (found.verdict.linked, found.verdict.waiting) == (COUNT, 0)
    assert set(found.counts.values()) == {COUNT}
    assert len(found.written.waits) == COUNT
    assert found.written.waits[-1] < WITHIN_SECONDS
    assert len(found.tampered) > 30


def test_the_proof_fails_where_events_are_missing(place: Place) -> None:
    def write_less(url: str, writers: int, count: int) -> Written:
        return place.write(url, writers, count - 1)

    [fault] = prove(replace(place, write=write_less), 2, 8).faults
    assert fault.startswith("the trail is not one chain of 8")


@pytest.mark.parametrize(
    "fault",
    [
        Fault("the event was changed", 4, "e"),
        Fault("links are missing", 5, "e"),
        Fault("the event was changed", 5),
        None,
    ],
)
def test_a_tampering_that_is_found_elsewhere_or_as_something_else_is_not_found(fault: Fault | None) -> None:
    expected = Fault("the event was changed", 5, "e")
    assert is_named(expected, expected)
    assert not is_named(fault, expected)
