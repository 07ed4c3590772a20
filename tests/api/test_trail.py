"""Every operation that touches a member's data leaves its event, with who, what, why and from where."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.api.document import openapi_document
from service.api.examples import EXAMPLES
from service.office import Office
from service.security.permissions import NEEDS
from service.store.session import transaction
from service.store.tables import audit_events
from tests.api.test_document import ids, operations, send  # noqa: F401 (a fixture, too)

# What says nothing of any member; lists of verifications show ids and states only.
OF_NOBODY = (
    *("payers.", "plans.", "medicaid_plans.", "rules.", "local_rules."),
    *("clinic.", "metrics.", "users.", "keys.", "audit.", "session.", "console."),
)
OF_NO_NAME = {"batches.show_template", "quick_checks.form", "quick_checks.challenge", "quick_checks.create"}
NOBODYS = {"verifications.index", *OF_NO_NAME, *(name for name in NEEDS if name.startswith(OF_NOBODY))}


def events(app: Flask) -> list[Any]:
    office: Office = app.extensions["office"]
    with transaction(office.store) as session:
        return list(session.connection.execute(select(audit_events).order_by(audit_events.c.id)))


def actions_since(app: Flask, before: int) -> list[tuple[str, str | None]]:
    return [(row.action, row.subject) for row in events(app)[before:]]


@pytest.fixture
def kept(client: FlaskClient, request_body: dict[str, Any]) -> dict[str, Any]:
    made = client.post("/v1/verifications", json=request_body).json
    assert made
    return made


def test_a_verification_leaves_an_event_that_names_it_and_not_the_member(
    app: Flask, client: FlaskClient, request_body: dict[str, Any]
) -> None:
    before = len(events(app))
    made = client.post("/v1/verifications", json=request_body, headers={"Purpose-Of-Use": "Treatment"}).json
    assert made
    (event,) = events(app)[before:]
    assert (event.action, event.subject, event.purpose) == ("verification.create", made["id"], "treatment")
    assert (event.actor_name, event.address) == ("first key", "127.0.0.1")
    told = " ".join(str(value) for value in event)
    assert not [value for value in request_body["member"].values() if str(value) in told]


def test_each_way_to_a_verification_has_an_event_of_its_own(
    app: Flask, client: FlaskClient, kept: dict[str, Any]
) -> None:
    address = f"/v1/verifications/{kept['id']}"
    before = len(events(app))
    client.get(address)
    client.get(f"{address}/replay")
    client.post("/v1/verifications/search", json={"member_id": kept["request"]["member"]["member_id"]})
    again = client.post(f"{address}/reverify").json
    assert again
    assert actions_since(app, before) == [
        ("verification.read", kept["id"]),
        ("verification.replay", kept["id"]),
        ("verification.search", None),
        ("verification.read", kept["id"]),
        ("verification.reverify", again["id"]),
    ]


def test_cases_leave_their_events(app: Flask, client: FlaskClient, kept: dict[str, Any]) -> None:
    case = kept["case_id"]
    before = len(events(app))
    client.get(f"/v1/cases/{case}")
    client.patch(f"/v1/cases/{case}", json={"owner": "front desk"})
    client.get(f"/v1/cases/{case}/timeline")
    client.get("/v1/cases")
    assert actions_since(app, before) == [
        ("case.read", case),
        ("case.change", case),
        ("case.timeline", case),
        ("case.list", None),
    ]


def test_what_is_refused_or_not_there_leaves_no_event_of_a_record(
    app: Flask, client: FlaskClient, request_body: dict[str, Any]
) -> None:
    before = len(events(app))
    client.post("/v1/verifications", json={**request_body, "payer": "nobody"})
    client.get("/v1/verifications/019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44")
    assert actions_since(app, before) == []


def test_an_answer_that_is_given_again_is_noted(
    app: Flask, client: FlaskClient, request_body: dict[str, Any]
) -> None:
    headers = {"Idempotency-Key": "once-for-the-trail"}
    made = client.post("/v1/verifications", json=request_body, headers=headers).json
    assert made
    before = len(events(app))
    client.post("/v1/verifications", json=request_body, headers=headers)
    assert actions_since(app, before) == [("answer.repeat", f"/v1/verifications/{made['id']}")]


def test_a_purpose_that_there_is_not_is_refused_and_nothing_is_kept(
    app: Flask, client: FlaskClient, request_body: dict[str, Any]
) -> None:
    before = len(events(app))
    answer = client.post("/v1/verifications", json=request_body, headers={"Purpose-Of-Use": "curiosity"})
    assert answer.status_code == 400
    assert "Purpose-Of-Use must be one of treatment, payment, operations." in answer.json["detail"]
    assert len(events(app)) == before


def test_every_operation_on_members_data_leaves_an_event(
    app: Flask,
    client: FlaskClient,
    ids: dict[str, str],  # noqa: F811
) -> None:
    document, routes = openapi_document(app), app.url_map.bind("localhost")
    silent = []
    for name, (address, method, _) in operations(document).items():
        path = address.format(**EXAMPLES[name].path)
        endpoint, _ = routes.match(path, method.upper())
        if endpoint not in NEEDS or endpoint in NOBODYS:
            continue
        before = len(events(app))
        answer = send(client, name, document, ids)
        assert answer.status_code < 300, (endpoint, answer.text)
        if len(events(app)) == before:
            silent.append(endpoint)
    assert silent == []
