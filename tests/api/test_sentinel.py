"""Whatever a caller says of a member stands nowhere in clear: not in the database, not in its log."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.config import Settings

MARKS = ("Zquintana", "Zqana", "ZQ1EG4TE5", "ZQSUB77", "1931-07-19", "ZQEHR77", "ZQREP", "ZQCALL", "ZQLABEL")
MEMBER = {
    "member_id": "ZQ1EG4TE5",
    "first_name": "Zqana",
    "last_name": "Zquintana",
    "birth_date": "1931-07-19",
    "relationship": "spouse",
    "subscriber": {"member_id": "ZQSUB77", "last_name": "Zquintana"},
}
TOLD = {
    "told_by": {
        "channel": "phone",
        "representative": "ZQREP",
        "reference": "ZQCALL",
        "at": "2026-11-20T15:02:00Z",
    },
    "active": True,
}


def test_nothing_said_of_a_member_is_kept_or_logged_in_clear(
    client: FlaskClient,
    settings: Settings,
    request_body: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    body = {
        **request_body,
        "payer": "cigna",
        "member": MEMBER,
        "external_id": "ZQEHR77",
        "told_benefits": TOLD,
    }
    headers = {"Idempotency-Key": "ZQEHR77"}
    made = client.post("/v1/verifications", json=body, headers=headers)
    assert made.status_code == 201, made.json
    for address in (
        f"/v1/verifications/{made.json['id']}/told",
        f"/v1/verifications/{made.json['id']}/reverify",
    ):
        assert client.post(address, json=TOLD).status_code == 201
    client.post("/v1/verifications/search", json={"last_name": "Zquintana", "birth_date": "1931-07-19"})
    client.post("/v1/cases", json={"label": "ZQLABEL", "external_id": "ZQEHR77"})
    client.post("/v1/verifications", json={**body, "payer": "Zquintana", "weeks": "ZQLABEL"})
    client.post(
        "/v1/verifications", data=f'{{"Zquintana": {body}', headers={"Content-Type": "application/json"}
    )
    files = list(settings.instance_path.glob("openvob.db*"))
    assert {file.name for file in files} >= {"openvob.db", "openvob.db-wal"}
    kept = b"".join(file.read_bytes() for file in files)
    assert made.json["id"].encode() in kept
    assert [mark for mark in MARKS if mark.encode() in kept] == []
    assert [mark for mark in MARKS if mark in caplog.text] == []
