"""What visitors of a clinic's website may ask and leave: from its pages, with proof, never of a member."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from service.api.quick_check_shapes import ANSWER, CHALLENGE, FORM, RECEIPT
from service.app import create_app
from service.config import Settings
from service.office import Office
from service.record import right_now
from service.security import proof
from tests.api.visitors import LEFT, QUESTION, ROUTE, SITE, ask, leave, make_site_key, open_page, solve

MARKS = ("Prueba", "Rosa", "ZZ-0000", "305-555-0123", "2010-03-02")
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization, content-type",
}


@pytest.fixture(autouse=True)
def _easy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("COST", 1), ("FEWEST_TRIES", 1), ("MOST_TRIES", 20)):
        monkeypatch.setattr(proof, name, value)


@pytest.fixture
def a_while_later() -> Iterator[Any]:
    """A clock that a person's pace is kept by: it stands still until it is moved."""
    with time_machine.travel(right_now(), tick=False) as clock:
        yield clock


@pytest.fixture
def page(app: Flask) -> FlaskClient:
    """A page of the site, read in English."""
    return open_page(app, make_site_key(app))


@pytest.fixture
def spanish(app: Flask) -> FlaskClient:
    """A page of the site, read in Spanish."""
    return open_page(app, make_site_key(app), "es")


def proven(page: FlaskClient, clock: Any, step: str = "contact") -> str:
    """A proof, and the time that a person takes."""
    sent = solve(page, step)
    clock.shift(timedelta(seconds=5))
    return sent


def test_a_page_of_the_site_asks_and_is_answered_in_its_language(
    page: FlaskClient, spanish: FlaskClient, a_while_later: Any
) -> None:
    english = ask(page, proof=proven(page, a_while_later, "check"))
    assert english.status_code == 200
    assert english.headers["Access-Control-Allow-Origin"] == SITE
    assert english.get_json()["answer"] == "includes"
    other = ask(spanish, proof=proven(spanish, a_while_later, "check"))
    assert other.headers["Content-Language"] == "es"
    assert "por lo general incluye" in other.get_json()["sentences"][0]["message"]
    for shape, answer in ((FORM, page.get(f"{ROUTE}/form")), (CHALLENGE, page.get(f"{ROUTE}/challenge"))):
        assert shape.validate(answer.get_json()) == {}
    assert ANSWER.validate(english.get_json()) == {}


def test_browsers_may_ask_first(app: Flask, page: FlaskClient) -> None:
    for address in (ROUTE, f"{ROUTE}/contacts", f"{ROUTE}/form", f"{ROUTE}/challenge"):
        asked = app.test_client().options(address, headers={"Origin": SITE, **PREFLIGHT})
        assert (asked.status_code, asked.headers["Access-Control-Allow-Origin"]) == (204, SITE)
        other = app.test_client().options(address, headers={"Origin": "https://x.example", **PREFLIGHT})
        assert "Access-Control-Allow-Origin" not in other.headers
    assert page.get("/v1/cases").status_code == 403


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", f"{SITE}.evil.example"])
def test_another_page_with_the_sites_key_is_refused(page: FlaskClient, origin: str) -> None:
    page.environ_base["HTTP_ORIGIN"] = origin
    for answer in (page.get(f"{ROUTE}/form"), page.get(f"{ROUTE}/challenge"), ask(page), leave(page)):
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_page_of_the_services_own_origin_reads_without_naming_it(page: FlaskClient) -> None:
    del page.environ_base["HTTP_ORIGIN"]
    own = {"Sec-Fetch-Site": "same-origin"}
    assert page.get(f"{ROUTE}/form", base_url=SITE, headers=own).status_code == 200
    assert page.get(f"{ROUTE}/form", base_url="https://elsewhere.example", headers=own).status_code == 403
    assert page.get(f"{ROUTE}/form", base_url=SITE).status_code == 403
    assert page.post(ROUTE, json=QUESTION, base_url=SITE, headers=own).status_code == 403


