"""Comparisons over HTTP: several care plans side by side, and nothing is kept."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from service.api.examples import EXAMPLES

BODY: dict[str, Any] = EXAMPLES["comparePlans"].body


def test_each_care_plan_has_an_estimate_in_the_order_sent(client: FlaskClient) -> None:
    answer = client.post("/v1/comparisons", json=BODY)
    assert answer.status_code == 200
    assert [item["name"] for item in answer.json["items"]] == [plan["name"] for plan in BODY["plans"]]
    assert [len(item["phases"]) for item in answer.json["items"]] == [1, 2]
    assert answer.json["items"][0]["estimate"]["sessions"] == 24


def test_a_comparison_costs_what_a_verification_of_the_same_care_costs(client: FlaskClient) -> None:
    alone = client.post("/v1/verifications", json=BODY["request"] | {"phases": BODY["plans"][0]["phases"]})
    compared = client.post("/v1/comparisons", json=BODY)
    assert compared.json["items"][0]["estimate"]["expected"] == alone.json["estimate"]["expected"]


def test_a_comparison_keeps_nothing(client: FlaskClient) -> None:
    before = client.get("/v1/verifications").json
    client.post("/v1/comparisons", json=BODY)
    assert client.get("/v1/verifications").json == before


def test_the_request_may_say_when_care_starts(client: FlaskClient) -> None:
    phases = [{"level_of_care": "iop"}]
    body = {
        "request": BODY["request"] | {"start_date": "2026-12-01"},
        "plans": [{"name": "a", "phases": phases}],
    }
    assert (
        client.post("/v1/comparisons", json=body).json["items"][0]["phases"][0]["start_date"] == "2026-12-01"
    )


def test_bad_fields_of_the_request_and_of_every_plan_are_named_at_once(client: FlaskClient) -> None:
    body = {
        "request": BODY["request"] | {"payer": "nobody", "site": "nowhere"},
        "plans": [
            {"name": "a", "phases": [{"level_of_care": "iop"}]},
            {"name": "b", "phases": [{"level_of_care": "spa", "start_date": "2026-12-01"}]},
        ],
    }
    answer = client.post("/v1/comparisons", json=body)
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json["errors"]] == [
        ("/plans/0/phases/0/start_date", "start_date_missing"),
        ("/plans/1/phases/0/level_of_care", "not_a_choice"),
        ("/request/payer", "unknown_payer"),
        ("/request/site", "unknown_site"),
    ]
