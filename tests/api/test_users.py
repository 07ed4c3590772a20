"""Administrators look after staff, and somebody always can."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.staff import PASSWORD, SIGN_IN, browser, enrolled

V1 = "/v1/users"


@pytest.fixture(scope="module")
def admin(app: Flask) -> FlaskClient:
    """A browser of an administrator."""
    return browser(app, "the administrator", "administrator")


def take_in(admin: FlaskClient, name: str, role: str = "admissions") -> dict[str, Any]:
    answer = admin.post(V1, json={"name": name, "role": role, "password": PASSWORD})
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


def test_somebody_who_was_taken_in_can_sign_in(app: Flask, admin: FlaskClient) -> None:
    made = take_in(admin, "luz")
    assert made["role"] == "admissions"
    assert PASSWORD not in str(made)
    assert made in admin.get(V1).json["items"]
    assert browser(app, "luz", "admissions").get("/v1/payers").status_code == 200


def test_a_name_is_given_once(admin: FlaskClient) -> None:
    take_in(admin, "twice")
    answer = admin.post(V1, json={"name": "twice", "role": "auditor", "password": PASSWORD})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"password": "short"}, "weak_password"),
        ({"password": "x" * 40}, "weak_password"),
        ({"password": "I am Maria the great"}, "weak_password"),
        ({"role": "owner"}, "not_a_choice"),
    ],
)
def test_a_weak_password_and_a_role_there_is_not_are_refused(
    admin: FlaskClient, asked: dict[str, str], code: str
) -> None:
    body = {"name": "maria", "role": "admissions", "password": PASSWORD} | asked
    answer = admin.post(V1, json=body)
    assert (answer.status_code, [error["code"] for error in answer.json["errors"]]) == (422, [code])


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ({"role": "auditor"}, 401),
        ({"disabled": True}, 401),
        ({"password": "otras palabras mas faciles"}, 401),
        ({}, 200),
    ],
)
def test_the_sessions_of_whoever_is_changed_end(
    app: Flask, admin: FlaskClient, asked: dict[str, Any], seen: int
) -> None:
    name = f"changed {sorted(asked)}"
    made = take_in(admin, name)
    theirs = browser(app, name, "admissions")
    assert admin.patch(f"{V1}/{made['id']}", json=asked).status_code == 200
    assert theirs.get("/v1/payers").status_code == seen


def test_whoever_is_disabled_cannot_sign_in_until_enabled(app: Flask, admin: FlaskClient) -> None:
    made = take_in(admin, "away")
    asked = {"name": "away", "password": PASSWORD}
    assert admin.patch(f"{V1}/{made['id']}", json={"disabled": True}).json["disabled"] is True
    assert app.test_client().post(SIGN_IN, json=asked).status_code == 401
    assert admin.patch(f"{V1}/{made['id']}", json={"disabled": False}).json["disabled"] is False
    assert app.test_client().post(SIGN_IN, json=asked).status_code == 201


def test_a_second_factor_that_was_lost_is_taken_away(app: Flask, admin: FlaskClient) -> None:
    made = take_in(admin, "lost")
    enrolled(browser(app, "lost", "admissions"))
    assert admin.patch(f"{V1}/{made['id']}", json={"second_factor": False}).json["second_factor"] is False
    assert browser(app, "lost", "admissions").get("/v1/payers").status_code == 200


def test_the_last_administrator_stays_one(app: Flask, admin: FlaskClient) -> None:
    me = admin.get(SIGN_IN).json["user"]["id"]
    for asked in ({"role": "auditor"}, {"disabled": True}):
        assert admin.patch(f"{V1}/{me}", json=asked).status_code == 409
    other = take_in(admin, "another administrator", "administrator")
    assert admin.patch(f"{V1}/{other['id']}", json={"disabled": True}).status_code == 200
    assert admin.patch(f"{V1}/{me}", json={"disabled": True}).status_code == 409, (
        "a disabled one does not count"
    )


def test_nobody_of_an_id_is_not_found(admin: FlaskClient) -> None:
    assert admin.patch(f"{V1}/019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44", json={}).status_code == 404
