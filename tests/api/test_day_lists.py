"""The day's appointments over HTTP: put up, done in the background, found, mended, asked again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.jobs.worker import work_once
from service.security.keys import add_key

V1 = "/v1/day-lists"
DAY = "2026-12-01"
ROW = {
    "time": "9:30 AM",
    "payer": "Original Medicare",
    "member_id": "1EG4-TE5-MK73",
    "first_name": "Ana",
    "last_name": "Prueba",
    "birth_date": "03/02/1957",
    "level_of_care": "IOP",
    "site": "cmhc",
}


def put_up(client: FlaskClient, *rows: Mapping[str, str], day: str = DAY, **headers: str) -> dict[str, Any]:
    answer = client.post(V1, json={"day": day, "rows": list(rows)}, headers=headers)
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    assert answer.headers["Location"] == f"{V1}/{made['id']}"
    return made


def work(client: FlaskClient) -> None:
    while work_once(client.application.extensions["office"]):
        pass


def fetch(client: FlaskClient, made: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"{V1}/{made['id']}").json
    return found


def test_a_list_is_answered_at_once_and_done_in_the_background(client: FlaskClient) -> None:
    made = put_up(client, ROW, ROW | {"time": "10:30"})
    assert made["progress"] == {
        "rows": 2,
        "waiting": 2,
        "working": 0,
        "done": 0,
        "not_readable": 0,
        "failed": 0,
    }
    assert [(row["number"], row["state"], row["time"]) for row in made["rows"]] == [
        (1, "waiting", "09:30"),
        (2, "waiting", "10:30"),
    ]
    work(client)
    found = fetch(client, made)
    assert found["progress"]["done"] == 2
    row = found["rows"][0]
    assert (row["day"], row["levels"], row["payer"]["id"]) == (DAY, ["intensive_outpatient"], "medicare")
    assert row["findings"] == [{"code": "membership_not_confirmed"}]
    assert row["checked_by"] == "published"
    kept = client.get(f"/v1/verifications/{row['verification_id']}").json
    assert (kept["case_id"], kept["request"]["start_date"]) == (row["case_id"], DAY)


def test_every_bad_row_has_every_error_it_has_and_keeps_what_was_typed(client: FlaskClient) -> None:
    bad = ROW | {
        "payer": "nobody at all",
        "birth_date": "2099-01-01",
        "site": "the moon",
        "level_of_care": "most",
    }
    made = put_up(client, bad, ROW | {"time": "11:00"})
    first, second = made["rows"]
    assert (first["state"], first["findings"]) == ("not_readable", [{"code": "not_readable"}])
    assert {one["field"]: one["code"] for one in first["errors"]} == {
        "payer": "unknown_payer",
        "birth_date": "birth_date_in_future",
        "site": "unknown_site",
        "level_of_care": "not_a_choice",
    }
    assert first["typed"]["site"] == "the moon"
    assert (second["state"], second["errors"]) == ("waiting", [])


def test_a_row_is_mended_and_asked_again_where_it_stands(client: FlaskClient) -> None:
    made = put_up(client, ROW | {"time": "12:00", "member_id": ""})
    at = f"{V1}/{made['id']}/rows/1"
    assert client.post(f"{at}/again").status_code == 409
    still = client.patch(at, json={"member_id": "1EG4TE5MK7"}).json
    assert [one["code"] for one in still["errors"]] == ["member_id_shape"]
    mended = client.patch(at, json={"member_id": "1EG4TE5MK73"}).json
    assert (mended["state"], mended["errors"]) == ("waiting", [])
    work(client)
    assert client.patch(at, json={"payer": "cigna"}).status_code == 409
    assert client.post(f"{at}/again").json["state"] == "waiting"
    work(client)
    assert fetch(client, made)["rows"][0]["state"] == "done"


def test_the_same_list_again_is_the_list_there_is(client: FlaskClient) -> None:
    first = put_up(client, ROW | {"time": "13:00"})
    work(client)
    again = put_up(client, ROW | {"time": "13:00"})
    assert again["id"] == first["id"]
    assert again["rows"][0]["state"] == "done"
    assert put_up(client, ROW | {"time": "13:00"}, day="2026-12-02")["id"] != first["id"]


def test_a_repeated_request_is_answered_as_the_first_was(client: FlaskClient) -> None:
    key = {"Idempotency-Key": "the-list-of-tuesday"}
    assert put_up(client, ROW | {"time": "14:00"}, **key) == put_up(client, ROW | {"time": "14:00"}, **key)


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/rows", "required"),
        ({"rows": []}, "/rows", "wrong_length"),
        ({"rows": [{}] * 201}, "/rows", "wrong_length"),
        ({"rows": [{"payer": 7}]}, "/rows/0/payer", "not_text"),
        ({"rows": [{"doctor": "x"}]}, "/rows/0/doctor", "unknown_field"),
        ({"rows": [{}], "day": "12/01/2026"}, "/day", "not_a_date"),
    ],
)
def test_what_is_no_list_is_refused_whole(client: FlaskClient, body: Any, pointer: str, code: str) -> None:
    answer = client.post(V1, json=body)
    assert answer.status_code == 422
    assert (pointer, code) in [(one["pointer"], one["code"]) for one in answer.json["errors"]]


def test_lists_are_found_by_day_and_say_nothing_of_people(client: FlaskClient) -> None:
    made = put_up(client, ROW, day="2026-12-09")
    found = client.get(f"{V1}?day=2026-12-09").json["items"]
    assert [one["id"] for one in found] == [made["id"]]
    assert "rows" not in found[0]
    assert "Prueba" not in client.get(V1).text


def test_every_row_counts_as_a_question_about_its_member(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    throttle = client.application.extensions["throttle"]
    monkeypatch.setattr(throttle, "_count", lambda kind, _: counted.append(kind))
    put_up(client, ROW, ROW | {"member_id": "2EG4-TE5-MK73"}, ROW | {"member_id": ""}, day="2026-12-13")
    assert counted.count("member") == 2


def test_a_client_sees_its_own_lists_alone(app: Flask, client: FlaskClient) -> None:
    made = put_up(client, ROW, day="2026-12-10")
    other = app.test_client()
    token = add_key(app.extensions["office"].store, "another", ("batches:*",), datetime.now(UTC))
    other.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    assert other.get(V1).json["items"] == []
    for method, at in (("GET", ""), ("PATCH", "/rows/1"), ("POST", "/rows/1/again")):
        answer = other.open(f"{V1}/{made['id']}{at}", method=method, json={} if method == "PATCH" else None)
        assert answer.status_code == 404
    assert put_up(other, ROW, day="2026-12-10")["id"] != made["id"]


@pytest.mark.parametrize("number", ["0", "9", "x", "-1", "1000"])
def test_there_is_no_row_but_those_there_are(client: FlaskClient, number: str) -> None:
    made = put_up(client, ROW, day="2026-12-11")
    assert client.post(f"{V1}/{made['id']}/rows/{number}/again").status_code == 404


def test_nothing_of_a_row_is_in_an_address_or_a_refusal(client: FlaskClient) -> None:
    answer = client.post(V1, json={"rows": [{"payer": "Zqsentinel", "Zq Sentinel": "Zqsentinel"}]})
    assert answer.status_code == 422
    assert "sentinel" not in answer.text.lower()
    made = put_up(client, {"payer": "Zqsentinel"})
    assert all("Zqsentinel" not in one["message"] for one in made["rows"][0]["errors"])
