"""A little of the proof that a service may be killed at any moment, and that a loss would be seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import delete, update

from service.office import open_store_of
from service.store.session import transaction
from service.store.tables import audit_events, idempotency, verifications
from tests.databases import Databases
from tests.proofs.kill import Found, prove
from tests.proofs.killed import look
from tests.proofs.serving import Installation

WRITES = 42


@pytest.fixture(scope="module")
def installation(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation on a database of its own."""
    folder = tmp_path_factory.mktemp("killed")
    with databases.database(folder / "instance") as url:
        yield Installation(folder, url)


@pytest.fixture(scope="module")
def found(installation: Installation) -> Found:
    """What killing its service again and again came to."""
    return prove(installation, WRITES, seed=3, waits=False)


def test_nothing_that_was_acknowledged_is_lost_and_nothing_is_there_by_half_or_twice(found: Found) -> None:
    assert found.faults == []
    assert found.kills > found.workers_killed
    assert len(found.clients.acknowledged) == WRITES
    assert found.state is not None
    assert len(found.state.records) == WRITES


LOSSES = {
    "was acknowledged and is not there": (delete(verifications), verifications),
    "an audit event has no record": (delete(verifications), verifications),
    "a record has no audit event": (delete(audit_events), audit_events),
    "answers are kept for": (delete(idempotency), idempotency),
    "cannot be read": (update(verifications).values(answer=b"x"), verifications),
}


@pytest.mark.parametrize("fault", LOSSES)
def test_a_loss_would_be_seen(found: Found, installation: Installation, fault: str) -> None:
    acknowledged = list(found.clients.acknowledged.values())
    lost = next(made for number, made in sorted(found.clients.acknowledged.items()) if number % 5 == 3)
    statement, table = LOSSES[fault]
    before = lose(installation, statement, table, lost)
    faults = look(installation, acknowledged, opened=[lost]).faults
    restore(installation, table, before)
    assert [one for one in faults if fault in one]
    assert look(installation, acknowledged, opened=[lost]).faults == ()


def lose(installation: Installation, statement: Any, table: Any, lost: str) -> list[dict[str, Any]]:
    """Do harm to the rows of a table that speak of a record, and return them as they were."""
    if table is idempotency:
        chosen = idempotency.c.status == 201
    else:
        chosen = (table.c.id if table is verifications else table.c.subject) == lost
    with closing(open_store_of(installation.settings())) as store, transaction(store) as session:
        if table is verifications:
            heir = update(verifications).where(verifications.c.replaces == lost).values(replaces=None)
            session.connection.execute(heir)
        rows = [dict(row._mapping) for row in session.connection.execute(table.select().where(chosen))]
        session.connection.execute(statement.where(chosen))
    return rows


def restore(installation: Installation, table: Any, rows: list[dict[str, Any]]) -> None:
    """Put rows back as they were."""
    key = next(iter(table.primary_key.columns))
    with closing(open_store_of(installation.settings())) as store, transaction(store) as session:
        session.connection.execute(delete(table).where(key.in_([row[key.name] for row in rows])))
        session.connection.execute(table.insert(), rows)
