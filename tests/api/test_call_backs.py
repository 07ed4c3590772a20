"""Calls to make again: asked for, tried, moved, done; the ones that are due first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from service.security.keys import add_key
from service.store import records
from service.store.session import transaction

NOWHERE = "019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"
ASKED = {"due_at": "2026-12-01T14:30:00Z", "about": "Ask how many days are authorized."}


def a_case(client: FlaskClient, **more: str) -> str:
    made: str = client.post("/v1/cases", json={"label": "Ana P.", **more}).json["id"]
    return made


def ask(client: FlaskClient, case_id: str, **more: Any) -> dict[str, Any]:
    answer = client.post(f"/v1/cases/{case_id}/call-backs", json=ASKED | more)
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    assert answer.headers["Location"] == f"/v1/cases/{case_id}/call-backs/{made['id']}"
    return made


def change(client: FlaskClient, call: dict[str, Any], **changes: Any) -> dict[str, Any]:
    answer = client.patch(f"/v1/cases/{call['case_id']}/call-backs/{call['id']}", json=changes)
    assert answer.status_code == 200, answer.json
    changed: dict[str, Any] = answer.json
    return changed


def due(client: FlaskClient) -> list[str]:
    return [one["id"] for one in client.get("/v1/call-backs").json["items"]]


def test_a_call_is_the_callers_until_somebody_else_has_it(client: FlaskClient) -> None:
    made = ask(client, a_case(client))
    assert (made["status"], made["tries"], made["due_at"]) == ("open", [], ASKED["due_at"])
    assert made["owner"] == made["created_by"]
    moved = change(client, made, owner="luz", due_at="2026-12-02T15:00:00Z", note="extension 4")
    assert (moved["owner"], moved["due_at"], moved["note"]) == ("luz", "2026-12-02T15:00:00Z", "extension 4")
    assert moved["about"] == ASKED["about"]


def test_every_try_is_kept_and_whoever_was_reached_is_done_with(client: FlaskClient) -> None:
    made = ask(client, a_case(client))
    for outcome in ("no_answer", "left_message", "on_hold"):
        tried = change(client, made, outcome=outcome)
        assert tried["status"] == "open"
    assert made["id"] in due(client)
    done = change(client, made, outcome="reached")
    assert done["status"] == "done"
    assert [one["outcome"] for one in done["tries"]] == ["no_answer", "left_message", "on_hold", "reached"]
    assert all(one["by"] and one["at"] for one in done["tries"])
    assert made["id"] not in due(client)
    assert change(client, made, status="open")["status"] == "open"


def test_what_is_due_first_comes_first_and_closed_cases_have_nothing_due(client: FlaskClient) -> None:
    late = ask(client, a_case(client), due_at="2027-01-05T14:30:00Z")
    soon = ask(client, a_case(client), due_at="2026-01-05T14:30:00Z")
    found = due(client)
    assert found.index(soon["id"]) < found.index(late["id"])
    client.patch(f"/v1/cases/{soon['case_id']}", json={"status": "not_admitted"})
    assert soon["id"] not in due(client)
    of_case = client.get(f"/v1/cases/{soon['case_id']}/call-backs").json["items"]
    assert [one["id"] for one in of_case] == [soon["id"]]


def test_a_list_of_calls_is_read_page_by_page(client: FlaskClient) -> None:
    case_id = a_case(client)
    made = [ask(client, case_id)["id"] for _ in range(3)]
    first = client.get(f"/v1/cases/{case_id}/call-backs?limit=2").json
    assert [one["id"] for one in first["items"]] == made[:2]
    rest = client.get(f"/v1/cases/{case_id}/call-backs?limit=2&cursor={first['next']}").json
    assert ([one["id"] for one in rest["items"]], rest["next"]) == (made[2:], None)


def test_what_cannot_be_used_is_told_with_every_field(client: FlaskClient) -> None:
    bad = client.post(f"/v1/cases/{a_case(client)}/call-backs", json={"due_at": "tomorrow", "owner": ""})
    assert bad.status_code == 422
    assert [(one["pointer"], one["code"]) for one in bad.json["errors"]] == [
        ("/about", "required"),
        ("/due_at", "not_a_time"),
        ("/owner", "empty"),
    ]


def test_what_is_not_there_or_anothers_is_not_found(app: Flask, client: FlaskClient) -> None:
    case_id = a_case(client)
    made = ask(client, case_id)
    token = add_key(app.extensions["office"].store, "another", ("cases:*",), datetime.now(UTC))
    other = app.test_client()
    other.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    assert due(other) == []
    for whose, case in ((other, case_id), (client, NOWHERE)):
        at = f"/v1/cases/{case}/call-backs"
        assert whose.get(at).status_code == 404
        assert whose.post(at, json=ASKED).status_code == 404
        assert whose.patch(f"{at}/{made['id']}", json={}).status_code == 404
    assert client.patch(f"/v1/cases/{case_id}/call-backs/{NOWHERE}", json={}).status_code == 404


def test_a_record_of_another_kind_is_no_call(app: Flask, client: FlaskClient) -> None:
    case_id, now = a_case(client), datetime.now(UTC)
    record = records.draft(case_id, "contact", "open", {}, by="ana", at=now)
    with transaction(app.extensions["office"].store) as session:
        records.add(session, record)
    assert client.patch(f"/v1/cases/{case_id}/call-backs/{record.id}", json={}).status_code == 404
