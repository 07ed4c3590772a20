"""A request sent twice with one key is done once and answered the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.office import Office
from service.store import idempotency


def count(client: FlaskClient) -> int:
    return len(client.get("/v1/verifications?limit=200").json["items"])


def send(client: FlaskClient, body: Any, key: str, address: str = "/v1/verifications") -> TestResponse:
    return client.post(address, json=body, headers={"Idempotency-Key": key})


def test_a_repeated_request_is_answered_as_the_first_was(
    client: FlaskClient, request_body: dict[str, Any]
) -> None:
    first, before = send(client, request_body, "k1"), count(client)
    second = send(client, request_body, "k1")
    assert (second.status_code, second.json) == (201, first.json)
    assert second.headers["Location"] == first.headers["Location"]
    assert count(client) == before


def test_the_same_key_with_another_body_is_refused(client: FlaskClient, request_body: dict[str, Any]) -> None:
    send(client, request_body, "k2")
    other = send(client, request_body | {"external_id": "EHR-1"}, "k2")
    assert other.status_code == 422
    assert other.json["type"] == "urn:openvob:problem:idempotency-key-reused"


def test_the_same_key_on_another_route_is_another_key(
    client: FlaskClient, request_body: dict[str, Any]
) -> None:
    made = send(client, request_body, "k3").json
    again = send(client, None, "k3", f"/v1/verifications/{made['id']}/reverify")
    assert again.status_code == 201
    assert again.json["id"] != made["id"]


def test_a_request_that_was_refused_may_be_sent_again_corrected(
    client: FlaskClient, request_body: dict[str, Any]
) -> None:
    assert send(client, request_body | {"payer": "nobody"}, "k4").status_code == 422
    assert send(client, request_body, "k4").status_code == 201


def test_a_request_in_flight_is_a_conflict(
    app: Flask, client: FlaskClient, request_body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "claim", lambda *_: idempotency.Refusal.IN_FLIGHT)
    assert send(client, request_body, "k5").status_code == 409


def test_a_key_that_is_no_key_is_refused(client: FlaskClient, request_body: dict[str, Any]) -> None:
    for key in ("", "a b", "k" * 201, "clé"):
        assert send(client, request_body, key).status_code == 400


def test_the_same_request_sent_many_times_at_once_is_done_once(
    app: Flask, key: str, client: FlaskClient, request_body: dict[str, Any]
) -> None:
    before = count(client)

    def one(_: int) -> TestResponse:
        sender = app.test_client()
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "k6"}
        return sender.post("/v1/verifications", json=request_body, headers=headers)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(50)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json["id"] for answer in answers if answer.status_code == 201}) == 1
    assert count(client) == before + 1


def test_keys_lapse_after_a_day_and_claims_that_died_after_two_minutes(app: Flask) -> None:
    office: Office = app.extensions["office"]
    held = idempotency.make_claim(office.store, "client", "POST /v1/cases", "k7", b"{}")
    now = datetime.now(UTC)
    assert idempotency.claim(office.store, held, now) is None
    assert idempotency.claim(office.store, held, now) is idempotency.Refusal.IN_FLIGHT
    assert idempotency.claim(office.store, held, now + timedelta(minutes=3)) is None
    assert idempotency.claim(office.store, held, now + timedelta(hours=25)) is None
