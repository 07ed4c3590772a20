"""What there is to tell is written with what it is about: for whom it concerns, with nothing of a member."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from service import pending, record
from service.config import Settings
from service.jobs import batch as kept
from service.jobs import batch_work
from service.office import Office, open_office
from service.record import Caller
from service.security.keys import draft_key, keep_key
from service.store import batches, keys, leases, purge, webhook_events, webhooks
from service.store.session import Store, new_id, transaction
from service.store.tables import cases as case_table
from service.store.webhook_events import CHANGED, COMPLETED, EVENTS, FINISHED
from service.store.webhook_tables import (
    webhook_attempts,
    webhook_deliveries,
    webhook_endpoints,
)
from service.store.webhook_tables import (
    webhook_events as event_table,
)
from service.webhooks.sending import send_due
from tests.databases import Databases
from tests.verify.desk import medicare, told
from tests.webhooks.conftest import CLIENT, START, happen, listen, log_of, register
from tests.webhooks.receiver import Receiver

PUBLIC = "https://93.184.215.14/openvob"
ANA = Caller(CLIENT, "scheduling", CLIENT)
HEADER = b"payer,member_id,first_name,last_name,birth_date,level_of_care,start_date\n"
GOOD = b"medicare,1EG4TE5MK73,Ana,Zqprueba,1957-03-02,iop,2026-12-01\n"
UNREADABLE = b"a,b,c,d,e,f,g,h,i\n"
BAD = b"nobody,1EG4TE5MK73,Ana,Zqprueba,1957-03-02,iop,2026-12-01\n"


@pytest.fixture(scope="module")
def rulebook_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the compiled rulebook is kept, for all tests of a module."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def office(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory, rulebook_cache: Path
) -> Iterator[Office]:
    """An office; nobody works or sends for it."""
    folder = tmp_path_factory.mktemp("office")
    (folder / "cache").symlink_to(rulebook_cache)
    with databases.database(folder) as url:
        places = {"OPENVOB_INSTANCE_PATH": str(folder), "OPENVOB_DATABASE_URL": url}
        opened = open_office(Settings.from_env(places | {"OPENVOB_JOBS_THREADS": "0"}))
        yield opened
        opened.close()


@pytest.fixture
def listening(office: Office) -> Iterator[None]:
    """Somebody listens, and forgets all of it afterwards."""
    register(office.store, PUBLIC)
    yield
    with transaction(office.store) as session:
        for table in (event_table, webhook_endpoints):
            session.connection.execute(table.delete())


def events_of(store: Store) -> list[dict[str, Any]]:
    """Everything that there is to tell, in its order."""
    query = select(event_table.c.payload).order_by(event_table.c.number)
    with transaction(store) as session:
        return [json.loads(payload) for payload in session.connection.execute(query).scalars()]


def keep(office: Office, draft: record.Draft) -> record.Verification:
    """Keep a draft."""
    with transaction(office.store) as session:
        record.keep(session, draft)
    return draft.verification


def put_up(office: Office, content: bytes, caller: Caller = ANA) -> str:
    """Put a batch up, as the API does; its id."""
    put = kept.draft(office, caller, content, again=True)
    with transaction(office.store) as session:
        kept.keep(session, put, caller, office.desk, lambda body: None)
        webhook_events.tell_finished(session, [put.batch.id], START)
    return put.batch.id


@pytest.mark.usefixtures("listening")
def test_an_answer_is_told_and_what_changed_after_it(office: Office) -> None:
    first = keep(office, record.draft_new(office, ANA, medicare(external_id="EHR-ZQ")))
    telling = told(deductible={"individual": {"limit": "283.00", "met": "283.00"}, "family": None})
    second = keep(office, record.draft_told(office, ANA, first, telling))
    keep(office, record.draft_reverified(office, ANA, second))
    found = events_of(office.store)
    assert [one["type"] for one in found] == [COMPLETED, COMPLETED, CHANGED, COMPLETED]
    assert found[0]["data"] == {
        "id": first.id,
        "case_id": first.case_id,
        "status": "complete",
        "kind": "verification_made",
        "created_at": f"{first.created_at:%Y-%m-%dT%H:%M:%SZ}",
        "replaces": None,
        "href": f"/v1/verifications/{first.id}",
    }
    assert found[2]["data"]["id"] == second.id
    assert found[2]["data"]["replaces"] == first.id
    assert "/estimate/expected" in found[2]["data"]["changes"]
    said = json.dumps(found)
    for secret in ("Prueba", "1EG4", "1957-03-02", "EHR-ZQ", "medicare", "283.00"):
        assert secret not in said


@pytest.mark.usefixtures("listening")
def test_an_answer_that_is_awaited_is_told_once_it_is_there(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "is_asked_live", lambda desk, inquiry: True)
    waits = keep(office, record.draft_new(office, ANA, medicare(), waits=False))
    assert (waits.status, events_of(office.store)) == ("pending_live", [])
    whole = pending.complete(office, waits)
    pending.complete(office, waits)
    assert [(one["type"], one["data"]["id"], one["data"]["status"]) for one in events_of(office.store)] == [
        (COMPLETED, waits.id, whole.status)
    ]


@pytest.mark.usefixtures("listening")
def test_what_is_not_kept_is_not_told_and_the_other_way_round(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = record.draft_new(office, ANA, medicare())
    with transaction(office.store) as session:
        record.keep(session, draft)
        session.connection.rollback()
    assert events_of(office.store) == []
    monkeypatch.setattr(record, "tell_verifications", lambda *what: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        keep(office, draft)
    with transaction(office.store) as session:
        query = select(case_table.c.id).where(case_table.c.id == draft.verification.case_id)
        assert session.connection.execute(query).first() is None


def test_where_nobody_listens_nothing_is_written(office: Office) -> None:
    keep(office, record.draft_new(office, ANA, medicare()))
    assert events_of(office.store) == []


@pytest.mark.usefixtures("listening")
def test_a_batch_is_told_once_when_its_last_row_is_settled(office: Office) -> None:
    batch_id = put_up(office, HEADER + GOOD + BAD)
    batch_work.work_once(office, 1)
    assert FINISHED not in {one["type"] for one in events_of(office.store)}
    while batch_work.work_once(office, 1):
        pass
    with transaction(office.store) as session:
        batches.cancel(session, batch_id, START)
        webhook_events.tell_finished(session, [batch_id], START)
    (told_of,) = [one["data"] for one in events_of(office.store) if one["type"] == FINISHED]
    counts = {name: told_of[name] for name in ("rows", "done", "refused", "failed", "cancelled")}
    assert counts == {"rows": 2, "done": 1, "refused": 1, "failed": 0, "cancelled": 0}
    assert (told_of["id"], told_of["state"], told_of["href"]) == (
        batch_id,
        "done",
        f"/v1/batches/{batch_id}",
    )


@pytest.mark.usefixtures("listening")
def test_a_batch_whose_last_rows_are_done_at_once_is_told_once(office: Office) -> None:
    ids = {put_up(office, HEADER + GOOD * 4) for _ in range(3)}
    with ThreadPoolExecutor(3) as pool:
        while any(pool.map(lambda _: batch_work.work_once(office, 1), range(3))):
            pass
    found = [one["data"]["id"] for one in events_of(office.store) if one["type"] == FINISHED]
    assert (len(found), set(found)) == (3, ids)


@pytest.mark.usefixtures("listening")
def test_a_batch_of_which_no_row_can_be_used_or_all_were_tried_too_often_is_told(office: Office) -> None:
    nothing = put_up(office, HEADER + UNREADABLE)
    given_up = put_up(office, HEADER + GOOD)
    until = START
    for _ in range(batches.MOST_ATTEMPTS + 1):
        now, until = until, until.replace(year=until.year + 1)
        with transaction(office.store) as session:
            leases.lease(session, kept.KIND, 10, now)
    found = [one["data"] for one in events_of(office.store) if one["type"] == FINISHED]
    assert [(one["id"], one["refused"], one["failed"]) for one in found] == [
        (nothing, 1, 0),
        (given_up, 0, 1),
    ]


def test_an_address_hears_of_its_clients_doing_and_the_clinics_of_everybodys(store: Store) -> None:
    own, others, clinic = (
        register(store, PUBLIC),
        register(store, PUBLIC, client=("client-2", "b"), reach="client-2"),
        register(store, PUBLIC, client=("user-1", "c"), reach=None),
    )
    with transaction(store) as session:
        webhooks.put(session, _hearing_only(own, FINISHED))
    for client in (CLIENT, "client-2"):
        happen(store, new_id(), client)
    assert [len(log_of(store, one)) for one in (own, others, clinic)] == [0, 1, 2]


def test_a_client_all_of_whose_keys_were_revoked_hears_nothing_more(store: Store) -> None:
    key, token = draft_key("scheduling", ("webhooks:*",), START)
    with transaction(store) as session:
        keep_key(session, key, token)
    endpoint = register(store, PUBLIC, client=(key.client_id, "scheduling"), reach=None)
    happen(store, new_id())
    with transaction(store) as session:
        keys.revoke(session, key.id, START)
    happen(store, new_id())
    assert len(log_of(store, endpoint)) == 1


def test_what_was_told_of_a_case_goes_with_it(office: Office, receiver: Receiver) -> None:
    listen(office.store, receiver)
    made = keep(office, record.draft_new(office, ANA, medicare()))
    put_up(office, HEADER + UNREADABLE)
    while send_due(office):
        pass
    assert {one.payload["type"] for one in receiver.taken} == {COMPLETED, FINISHED}
    assert receiver.faults == []
    later = datetime(2100, 1, 1, tzinfo=UTC)
    wanted = purge.Wanted(later, ("verifying",))
    for _ in purge.purge(office.store, wanted, lambda session, case_id: None):
        pass
    with transaction(office.store) as session:
        assert webhooks.list_all(session) != []
        for table in (event_table, webhook_deliveries, webhook_attempts):
            assert session.connection.execute(select(table)).all() == []
        session.connection.execute(webhook_endpoints.delete())
    assert made.case_id


def _hearing_only(endpoint: webhooks.Endpoint, event: str) -> webhooks.Endpoint:
    assert event in EVENTS
    return webhooks.Endpoint(
        **{**{name: getattr(endpoint, name) for name in webhooks.Endpoint.__slots__}, "events": (event,)}
    )