def test_a_site_needs_a_proof_that_works_once_and_a_secret_key_needs_none(
    page: FlaskClient, client: FlaskClient, a_while_later: Any
) -> None:
    assert ask(page).get_json()["type"].endswith("proof-missing")
    sent = proven(page, a_while_later, "check")
    assert ask(page, proof=sent).status_code == 200
    again = ask(page, proof=sent)
    assert (again.status_code, again.get_json()["type"]) == (422, "urn:openvob:problem:proof-wrong")
    other = proven(page, a_while_later, "contact")
    assert ask(page, proof=other).get_json()["type"].endswith("proof-wrong")
    assert ask(client).status_code == 200


def test_a_field_that_is_wrong_does_not_use_up_the_proof(page: FlaskClient, a_while_later: Any) -> None:
    sent = proven(page, a_while_later, "check")
    assert ask(page, proof=sent, county="Atlantis").status_code == 422
    assert ask(page, proof=sent).status_code == 200


def test_whoever_is_too_fast_waits_a_moment_and_is_not_lost(page: FlaskClient, a_while_later: Any) -> None:
    sent = solve(page, "contact")
    early = leave(page, proof=sent)
    assert (early.status_code, early.headers["Retry-After"]) == (429, "3")
    assert early.headers["Access-Control-Allow-Origin"] == SITE
    a_while_later.shift(timedelta(seconds=3))
    assert leave(page, proof=sent).status_code == 201


def test_everything_that_is_wrong_is_said_at_once_in_the_visitors_language(spanish: FlaskClient) -> None:
    asked = spanish.post(ROUTE, json={"payer": "nobody", "payer_text": "W123456789", "county": "Prueba"})
    errors = {one["pointer"]: one for one in asked.get_json()["errors"]}
    assert set(errors) == {"/payer", "/payer_text", "/county", "/level_of_care", "/age_group"}
    assert errors["/county"]["message"] == "Por favor, elija un condado de la lista."
    assert errors["/payer_text"]["code"] == "whole_member_id"
    assert "W123456789" not in asked.text
    left = leave(spanish, first_name="", birth_date="2999-01-01", channel="email", your_name="", check={})
    errors = {one["pointer"]: one for one in left.get_json()["errors"]}
    assert {"/first_name", "/birth_date", "/email", "/your_name", "/check/county"} <= set(errors)
    assert not [mark for mark in (*MARKS, "2999") if mark in left.text]


@pytest.mark.parametrize(
    ("left", "pointer"),
    [
        ({"phone": "555-0123"}, "/phone"),
        ({"phone": "call my mother"}, "/phone"),
        ({"channel": "email", "email": "ana at example"}, "/email"),
        ({"channel": "email", "phone": ""}, "/email"),
        ({"channel": "text", "phone": ""}, "/phone"),
    ],
)
def test_somebody_who_could_not_be_reached_is_asked_again(
    client: FlaskClient, left: dict[str, str], pointer: str
) -> None:
    answer = leave(client, **left)
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.get_json()["errors"]] == [pointer]


def test_a_hidden_field_that_is_filled_in_keeps_nothing_and_says_whom_to_call(
    page: FlaskClient, a_while_later: Any
) -> None:
    answer = leave(page, proof=proven(page, a_while_later), website="https://spam.example")
    assert answer.status_code == 422
    (error,) = answer.get_json()["errors"]
    assert (error["pointer"], error["code"]) == ("/website", "looks_automated")
    assert "305-555-0100" in error["message"]
    assert "spam" not in answer.text


@pytest.mark.parametrize(
    ("consent", "code"),
    [
        ({"version": "openvob-1", "accepted": False}, "consent_not_given"),
        ({"version": "of last year", "accepted": True}, "consent_outdated"),
    ],
)
def test_nothing_is_kept_without_consent_to_the_text_of_now(
    page: FlaskClient, consent: dict[str, Any], code: str
) -> None:
    answer = leave(page, consent=consent)
    assert [one["code"] for one in answer.get_json()["errors"]] == [code]


