"""Whoever comes at once, or is killed in the middle, leaves the store as if they had come one by one."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from service.app import create_app
from service.config import HOUSE, SettingError, Settings
from service.first_run import prepare
from service.office import Office, open_store_of
from service.security.crypto import make_vault
from service.store import access_tables, rulebooks, tables, verifications
from service.store.data_keys import remember_data_key
from service.store.session import Session, Store, open_store, transaction
from tests.store.desk import REQUEST

NOW = datetime(2026, 11, 22, 15, 2, tzinfo=UTC)
# Everybody here is one client that asks about one member.
UNLIMITED = {f"OPENVOB_RATE_{kind}": "off" for kind in ("CLIENT", "ADDRESS", "MEMBER")}
A_KEY = base64.b64encode(bytes(range(32))).decode()
Result = TypeVar("Result")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the compiled rulebook is kept, for all services together."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def variables(tmp_path: Path, cache: Path, database_url: str) -> dict[str, str]:
    """An installation that was just made, as its environment says it."""
    (tmp_path / "cache").symlink_to(cache)
    return {"OPENVOB_INSTANCE_PATH": str(tmp_path), "OPENVOB_DATABASE_URL": database_url, **UNLIMITED}


@pytest.fixture
def key(variables: dict[str, str]) -> str:
    """The API key of the first run."""
    made = prepare(Settings.from_env(variables)).api_key
    assert made
    return made


@pytest.fixture
def app(variables: dict[str, str], key: str) -> Iterator[Flask]:
    """The service."""
    made = create_app(Settings.from_env(variables))
    yield made
    office: Office = made.extensions["office"]
    office.sealer.stop()
    office.store.close()


def at_once(times: int, work: Callable[[int], Result]) -> list[Result]:
    """What so many threads return that begin at the same moment."""
    start = Barrier(times)

    def begin(number: int) -> Result:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(begin, range(times)))


def count(session: Session, table: Any) -> int:
    return int(session.connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_fifty_requests_with_one_key_at_once_are_done_once(app: Flask, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "one"}

    def send(_: int) -> TestResponse:
        return app.test_client().post("/v1/verifications", json=REQUEST, headers=headers)

    answers = at_once(50, send)
    made = [answer.json["id"] for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len(set(made)) == 1
    assert send(0).json["id"] == made[0]
    office: Office = app.extensions["office"]
    with transaction(office.store) as session:
        assert (count(session, tables.verifications), count(session, tables.cases)) == (1, 1)


def test_fifty_requests_with_a_key_each_at_once_are_all_done(app: Flask, key: str) -> None:
    def send(number: int) -> TestResponse:
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"many-{number}"}
        return app.test_client().post("/v1/verifications", json=REQUEST, headers=headers)

    answers = at_once(50, send)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 50


def test_services_that_start_at_once_note_the_same_rulebook_and_data_key_once(database_url: str) -> None:
    stores = [open_store(database_url, make_vault(bytes(range(32)))) for _ in range(8)]

    def start(number: int) -> bool:
        store = stores[number]
        with transaction(store) as session:
            known = remember_data_key(session, NOW)
        rulebooks.put_in_use(store, rulebooks.RULEBOOK, "sha256:aa", {"a.yaml": b"a: 1"}, NOW)
        rulebooks.put_in_use(store, rulebooks.PROFILE, "sha256:bb", {"clinic.yaml": b"b: 1"}, NOW)
        return known

    assert at_once(len(stores), start) == [True] * len(stores)
    with transaction(stores[0]) as session:
        noted = [
            count(session, table)
            for table in (access_tables.data_keys, tables.rulebooks, tables.rulebook_uses)
        ]
    assert noted == [1, 2, 2]
    for store in stores:
        store.close()


def test_of_services_that_start_at_once_with_other_data_keys_one_is_let_in(
    variables: dict[str, str], tmp_path: Path
) -> None:
    def start(number: int) -> Store | None:
        own_key = {"OPENVOB_DATA_KEY_FILE": str(tmp_path / f"{number}.key")}
        try:
            return open_store_of(Settings.from_env(variables | own_key))
        except SettingError:
            return None

    let_in = [store for store in at_once(6, start) if store is not None]
    assert len(let_in) == 1
    let_in[0].close()


def test_two_upgrades_of_one_empty_database_at_once_make_its_tables_once(
    empty_database_url: str, tmp_path: Path
) -> None:
    variables = {"OPENVOB_INSTANCE_PATH": str(tmp_path), "OPENVOB_DATABASE_URL": empty_database_url}
    environment = {**os.environ, **variables, "OPENVOB_DATA_KEY": A_KEY}

    def upgrade(_: int) -> tuple[int, str]:
        words = [sys.executable, "-c", "from service.cli import main; main()", "db", "upgrade"]
        done = subprocess.run(words, cwd=HOUSE, env=environment, capture_output=True, text=True)
        return done.returncode, done.stdout

    assert at_once(2, upgrade) == [(0, "The database is up to date.\n")] * 2


def work_until_killed(variables: dict[str, str], name: str, answers: int) -> list[str]:
    """Let a service work, kill it after so many answers, and return the ids it acknowledged."""
    words = [sys.executable, "-m", "tests.store.desk", name]
    environment = {**os.environ, **variables}
    with subprocess.Popen(words, cwd=HOUSE, env=environment, stdout=subprocess.PIPE, text=True) as desk:
        assert desk.stdout is not None
        first = list(islice(desk.stdout, answers))
        desk.kill()
        rest = desk.stdout.read()
    whole_lines = "".join([*first, rest]).splitlines(keepends=True)
    return [line.strip() for line in whole_lines if line.endswith("\n")]


def test_what_was_acknowledged_is_there_after_the_service_was_killed(variables: dict[str, str]) -> None:
    acknowledged = [
        one for round_ in range(3) for one in work_until_killed(variables, f"r{round_}", 20 + 7 * round_)
    ]
    assert len(acknowledged) >= 20 + 27 + 34
    with closing(open_store_of(Settings.from_env(variables))) as store, transaction(store) as session:
        kept = set(session.connection.execute(select(tables.verifications.c.id)).scalars())
        assert set(acknowledged) <= kept
        for one in kept:
            whole = verifications.get(session, one)
            assert whole is not None, "every one of them can be opened"
            assert whole.answer
            assert whole.request["member"] == REQUEST["member"]
        assert count(session, tables.cases) == len(kept), "each was kept with its case, in one transaction"
        answered = select(tables.idempotency.c.id).where(tables.idempotency.c.status == 201).subquery()
        assert count(session, answered) == len(kept), "and with its answer"
