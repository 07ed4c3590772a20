"""What a case holds over HTTP: authorizations, quotes, contacts; what is ready, what is due, the hand-off."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.api.examples import A_CONTACT, AN_AUTHORIZATION
from tests.api.staff import browser

NOWHERE = "/v1/cases/019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"
IOP = "intensive_outpatient"


@pytest.fixture
def case(client: FlaskClient, request_body: dict[str, Any]) -> str:
    """The address of a case in which Medicare was asked about IOP from December 1."""
    return f"/v1/cases/{client.post('/v1/verifications', json=request_body).json['case_id']}"


def pointers(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.json
    return [(error["pointer"], error["code"]) for error in answer.json["errors"]]


def test_an_authorization_is_answered_with_how_it_stands(client: FlaskClient, case: str) -> None:
    made = client.post(f"{case}/authorizations", json=AN_AUTHORIZATION)
    assert made.status_code == 201
    assert made.json["level_of_care"] == IOP
    assert (made.json["standing"]["left"], made.json["standing"]["used"]) == (10, 0)
    assert client.get(made.headers["Location"]).json["items"] == [made.json]


def test_only_what_is_given_changes_null_takes_away_and_the_timeline_keeps_what_there_was(
    client: FlaskClient, case: str
) -> None:
    made = client.post(f"{case}/authorizations", json=AN_AUTHORIZATION).json
    before = made["standing"]["ends_on"]
    changed = client.patch(
        f"{case}/authorizations/{made['id']}", json={"absences": ["2026-12-04"], "reference": None}
    ).json
    assert changed["absences"] == ["2026-12-04"]
    assert "reference" not in changed
    assert changed["number"] == "AUTH-77"
    assert changed["standing"]["ends_on"] > before
    told = client.get(f"{case}/timeline").json["items"][0]
    assert told["kind"] == "authorization_changed"
    assert told["data"]["changes"] == {"absences": ["2026-12-04"], "reference": None}


def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_kept(client: FlaskClient, case: str) -> None:
    bad = {"level_of_care": "iop", "payer": "nobody", "status": "approved", "unit": "day", "shoe_size": 9}
    assert pointers(client.post(f"{case}/authorizations", json=bad)) == [
        ("/payer", "unknown_payer"),
        ("/shoe_size", "unknown_field"),
        ("/units_approved", "required"),
        ("/valid_from", "required"),
    ]
    assert client.get(f"{case}/authorizations").json["items"] == []


def test_what_is_not_there_is_not_found(client: FlaskClient, case: str) -> None:
    for method, address in (
        ("POST", f"{NOWHERE}/authorizations"),
        ("GET", f"{NOWHERE}/quotes"),
        ("PATCH", f"{case}/contacts/019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"),
        ("GET", f"{NOWHERE}/readiness"),
        ("GET", f"{NOWHERE}/hand-off"),
    ):
        body = AN_AUTHORIZATION if method == "POST" else {}
        answer = client.open(address, method=method, json=None if method == "GET" else body)
        assert answer.status_code == 404, address


def test_a_quote_waits_for_the_membership_or_a_supervisor_who_says_why(
    app: Flask, client: FlaskClient, case: str
) -> None:
    quote = client.post(f"{case}/quotes", json={"deposit_asked": "50.00"}).json
    assert quote["moved"] is None
    where = f"{case}/quotes/{quote['id']}"
    for who in (client, browser(app, "a clerk", "admissions")):
        refused = who.patch(where, json={"status": "approved", "reason": "Because."})
        assert pointers(refused) == [("/status", "membership_not_confirmed")]
    supervisor = browser(app, "a supervisor", "supervisor")
    assert pointers(supervisor.patch(where, json={"status": "approved"})) == [("/reason", "required")]
    approved = supervisor.patch(where, json={"status": "approved", "reason": "The portal is down."})
    assert (approved.status_code, approved.json["approved_by"]) == (200, "a supervisor")
    told = client.patch(where, json={"status": "given", "told_to": "Luz Prueba", "told_on": "2026-11-25"})
    assert told.json["status"] == "given"
    assert client.get(case).json["status"] == "quoted"


def test_a_quote_says_so_where_a_later_answer_moved_the_total(
    client: FlaskClient, case: str, request_body: dict[str, Any]
) -> None:
    client.post(f"{case}/quotes", json={})
    longer = request_body | {"case_id": case.rpartition("/")[2], "weeks": 12}
    assert client.post("/v1/verifications", json=longer).status_code == 201
    moved = client.get(f"{case}/quotes").json["items"][0]["moved"]
    assert moved["code"] == "quote_figure_changed"
    assert moved["before"] < moved["after"]


def test_a_contact_that_could_not_be_reached_is_refused(client: FlaskClient, case: str) -> None:
    assert client.post(f"{case}/contacts", json=A_CONTACT).status_code == 201
    bad = A_CONTACT | {"safe_channel": "email"}
    assert pointers(client.post(f"{case}/contacts", json=bad)) == [("/email", "required")]


def test_what_staff_settled_shows_in_what_is_ready(client: FlaskClient, case: str) -> None:
    def state(item: str) -> str:
        found = client.get(f"{case}/readiness").json
        assert found["ready"] is False
        return next(str(one["state"]) for one in found["items"] if one["item"] == item)

    assert state("certification") == "ask"
    client.post(f"{case}/confirmations", json={"item": "certification"})
    assert state("certification") == "yes"
    client.post(f"{case}/confirmations", json={"item": "certification", "is_settled": False})
    assert state("certification") == "ask"


def test_the_hand_off_is_had_as_json_and_as_a_table(client: FlaskClient, case: str) -> None:
    client.post(f"{case}/authorizations", json=AN_AUTHORIZATION)
    document = client.get(f"{case}/hand-off").json
    assert document["authorizations"][0]["number"] == "AUTH-77"
    table = client.get(f"{case}/hand-off?format=csv")
    assert table.mimetype == "text/csv"
    assert "authorizations.1.number,AUTH-77\r\n" in table.text
    empty = client.post("/v1/cases", json={}).headers["Location"]
    assert client.get(f"{empty}/hand-off").status_code == 409


def test_the_clocks_of_all_open_cases_are_in_one_list(client: FlaskClient, case: str) -> None:
    client.post(f"{case}/authorizations", json=AN_AUTHORIZATION | {"next_review_due": "2026-12-11"})
    own = [one for one in client.get("/v1/clocks").json["items"] if one["case_id"] == case.rpartition("/")[2]]
    assert [(one["kind"], one["ours"]) for one in own] == [("review_due", False), ("runs_out", False)]
    client.patch(case, json={"status": "discharged"})
    left = [
        one for one in client.get("/v1/clocks").json["items"] if one["case_id"] == case.rpartition("/")[2]
    ]
    assert left == []


def test_a_document_says_who_approved_and_how_to_reach_whom(
    app: Flask, client: FlaskClient, request_body: dict[str, Any]
) -> None:
    made = client.post("/v1/verifications", json=request_body).json
    case = f"/v1/cases/{made['case_id']}"
    client.post(
        f"{case}/contacts", json={"relation": "patient", "name": "Ana Prueba", "phone": "305-555-0177"}
    )
    quote = client.post(f"{case}/quotes", json={}).json
    approval = {"status": "approved", "reason": "The portal is down."}
    browser(app, "supervisor of forms", "supervisor").patch(f"{case}/quotes/{quote['id']}", json=approval)
    form = client.get(f"/v1/verifications/{made['id']}/documents/benefits?format=html").text
    assert "supervisor of forms" in form
    assert "305-555-0177" in form
