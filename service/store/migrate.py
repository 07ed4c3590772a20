"""Brings a database's tables up to date, and tells whether they are.

Alembic is imported only when there is something to bring up to date: a start that finds the tables
as they should be does without it.
"""

from __future__ import annotations

from sqlalchemy import Engine, inspect, text

from service.config import HOUSE
from service.store.session import answering

HEAD = "0008"
"""The newest migration; a test holds it to the files in `migrations/versions`."""


def revision_of(engine: Engine) -> str | None:
    """The migration a database is at, or `None` where it has no tables yet.

    Raises `service.store.session.Unavailable` where the database does not answer.
    """
    with answering(), engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
        return None if revision is None else str(revision)


def is_up_to_date(engine: Engine) -> bool:
    """Whether the database has every table as this version of the service expects it."""
    return revision_of(engine) == HEAD


def is_newer(engine: Engine) -> bool:
    """Whether a newer version brought the database up to date, which this one goes on with until it ends."""
    return (revision_of(engine) or "") > HEAD


def upgrade(database_url: str) -> None:
    """Run every migration that this database has not seen."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HOUSE / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["database_url"] = database_url
    command.upgrade(config, "head")
