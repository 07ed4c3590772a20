"""What an answer would be, were something said: worked out for whoever is on the phone, and not kept."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.api.examples import AN_ID, TOLD
from tests.api.staff import browser

SAID = {"told_benefits": TOLD}


@pytest.fixture
def made(client: FlaskClient, request_body: dict[str, Any]) -> str:
    """A verification, without anything told."""
    body = {name: value for name, value in request_body.items() if name != "told_benefits"}
    answer = client.post("/v1/verifications", json=body)
    assert answer.status_code == 201, answer.json
    return f"/v1/verifications/{answer.json['id']}"


def told_apart(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without what every verification has of its own."""
    own = ("id", "created_at", "produced_by")
    return {name: value for name, value in answer.items() if name not in own}


def test_a_preview_is_what_telling_would_answer(client: FlaskClient, made: str) -> None:
    seen = client.post(f"{made}/told/preview", json=SAID)
    assert seen.status_code == 200
    kept = client.post(f"{made}/told", json=SAID)
    assert kept.status_code == 201
    assert told_apart(seen.json) == told_apart(kept.json)
    assert seen.json["eligibility"]["status"] == "active"


def test_nothing_of_a_preview_is_kept(client: FlaskClient, made: str) -> None:
    before = client.get(made).json
    many = client.get("/v1/verifications?limit=200").json["items"]
    seen = client.post(f"{made}/told/preview", json=SAID).json
    assert (seen["id"], seen["replaces"]) == (before["id"], before["id"])
    assert client.get(made).json == before
    assert client.get("/v1/verifications?limit=200").json["items"] == many


def test_a_preview_is_noted_as_a_look_and_not_as_a_change(client: FlaskClient, app: Flask, made: str) -> None:
    client.post(f"{made}/told/preview", json=SAID)
    auditor = browser(app, "the auditor of previews", "auditor")
    found = auditor.get("/v1/audit-events", query_string={"subject": made.rsplit("/", 1)[-1]}).json["items"]
    assert [event["action"] for event in found] == ["verification.preview", "verification.create"]


def test_what_cannot_be_told_is_refused_as_telling_is(client: FlaskClient, made: str) -> None:
    wrong = {"told_benefits": TOLD | {"qmb": "yes", "coverage_start": "soon"}}
    seen, told = (client.post(f"{made}/{door}", json=wrong) for door in ("told/preview", "told"))
    assert (seen.status_code, told.status_code) == (422, 422)
    assert seen.json["errors"] == told.json["errors"]
    assert client.post(f"/v1/verifications/{AN_ID}/told/preview", json=SAID).status_code == 404


def test_it_may_be_told_apart_from_what_is_told(client: FlaskClient, made: str) -> None:
    seen = client.post(f"{made}/told/preview", json=TOLD, headers={"Accept-Language": "es"})
    assert seen.status_code == 200, "the told object alone, as telling takes it"
    assert seen.headers["Content-Language"] == "es"
