"""While a newer version brings the database up to date, the processes that are there go on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from service.config import HOUSE, SettingError, Settings
from service.office import Office, open_store_of
from service.store.migrate import HEAD
from service.store.session import Store

LATER = "9999"


@pytest.fixture
def upgraded(app: Flask) -> Iterator[None]:
    """What the next version's migration leaves: more than there was, and nothing less."""
    office: Office = app.extensions["office"]
    bring(
        office.store, LATER, "ALTER TABLE cases ADD COLUMN more VARCHAR(20)", "CREATE TABLE more (id INTEGER)"
    )
    yield
    bring(office.store, HEAD, "ALTER TABLE cases DROP COLUMN more", "DROP TABLE more")


def bring(store: Store, revision: str, *statements: str) -> None:
    with store.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})


def test_a_process_of_the_version_before_goes_on_and_stays_ready(
    client: FlaskClient, request_body: dict[str, Any], upgraded: None
) -> None:
    assert client.get("/readyz").status_code == 200
    made = client.post("/v1/verifications", json=request_body)
    assert made.status_code == 201
    assert client.get(made.headers["Location"]).status_code == 200
    assert client.post(f"{made.headers['Location']}/reverify").status_code == 201
    assert client.get("/v1/cases").status_code == 200


def test_a_version_that_is_older_than_its_database_does_not_start(settings: Settings, upgraded: None) -> None:
    with pytest.raises(SettingError, match="by a newer version"):
        open_store_of(settings)


def test_a_database_that_lacks_what_this_version_needs_is_not_ready(app: Flask, client: FlaskClient) -> None:
    office: Office = app.extensions["office"]
    bring(office.store, "0001")
    answer = client.get("/readyz")
    bring(office.store, HEAD)
    assert (answer.status_code, answer.json["detail"]) == (503, "Not ready: migrations.")


def test_migrations_are_named_so_that_the_later_one_sorts_after() -> None:
    config = Config()
    config.set_main_option("script_location", str(HOUSE / "migrations"))
    config.set_main_option("path_separator", "os")
    newest_first = [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()]
    assert newest_first == sorted(newest_first, reverse=True)
    assert all(len(name) == 4 and name.isdigit() for name in newest_first)
