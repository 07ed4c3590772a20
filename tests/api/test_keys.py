"""Keys are shown once, kept as a keyed hash, end when they should, and follow one another without a gap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from service.office import Office
from service.security import keys
from service.security.keys import Doorkeeper, add_key
from service.security.permissions import WORK
from service.store import keys as kept
from service.store.session import transaction

V1 = "/v1/keys"


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "REMEMBERED", -1.0)


def opens(app: Flask, token: str) -> bool:
    answer = app.test_client().get("/v1/payers", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code == 200


def make(client: FlaskClient, **asked: Any) -> dict[str, Any]:
    answer = client.post(V1, json={"name": "scheduling", "scopes": ["payers:read"]} | asked)
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


def test_a_new_key_opens_what_it_was_given_and_is_never_shown_again(app: Flask, client: FlaskClient) -> None:
    made = make(client)
    assert opens(app, made["key"])
    listed = client.get(V1)
    assert made["key"] not in listed.text
    [line] = [item for item in listed.json["items"] if item["id"] == made["id"]]
    assert line == {name: value for name, value in made.items() if name != "key"}


def test_a_request_that_is_repeated_makes_one_key_and_is_not_told_it_again(client: FlaskClient) -> None:
    asked = {"json": {"name": "twice"}, "headers": {"Idempotency-Key": "twice"}}
    first, second = client.post(V1, **asked), client.post(V1, **asked)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json["key"]
    assert second.json == {**first.json, "key": None}
    assert [item["name"] for item in client.get(V1).json["items"]].count("twice") == 1


def test_without_scopes_a_key_may_do_a_clinics_work_and_no_more(client: FlaskClient) -> None:
    made = client.post(V1, json={"name": "plain"}).json
    assert made["scopes"] == list(WORK)
    assert "records:all" not in made["scopes"]


def test_a_key_ends_when_it_was_said_to(app: Flask, client: FlaskClient) -> None:
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    token = make(client, expires_at=ends.isoformat())["key"]
    assert opens(app, token)
    with time_machine.travel(ends, tick=False):
        assert not opens(app, token)


def test_a_key_that_is_remembered_ends_when_it_was_said_to_all_the_same(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "REMEMBERED", 3600.0)
    office: Office = app.extensions["office"]
    now = datetime.now(UTC)
    key, token = keys.draft_key("brief", ("payers:read",), now, expires_at=now + timedelta(minutes=1))
    with transaction(office.store) as session:
        keys.keep_key(session, key, token)
    doorkeeper = Doorkeeper(office.store)
    assert doorkeeper.authenticate(token) is not None
    with time_machine.travel(now + timedelta(minutes=2), tick=False):
        assert doorkeeper.authenticate(token) is None


def test_the_old_key_and_the_new_one_both_open_until_the_overlap_ends(
    app: Flask, client: FlaskClient
) -> None:
    old = make(client)
    new = client.post(f"{V1}/{old['id']}/renew", json={"overlap_hours": 2}).json
    assert new["client_id"] == old["client_id"]
    assert new["id"] != old["id"]
    assert opens(app, old["key"])
    assert opens(app, new["key"])
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=2, minutes=1), tick=False):
        assert not opens(app, old["key"])
        assert opens(app, new["key"])


def test_what_the_client_made_with_the_old_key_is_there_with_the_new_one(
    app: Flask, client: FlaskClient, request_body: dict[str, Any]
) -> None:
    old = make(client, scopes=list(WORK))
    old_client, new_client = app.test_client(), app.test_client()
    old_client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {old['key']}"
    made = old_client.post("/v1/verifications", json=request_body).json
    new = client.post(f"{V1}/{old['id']}/renew", json={}).json
    new_client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {new['key']}"
    assert new_client.get(f"/v1/verifications/{made['id']}").status_code == 200


def test_an_overlap_never_makes_a_key_last_longer(app: Flask, client: FlaskClient) -> None:
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    old = make(client, expires_at=ends.isoformat())
    client.post(f"{V1}/{old['id']}/renew", json={"overlap_hours": 48})
    with time_machine.travel(ends, tick=False):
        assert not opens(app, old["key"])


def test_a_revoked_key_is_shut_out_and_cannot_be_renewed(app: Flask, client: FlaskClient) -> None:
    made = make(client)
    assert client.delete(f"{V1}/{made['id']}").status_code == 204
    assert not opens(app, made["key"])
    assert client.post(f"{V1}/{made['id']}/renew", json={}).status_code == 409


def test_a_revoked_key_is_shut_out_once_it_is_forgotten(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "REMEMBERED", 3600.0)
    office: Office = app.extensions["office"]
    token = add_key(office.store, "short", ("payers:read",), datetime.now(UTC))
    assert opens(app, token)
    with transaction(office.store) as session:
        [key] = [key for key in kept.list_all(session) if key.name == "short"]
        kept.revoke(session, key.id, datetime.now(UTC))
    assert opens(app, token), "it is remembered for a few seconds"
    monkeypatch.setattr("service.security.keys.time.monotonic", lambda: 1e12)
    assert not opens(app, token)


def test_a_key_of_no_id_is_not_found(client: FlaskClient) -> None:
    nobody = "019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"
    assert client.delete(f"{V1}/{nobody}").status_code == 404
    assert client.post(f"{V1}/{nobody}/renew", json={}).status_code == 404


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"origins": ["https://clinic.example/verify"]}, "not_an_origin"),
        ({"origins": ["http://clinic.example"]}, "not_an_origin"),
        ({"origins": ["*"]}, "not_an_origin"),
        ({"origins": ["https://clinic.example"], "scopes": ["verifications:read"]}, "not_for_a_site"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "in_the_past"),
        ({"scopes": ["spa"]}, "not_a_choice"),
        ({"scopes": []}, "wrong_length"),
    ],
)
def test_a_key_that_cannot_be_is_refused_by_field(
    client: FlaskClient, asked: dict[str, Any], code: str
) -> None:
    answer = client.post(V1, json={"name": "wrong"} | asked)
    assert (answer.status_code, [error["code"] for error in answer.json["errors"]]) == (422, [code])


def test_a_key_is_kept_nowhere_in_clear(app: Flask, key: str) -> None:
    office: Office = app.extensions["office"]
    folder = office.settings.instance_path
    files = [path for path in folder.iterdir() if path.is_file() and path.name.startswith("openvob")]
    assert files
    assert all(key.encode() not in path.read_bytes() for path in files)


def test_a_scope_there_is_not_cannot_be_given(app: Flask) -> None:
    office: Office = app.extensions["office"]
    with pytest.raises(ValueError, match="unknown scope spa"):
        add_key(office.store, "wrong", ("spa",), datetime.now(UTC))
