"""The service works with a role that cannot change the audit trail, and the trail holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from psycopg.errors import InsufficientPrivilege
from sqlalchemy.engine import make_url

from service.cli import main
from service.office import Office
from service.store import cases, purge
from tests.databases import Databases, PostgresServer
from tests.roles import Roles, two_roles


@pytest.fixture(scope="module")
def roles(databases: Databases, instance: Path) -> Iterator[Roles | None]:
    """A database with two roles, its tables made by one and granted to the other; `None` for a file."""
    if not isinstance(databases, PostgresServer):
        yield None
        return
    with two_roles(databases, instance) as made:
        done = vob(instance, made.owner_url, "db", "upgrade", "--grant-to", made.application)
        assert done[0] == 0, done
        yield made


@pytest.fixture(scope="module")
def database_url(databases: Databases, instance: Path, roles: Roles | None) -> Iterator[str]:
    """The database as the service reaches it."""
    if roles is not None:
        yield roles.application_url
        return
    with databases.database(instance) as url:
        yield url


def vob(instance: Path, url: str, *words: str) -> tuple[int, str]:
    places = {"OPENVOB_INSTANCE_PATH": str(instance), "OPENVOB_DATABASE_URL": url}
    done = CliRunner().invoke(main, words, env=places)
    return done.exit_code, done.output


def test_everything_that_is_asked_of_the_service_works(
    client: FlaskClient, request_body: dict[str, Any]
) -> None:
    made = client.post("/v1/verifications", json=request_body, headers={"Idempotency-Key": "r1"})
    assert made.status_code == 201
    address, case = made.headers["Location"], f"/v1/cases/{made.json['case_id']}"
    telling = {"told_by": {"channel": "phone", "at": "2026-02-20T15:02:00Z"}, "active": True}
    repeated = client.post("/v1/verifications", json=request_body, headers={"Idempotency-Key": "r1"})
    answers = [
        client.get(address),
        client.get(f"{address}/replay"),
        client.post(f"{address}/told", json=telling),
        client.post(f"{address}/reverify"),
        client.post("/v1/verifications/search", json={"member_id": "1EG4TE5MK73"}),
        client.patch(case, json={"status": "quoted"}),
        client.get(f"{case}/timeline"),
        client.get("/v1/cases"),
        client.get("/readyz"),
    ]
    assert [answer.status_code for answer in answers if answer.status_code >= 300] == []
    assert repeated.json == made.json


def test_the_trail_is_linked_and_holds(
    app: Flask, client: FlaskClient, request_body: dict[str, Any], instance: Path, database_url: str
) -> None:
    made = client.post("/v1/verifications", json=request_body).headers["Location"]
    assert client.get(made).status_code == 200
    office: Office = app.extensions["office"]
    office.sealer.stop()
    code, said = vob(instance, database_url, "audit", "verify")
    assert (code, said.startswith("The trail holds: ")) == (0, True), said
    assert said.endswith(" linked, 0 waiting to be linked.\n")
    head = vob(instance, database_url, "audit", "head")[1].strip()
    assert int(head.partition(":")[0]) >= 2
    assert vob(instance, database_url, "audit", "verify", "--anchor", head)[0] == 0


def test_upgrading_again_disturbs_nobody_and_only_the_owner_may(
    client: FlaskClient, instance: Path, roles: Roles | None
) -> None:
    if roles is None:
        return
    words = ("db", "upgrade", "--grant-to", roles.application)
    assert vob(instance, roles.owner_url, *words)[0] == 0
    assert client.get("/v1/cases").status_code == 200
    code, said = vob(instance, roles.application_url, *words)
    assert code == 1
    assert "can act as the owner" in said


@pytest.mark.parametrize("statement", ["UPDATE {} SET digest = digest", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", ["audit_events", "audit_chain"])
def test_whoever_takes_the_service_over_cannot_change_what_it_did(
    client: FlaskClient, roles: Roles | None, statement: str, table: str
) -> None:
    if roles is None:
        return
    words = make_url(roles.application_url).translate_connect_args(username="user", database="dbname")
    with closing(psycopg.connect(**words)) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement.format(table).encode())


def test_every_command_of_the_service_works_with_its_role(
    client: FlaskClient, request_body: dict[str, Any], instance: Path, database_url: str
) -> None:
    case = client.post("/v1/verifications", json=request_body).json["case_id"]
    nothing = ("purge", "--before", "2000-01-01")
    for words in (
        ("db", "upgrade"),
        ("keys", "add", "--name", "another"),
        ("keys", "list"),
        ("users", "list"),
        ("hold", "add", case, "--reason", "a lawsuit"),
        ("hold", "list"),
        ("hold", "release", case),
        nothing,
        (*nothing, "--yes"),
        ("audit", "verify"),
    ):
        code, said = vob(instance, database_url, *words)
        assert code == 0, (words, said)


def test_what_is_purged_with_its_role_is_gone(
    client: FlaskClient, request_body: dict[str, Any], app: Flask
) -> None:
    made = client.post("/v1/verifications", json=request_body)
    assert client.post(f"{made.headers['Location']}/reverify").status_code == 201
    office: Office = app.extensions["office"]
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    wanted = purge.Wanted(tomorrow, cases.STATUSES)
    went = sum(purge.purge(office.store, wanted, lambda *_: None), purge.Counts())
    assert went.cases >= 1
    assert client.get(made.headers["Location"]).status_code == 404