def test_a_contact_becomes_a_case_with_a_call_to_make_and_the_text_that_was_agreed_to(
    page: FlaskClient, client: FlaskClient, a_while_later: Any
) -> None:
    before = {one["id"] for one in client.get("/v1/cases?limit=200").get_json()["items"]}
    receipt = leave(page, proof=proven(page, a_while_later))
    assert receipt.status_code == 201
    assert RECEIPT.validate(receipt.get_json()) == {}
    reference = receipt.get_json()["reference"]
    (case,) = (
        one for one in client.get("/v1/cases?limit=200").get_json()["items"] if one["id"] not in before
    )
    assert (case["status"], case["label"], case["owner"]) == ("inquiry", f"Ana P. ({reference})", None)
    (contact,) = client.get(f"/v1/cases/{case['id']}/contacts").get_json()["items"]
    assert (contact["relation"], contact["name"], contact["safe_channel"]) == (
        "other",
        "Rosa Prueba",
        "phone",
    )
    (consent,) = contact["consents"]
    form = page.get(f"{ROUTE}/form").get_json()
    assert (consent["version"], consent["text"]) == (form["consent"]["version"], form["consent"]["text"])
    (call,) = client.get(f"/v1/cases/{case['id']}/call-backs").get_json()["items"]
    assert (call["status"], call["owner"]) == ("open", "website")
    assert reference in call["about"]
    assert not [mark for mark in MARKS if mark in call["about"]]
    events = client.get(f"/v1/audit-events?subject={case['id']}&action=website.contact").get_json()["items"]
    assert [one["actor_name"] for one in events] == ["Clinic website"]


def test_the_same_sent_twice_is_one_case(page: FlaskClient, client: FlaskClient, a_while_later: Any) -> None:
    sent = proven(page, a_while_later)
    first, second = leave(page, proof=sent), leave(page, proof=sent)
    assert first.get_json() == second.get_json()
    label = f"({first.get_json()['reference']})"
    listed = client.get("/v1/cases?limit=200").get_json()["items"]
    assert len([one for one in listed if one["label"] and label in one["label"]]) == 1
    assert leave(page, proof=sent, first_name="Eva").get_json()["type"].endswith("proof-wrong")


def test_a_member_who_is_known_is_answered_like_one_who_is_not(
    page: FlaskClient, client: FlaskClient, request_body: dict[str, Any], a_while_later: Any
) -> None:
    known = {
        "member_id": "1EG4TE5MK73",
        "first_name": "Ana",
        "last_name": "Prueba",
        "birth_date": "1957-03-02",
    }
    asked = {"payer": "medicare", "member": known, "level_of_care": "iop", "start_date": "2026-12-01"}
    assert client.post("/v1/verifications", json=asked).status_code == 201
    seen = set()
    for person in (known, {**known, "member_id": "9ZZ9ZZ9ZZ99"}, {**known, "last_name": "Ensayo"}):
        answer = leave(page, proof=proven(page, a_while_later), **person)
        said = answer.get_json()
        assert len(said.pop("reference")) == 9
        names = tuple(sorted(name for name, _ in answer.headers if name != "X-Request-Id"))
        seen.add((answer.status_code, len(answer.data), names, json.dumps(said)))
    assert len(seen) == 1


@pytest.mark.parametrize("member_id", ["ZZ-0000-TEST", ""])
def test_many_tries_are_throttled_and_nobody_learns_by_which_limit(
    settings: Settings, member_id: str, a_while_later: Any
) -> None:
    ours = create_app(replace(settings, rate_contact="3/hour", rate_member="2/hour" if member_id else "off"))
    try:
        page = open_page(ours, make_site_key(ours))
        answers = [
            leave(page, proof=proven(page, a_while_later), member_id=member_id)
            for _ in range(3 if member_id else 4)
        ]
        assert [one.status_code for one in answers[:-1]] == [201] * (len(answers) - 1)
        last = answers[-1]
        assert last.status_code == 429
        assert int(last.headers["Retry-After"]) > 0
        assert not [name for name, _ in last.headers if name.startswith("RateLimit")]
        assert "call 305-555-0100" in last.get_json()["detail"]
    finally:
        office: Office = ours.extensions["office"]
        office.sealer.stop()
        office.store.close()


def test_nothing_of_the_first_step_is_kept(app: Flask, client: FlaskClient) -> None:
    before = client.get("/v1/cases?limit=200").get_json()
    assert ask(client, payer=None, payer_text="Prueba Mutual").status_code == 200
    assert client.get("/v1/cases?limit=200").get_json() == before


def test_step_one_takes_no_name(client: FlaskClient) -> None:
    answer = ask(client, **{name: LEFT[name] for name in ("first_name", "birth_date", "member_id")})
    assert answer.status_code == 422
    assert {one["code"] for one in answer.get_json()["errors"]} == {"unknown_field"}
