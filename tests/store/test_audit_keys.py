"""The audit trail holds across rotations of the data key; a key that was retired writes nothing into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from service.config import Settings
from service.office import open_store_of
from service.security.crypto import Vault, make_vault
from service.security.data_key import read_data_keys
from service.store import audit
from service.store.access_tables import data_keys
from service.store.audit import Event, Fault
from service.store.session import Store, first_id, transaction
from service.store.tables import audit_chain, audit_events
from tests.store.rotating import rotate_now

RETIRED = "the event is of a data key that had been retired"


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """An installation whose data key stands in a file."""
    return Settings.from_env({"OPENVOB_INSTANCE_PATH": str(tmp_path), "OPENVOB_DATABASE_URL": database_url})


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """The store of the installation."""
    with closing(open_store_of(settings)) as opened:
        yield opened


@pytest.fixture
def stolen(settings: Settings, store: Store) -> Vault:
    """The first data key, as somebody has it who should not."""
    return make_vault(*read_data_keys(settings))


@pytest.fixture
def trail(settings: Settings, store: Store, stolen: Vault) -> list[Event]:
    """Five events under each of three keys that followed one another."""
    written = write(store, 5)
    for _ in range(2):
        rotate_now(settings, store)
        written += write(store, 5)
    return written


def event(at: datetime | None = None) -> Event:
    return Event(at or datetime.now(UTC), "client-1", "front desk", "verification.read", "v-1", "payment")


def write(store: Store, count: int) -> list[Event]:
    events = [event() for _ in range(count)]
    with transaction(store) as session:
        for one in events:
            audit.add(session, one)
    audit.seal(store, datetime.now(UTC), waits=True)
    return events


def forge(store: Store, vault: Vault, forged: Event) -> None:
    """Put an event in with a key that was stolen."""
    with transaction(store) as session:
        audit.add(replace(session, vault=vault), forged)


def fault_of(store: Store) -> Fault | None:
    with transaction(store) as session:
        return audit.check(session, datetime.now(UTC)).fault


def alter(store: Store, *statements: object) -> None:
    with transaction(store) as session:
        for statement in statements:
            session.connection.execute(statement)  # type: ignore[call-overload]


def test_the_trail_holds_across_two_rotations_and_tells_of_them(
    settings: Settings, store: Store, trail: list[Event]
) -> None:
    with closing(open_store_of(settings)) as restarted, transaction(restarted) as session:
        verdict = audit.check(session, datetime.now(UTC))
        told = session.connection.execute(select(audit_events.c.action, audit_events.c.subject)).all()
    assert (verdict.linked, verdict.waiting, verdict.fault) == (len(trail) + 2, 0, None)
    assert [row.action for row in told].count("keys.rotate") == 2
    assert ("keys.rotate", store.vault.kid) in [tuple(row) for row in told]


@pytest.mark.parametrize("place", [1, 7, 13])
def test_an_event_that_was_changed_is_found_under_every_key(
    store: Store, trail: list[Event], place: int
) -> None:
    changed = update(audit_events).where(audit_events.c.id == trail[place].id).values(actor="client-2")
    alter(store, changed)
    fault = fault_of(store)
    assert fault is not None
    assert (fault.event, fault.what) == (trail[place].id, "the event was changed")


def test_an_event_of_a_retired_key_is_found_whether_or_not_it_was_linked(
    store: Store, trail: list[Event], stolen: Vault
) -> None:
    later = datetime.now(UTC) + timedelta(minutes=2)
    # Its id says when it was made, whatever it says itself.
    forged = replace(event(at=datetime.now(UTC) - timedelta(days=1)), id=first_id(later))
    forge(store, stolen, forged)
    assert fault_of(store) == Fault(RETIRED, None, forged.id)
    audit.seal(store, later, waits=True)
    fault = fault_of(store)
    assert fault is not None
    assert (fault.what, fault.event) == (RETIRED, forged.id)


def test_an_event_of_a_retired_key_that_says_it_is_of_a_later_moment_is_found(
    store: Store, trail: list[Event], stolen: Vault
) -> None:
    forged = event(at=datetime.now(UTC) + timedelta(minutes=2))
    forge(store, stolen, forged)
    assert fault_of(store) == Fault(RETIRED, None, forged.id)


def test_an_event_of_a_retired_key_that_says_it_is_old_in_every_way_is_never_linked(
    store: Store, trail: list[Event], stolen: Vault
) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=30)
    forged = replace(event(long_ago), id=first_id(long_ago))
    forge(store, stolen, forged)
    audit.seal(store, datetime.now(UTC), waits=True)
    assert fault_of(store) == Fault("the event was never linked", None, forged.id)


def test_what_stands_in_clear_beside_a_retired_key_does_not_bring_it_back(
    store: Store, trail: list[Event], stolen: Vault
) -> None:
    forged = event(at=datetime.now(UTC) + timedelta(minutes=2))
    forge(store, stolen, forged)
    of_stolen = update(data_keys).where(data_keys.c.kid == stolen.kid)
    alter(store, of_stolen.values(retired_at=None, first_used_at=datetime(2100, 1, 1, tzinfo=UTC)))
    assert fault_of(store) == Fault(RETIRED, None, forged.id)


def test_a_link_of_a_retired_key_after_one_of_a_later_key_is_found(
    store: Store, trail: list[Event], stolen: Vault
) -> None:
    with transaction(store) as session:
        head = audit.find_head(session)
    forged = replace(event(at=datetime.now(UTC) - timedelta(days=1)))
    forge(store, stolen, forged)
    number, digest = head.number + 1, audit.digest_of(stolen, forged)
    link = audit.link_of(stolen, head.link, number, digest)
    alter(store, insert(audit_chain).values(number=number, event_id=forged.id, digest=digest, link=link))
    fault = fault_of(store)
    assert fault is not None
    assert (fault.number, fault.what) == (number, "the link is of a data key that had been replaced")


def make_anew(store: Store, vault: Vault, until: int) -> None:
    """Write the trail up to a number anew with a stolen key, another person in its first event."""
    with transaction(store) as session:
        query = select(audit_events).join(audit_chain, audit_chain.c.event_id == audit_events.c.id)
        rows = session.connection.execute(query.order_by(audit_chain.c.number).limit(until)).all()
        before = audit.START
        for number, row in enumerate(rows, start=1):
            kept = Event(**{name: row._mapping[name] for name in audit.FIELDS})
            told = replace(kept, actor="client-2") if number == 1 else kept
            digest = audit.digest_of(vault, told)
            before = audit.link_of(vault, before, number, digest)
            of_event = update(audit_events).where(audit_events.c.id == row.id)
            session.connection.execute(of_event.values(actor=told.actor, digest=digest))
            of_link = update(audit_chain).where(audit_chain.c.number == number)
            session.connection.execute(of_link.values(digest=digest, link=before))


def test_a_chain_made_anew_with_a_retired_key_is_found_by_the_end_that_was_sealed(
    store: Store, trail: list[Event], stolen: Vault
) -> None:
    make_anew(store, stolen, until=5)
    fault = fault_of(store)
    assert fault is not None
    assert (fault.number, fault.what) == (5, "the chain is not the one that was anchored")
    rest = select(audit_chain.c.event_id).where(audit_chain.c.number > 4)
    alter(
        store,
        delete(audit_events).where(audit_events.c.id.in_(rest)),
        delete(audit_chain).where(audit_chain.c.number > 4),
    )
    fault = fault_of(store)
    assert fault is not None
    assert (fault.number, fault.what) == (5, "the end of the chain is missing")


def test_without_what_a_retired_key_left_its_lines_do_not_hold(
    settings: Settings, trail: list[Event]
) -> None:
    with closing(open_store_of(settings)) as restarted:
        alter(restarted, update(data_keys).where(data_keys.c.retired_at.is_not(None)).values(carried=None))
        with closing(open_store_of(settings)) as again:
            fault = fault_of(again)
    assert fault is not None
    assert (fault.number, fault.what) == (1, "the link does not follow the one before it")


def test_what_a_retired_key_left_and_cannot_be_read_is_told_of_and_keeps_nobody_out(
    settings: Settings, trail: list[Event], store: Store, stolen: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    of_stolen = update(data_keys).where(data_keys.c.kid == stolen.kid)
    alter(store, of_stolen.values(carried=stolen.seal(b"{}", f"data_keys.carried:{stolen.kid}")))
    with closing(open_store_of(settings)) as restarted:
        assert {one.kid for one in restarted.vault.remnants()} == {
            one.kid for one in store.vault.remnants()
        } - {stolen.kid}
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == [
        f"what is left of data key {stolen.kid} cannot be read: its API keys open nothing"
    ]


def test_a_process_that_does_not_have_the_newest_key_leaves_linking_to_one_that_has(
    settings: Settings, store: Store, stolen: Vault
) -> None:
    unaware = replace(store, vault=stolen)
    rotate_now(settings, store)
    with transaction(store) as session:
        audit.add(session, event())
    assert audit.seal(unaware, datetime.now(UTC), waits=True) == 0
    assert audit.seal(store, datetime.now(UTC), waits=True) == 1
    assert fault_of(store) is None


def test_an_event_that_was_written_just_before_its_key_was_retired_holds(
    settings: Settings, store: Store, stolen: Vault
) -> None:
    late = event()
    rotate_now(settings, store)
    forge(store, stolen, late)
    audit.seal(store, datetime.now(UTC), waits=True)
    assert fault_of(store) is None
