"""What differs between the databases: how they are connected to, prepared, and cleared up after tests."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import QueuePool
from sqlalchemy.engine import make_url

from service.cli import main
from service.config import HOUSE, SettingError, Settings
from service.office import open_store_of
from service.security.crypto import make_vault
from service.store.migrate import is_up_to_date
from service.store.session import Store, open_store
from tests.databases import (
    ABOUT_NEITHER,
    ABOUT_SQLITE,
    POSTGRESQL,
    PREFIX,
    Databases,
    kinds_for,
    postgres_server,
)

VAULT = make_vault(bytes(range(32)))


def said(store: Store, name: str) -> str:
    """What the server says of a connection's setting."""
    with store.engine.connect() as connection:
        return str(connection.exec_driver_sql(f"SHOW {name}").scalar_one())


def test_a_connection_is_bound_in_time_and_says_whose_it_is(store: Store, database_kind: str) -> None:
    if database_kind != POSTGRESQL:
        with store.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == 10_000
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
        return
    names = ("application_name", "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    assert [said(store, name) for name in names] == ["openvob", "15s", "10s", "30s"]


def test_what_the_address_of_a_server_says_outweighs_what_we_would_say() -> None:
    address = "postgresql+psycopg://openvob@127.0.0.1/openvob?application_name=night&connect_timeout=2"
    with closing(open_store(address, VAULT)) as store:
        _, arguments = store.engine.dialect.create_connect_args(store.engine.url)
    assert (arguments["application_name"], arguments["connect_timeout"]) == ("night", "2")


@pytest.mark.parametrize(("threads", "kept"), [(1, 1), (8, 2), (64, 16)])
def test_a_server_is_asked_for_connections_according_to_the_threads(threads: int, kept: int) -> None:
    with closing(open_store("postgresql+psycopg://openvob@127.0.0.1/openvob", VAULT, threads)) as store:
        assert isinstance(store.engine.pool, QueuePool)
        assert (store.engine.pool.size(), store.engine.pool._max_overflow) == (kept, kept)


def test_a_server_whose_tables_are_not_there_is_refused_until_it_is_upgraded(
    empty_database_url: str, database_kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = {"OPENVOB_INSTANCE_PATH": str(tmp_path), "OPENVOB_DATABASE_URL": empty_database_url}
    if database_kind == POSTGRESQL:
        with pytest.raises(SettingError, match="vob db upgrade"):
            open_store_of(Settings.from_env(variables))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for _ in range(2):
        assert CliRunner().invoke(main, ["db", "upgrade"]).stdout == "The database is up to date.\n"
    with closing(open_store_of(Settings.from_env(variables))) as store:
        assert is_up_to_date(store.engine)


def test_a_server_that_does_not_answer_is_told_without_its_address(tmp_path: Path) -> None:
    settings = Settings.from_env(
        {
            "OPENVOB_INSTANCE_PATH": str(tmp_path),
            "OPENVOB_DATABASE_URL": "postgresql+psycopg://zqrole:zqsecret@127.0.0.1:1/zq",
        }
    )
    with pytest.raises(SettingError, match="cannot be reached") as refused:
        open_store_of(settings)
    assert "zq" not in str(refused.value)


def test_what_a_run_made_and_left_is_dropped_and_what_another_uses_is_not(
    databases: Databases, database_kind: str, tmp_path: Path
) -> None:
    if database_kind != POSTGRESQL:
        return
    address = os.environ["OPENVOB_TEST_POSTGRES"]
    with databases.database(tmp_path) as used:
        with postgres_server(address) as other:
            left = f"{PREFIX}0_dead_1"
            other.held.execute(f"CREATE DATABASE {left}")
            other.clear_up()
            there = {name for (name,) in other.held.execute("SELECT datname FROM pg_database")}
        assert left not in there
        assert make_url(used).database in there


def test_the_tests_about_sqlite_are_still_there() -> None:
    texts = [path.read_text("utf-8") for path in (HOUSE / "tests").rglob("test_*.py")]
    assert [
        name for name in ABOUT_SQLITE | ABOUT_NEITHER if not any(f"def {name}(" in text for text in texts)
    ] == []
    assert all(kinds_for(name) == ("sqlite",) for name in ABOUT_SQLITE | ABOUT_NEITHER)
