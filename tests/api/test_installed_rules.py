"""Rules that are put in use while the service runs: the next request answers from them, old answers stay."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from payers.rule_files import read_files
from service import rulesets
from service.app import create_app
from service.config import Settings
from service.office import Office
from service.store.session import transaction
from tests.api.local_rules import AETNA, ASKED, write_set


@pytest.fixture
def another(app: Flask, client: FlaskClient, settings: Settings) -> Iterator[FlaskClient]:
    """A client of another process of the same service."""
    made = create_app(settings)
    known = made.test_client()
    known.environ_base.update(client.environ_base)
    yield known
    office: Office = made.extensions["office"]
    office.sealer.stop()
    office.store.close()
    put_in_use(app, {})


def put_in_use(app: Flask, files: dict[str, bytes]) -> str:
    """What `vob rules install` does once the files are found sound."""
    office: Office = app.extensions["office"]
    with transaction(office.store) as session:
        return rulesets.put_set_in_use(session, files, datetime.now(UTC))[0]


def answer(client: FlaskClient) -> dict[str, Any]:
    answered = client.post("/v1/verifications", json=ASKED)
    assert answered.status_code == 201, answered.json
    return dict(answered.json)


def authorization(answered: dict[str, Any]) -> str:
    return str(answered["phases"][0]["prior_authorization"]["status"])


def test_the_next_request_in_every_process_answers_from_what_was_put_in_use(
    app: Flask, client: FlaskClient, another: FlaskClient, tmp_path: Path
) -> None:
    before = answer(client)
    put_in_use(app, read_files(write_set(tmp_path)))
    after = [answer(client), answer(another)]
    assert authorization(before) != "notification"
    assert [authorization(one) for one in after] == ["notification", "notification"]
    assert after[0]["produced_by"]["rulebook"] == after[1]["produced_by"]["rulebook"]
    assert "overlays/1-installed/aetna.yaml" in after[0]["produced_by"]["files"]

    local = [source for source in after[0]["citations"] if source.get("local")]
    assert [(source["title"], source["kind"]) for source in local] == [("An invented letter", "published")]
    assert not any("local" in source for source in before["citations"])

    put_in_use(app, {})
    assert [authorization(answer(one)) for one in (client, another)] == [authorization(before)] * 2
    for stored, asker in ((before, another), (after[0], another), (after[1], client)):
        assert asker.get(f"/v1/verifications/{stored['id']}/replay").json == stored


def test_a_service_that_starts_has_what_was_put_in_use_over_its_own_rules(
    app: Flask, settings: Settings, client: FlaskClient, another: FlaskClient, tmp_path: Path
) -> None:
    put_in_use(app, read_files(write_set(tmp_path)))
    late = create_app(settings)
    office: Office = late.extensions["office"]
    known = late.test_client()
    known.environ_base.update(client.environ_base)
    assert authorization(answer(known)) == "notification"
    assert office.base.digest != office.desk.rulebook.digest
    office.sealer.stop()
    office.store.close()


def test_a_set_that_does_not_fit_here_leaves_the_old_one_answering(
    app: Flask, client: FlaskClient, another: FlaskClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put_in_use(app, read_files(write_set(tmp_path)))
    assert [authorization(answer(one)) for one in (client, another)] == ["notification"] * 2
    broken = AETNA.replace("commercial", "medicaid")
    with caplog.at_level(logging.ERROR, "service.office"):
        put_in_use(app, read_files(write_set(tmp_path, broken)))
        assert [authorization(answer(one)) for one in (client, another)] == ["notification"] * 2
        assert client.get("/readyz").status_code == 200
    assert "overlays/1-installed/aetna.yaml:1: payer.line_of_business" in caplog.text
    assert (
        len([one for one in caplog.records if "do not fit here" in one.message]) == 2
    )  # once in each process, not at every request


def test_what_is_local_is_told_so_wherever_the_rulebook_is_read(
    app: Flask, client: FlaskClient, another: FlaskClient, tmp_path: Path
) -> None:
    put_in_use(app, read_files(write_set(tmp_path)))
    sources = client.get("/v1/payers/aetna/sources").json["items"]
    assert [(one["title"], one["values"]) for one in sources if one.get("local")] == [
        ("An invented letter", 1)
    ]
    asked = "/v1/payers/aetna/benefits?level_of_care=intensive_outpatient&date_of_service=2026-03-02"
    cited = client.get(asked).json["citations"]
    assert [one["title"] for one in cited if one.get("local")] == ["An invented letter"]


def test_a_verification_is_asked_as_of_a_day_when_other_rules_were_in_use(
    app: Flask, client: FlaskClient, another: FlaskClient, tmp_path: Path
) -> None:
    put_in_use(app, read_files(write_set(tmp_path)))
    answer(client)
    put_in_use(app, {})
    answer(client)
    today = datetime.now(UTC).astimezone(app.extensions["office"].desk.clinic.zone).date()
    latest = client.post("/v1/verifications", json={**ASKED, "as_of": today.isoformat()}).json
    assert latest["produced_by"]["rulebook"] == app.extensions["office"].base.digest
