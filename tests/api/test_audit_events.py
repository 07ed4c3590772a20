"""Auditors see who did what with which record and when, and nothing of the member."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.staff import browser

V1 = "/v1/audit-events"


@pytest.fixture(scope="module")
def auditor(app: Flask) -> FlaskClient:
    """A browser of an auditor."""
    return browser(app, "the auditor", "auditor")


def events(auditor: FlaskClient, **asked: str) -> list[dict[str, Any]]:
    answer = auditor.get(V1, query_string=asked)
    assert answer.status_code == 200, answer.json
    found: list[dict[str, Any]] = answer.json["items"]
    return found


def test_what_was_done_with_a_record_is_found_by_it_newest_first(
    client: FlaskClient, auditor: FlaskClient, request_body: dict[str, Any]
) -> None:
    made = client.post("/v1/verifications", json=request_body).json["id"]
    client.get(f"/v1/verifications/{made}")
    found = events(auditor, subject=made)
    assert [event["action"] for event in found] == ["verification.read", "verification.create"]
    assert {event["actor_name"] for event in found} == {"first key"}
    assert {event["purpose"] for event in found} == {"payment"}


def test_nothing_in_it_says_who_the_member_is(
    client: FlaskClient, auditor: FlaskClient, request_body: dict[str, Any]
) -> None:
    client.post("/v1/verifications", json=request_body)
    client.post("/v1/verifications/search", json={"member_id": "1EG4TE5MK73"})
    told = auditor.get(V1, query_string={"limit": "200"}).text
    assert not [mark for mark in ("Ana", "Prueba", "1EG4", "1957") if mark in told]


def test_an_auditor_cannot_open_the_record(
    client: FlaskClient, auditor: FlaskClient, request_body: dict[str, Any]
) -> None:
    made = client.post("/v1/verifications", json=request_body).json
    assert auditor.get(f"/v1/verifications/{made['id']}").status_code == 403
    assert auditor.get(f"/v1/cases/{made['case_id']}").status_code == 403


def test_it_is_narrowed_by_who_what_and_when(client: FlaskClient, auditor: FlaskClient) -> None:
    client.post("/v1/cases", json={})
    [newest, *_] = events(auditor, action="case.create")
    assert newest in events(auditor, actor=newest["actor"])
    day = newest["at"][:10]
    assert newest in events(auditor, date_from=day, date_to=day, action="case.create")
    assert events(auditor, date_to="2020-01-01") == []
    assert events(auditor, actor="nobody", action="case.create") == []


def test_it_goes_on_after_its_cursor(client: FlaskClient, auditor: FlaskClient) -> None:
    for _ in range(3):
        client.post("/v1/cases", json={})
    first = auditor.get(V1, query_string={"action": "case.create", "limit": "2"}).json
    rest = auditor.get(V1, query_string={"action": "case.create", "cursor": first["next"]}).json
    ids = [event["id"] for event in (*first["items"], *rest["items"])]
    assert ids == sorted(set(ids), reverse=True)
    assert len(first["items"]) == 2


def test_to_read_the_trail_is_written_down_too(auditor: FlaskClient) -> None:
    events(auditor)
    assert events(auditor, action="audit.list")[0]["actor_name"] == "the auditor"
