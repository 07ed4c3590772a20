"""Auditors read the trail, administrators look after staff and keys; neither page shows a member."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.security.keys import draft_key, keep_key
from service.store.session import transaction
from tests.api.staff import PASSWORD
from tests.console.conftest import signed_in
from tests.console.test_pages import ROOM, verify, words_of


@pytest.fixture
def auditor(app: Flask) -> FlaskClient:
    """A browser of an auditor."""
    return signed_in(app, "the auditor", "auditor")


@pytest.fixture
def administrator(app: Flask) -> FlaskClient:
    """A browser of an administrator."""
    return signed_in(app, "the administrator", "administrator")


def test_whoever_signs_in_comes_to_the_first_page_of_the_role(
    staff: FlaskClient, auditor: FlaskClient, administrator: FlaskClient
) -> None:
    homes = [client.get(f"{ROOM}/home").location for client in (staff, auditor, administrator)]
    assert homes == [f"{ROOM}/", f"{ROOM}/audit", f"{ROOM}/staff"]


def test_the_menu_has_the_pages_of_the_role_alone(staff: FlaskClient, administrator: FlaskClient) -> None:
    menus = [
        client.get(f"{ROOM}/second-factor").text.partition("<nav")[2].partition("</nav")[0]
        for client in (staff, administrator)
    ]
    led_to = [re.findall('href="([^"]+)"', menu) for menu in menus]
    worked_on = [f"{ROOM}/", f"{ROOM}/morning", f"{ROOM}/batches", f"{ROOM}/clocks", f"{ROOM}/verify"]
    looked_up = [f"{ROOM}/accuracy", f"{ROOM}/rulebook", f"{ROOM}/memory", f"{ROOM}/clinic"]
    administered = [f"{ROOM}/staff", f"{ROOM}/keys", f"{ROOM}/webhooks", f"{ROOM}/rulebook", f"{ROOM}/clinic"]
    assert led_to == [[*worked_on, *looked_up], administered]


def test_an_auditor_sees_what_was_done_with_a_record_and_not_whose_it_is(
    staff: FlaskClient, auditor: FlaskClient
) -> None:
    made = verify(staff, first_name="Zqana", last_name="Zquintana").location
    record = made.rsplit("/", 1)[-1]
    staff.get(made)
    page = auditor.get(f"{ROOM}/audit?subject={record}").text
    read = words_of(page)
    assert "verification.create" in read
    assert "verification.read" in read
    assert "Zq" not in page
    assert auditor.get(made).status_code == 403


def test_the_trail_is_narrowed_and_goes_on(staff: FlaskClient, auditor: FlaskClient) -> None:
    staff.get(f"{ROOM}/")
    assert "case.list" in auditor.get(f"{ROOM}/audit?action=case.list").text
    assert "Nothing was done" in auditor.get(f"{ROOM}/audit?action=case.list&last=2020-01-01").text
    assert auditor.get(f"{ROOM}/audit?first=never").status_code == 200


def test_somebody_is_taken_in_changed_and_kept_out(app: Flask, administrator: FlaskClient) -> None:
    asked = {"name": "sol", "role": "admissions", "password": PASSWORD}
    assert administrator.post(f"{ROOM}/staff", data=asked).status_code == 303
    theirs = signed_in(app, "sol", "admissions")
    page = administrator.get(f"{ROOM}/staff").text
    found = re.search(r'<th scope="row">sol</th>.*?action="([^"]+)"', page, re.DOTALL)
    assert found
    administrator.post(found[1], data={"do": "role", "role": "auditor"})
    assert theirs.get(f"{ROOM}/").location == f"{ROOM}/sign-in", "whoever is changed signs in again"
    assert signed_in(app, "sol", "auditor").get(f"{ROOM}/audit").status_code == 200
    administrator.post(found[1], data={"do": "disable", "role": "auditor"})
    refused = app.test_client().post(f"{ROOM}/sign-in", data={"name": "sol", "password": PASSWORD})
    assert refused.status_code == 401


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"name": "", "role": "auditor", "password": PASSWORD}, "Name is missing."),
        ({"name": "new", "role": "owner", "password": PASSWORD}, "Name is missing."),
        ({"name": "new", "role": "auditor", "password": "short"}, "Password needs 12 characters or more"),
        ({"name": "the administrator", "role": "auditor", "password": PASSWORD}, "Name is taken."),
    ],
)
def test_whoever_cannot_be_taken_in_is_said_so_beside_the_field(
    administrator: FlaskClient, asked: dict[str, str], said: str
) -> None:
    answer = administrator.post(f"{ROOM}/staff", data=asked)
    assert answer.status_code == 422
    assert said in words_of(answer.text)
    assert "short" not in answer.text


def test_the_last_administrator_stays_one(administrator: FlaskClient) -> None:
    page = administrator.get(f"{ROOM}/staff").text
    found = re.search(r'<th scope="row">the administrator</th>.*?action="([^"]+)"', page, re.DOTALL)
    assert found
    answer = administrator.post(found[1], data={"do": "disable"})
    assert answer.status_code == 409
    assert "Nobody would be left who could take others in." in answer.text


def test_a_key_is_on_the_page_that_follows_its_making_and_never_again(
    app: Flask, administrator: FlaskClient
) -> None:
    made = administrator.post(f"{ROOM}/keys", data={"name": "scheduling", "scopes": ["payers:read"]}).text
    token = re.search(r'class="secret">(vob_[^<]+)<', made)
    assert token
    assert token[1] not in administrator.get(f"{ROOM}/keys").text
    headers = {"Authorization": f"Bearer {token[1]}"}
    assert app.test_client().get("/v1/payers", headers=headers).status_code == 200


def test_a_key_is_renewed_and_revoked(app: Flask, administrator: FlaskClient) -> None:
    administrator.post(f"{ROOM}/keys", data={"name": "brief", "scopes": ["payers:read"]})
    page = administrator.get(f"{ROOM}/keys").text
    found = re.search(
        r'<th scope="row">brief.*?action="([^"]+/renew)".*?action="([^"]+/revoke)"', page, re.DOTALL
    )
    assert found
    renewed = administrator.post(found[1])
    assert 'class="secret">vob_' in renewed.text
    assert administrator.post(found[2]).status_code == 303
    assert administrator.post(found[2]).status_code == 404
    assert administrator.post(found[1]).status_code == 404


def test_a_key_that_has_ended_is_not_renewed(app: Flask, administrator: FlaskClient) -> None:
    store, now = app.extensions["office"].store, datetime.now(UTC)
    ended, token = draft_key("past", ("payers:read",), now, expires_at=now - timedelta(minutes=1))
    with transaction(store) as session:
        keep_key(session, ended, token)
    assert f"{ended.id}/renew" not in administrator.get(f"{ROOM}/keys").text
    assert administrator.post(f"{ROOM}/keys/{ended.id}/renew").status_code == 404


@pytest.mark.parametrize("asked", [{"name": " "}, {"name": "site", "origins": "clinic.example"}])
def test_a_key_that_cannot_be_is_said_so(administrator: FlaskClient, asked: dict[str, str]) -> None:
    answer = administrator.post(f"{ROOM}/keys", data=asked)
    assert answer.status_code == 422
    assert 'class="secret"' not in answer.text


def test_what_is_not_here_is_said_so(administrator: FlaskClient) -> None:
    nobody = "019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"
    for address in (f"staff/{nobody}", f"keys/{nobody}/renew", f"keys/{nobody}/revoke"):
        assert administrator.post(f"{ROOM}/{address}").status_code == 404
