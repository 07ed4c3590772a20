"""A database that does not answer: 503, nothing half written, and the next request works."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from werkzeug.test import TestResponse

from service.office import Office
from service.store import audit, idempotency
from service.store.session import Session, Store, Unavailable
from tests.databases import POSTGRESQL, SQLITE, Databases


@pytest.fixture(scope="module")
def database_url(databases: Databases, database_kind: str, instance: Path) -> Iterator[str]:
    """A database that is waited for no longer than a tenth of a second."""
    with databases.database(instance) as url:
        limits = {"options": "-c lock_timeout=100"} if database_kind == POSTGRESQL else {}
        yield make_url(url).update_query_dict(limits).render_as_string(hide_password=False)


@pytest.fixture(autouse=True)
def _no_long_wait(app: Flask, database_kind: str) -> None:
    engine = store_of(app).engine
    if database_kind == SQLITE and not event.contains(engine, "connect", hurry):
        event.listen(engine, "connect", hurry)
        engine.dispose()


def hurry(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA busy_timeout=100").close()


def store_of(app: Flask) -> Store:
    office: Office = app.extensions["office"]
    return office.store


@contextmanager
def held(store: Store, table: str = "verifications") -> Iterator[None]:
    """Somebody else has what every writer needs: the file's one lock, or a table."""
    other = create_engine(store.engine.url)
    with closing(other.raw_connection()) as connection:
        cursor = connection.cursor()
        for statement in (
            ("BEGIN IMMEDIATE",)
            if other.dialect.name == SQLITE
            else ("BEGIN", f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        ):
            cursor.execute(statement)
        yield
        connection.rollback()
        cursor.close()
    other.dispose()


@contextmanager
def exhausted(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every connection there may be is in somebody's hands."""
    pool: Any = store.engine.pool
    monkeypatch.setattr(pool, "_timeout", 0.05)
    with ExitStack() as taken:
        for _ in range(pool.size() + pool._max_overflow):
            taken.enter_context(store.engine.connect())
        yield


def is_unavailable(answer: TestResponse) -> bool:
    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"
    assert answer.json["type"] == "urn:openvob:problem:unavailable"
    return int(answer.headers["Retry-After"]) >= 1


def verify(client: FlaskClient, body: Any, key: str | None = None) -> TestResponse:
    return client.post("/v1/verifications", json=body, headers={"Idempotency-Key": key} if key else {})


def count(client: FlaskClient) -> tuple[int, int]:
    kept = ("/v1/verifications?limit=200", "/v1/cases?limit=200")
    verifications, cases = (len(client.get(address).json["items"]) for address in kept)
    return verifications, cases


def test_what_cannot_be_written_in_time_is_not_written_at_all_and_can_be_sent_again(
    app: Flask, client: FlaskClient, request_body: dict[str, Any]
) -> None:
    before = count(client)
    with held(store_of(app)):
        assert is_unavailable(verify(client, request_body, "u1"))
    assert count(client) == before
    again = verify(client, request_body, "u1")
    assert again.status_code == 201
    assert verify(client, request_body, "u1").json == again.json
    assert count(client) == (before[0] + 1, before[1] + 1)


def test_a_read_that_cannot_be_recorded_is_not_answered(
    app: Flask, client: FlaskClient, request_body: dict[str, Any]
) -> None:
    made = verify(client, request_body).headers["Location"]
    with held(store_of(app), "audit_events"):
        assert is_unavailable(client.get(made))
    assert client.get(made).status_code == 200


def test_a_key_that_cannot_be_looked_up_is_neither_let_in_nor_called_wrong(
    app: Flask, stranger: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"Authorization": "Bearer vob_unknown"}
    with exhausted(store_of(app), monkeypatch):
        assert is_unavailable(stranger.get("/v1/cases", headers=headers))
    assert stranger.get("/v1/cases", headers=headers).status_code == 401


def test_a_request_that_finds_no_connection_free_is_told_to_come_again(
    app: Flask, client: FlaskClient, request_body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = count(client)
    with exhausted(store_of(app), monkeypatch):
        assert is_unavailable(verify(client, request_body))
        assert is_unavailable(client.get("/v1/cases"))
    assert count(client) == before
    assert verify(client, request_body).status_code == 201


def test_a_service_that_loses_its_database_while_it_is_looked_at_is_not_ready(
    app: Flask, stranger: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.office.is_reachable", lambda _: True)
    with exhausted(store_of(app), monkeypatch):
        assert is_unavailable(stranger.get("/readyz"))
    assert stranger.get("/readyz").status_code == 200


@pytest.mark.parametrize("moment", ["before the last write", "before the commit"])
def test_a_connection_that_is_lost_midway_leaves_nothing_behind(
    app: Flask,
    client: FlaskClient,
    request_body: dict[str, Any],
    database_kind: str,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    if database_kind != POSTGRESQL:
        return
    before = count(client)
    with monkeypatch.context() as patched:
        patched.setattr(audit, "add", _killing(store_of(app), moment))
        assert is_unavailable(verify(client, request_body, f"u2 {moment}".replace(" ", "-")))
    assert count(client) == before
    assert verify(client, request_body, f"u2 {moment}".replace(" ", "-")).status_code == 201
    assert count(client) == (before[0] + 1, before[1] + 1)


def _killing(store: Store, moment: str) -> Callable[[Session, audit.Event], None]:
    add = audit.add

    def kill_and_add(session: Session, noted: audit.Event) -> None:
        if moment == "before the commit":
            add(session, noted)
        process = session.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with closing(create_engine(store.engine.url).raw_connection()) as other:
            assert other.cursor().execute(f"SELECT pg_terminate_backend({process}, 5000)").fetchone()[0]
            other.detach()
        if moment != "before the commit":
            add(session, noted)

    return kill_and_add


def test_every_connection_lost_while_nobody_asked_is_nobody_s_concern(
    app: Flask, client: FlaskClient, database_kind: str
) -> None:
    if database_kind != POSTGRESQL:
        return
    assert client.get("/v1/cases").status_code == 200
    with closing(create_engine(store_of(app).engine.url).raw_connection()) as other:
        killed = other.cursor().execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert killed.rowcount >= 1
        other.detach()
    assert client.get("/v1/cases").status_code == 200


def test_a_request_that_was_refused_stays_refused_where_its_key_cannot_be_let_go(
    client: FlaskClient, request_body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise Unavailable("SQLITE_BUSY")

    with monkeypatch.context() as patched:
        patched.setattr(idempotency, "release", fail)
        assert verify(client, request_body | {"payer": "nobody"}, "u3").status_code == 422
    assert verify(client, request_body | {"payer": "nobody"}, "u3").status_code == 409, "until it lapses"


def test_the_log_says_what_kind_of_thing_failed_and_nothing_of_what_was_written(
    app: Flask, client: FlaskClient, request_body: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    request_body["member"]["last_name"] = "Zquintana"
    with held(store_of(app)), caplog.at_level(logging.WARNING, "service"):
        answer = verify(client, request_body)
    assert is_unavailable(answer)
    (line,) = [one.getMessage() for one in caplog.records if "does not answer" in one.getMessage()]
    assert line.startswith(answer.json["instance"])
    assert line.rpartition(" ")[2] in {"SQLITE_BUSY", "LockNotAvailable"}
    for said in (caplog.text, answer.text):
        assert not [word for word in ("Zquintana", "1EG4TE5MK73", "INSERT") if word in said]
