"""Every way to fail has one shape, and none of them repeats what was sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service import record

MARK = "Zquintana"
NOWHERE = "019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Failure:
    """A request that fails, with which status and which problem."""

    status: int
    problem: str
    method: str
    address: str
    data: Any = None
    headers: dict[str, str] = field(default_factory=dict)


FAILURES = [
    Failure(400, "malformed-body", "POST", "/v1/verifications", f'{{"{MARK}"', JSON),
    Failure(400, "malformed-body", "POST", "/v1/verifications", "", JSON),
    Failure(400, "malformed-body", "POST", "/v1/verifications", "[" * 5000, JSON),
    Failure(400, "malformed-body", "PATCH", f"/v1/cases/{NOWHERE}", "NaN", JSON),
    Failure(400, "bad-query", "GET", f"/v1/verifications?{MARK}=1"),
    Failure(400, "bad-query", "GET", f"/v1/verifications?cursor={MARK}"),
    Failure(400, "bad-query", "GET", f"/v1/cases?status={MARK}"),
    Failure(400, "bad-header", "POST", "/v1/cases", "{}", JSON | {"Idempotency-Key": f"{MARK} 1"}),
    Failure(404, "not-found", "GET", f"/v1/verifications/{NOWHERE}"),
    Failure(404, "not-found", "GET", f"/v1/verifications/{NOWHERE}/replay"),
    Failure(404, "not-found", "POST", f"/v1/verifications/{NOWHERE}/reverify"),
    Failure(404, "not-found", "GET", f"/v1/payers/{MARK}"),
    Failure(404, "not-found", "GET", f"/v1/{MARK}"),
    Failure(404, "not-found", "GET", "//v1/payers"),
    Failure(404, "not-found", "GET", "/v1/verifications/"),
    Failure(405, "method-not-allowed", "DELETE", "/v1/verifications"),
    Failure(405, "method-not-allowed", "PUT", f"/v1/cases/{NOWHERE}"),
    Failure(413, "body-too-large", "POST", "/v1/verifications", MARK * 200_000, JSON),
    Failure(415, "unsupported-media-type", "POST", "/v1/verifications", f"name={MARK}"),
    Failure(415, "unsupported-media-type", "POST", "/v1/cases", "{}", {"Content-Type": "text/plain"}),
    Failure(422, "invalid-fields", "POST", "/v1/verifications", f'{{"payer": "{MARK}"}}', JSON),
    Failure(422, "invalid-fields", "POST", "/v1/verifications", f'["{MARK}"]', JSON),
    Failure(422, "invalid-fields", "POST", "/v1/verifications/search", f'{{"last_name": "{MARK}"}}', JSON),
    Failure(422, "invalid-fields", "POST", "/v1/verifications/search", '{"member_id": "--"}', JSON),
    Failure(422, "invalid-fields", "POST", "/v1/comparisons", f'{{"{MARK}": {{}}}}', JSON),
    Failure(422, "invalid-fields", "POST", "/v1/cases", "null", JSON),
]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda f: f"{f.status} {f.method} {f.address[:40]}")
def test_every_failure_is_a_problem_document_that_repeats_nothing(
    client: FlaskClient, failure: Failure
) -> None:
    answer = client.open(failure.address, method=failure.method, data=failure.data, headers=failure.headers)
    assert answer.status_code == failure.status
    assert answer.mimetype == "application/problem+json"
    problem = answer.json
    assert problem["type"] == f"urn:openvob:problem:{failure.problem}"
    assert problem["status"] == failure.status
    assert {"title", "detail", "instance"} <= problem.keys()
    assert MARK not in answer.text
    assert MARK not in str(answer.headers)


def test_a_method_that_an_address_does_not_take_is_answered_with_those_it_does(client: FlaskClient) -> None:
    allowed = client.delete("/v1/verifications").headers["Allow"]
    assert {"GET", "POST"} <= set(allowed.split(", "))


def test_nobody_without_a_key_comes_in(stranger: FlaskClient) -> None:
    for headers in ({}, {"Authorization": "Bearer vob_wrong"}, {"Authorization": "Basic dm9iOnZvYg=="}):
        answer = stranger.get("/v1/payers", headers=headers)
        assert answer.status_code == 401
        assert answer.mimetype == "application/problem+json"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_every_bad_field_of_a_request_is_named_at_once(client: FlaskClient) -> None:
    body = {
        "payer": "medicar",
        "member": {"member_id": MARK, "first_name": "Ana", "birth_date": "2999-01-01"},
        "level_of_care": "iop",
        "start_date": "2026-12-01",
        "site": "miami",
    }
    answer = client.post("/v1/verifications", json=body)
    assert answer.status_code == 422
    codes = {error["pointer"]: error["code"] for error in answer.json["errors"]}
    assert codes == {
        "/member/birth_date": "birth_date_in_future",
        "/member/last_name": "required",
        "/payer": "unknown_payer",
        "/site": "unknown_site",
    }
    assert MARK not in answer.text


def test_what_nobody_foresaw_says_nothing_of_what_happened(
    client: FlaskClient,
    request_body: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError(MARK)

    monkeypatch.setattr(record, "draft_new", fail)
    answer = client.post("/v1/verifications", json=request_body)
    assert answer.status_code == 500
    assert answer.mimetype == "application/problem+json"
    assert MARK not in answer.text
    assert answer.json["instance"] in caplog.text, "the log says where, under the same name"
    assert "RuntimeError" in caplog.text
    assert MARK not in caplog.text


def test_a_database_that_does_not_answer_is_not_ready(
    app: Flask, stranger: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.office.is_reachable", lambda _: False)
    answer = stranger.get("/readyz")
    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"
    assert answer.json["detail"] == "Not ready: database, migrations."
    assert stranger.get("/healthz").json == {"status": "ok"}
