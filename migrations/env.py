"""Runs the migrations on the database that `service.store.migrate` names."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, create_engine, text

from service.store.tables import Instant, metadata


def as_written(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """How a column type of our own is written in a migration, which must not change with the code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


# Any number that means this lock to every process of ours.
LOCK = 7_303_015


def wait_for_others(connection: Connection) -> None:
    """Let another process that migrates this database end first, before looking what there is to do."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def run() -> None:
    """Run every migration asked for, in one transaction where the database can do that."""
    engine = create_engine(context.config.attributes["database_url"])
    with engine.connect() as connection:
        wait_for_others(connection)
        context.configure(
            connection=connection, target_metadata=metadata, render_as_batch=True, render_item=as_written
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


run()
