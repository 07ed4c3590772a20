"""Webhooks over HTTP: addresses registered, tried, changed, told again; a secret is shown once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from standardwebhooks import Webhook

from service.api.webhooks import registering
from service.office import Office
from service.security.keys import add_key
from service.webhooks.sending import send_due
from tests.api.staff import browser
from tests.webhooks.receiver import Receiver, receiving

V1 = "/v1/webhooks"
PUBLIC = "https://93.184.215.14/openvob"
NOBODY = "019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"


def office_of(app: Flask) -> Office:
    found: Office = app.extensions["office"]
    return found


def another(app: Flask, *scopes: str) -> FlaskClient:
    """A client with a key of its own."""
    token = add_key(office_of(app).store, "another", scopes or ("webhooks:*",), datetime.now(UTC))
    known = app.test_client()
    known.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return known


def register(client: FlaskClient, url: str = PUBLIC, **more: Any) -> dict[str, Any]:
    answer = client.post(V1, json={"url": url, **more})
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    assert answer.headers["Location"] == f"{V1}/{made['id']}"
    return made


def send(app: Flask) -> None:
    while send_due(office_of(app)):
        pass


def test_an_address_is_registered_tried_and_told_of_a_verification(
    app: Flask, request_body: dict[str, Any]
) -> None:
    client = another(app, "webhooks:*", "verifications:write", "verifications:read")
    with receiving() as receiver:
        made = register(client, receiver.url)
        receiver.secrets = [made["secret"]]
        assert (made["events"], made["everybody"], made["disabled"]) == (
            ["verification.completed", "verification.changed", "batch.finished"],
            False,
            False,
        )
        tried = client.post(f"{V1}/{made['id']}/test").json
        verified = client.post("/v1/verifications", json=request_body).json
        send(app)
    assert receiver.faults == []
    taken = {one.payload["type"]: one for one in receiver.taken}
    assert sorted(taken) == ["verification.completed", "webhook.test"]
    assert taken["webhook.test"].id == tried["event_id"]
    assert client.get(taken["verification.completed"].payload["data"]["href"]).json["id"] == verified["id"]
    log = client.get(f"{V1}/{made['id']}/deliveries?state=delivered").json["items"]
    assert {one["event_id"] for one in log} == {one.id for one in receiver.taken}
    (attempt,) = log[0]["attempts"]
    assert (attempt["outcome"], attempt["status"], log[0]["next_at"]) == ("taken", 204, None)
    assert client.get(f"{V1}/{made['id']}").json["succeeded_at"] is not None
    assert (
        'openvob_webhook_deliveries_total{outcome="taken"}'
        in another(app, "metrics:read").get("/metrics").text
    )


def test_a_secret_is_shown_once(client: FlaskClient) -> None:
    headers = {"Idempotency-Key": "webhook-once"}
    first = client.post(V1, json={"url": PUBLIC}, headers=headers).json
    again = client.post(V1, json={"url": PUBLIC}, headers=headers).json
    assert Webhook(first["secret"])
    assert again == {**first, "secret": None}
    for address in (V1, f"{V1}/{first['id']}", f"{V1}/{first['id']}/deliveries"):
        assert "secret" not in client.get(address).text.replace("old_secret_until", "")
    renewed = client.post(f"{V1}/{first['id']}/rotate-secret")
    assert renewed.status_code == 201
    assert renewed.json["secret"] != first["secret"]
    assert renewed.json["old_secret_until"] is not None


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {"/url": "required"}),
        ({"url": "http://hooks.example.org"}, {"/url": "not_an_address"}),
        ({"url": "https://169.254.169.254/latest"}, {"/url": "address_not_public"}),
        ({"url": "https://[::ffff:10.0.0.1]/"}, {"/url": "address_not_public"}),
        (
            {"url": 5, "events": ["all"], "more": 1},
            {"/url": "not_text", "/events/0": "not_a_choice", "/more": "unknown_field"},
        ),
        ({"url": PUBLIC, "events": []}, {"/events": "wrong_length"}),
    ],
)
def test_what_cannot_be_registered_says_why_and_leaves_nothing(
    client: FlaskClient, body: dict[str, Any], faults: dict[str, str]
) -> None:
    before = client.get(V1).json["items"]
    answer = client.post(V1, json=body)
    assert answer.status_code == 422
    assert {one["pointer"]: one["code"] for one in answer.json["errors"]} == faults
    assert "169.254" not in answer.text
    assert client.get(V1).json["items"] == before


def test_a_client_sees_its_own_addresses_and_staff_see_everybodys(app: Flask, client: FlaskClient) -> None:
    mine, theirs = another(app), another(app)
    made = register(mine)
    assert [one["id"] for one in mine.get(V1).json["items"]] == [made["id"]]
    assert theirs.get(V1).json["items"] == []
    for method, address in (
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/rotate-secret"),
        ("POST", "/test"),
        ("GET", "/deliveries"),
        ("POST", "/replay"),
        ("POST", f"/deliveries/{NOBODY}/replay"),
    ):
        body = {"since": "2026-11-20T15:02:00Z"} if address == "/replay" else {}
        answer = theirs.open(f"{V1}/{made['id']}{address}", method=method, json=body)
        assert answer.status_code == 404, (method, address)
    staff = browser(app, "the webmaster", "administrator")
    for everybody in (client, staff):
        assert made["id"] in {one["id"] for one in everybody.get(V1).json["items"]}
        assert register(everybody)["everybody"] is True


def test_an_address_is_changed_disabled_enabled_and_removed(app: Flask) -> None:
    client = another(app)
    made = register(client, events=["batch.finished"])
    where = f"{V1}/{made['id']}"
    assert made["events"] == ["batch.finished"]
    refused = client.patch(where, json={"url": "https://10.0.0.1/"})
    assert (refused.status_code, client.get(where).json["url"]) == (422, PUBLIC)
    changed = client.patch(where, json={"url": f"{PUBLIC}/2", "events": ["verification.changed"]}).json
    assert (changed["url"], changed["events"]) == (f"{PUBLIC}/2", ["verification.changed"])
    disabled = client.patch(where, json={"disabled": True}).json
    assert (disabled["disabled"], disabled["disabled_why"]) == (True, "by_hand")
    assert client.post(f"{where}/test").status_code == 409
    assert client.post(f"{where}/replay", json={"since": "2026-11-20T15:02:00Z"}).status_code == 409
    assert client.patch(where, json={"disabled": False}).json["disabled_at"] is None
    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404


def test_what_was_not_taken_is_sent_once_more_where_somebody_asks(app: Flask) -> None:
    client = another(app)
    with receiving() as receiver:
        made = register(client, receiver.url)
        where = f"{V1}/{made['id']}"
        receiver.secrets, receiver.mood = [made["secret"]], lambda number, payload: 410
        client.post(f"{where}/test")
        send(app)
        assert client.get(where).json["disabled_why"] == "gone"
        client.patch(where, json={"disabled": False})
        receiver.mood = lambda number, payload: 204
        (failed,) = client.get(f"{where}/deliveries?state=failed").json["items"]
        assert client.post(f"{where}/deliveries/{failed['id']}/replay").json == {"replayed": 1}
        assert client.post(f"{where}/deliveries/{failed['id']}/replay").json == {"replayed": 0}
        assert client.post(f"{where}/deliveries/{NOBODY}/replay").status_code == 404
        send(app)
        since = {"since": "2020-01-01T00:00:00Z"}
        assert client.post(f"{where}/replay", json=since | {"undelivered": True}).json == {"replayed": 0}
        assert client.post(f"{where}/replay", json=since).json == {"replayed": 1}
        send(app)
    assert ids_of(receiver) == [failed["event_id"]] * 3
    assert receiver.faults == []


def ids_of(receiver: Receiver) -> list[str]:
    return [one.id for one in receiver.heard]


def test_a_client_has_so_many_addresses_at_most(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registering, "MOST", 1)
    client = another(app)
    register(client)
    assert client.post(V1, json={"url": PUBLIC}).status_code == 409


def test_a_batch_is_told_of_over_http_when_it_is_cancelled(app: Flask) -> None:
    client = another(app, "webhooks:*", "batches:*")
    made = register(client, events=["batch.finished"])
    row = (
        "payer,member_id,first_name,last_name,birth_date,level_of_care,start_date\n"
        "medicare,1EG4TE5MK73,Ana,Prueba,1957-03-02,iop,2026-12-01\n"
    )
    batch = client.post("/v1/batches", data=row, content_type="text/csv").json
    assert client.get(f"{V1}/{made['id']}/deliveries").json["items"] == []
    for _ in range(2):
        client.post(f"/v1/batches/{batch['id']}/cancel")
    (delivery,) = client.get(f"{V1}/{made['id']}/deliveries").json["items"]
    assert (delivery["type"], delivery["state"]) == ("batch.finished", "waiting")


def test_what_is_done_with_addresses_stands_in_the_audit_trail(app: Flask, client: FlaskClient) -> None:
    made = register(another(app))
    client.patch(f"{V1}/{made['id']}", json={"disabled": True})
    lines = client.get(f"/v1/audit-events?subject={made['id']}").json["items"]
    assert [one["action"] for one in lines] == ["webhook.change", "webhook.create"]
