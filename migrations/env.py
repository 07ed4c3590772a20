"""Runs the migrations on the database that `service.store.migrate` names."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import create_engine

from service.store.tables import Instant, metadata


def as_written(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """How a column type of our own is written in a migration, which must not change with the code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


def run() -> None:
    """Run every migration asked for, in one transaction where the database can do that."""
    engine = create_engine(context.config.attributes["database_url"])
    with engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=metadata, render_as_batch=True, render_item=as_written
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


run()
