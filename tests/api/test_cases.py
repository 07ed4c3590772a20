"""Cases over HTTP: opened, changed, listed, and what happened to each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service import record
from service.office import Office
from service.store import purge

NOWHERE = "/v1/cases/019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"


def opened(client: FlaskClient, **body: Any) -> dict[str, Any]:
    answer = client.post("/v1/cases", json=body)
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def test_a_case_is_opened_and_found_where_it_says(client: FlaskClient) -> None:
    answer = client.post("/v1/cases", json={"label": "Ana P.", "external_id": "EHR-77", "status": "quoted"})
    assert answer.json["label"] == "Ana P."
    assert answer.json["status"] == "quoted"
    assert answer.json["verifications"] == []
    assert client.get(answer.headers["Location"]).json == answer.json


def test_a_case_without_an_owner_belongs_to_the_caller(client: FlaskClient) -> None:
    assert opened(client)["owner"] == "first key"
    assert opened(client, owner="Luz")["owner"] == "Luz"


def test_only_what_is_given_changes_and_null_takes_away(client: FlaskClient) -> None:
    case = opened(client, label="Ana P.", external_id="EHR-77")
    changed = client.patch(f"/v1/cases/{case['id']}", json={"status": "admitted", "external_id": None})
    assert changed.status_code == 200
    expected = {**case, "status": "admitted", "external_id": None, "updated_at": changed.json["updated_at"]}
    assert changed.json == expected
    assert client.get(f"/v1/cases/{case['id']}").json == expected


def test_a_timeline_says_what_happened_and_who_did_it(client: FlaskClient) -> None:
    case = opened(client)
    client.patch(f"/v1/cases/{case['id']}", json={"status": "quoted"})
    events = client.get(f"/v1/cases/{case['id']}/timeline").json["items"]
    assert [(event["kind"], event["by"], event["data"]) for event in events] == [
        ("case_changed", "first key", {"status": "quoted"}),
        ("case_opened", "first key", {}),
    ]


def test_a_verification_opens_a_case_of_its_own(client: FlaskClient, request_body: dict[str, Any]) -> None:
    answer = client.post("/v1/verifications", json=request_body | {"external_id": "EHR-9"}).json
    case = client.get(f"/v1/cases/{answer['case_id']}").json
    assert (case["label"], case["external_id"], case["status"]) == ("Ana P.", "EHR-9", "verifying")
    events = client.get(f"/v1/cases/{case['id']}/timeline").json["items"]
    assert [event["kind"] for event in events] == ["verification_made", "case_opened"]
    assert events[0]["data"]["verification"] == answer["id"]


def test_a_list_is_narrowed_by_status_and_owner(client: FlaskClient) -> None:
    mine = opened(client, status="discharged", owner="Sol")
    found = client.get("/v1/cases?status=discharged&owner=Sol").json
    assert [case["id"] for case in found["items"]] == [mine["id"]]
    assert "verifications" not in found["items"][0]
    assert client.get("/v1/cases?status=not_admitted&owner=Sol").json["items"] == []


def test_a_case_that_is_not_here_is_not_found(client: FlaskClient) -> None:
    for answer in (client.get(NOWHERE), client.patch(NOWHERE, json={}), client.get(f"{NOWHERE}/timeline")):
        assert answer.status_code == 404
        assert answer.json["type"] == "urn:openvob:problem:not-found"


def test_every_bad_field_of_a_case_is_named_at_once(client: FlaskClient) -> None:
    answer = client.post("/v1/cases", json={"label": 3, "status": "open", "name": "Ana"})
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json["errors"]] == [
        ("/label", "not_text"),
        ("/name", "unknown_field"),
        ("/status", "not_a_choice"),
    ]


def test_a_case_that_is_purged_in_the_moment_it_is_added_to_is_not_known_any_more(
    app: Flask, client: FlaskClient, request_body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    office: Office = app.extensions["office"]
    case = client.post("/v1/cases", json={"status": "discharged"}).json["id"]
    answered = record.verify

    def purge_meanwhile(*asked: Any, **more: Any) -> Any:
        wanted = purge.Wanted(datetime.now(UTC) + timedelta(days=1), ("discharged",))
        list(purge.purge(office.store, wanted, lambda *_: None))
        return answered(*asked, **more)

    monkeypatch.setattr(record, "verify", purge_meanwhile)
    answer = client.post("/v1/verifications", json=request_body | {"case_id": case})
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "unknown_case")
