"""What a visitor left on the clinic's website, as the desk finds it: a call, a case, a form to verify."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.config import Settings
from service.first_run import prepare
from tests.api.visitors import LEFT, ROUTE
from tests.console.test_pages import words_of


@pytest.fixture
def reference(app: Flask, settings: Settings) -> str:
    """The code of what was just left."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {prepare(settings).api_key}"
    answer = client.post(f"{ROUTE}/contacts", json=LEFT)
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["reference"])


def case_of(staff: FlaskClient, reference: str) -> str:
    """The address of the case, as the list of calls leads to it."""
    page = staff.get("/console/morning").text
    found = re.search(rf'href="(/console/cases/[0-9a-f-]{{36}})">Ana P. \({reference}\)', page)
    assert found, "the call leads to its case"
    return found[1]


def test_the_desk_finds_who_to_call_and_what_was_agreed_to(staff: FlaskClient, reference: str) -> None:
    page = words_of(staff.get(case_of(staff, reference)).text.partition("<main")[2])
    for said in (reference, "Rosa Prueba", "305-555-0123", "ZZ-0000-TEST", "In the morning", "Miami-Dade"):
        assert said in page
    assert "openvob-1" in page
    assert "I ask Example Behavioral Health (invented) to reach me about care" in page


def test_the_case_is_verified_without_typing_it_again(staff: FlaskClient, reference: str) -> None:
    address = case_of(staff, reference)
    page = staff.get(address).text.partition('id="website"')[2]
    brought = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    form = staff.post("/console/verify", data=brought)
    assert form.status_code == 200
    assert 'value="ZZ-0000-TEST"' in form.text
    kept = re.search(r'<input type="hidden" name="case" value="([^"]+)"', form.text)
    assert kept
    typed = {name: value for name, value in brought.items() if name != "show_cards"}
    asked = {"start_date": "2026-12-01", "weeks": "4", "days_per_week": "3", "hours_per_day": "3"}
    answer = staff.post(
        "/console/verify", data={**typed, **asked, "relationship": "self", "member_id": "1EG4TE5MK73"}
    )
    assert answer.status_code == 303, words_of(answer.text)
    assert address in staff.get(answer.location).text
    assert "Being verified" in words_of(staff.get(address).text)
