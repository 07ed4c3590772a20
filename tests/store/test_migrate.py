"""The migrations make the very tables that the code works with, and can be undone."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text

from service.config import HOUSE
from service.store.migrate import HEAD, is_up_to_date, revision_of, upgrade
from service.store.session import Store
from service.store.tables import metadata

NOW = datetime(2026, 11, 22, 15, 2, tzinfo=UTC)


@pytest.fixture
def config(database_url: str) -> Config:
    """Alembic for a database with tables."""
    return config_for(database_url)


def config_for(database_url: str) -> Config:
    """Alembic, as the service runs it."""
    made = Config()
    made.set_main_option("script_location", str(HOUSE / "migrations"))
    made.set_main_option("path_separator", "os")
    made.attributes["database_url"] = database_url
    return made


def test_the_newest_migration_is_the_one_the_service_expects(config: Config) -> None:
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_the_migrations_make_the_tables_of_the_code(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_database_without_tables_is_not_up_to_date_until_it_is_upgraded(empty_database_url: str) -> None:
    engine = create_engine(empty_database_url)
    assert revision_of(engine) is None
    assert not is_up_to_date(engine)
    upgrade(empty_database_url)
    upgrade(empty_database_url)
    assert is_up_to_date(engine)
    engine.dispose()


def test_the_migrations_can_be_undone(store: Store, config: Config) -> None:
    command.downgrade(config, "base")
    assert tables(store.engine) == {"alembic_version"}


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def test_keys_cases_and_what_they_may_see_outlive_the_move_to_clients(empty_database_url: str) -> None:
    config = config_for(empty_database_url)
    command.upgrade(config, "0003")
    engine = create_engine(empty_database_url)
    with engine.begin() as connection:
        for statement in BEFORE_CLIENTS:
            connection.execute(text(statement), {"at": NOW, "bytes": b"d" * 32})
    command.upgrade(config, "head")
    with engine.connect() as connection:
        key = connection.execute(text("SELECT client_id, scopes FROM api_keys")).one()
        whose = connection.execute(text("SELECT id, client_id FROM cases ORDER BY id")).all()
    engine.dispose()
    assert (key.client_id, orjson.loads(key.scopes)) == ("k1", ["payers:read", "records:all"])
    assert [tuple(row) for row in whose] == [("c1", "k1"), ("c2", None)]


CASE = "INSERT INTO cases (id, status, opened_by, created_at, updated_at) VALUES "
BEFORE_CLIENTS = (
    "INSERT INTO api_keys (id, name, digest, scopes, created_at)"
    " VALUES ('k1', 'desk', :bytes, '[\"payers:read\"]', :at)",
    f"{CASE} ('c1', 'inquiry', 'desk', :at, :at)",
    f"{CASE} ('c2', 'inquiry', 'desk', :at, :at)",
    "INSERT INTO rulebooks (digest, kind, files, kept_at) VALUES ('r', 'rulebook', :bytes, :at)",
    "INSERT INTO verifications (id, case_id, created_at, status, approval, payer, site, start_date, kind,"
    " made_by, client_id, rulebook_digest, profile_digest, engine_version, request, told, answer)"
    " VALUES ('v1', 'c1', :at, 'complete', 'none', 'medicare', 'cmhc', '2026-12-01', 'verification_made',"
    " 'desk', 'k1', 'r', 'r', '1', :bytes, :bytes, :bytes)",
)
