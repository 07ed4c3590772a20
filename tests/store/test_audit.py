"""The audit trail: every kind of tampering is found and named, and the trail is told from what only waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Thread
from time import sleep

import pytest
from sqlalchemy import delete, insert, select, update

from service.audit import AGAIN, SHORT, SOON, Sealer
from service.security.crypto import make_vault
from service.store import audit
from service.store.audit import Event, Head, Verdict
from service.store.session import Store, first_id, transaction
from service.store.tables import audit_chain, audit_events

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def event(number: int = 0, at: datetime = NOON) -> Event:
    return Event(
        at, "client-1", "front desk", "verification.read", f"v-{number}", "payment", "10.0.0.7", "r-1"
    )


def write(store: Store, count: int, at: datetime | None = None) -> list[Event]:
    events = [event(number, at or datetime.now(UTC)) for number in range(count)]
    with transaction(store) as session:
        for one in events:
            audit.add(session, one)
    return events


def check(store: Store, anchor: Head | None = None, later: timedelta = timedelta()) -> Verdict:
    with transaction(store) as session:
        return audit.check(session, datetime.now(UTC) + later, anchor)


@pytest.fixture
def linked(store: Store) -> list[Event]:
    """Ten events, all linked."""
    events = write(store, 10)
    assert audit.seal(store, datetime.now(UTC)) == 10
    return events


def alter(store: Store, *statements: object) -> None:
    with transaction(store) as session:
        for statement in statements:
            session.connection.execute(statement)  # type: ignore[call-overload]


def test_a_trail_that_nobody_touched_holds(store: Store, linked: list[Event]) -> None:
    verdict = check(store)
    assert (verdict.linked, verdict.waiting, verdict.fault) == (10, 0, None)


def test_an_empty_trail_holds(store: Store) -> None:
    assert audit.seal(store, NOON) == 0
    assert check(store) == Verdict(0, 0, Head(0, audit.START))


def test_links_follow_the_order_of_the_events_and_go_on_where_they_ended(
    store: Store, linked: list[Event]
) -> None:
    more = write(store, 3)
    assert audit.seal(store, datetime.now(UTC)) == 3
    with transaction(store) as session:
        query = select(audit_chain.c.event_id).order_by(audit_chain.c.number)
        assert list(session.connection.execute(query).scalars()) == [one.id for one in (*linked, *more)]
    assert check(store).linked == 13


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "client-2"),
        ("actor_name", "somebody"),
        ("action", "case.read"),
        ("subject", None),
        ("purpose", "treatment"),
        ("address", "10.0.0.8"),
        ("request_id", None),
        ("at", NOON),
    ],
)
def test_a_changed_event_is_named(store: Store, linked: list[Event], column: str, value: object) -> None:
    alter(store, update(audit_events).where(audit_events.c.id == linked[4].id).values({column: value}))
    fault = check(store).fault
    assert fault is not None
    assert (fault.number, fault.event, fault.what) == (5, linked[4].id, "the event was changed")


def test_a_changed_event_with_a_new_hash_of_somebody_else_is_named(store: Store, linked: list[Event]) -> None:
    other = make_vault(bytes(32))
    forged = audit.digest_of(other, event(99))
    at = audit_events.c.id == linked[4].id
    alter(store, update(audit_events).where(at).values(actor="client-2", digest=forged))
    alter(store, update(audit_chain).where(audit_chain.c.number == 5).values(digest=forged))
    fault = check(store).fault
    assert fault is not None
    assert (fault.number, fault.what) == (5, "the link does not follow the one before it")


def test_a_removed_event_is_named(store: Store, linked: list[Event]) -> None:
    alter(store, delete(audit_events).where(audit_events.c.id == linked[4].id))
    fault = check(store).fault
    assert fault is not None
    assert (fault.number, fault.event, fault.what) == (5, linked[4].id, "the event is not there any more")


def test_an_event_removed_with_its_link_is_named(store: Store, linked: list[Event]) -> None:
    alter(
        store,
        delete(audit_events).where(audit_events.c.id == linked[4].id),
        delete(audit_chain).where(audit_chain.c.number == 5),
    )
    fault = check(store).fault
    assert fault is not None
    assert (fault.number, fault.event, fault.what) == (6, linked[5].id, "links are missing before it")


def test_links_that_were_moved_up_after_a_removal_are_named(store: Store, linked: list[Event]) -> None:
    alter(
        store,
        delete(audit_events).where(audit_events.c.id == linked[8].id),
        delete(audit_chain).where(audit_chain.c.number == 9),
        update(audit_chain).where(audit_chain.c.number == 10).values(number=9),
    )
    fault = check(store).fault
    assert fault is not None
    assert (fault.number, fault.event) == (9, linked[9].id)


def test_events_that_were_reordered_are_named(store: Store, linked: list[Event]) -> None:
    move = update(audit_chain)
    alter(
        store,
        move.where(audit_chain.c.number == 4).values(number=99),
        move.where(audit_chain.c.number == 5).values(number=4),
        move.where(audit_chain.c.number == 99).values(number=5),
    )
    fault = check(store).fault
    assert fault is not None
    assert fault.number == 4


def test_an_event_that_somebody_else_put_in_is_named(store: Store, linked: list[Event]) -> None:
    forged = event(50, datetime.now(UTC))
    values = {name: getattr(forged, name) for name in audit.FIELDS}
    alter(store, insert(audit_events).values(**values, digest=bytes(32)))
    fault = check(store).fault
    assert fault is not None
    assert fault.event == forged.id
    audit.seal(store, datetime.now(UTC))
    fault = check(store).fault
    assert fault is not None
    assert (fault.event, fault.number) == (forged.id, 11)


def test_a_trail_cut_off_at_its_end_is_found_by_what_was_kept_outside(
    store: Store, linked: list[Event]
) -> None:
    anchor = check(store).head
    alter(
        store,
        delete(audit_events).where(audit_events.c.id == linked[9].id),
        delete(audit_chain).where(audit_chain.c.number == 10),
    )
    assert check(store).fault is None
    fault = check(store, anchor).fault
    assert fault is not None
    assert (fault.number, fault.what) == (10, "the end of the chain is missing")


def test_a_trail_that_was_made_anew_is_not_the_one_that_was_anchored(
    store: Store, linked: list[Event]
) -> None:
    anchor = Head(7, bytes(32))
    fault = check(store, anchor).fault
    assert fault is not None
    assert (fault.number, fault.what) == (7, "the chain is not the one that was anchored")
    assert check(store, check(store).head).fault is None


def test_what_is_not_linked_yet_waits_and_what_never_is_linked_is_named(store: Store) -> None:
    (waiting,) = write(store, 1)
    assert (check(store).waiting, check(store).fault) == (1, None)
    fault = check(store, later=timedelta(minutes=2)).fault
    assert fault is not None
    assert (fault.event, fault.what) == (waiting.id, "the event was never linked")


def test_an_event_that_is_not_committed_is_neither_there_nor_linked(store: Store) -> None:
    def fail() -> None:
        with transaction(store) as session:
            audit.add(session, event())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert audit.seal(store, datetime.now(UTC)) == 0


def test_several_writers_and_sealers_leave_one_chain(store: Store) -> None:
    def work() -> None:
        for _ in range(5):
            write(store, 4)
            audit.seal(store, datetime.now(UTC))

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while audit.seal(store, datetime.now(UTC)):
        pass
    verdict = check(store)
    assert (verdict.linked, verdict.fault) == (80, None)


def test_the_sealer_links_each_write_within_a_second_and_when_it_ends(store: Store) -> None:
    sealer = Sealer(store)
    for linked in (2, 4):
        write(store, 2)
        sealer.wake()
        # It looks again after nine seconds; what is written until then does not wait for that.
        until = datetime.now(UTC) + timedelta(seconds=1)
        while check(store).waiting and datetime.now(UTC) < until:
            sleep(0.01)
        assert check(store).linked == linked
        sleep(SOON + AGAIN[0])
    write(store, 1)
    sealer.stop()
    assert check(store).linked == 5


def commit_late(store: Store, sealer: Sealer, seconds: int) -> None:
    """Commit an event of so long ago, after a newer one was linked."""
    at = datetime.now(UTC) - timedelta(seconds=seconds)
    event = Event(at, "client-1", "front desk", "verification.read", "v-1", "payment", id=first_id(at))
    write(store, 1)
    sealer.catch_up()
    with transaction(store) as session:
        audit.add(session, event)


def test_a_look_that_is_near_leaves_out_what_took_its_time_and_one_that_is_far_links_it(store: Store) -> None:
    commit_late(store, Sealer(store), seconds=50)
    assert audit.seal(store, datetime.now(UTC), back=SHORT) == 0
    assert audit.seal(store, datetime.now(UTC)) == 1
    verdict = check(store)
    assert (verdict.linked, verdict.waiting, verdict.fault) == (2, 0, None)


def test_a_sealer_that_is_woken_all_the_time_links_what_took_its_time_too(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.audit.FAR_EVERY", 1.0)
    monkeypatch.setattr("service.audit.SOON", 0.05)
    sealer = Sealer(store)
    commit_late(store, sealer, seconds=50)
    until = datetime.now(UTC) + timedelta(seconds=10)
    while check(store).waiting and datetime.now(UTC) < until:
        sealer.wake()
        sleep(0.01)
    assert check(store).linked == 2
    sealer.stop()


def test_nothing_in_an_event_says_who_the_member_is() -> None:
    assert set(audit.FIELDS) == set(Event.__dataclass_fields__)
    assert not {"member", "name", "birth_date"} & set(audit.FIELDS)
