"""A replay stays equal to what was answered, whatever becomes of the rulebook; as of a day it follows it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.config import Settings
from service.first_run import prepare
from service.office import Office
from service.store import tables
from service.store.session import transaction


@pytest.fixture
def ours(settings: Settings, tmp_path: Path, our_instance: Path, our_database_url: str) -> Settings:
    """An installation with a rulebook of its own, which can be corrected."""
    rules = tmp_path / "rules"
    shutil.copytree(settings.rules_path, rules)
    return replace(
        settings,
        instance_path=our_instance,
        database_url=our_database_url,
        data_key_file=our_instance / "data.key",
        rules_path=rules,
    )


@contextmanager
def running(settings: Settings) -> Iterator[FlaskClient]:
    """The service, from its start to its end."""
    key = prepare(settings).api_key
    app = create_app(settings)
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    yield client
    office: Office = app.extensions["office"]
    office.sealer.stop()
    office.store.close()


def correct(settings: Settings) -> None:
    """Correct a value of the rulebook in place: the Part B deductible of 2026."""
    file = settings.rules_path / "medicare.yaml"
    text = file.read_text(encoding="utf-8")
    assert '"283.00"' in text
    file.write_text(text.replace('"283.00"', '"284.00"'), encoding="utf-8")


def test_a_replay_is_equal_after_a_value_of_the_rulebook_was_corrected(
    ours: Settings, request_body: dict[str, Any]
) -> None:
    with running(ours) as client:
        stored = client.post("/v1/verifications", json={**request_body, "trace": True}).json
    correct(ours)
    with running(ours) as client:
        address = f"/v1/verifications/{stored['id']}"
        assert client.get(address).json == stored
        assert client.get(f"{address}/replay").json == stored
        again = client.post(f"{address}/reverify").json
    assert again["produced_by"]["rulebook"] != stored["produced_by"]["rulebook"]
    assert "/estimate/expected" in [change["pointer"] for change in again["changes"]]


def test_a_replay_as_of_a_day_answers_from_the_rulebook_last_in_use_on_it(
    ours: Settings, request_body: dict[str, Any]
) -> None:
    with running(ours) as client:
        old = client.post("/v1/verifications", json=request_body).json
        office: Office = client.application.extensions["office"]
        since = datetime(2026, 1, 15, 15, tzinfo=UTC)
        with transaction(office.store) as session:  # as if it had been in use since January
            session.connection.execute(tables.rulebook_uses.update().values(since=since))
    correct(ours)
    with running(ours) as client:
        new = client.post("/v1/verifications", json=request_body).json
        replays = {
            day: client.get(f"/v1/verifications/{new['id']}/replay?as_of={day}")
            for day in ("2026-01-14", "2026-01-15", "2026-06-01")
        }
        then = client.post("/v1/verifications", json={**request_body, "as_of": "2026-06-01"}).json
        never = client.post("/v1/verifications", json={**request_body, "as_of": "2026-01-14"})
    assert replays["2026-01-14"].status_code == 404
    for answered in (replays["2026-01-15"].json, replays["2026-06-01"].json, then):
        assert answered["produced_by"]["rulebook"] == old["produced_by"]["rulebook"]
        assert answered["estimate"] == old["estimate"]
    assert new["estimate"]["expected"] != old["estimate"]["expected"]
    assert never.status_code == 422
    assert never.json["errors"][0]["code"] == "no_rulebook_in_use"
