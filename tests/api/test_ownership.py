"""A client sees what it made and nothing of others, by every door; with `records:all` it sees everything."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.office import Office
from service.security.keys import add_key
from service.security.permissions import ALL_RECORDS, WORK
from tests.api.staff import browser

V1, CASES = "/v1/verifications", "/v1/cases"


def somebody(app: Flask, name: str, *more: str) -> FlaskClient:
    """A client of its own."""
    office: Office = app.extensions["office"]
    client = app.test_client()
    token = add_key(office.store, name, (*WORK, *more), datetime.now(UTC))
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


@pytest.fixture(scope="module")
def one(app: Flask) -> FlaskClient:
    """A client."""
    return somebody(app, "one")


@pytest.fixture(scope="module")
def other(app: Flask) -> FlaskClient:
    """Another client."""
    return somebody(app, "other")


@pytest.fixture
def made(one: FlaskClient, request_body: dict[str, Any]) -> dict[str, Any]:
    """A verification of the one client."""
    answer = one.post(V1, json=request_body | {"external_id": "EHR-OWN"})
    assert answer.status_code == 201, answer.json
    found: dict[str, Any] = answer.json
    return found


TOLD = {"told_by": {"channel": "phone", "at": "2026-11-20T15:02:00Z"}, "active": True}


def test_what_another_client_made_is_not_there(other: FlaskClient, made: dict[str, Any]) -> None:
    record, case = f"{V1}/{made['id']}", f"{CASES}/{made['case_id']}"
    assert {
        other.get(record).status_code,
        other.get(f"{record}/replay").status_code,
        other.get(f"{record}/documents/letter", query_string={"format": "html"}).status_code,
        other.post(f"{record}/reverify").status_code,
        other.post(f"{record}/told", json=TOLD).status_code,
        other.get(case).status_code,
        other.get(f"{case}/timeline").status_code,
        other.patch(case, json={"status": "quoted"}).status_code,
    } == {404}


def test_it_stands_in_no_list_and_no_search_of_theirs(other: FlaskClient, made: dict[str, Any]) -> None:
    asked = {"json": {"external_id": "EHR-OWN"}}
    assert other.post(f"{V1}/search", **asked).json["items"] == []
    assert made["id"] not in other.get(V1).text
    assert made["case_id"] not in other.get(CASES).text


def test_its_case_cannot_be_added_to(
    other: FlaskClient, made: dict[str, Any], request_body: dict[str, Any]
) -> None:
    answer = other.post(V1, json=request_body | {"case_id": made["case_id"]})
    assert [error["code"] for error in answer.json["errors"]] == ["unknown_case"]


def test_the_client_that_made_it_sees_it_by_every_door(one: FlaskClient, made: dict[str, Any]) -> None:
    assert one.get(f"{V1}/{made['id']}").status_code == 200
    assert made["id"] in one.get(V1).text
    assert made["id"] in one.post(f"{V1}/search", json={"external_id": "EHR-OWN"}).text
    assert made["case_id"] in one.get(CASES).text
    assert one.get(f"{CASES}/{made['case_id']}").json["verifications"] == [made["id"]]


@pytest.mark.parametrize("kind", ["client", "staff"])
def test_whoever_may_see_all_records_sees_them(app: Flask, made: dict[str, Any], kind: str) -> None:
    who = somebody(app, "all", ALL_RECORDS) if kind == "client" else browser(app, "ana", "admissions")
    assert who.get(f"{V1}/{made['id']}").status_code == 200
    assert who.get(f"{CASES}/{made['case_id']}").status_code == 200
    assert made["id"] in who.get(V1).text


def test_what_staff_add_to_a_clients_case_is_not_the_clients(
    app: Flask, one: FlaskClient, made: dict[str, Any]
) -> None:
    added = browser(app, "ana", "admissions").post(f"{V1}/{made['id']}/reverify").json
    assert added["case_id"] == made["case_id"]
    case = f"{CASES}/{made['case_id']}"
    assert one.get(case).json["verifications"] == [made["id"]]
    assert added["id"] not in one.get(f"{case}/timeline").text
    assert one.get(f"{V1}/{added['id']}").status_code == 404
