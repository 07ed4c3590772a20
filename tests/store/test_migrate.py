"""The migrations make the very tables that the code works with, and can be undone."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect

from service.config import HOUSE
from service.store.migrate import HEAD, is_up_to_date, revision_of, upgrade
from service.store.session import Store
from service.store.tables import metadata


@pytest.fixture
def config(database_url: str) -> Config:
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
