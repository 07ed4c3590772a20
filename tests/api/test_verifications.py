"""Verifications over HTTP: made, found, told more, asked again, answered again."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

TOLD = {
    "told_by": {"channel": "phone", "representative": "J. D.", "at": "2026-11-20T15:02:00Z"},
    "deductible": {"individual": {"limit": "283.00", "met": "0.00"}},
}


def made(client: FlaskClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post("/v1/verifications", json=body)
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def test_a_verification_is_made_and_found_where_it_says(
    client: FlaskClient, request_body: dict[str, Any]
) -> None:
    answer = client.post("/v1/verifications", json=request_body)
    assert answer.status_code == 201
    found = client.get(answer.headers["Location"])
    assert found.status_code == 200
    assert found.json == answer.json


def test_the_request_is_echoed_and_the_payer_named(client: FlaskClient, request_body: dict[str, Any]) -> None:
    answer = made(client, request_body)
    assert answer["request"] == request_body
    assert answer["payer"]["id"] == "medicare"
    assert answer["status"] == "complete"
    assert answer["approval"] == "none"
    assert answer["replaces"] is None
    assert answer["changes"] == []


def test_an_answer_that_the_caller_has_is_not_sent_again(
    client: FlaskClient, request_body: dict[str, Any]
) -> None:
    address = f"/v1/verifications/{made(client, request_body)['id']}"
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(address, headers={"Accept-Language": "es"}).headers["ETag"] != first.headers["ETag"]


def test_sentences_come_in_the_language_of_the_caller_and_codes_stay(
    client: FlaskClient, request_body: dict[str, Any]
) -> None:
    address = f"/v1/verifications/{made(client, request_body)['id']}"
    english = client.get(address, headers={"Accept-Language": "en"})
    spanish = client.get(address, headers={"Accept-Language": "es-MX, en;q=0.5"})
    assert spanish.headers["Content-Language"] == "es"
    for said, dicho in zip(english.json["steps"], spanish.json["steps"], strict=True):
        assert said["code"] == dicho["code"]
    assert [step["message"] for step in english.json["steps"]] != [
        step["message"] for step in spanish.json["steps"]
    ]


def test_what_was_told_makes_a_new_verification_that_replaces_the_old(
    client: FlaskClient, request_body: dict[str, Any]
) -> None:
    before = made(client, request_body)
    answer = client.post(f"/v1/verifications/{before['id']}/told", json={"told_benefits": TOLD})
    assert answer.status_code == 201
    after = answer.json
    assert after["replaces"] == before["id"]
    assert after["case_id"] == before["case_id"]
    assert after["request"]["told_benefits"]["deductible"]["individual"]["limit"] == "283.00"
    assert after["accumulators"]["deductible"]["individual"]["limit"] == "283.00"
    assert client.get(f"/v1/verifications/{before['id']}").json == before


def test_what_was_told_may_come_without_its_envelope(
    client: FlaskClient, request_body: dict[str, Any]
) -> None:
    before = made(client, request_body)
    answer = client.post(f"/v1/verifications/{before['id']}/told", json=TOLD)
    assert answer.status_code == 201
    assert answer.json["accumulators"]["deductible"]["individual"]["met"] == "0.00"


def test_tellings_merge_and_the_newest_of_each_field_stands(
    client: FlaskClient, request_body: dict[str, Any]
) -> None:
    first = made(client, request_body | {"told_benefits": {**TOLD, "active": True}})
    later = {
        "told_by": {"channel": "portal", "at": "2026-11-21T15:02:00Z"},
        "deductible": {"individual": {"met": "100.00"}},
    }
    answer = client.post(f"/v1/verifications/{first['id']}/told", json={"told_benefits": later})
    assert answer.json["accumulators"]["deductible"]["individual"] | {"citations": []} == {
        "limit": "283.00",
        "met": "100.00",
        "remaining": None,
        "unlimited": False,
        "citations": [],
    }
    assert answer.json["eligibility"]["status"] == "active"


def test_asking_again_says_what_changed(client: FlaskClient, request_body: dict[str, Any]) -> None:
    before = made(client, request_body)
    answer = client.post(f"/v1/verifications/{before['id']}/reverify")
    assert answer.status_code == 201
    assert answer.json["replaces"] == before["id"]
    assert answer.json["changes"] == []
    told = client.post(f"/v1/verifications/{before['id']}/told", json=TOLD | {"active": False})
    assert {"pointer": "/eligibility/status", "before": "undetermined", "after": "inactive"} in told.json[
        "changes"
    ]


def test_a_replay_is_equal_to_the_stored_answer(client: FlaskClient, request_body: dict[str, Any]) -> None:
    stored = made(client, request_body | {"told_benefits": TOLD, "trace": True})
    replayed = client.get(f"/v1/verifications/{stored['id']}/replay")
    assert replayed.status_code == 200
    assert replayed.json == stored


def test_a_replay_as_of_a_day_before_there_was_a_rulebook_is_not_found(
    client: FlaskClient, request_body: dict[str, Any]
) -> None:
    stored = made(client, request_body)
    assert client.get(f"/v1/verifications/{stored['id']}/replay?as_of=2020-01-01").status_code == 404
    today = stored["created_at"][:10]
    assert client.get(f"/v1/verifications/{stored['id']}/replay?as_of={today}").status_code in (200, 404)


def test_a_list_goes_on_where_the_page_before_ended(
    client: FlaskClient, request_body: dict[str, Any]
) -> None:
    mine = [made(client, request_body)["id"] for _ in range(3)]
    first = client.get("/v1/verifications?limit=2").json
    rest = client.get(f"/v1/verifications?limit=1&cursor={first['next']}").json
    assert [item["id"] for item in first["items"] + rest["items"]] == mine[::-1]


def test_a_list_is_narrowed_by_payer_status_case_and_day(
    client: FlaskClient, request_body: dict[str, Any]
) -> None:
    one = made(client, request_body)
    day = one["created_at"][:10]
    for query in (
        f"case_id={one['case_id']}",
        f"case={one['case_id']}&payer=medicare&status=complete&date={day}",
    ):
        assert [item["id"] for item in client.get(f"/v1/verifications?{query}").json["items"]] == [one["id"]]
    assert client.get(f"/v1/verifications?case={one['case_id']}&payer=cigna").json == {
        "items": [],
        "next": None,
    }


def test_a_member_is_found_by_id_by_name_and_birth_date_and_by_another_systems_id(
    client: FlaskClient, request_body: dict[str, Any]
) -> None:
    member = {**request_body["member"], "last_name": "Única-Prueba", "member_id": "2AA2AA2AA22"}
    one = made(client, {**request_body, "member": member, "external_id": "EHR-UNO"})
    for body in (
        {"member_id": "2aa2-aa2-aa22"},
        {"last_name": "UNICA PRUEBA", "birth_date": "1957-03-02"},
        {"family_name": "única prueba", "birth_date": "1957-03-02", "member_id": "2AA2AA2AA22"},
        {"external_id": "EHR-UNO"},
    ):
        found = client.post("/v1/verifications/search", json=body)
        assert [item["id"] for item in found.json["items"]] == [one["id"]], body
    missed = {"last_name": "Única-Prueba", "birth_date": "1957-03-03"}
    assert client.post("/v1/verifications/search", json=missed).json["items"] == []


def test_a_verification_joins_the_case_it_names(client: FlaskClient, request_body: dict[str, Any]) -> None:
    case = client.post("/v1/cases", json={"label": "Ana P."}).json
    one = made(client, {**request_body, "case_id": case["id"]})
    two = made(client, {**request_body, "case_id": case["id"]})
    found = client.get(f"/v1/cases/{case['id']}").json
    assert found["verifications"] == [two["id"], one["id"]]
    assert found["status"] == "verifying"


def test_a_case_that_is_not_here_is_a_bad_field(client: FlaskClient, request_body: dict[str, Any]) -> None:
    answer = client.post("/v1/verifications", json={**request_body, "case_id": "none"})
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json["errors"]] == [
        ("/case_id", "unknown_case")
    ]
