"""A store with addresses and events in it, and a sender for it; time passes when a test says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import time_machine
from sqlalchemy import func, select

from service.config import Settings
from service.office import Office
from service.security.crypto import make_vault
from service.store import webhook_deliveries as deliveries
from service.store import webhooks
from service.store.pages import Page
from service.store.session import Store, open_store, transaction
from service.store.webhook_deliveries import Delivery
from service.store.webhook_events import tell_verifications
from service.store.webhook_tables import webhook_deliveries
from service.store.webhooks import Endpoint
from service.webhooks import registering
from service.webhooks.sending import send_due
from tests.databases import Databases
from tests.store.invented import a_verification
from tests.webhooks.receiver import Receiver, receiving

START = datetime(2026, 11, 22, 15, 2, tzinfo=UTC)
CLIENT = "client-1"


@dataclass(frozen=True)
class Sender:
    """As much of an office as sending needs."""

    store: Store
    settings: Settings

    def round(self) -> int:
        """Send until nothing is due; how often something was."""
        number = 0
        while send_due(cast(Office, self)):
            number += 1
        return number


@pytest.fixture
def store(databases: Databases, tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with databases.database(tmp_path) as url:
        opened = open_store(url, make_vault(bytes(range(32))))
        yield opened
        opened.close()


@pytest.fixture
def sender(store: Store, tmp_path: Path) -> Sender:
    """What sends."""
    return Sender(store, Settings.from_env({"OPENVOB_INSTANCE_PATH": str(tmp_path)}))


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time, which hardly passes unless a test moves it."""
    with time_machine.travel(START, tick=True) as traveller:
        yield traveller


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver in a good mood."""
    with receiving() as made:
        yield made


def register(store: Store, url: str, **more: Any) -> Endpoint:
    """An address of a client that hears of everything that client does."""
    about: dict[str, Any] = {"client": (CLIENT, "scheduling"), "reach": CLIENT, "is_production": False}
    made = registering.draft(url, None, START, **about | more)
    with transaction(store) as session:
        webhooks.add(session, made)
    return made


def listen(store: Store, receiver: Receiver, **more: Any) -> Endpoint:
    """Let a receiver hear of everything, and verify it."""
    made = register(store, receiver.url, **more)
    receiver.secrets = [made.secret]
    return made


def happen(store: Store, case_id: str, client: str = CLIENT, **more: Any) -> str:
    """Let a verification of a case be made; its id."""
    made = a_verification(case_id, client_id=client, **{"answer": {"changes": []}} | more)
    with transaction(store) as session:
        tell_verifications(session, [made], datetime.now(UTC))
    return made.id


def fetch(store: Store, endpoint: Endpoint) -> Endpoint:
    """An address as it stands now."""
    with transaction(store) as session:
        found = webhooks.get(session, endpoint.id)
    assert found is not None
    return found


def log_of(store: Store, endpoint: Endpoint) -> list[Delivery]:
    """What was sent to an address and what waits, oldest first."""
    with transaction(store) as session:
        found, following = deliveries.page_of(session, endpoint.id, Page(limit=200))
    assert following is None
    return found[::-1]


def left(store: Store) -> int:
    """How many deliveries are not at their end."""
    query = select(func.count()).where(webhook_deliveries.c.state.in_(deliveries.OPEN))
    with transaction(store) as session:
        number: int = session.connection.execute(query).scalar_one()
    return number


def send_all(sender: Sender, clock: time_machine.Traveller, step: timedelta = timedelta(minutes=6)) -> None:
    """Send, and let time pass, until everything is at its end."""
    for _ in range(1000):
        sender.round()
        if not left(sender.store):
            return
        clock.shift(step)
    raise AssertionError("something is never sent")
