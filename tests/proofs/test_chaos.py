"""A little of the proof that tears everything down: a loss or a double would be seen in what it looks at.

The proof itself takes half an hour: `make chaos-proof`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from random import Random
from typing import Any

import psycopg
import pytest

from payers.sandbox.server import Sandbox
from service.jobs import batch, batch_work
from service.office import open_office
from service.record import Caller
from service.store.session import transaction
from tests.databases import Databases, needs_postgresql
from tests.proofs.chaos import EMBEDDED, PLANS, Proof, requests_of
from tests.proofs.serving import Installation

WHO = Caller("client-1", "ana")
ROWS = 9
HARM = {
    "verifications kept": "DELETE FROM verifications WHERE id = (SELECT max(id) FROM verifications)",
    "named by a row": "UPDATE batch_items SET verification_id = (SELECT max(id) FROM verifications)",
    "rows in the table": "DELETE FROM batch_items WHERE number = 3",
    "audit events": "DELETE FROM audit_events WHERE id = (SELECT max(id) FROM audit_events)",
}


class OneMoment:
    """A database as one transaction sees it that never ends well: harm that is done there is not kept."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self._connection.execute(query.encode()).fetchall()


@pytest.fixture(scope="module")
def installation(
    postgresql_databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """An installation on a server, in which a batch is done."""
    folder = tmp_path_factory.mktemp("chaos")
    with postgresql_databases.database(folder) as url:
        found = Installation(folder, url)
        with closing(open_office(found.settings())) as office:
            put = batch.draft(office, WHO, b"".join(requests_of(ROWS)))
            with transaction(office.store) as session:
                batch.keep(session, put, WHO, office.desk, lambda _: None)
            while batch_work.work_once(office):
                pass
        yield found


def faults(installation: Installation, harm: str | None = None) -> list[str]:
    """What the proof finds wrong with a database, after some harm was done to it."""
    with psycopg.connect(installation.database_url.replace("+psycopg", "")) as connection:
        if harm is not None:
            connection.execute(harm.encode())
        database: Any = OneMoment(connection)
        broker: Any = None
        until = time.monotonic() + 60
        payer = Sandbox()
        proof = Proof(EMBEDDED, installation, database, broker, payer, ROWS, Random(1), until)
        proof._look()
        payer.stop()
        connection.rollback()
    return proof.found.faults


@needs_postgresql
def test_a_batch_that_is_done_is_as_promised(installation: Installation) -> None:
    assert faults(installation) == []


@needs_postgresql
@pytest.mark.parametrize("what", HARM)
def test_a_loss_or_a_double_would_be_seen(installation: Installation, what: str) -> None:
    assert [one for one in faults(installation, HARM[what]) if what in one]


def test_everything_falls_over_often_enough() -> None:
    for plan in PLANS.values():
        assert sum(times for what, times in plan.items() if what not in ("database", "broker")) == 20
        assert plan["database"] >= 1
    assert PLANS["celery"]["broker"] >= 1
