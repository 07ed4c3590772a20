"""The clinic's memory as pages: proposed out of an answer, approved by somebody else, told in answers."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.test_local_rules import LEVEL, PLAN, TELLING, asked, somebody_else
from tests.console.conftest import signed_in
from tests.console.test_pages import ROOM, words_of

ASKED = f"in|{LEVEL}|prior_authorization"


def answered(client: FlaskClient, told: bool = True) -> str:
    """An answer about an invented member, with what a payer told of the plan."""
    body = asked(told_benefits=TELLING) if told else somebody_else()
    made = client.post("/v1/verifications", json=body, headers={"X-CSRF-Token": csrf(client)})
    assert made.status_code == 201, made.json
    return str(made.json["id"])


def csrf(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(f"{ROOM}/rulebook").text)
    assert found is not None
    return found[1]


def post(client: FlaskClient, path: str, **typed: object) -> tuple[int, str]:
    answer = client.post(f"{ROOM}/{path}", data={"csrf_token": csrf(client), **typed}, follow_redirects=True)
    return answer.status_code, answer.text


@pytest.fixture
def supervisor(app: Flask) -> FlaskClient:
    return signed_in(app, "sol", "supervisor")


def test_what_was_told_is_remembered_once_somebody_else_approved_it(
    staff: FlaskClient, supervisor: FlaskClient
) -> None:
    told = answered(staff)
    assert f"{ROOM}/verifications/{told}/remember" in staff.get(f"{ROOM}/verifications/{told}").text
    form = words_of(staff.get(f"{ROOM}/verifications/{told}/remember").text)
    assert "Copay: $35.00 per day Intensive outpatient program (IOP), in network" in form
    assert "on the phone" in form

    status, page = post(staff, f"verifications/{told}/remember", plan=PLAN, facts=ASKED)
    assert status == 200
    assert "Prior authorization: notification" in words_of(page)
    assert "Waits for a second person" in words_of(page)
    assert "/approve" not in page  # not for whoever proposed it
    rule = re.search(rf"{ROOM}/memory/([0-9a-f-]+)/withdraw", page)
    assert rule is not None

    page = supervisor.get(f"{ROOM}/memory").text
    assert f"/memory/{rule[1]}/approve" in page
    status, page = post(supervisor, f"memory/{rule[1]}/approve")
    assert (status, "Answers sol" in words_of(page)) == (200, True)
    status, page = post(supervisor, f"memory/{rule[1]}/reject")
    assert status == 409

    other = answered(staff, told=False)
    page = words_of(staff.get(f"{ROOM}/verifications/{other}").text)
    assert "Told by phone; told to this clinic about the plan; " in page
    assert "; approved by sol; holds until " in page
    in_spanish = words_of(staff.get(f"{ROOM}/verifications/{other}?language=es").text)
    assert "dicho a esta clínica sobre el plan" in in_spanish
    assert "aprobado por sol; vale hasta el" in in_spanish
    staff.get(f"{ROOM}/memory?language=en")

    status, page = post(staff, f"memory/{rule[1]}/withdraw")
    assert (status, "Withdrawn ana" in words_of(page)) == (200, True)
    page = words_of(staff.get(f"{ROOM}/verifications/{answered(staff, told=False)}").text)
    assert "told to this clinic" not in page


def test_a_plan_called_after_the_patient_is_refused_with_what_was_typed(staff: FlaskClient) -> None:
    told = answered(staff)
    status, page = post(staff, f"verifications/{told}/remember", plan="Plan of Ana Prueba", facts=ASKED)
    assert status == 422
    assert "Plan must not hold the patient’s name or numbers." in words_of(page)
    assert page.count(" checked") == 1
    assert post(staff, f"verifications/{told}/remember", plan=PLAN)[0] == 422


def test_an_answer_without_anything_told_offers_nothing_to_remember(staff: FlaskClient) -> None:
    other = answered(staff, told=False)
    assert "/remember" not in staff.get(f"{ROOM}/verifications/{other}").text
    assert "told nothing of this plan" in words_of(staff.get(f"{ROOM}/verifications/{other}/remember").text)
    nobody = "019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"
    assert staff.get(f"{ROOM}/verifications/{nobody}/remember").status_code == 404
    assert post(staff, f"memory/{nobody}/withdraw")[0] == 404
