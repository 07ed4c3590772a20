"""Staff sign in, stay signed in as long as they should, and prove twice who they are."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.office import Office
from service.security import passwords
from service.security.sessions import FIRST_WAIT, FREE_TRIES, LONGEST_WAIT, Sessions
from service.store import sessions as kept
from service.store.access_tables import users
from service.store.session import transaction
from service.store.tables import audit_events
from tests.api.staff import PASSWORD, SIGN_IN, browser, enrolled, take_in

PAYERS = "/v1/payers"
NUMBERS = count()


@pytest.fixture
def browsing(app: Flask) -> FlaskClient:
    """A browser in which somebody new has signed in."""
    return browser(app, f"visitor {next(NUMBERS)}", "admissions")


def attempt(app: Flask, name: str, password: str = PASSWORD, **more: str) -> Any:
    return app.test_client().post(SIGN_IN, json={"name": name, "password": password, **more})


def in_time(**later: int) -> Any:
    """The same test, later."""
    return time_machine.travel(datetime.now(UTC) + timedelta(**later), tick=True)


@pytest.fixture
def second_factor_required(app: Flask) -> Iterator[None]:
    """The service, where everybody needs a second factor."""
    usual: Sessions = app.extensions["sessions"]
    # The policy is read at every sign-in; only whoever made the application holds the object itself.
    object.__setattr__(usual, "policy", replace(usual.policy, needs_second_factor=True))
    yield
    object.__setattr__(usual, "policy", replace(usual.policy, needs_second_factor=False))


def test_whoever_signed_in_may_do_what_their_role_may(browsing: FlaskClient) -> None:
    assert browsing.get(PAYERS).status_code == 200
    assert browsing.get("/v1/users").status_code == 403
    shown = browsing.get(SIGN_IN).json
    assert shown["user"]["role"] == "admissions"
    assert "verifications:write" in shown["scopes"]
    assert shown["second_factor_needed"] is False


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(app: Flask) -> None:
    take_in(app, "cookies", "admissions")
    answer = attempt(app, "cookies")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("openvob=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert PASSWORD not in cookie
    secure = app.test_client().post(
        SIGN_IN, json={"name": "cookies", "password": PASSWORD}, base_url="https://localhost"
    )
    assert "Secure" in secure.headers["Set-Cookie"]


@pytest.mark.parametrize(("name", "password"), [("wrong", "not the password at all"), ("nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_are_told_alike(app: Flask, name: str, password: str) -> None:
    take_in(app, "wrong", "admissions")
    answer = attempt(app, name, password)
    assert (answer.status_code, answer.json["type"]) == (401, "urn:openvob:problem:not-authenticated")
    assert answer.json["detail"] == "Name, password or code is not right."
    assert "Set-Cookie" not in answer.headers


def test_a_session_ends_when_it_was_not_used_for_a_while(browsing: FlaskClient) -> None:
    with in_time(minutes=14):
        assert browsing.get(PAYERS).status_code == 200
    with in_time(minutes=28):
        assert browsing.get(PAYERS).status_code == 200, "its use was noted"
    with in_time(minutes=44):
        assert browsing.get(PAYERS).status_code == 401
    assert browsing.get(PAYERS).status_code == 401, "and it does not come back"


def test_a_session_ends_however_much_it_is_used(browsing: FlaskClient) -> None:
    for minutes in range(10, 600, 10):
        with in_time(minutes=minutes):
            assert browsing.get(PAYERS).status_code == 200, minutes
    with in_time(minutes=600):
        assert browsing.get(PAYERS).status_code == 401


def test_it_says_when_it_ends(browsing: FlaskClient) -> None:
    shown = browsing.get(SIGN_IN).json
    idle, ends = (datetime.fromisoformat(shown[name]) for name in ("idle_ends_at", "ends_at"))
    assert timedelta(minutes=14) < idle - datetime.now(UTC) <= timedelta(minutes=15)
    assert timedelta(hours=9, minutes=59) < ends - datetime.now(UTC) <= timedelta(hours=10)


def test_whoever_signs_out_is_out_wherever_the_cookie_is(app: Flask, browsing: FlaskClient) -> None:
    cookie = browsing.get_cookie("openvob")
    assert cookie is not None
    assert browsing.delete(SIGN_IN).status_code == 204
    thief = app.test_client()
    thief.set_cookie("openvob", cookie.value)
    assert thief.get(PAYERS).status_code == 401


def test_a_cookie_that_was_changed_opens_nothing(app: Flask, browsing: FlaskClient) -> None:
    cookie = browsing.get_cookie("openvob")
    assert cookie is not None
    forger = app.test_client()
    for value in ("", "x", cookie.value[:-1], f"{cookie.value}x", cookie.value.upper()):
        forger.set_cookie("openvob", value)
        assert forger.get(PAYERS).status_code == 401


def test_signing_in_again_begins_a_session_of_its_own(app: Flask, browsing: FlaskClient) -> None:
    before = browsing.get_cookie("openvob")
    name = browsing.get(SIGN_IN).json["user"]["name"]
    assert browsing.post(SIGN_IN, json={"name": name, "password": PASSWORD}).status_code == 201
    after = browsing.get_cookie("openvob")
    assert before is not None
    assert after is not None
    assert before.value != after.value


def test_a_key_that_is_bad_is_not_made_good_by_a_cookie(browsing: FlaskClient) -> None:
    assert browsing.get(PAYERS, headers={"Authorization": "Bearer vob_guess"}).status_code == 401


# --- what changes something needs what only our pages know


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("POST", "/v1/verifications"),
        ("POST", "/v1/cases"),
        ("POST", "/v1/verifications/search"),
        ("DELETE", SIGN_IN),
        ("PUT", f"{SIGN_IN}/password"),
        ("POST", f"{SIGN_IN}/second-factor"),
    ],
)
def test_a_request_that_another_site_made_a_browser_send_is_refused(
    browsing: FlaskClient, method: str, address: str
) -> None:
    token = browsing.environ_base.pop("HTTP_X_CSRF_TOKEN")
    for sent in ({}, {"X-CSRF-Token": "guess"}, {"X-CSRF-Token": f"{token}x"}):
        answer = browsing.open(address, method=method, json={}, headers=sent)
        assert (answer.status_code, answer.json["type"]) == (403, "urn:openvob:problem:csrf-token-missing")
    assert browsing.get(PAYERS).status_code == 200, "what only reads needs none"
    again = browsing.get(SIGN_IN).json["csrf_token"]
    assert browsing.delete(SIGN_IN, headers={"X-CSRF-Token": again}).status_code == 204


def test_the_token_of_one_session_vouches_for_no_other(app: Flask, browsing: FlaskClient) -> None:
    others = browser(app, "somebody else", "admissions").environ_base["HTTP_X_CSRF_TOKEN"]
    answer = browsing.post("/v1/cases", json={}, headers={"X-CSRF-Token": others})
    assert answer.status_code == 403


def test_signing_in_takes_json_alone_which_no_form_of_another_site_can_send(app: Flask) -> None:
    answer = app.test_client().post(SIGN_IN, data={"name": "ana", "password": PASSWORD})
    assert answer.status_code == 415


# --- who fails too often has to wait


def test_after_some_failures_nobody_may_try_for_a_while_and_then_longer(app: Flask) -> None:
    take_in(app, "often", "admissions")
    for _ in range(FREE_TRIES):
        assert attempt(app, "often", "not the password at all").status_code == 401
    refused = attempt(app, "often")
    assert (refused.status_code, refused.json["type"]) == (429, "urn:openvob:problem:too-many-requests")
    assert 25 <= int(refused.headers["Retry-After"]) <= FIRST_WAIT.total_seconds()
    with in_time(seconds=31):
        assert attempt(app, "often", "not the password at all").status_code == 401
        again = attempt(app, "often")
        assert again.status_code == 429
        assert 55 <= int(again.headers["Retry-After"]) <= 60, "twice as long"
        with in_time(seconds=61):
            assert attempt(app, "often").status_code == 201, "what is right is right"
    with in_time(seconds=93):
        assert attempt(app, "often", "not the password at all").status_code == 401, "and counted anew"
        assert attempt(app, "often").status_code == 201


def test_nobody_has_to_wait_longer_than_an_hour(app: Flask) -> None:
    take_in(app, "stubborn", "admissions")
    waits = 0
    for _ in range(20):
        with in_time(seconds=waits):
            answer = attempt(app, "stubborn", "not the password at all")
            waits += int(answer.headers.get("Retry-After", 0)) + 1
    with in_time(seconds=waits):
        attempt(app, "stubborn", "not the password at all")
        answer = attempt(app, "stubborn")
        assert int(answer.headers["Retry-After"]) <= LONGEST_WAIT.total_seconds()


def test_a_name_that_nobody_has_waits_the_same(app: Flask) -> None:
    statuses = [attempt(app, "ghost", "not the password at all").status_code for _ in range(FREE_TRIES + 1)]
    assert statuses == [401] * FREE_TRIES + [429]


def test_many_tries_at_once_are_no_more_tries_than_one_by_one(app: Flask) -> None:
    take_in(app, "at once", "admissions")
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: attempt(app, "at once", "not the password at all"), range(20)))
    assert [answer.status_code for answer in answers].count(401) == FREE_TRIES
    assert {answer.status_code for answer in answers} == {401, 429}


# --- the second factor


def test_with_a_second_factor_a_password_alone_is_not_enough(app: Flask, browsing: FlaskClient) -> None:
    name = browsing.get(SIGN_IN).json["user"]["name"]
    authenticator = enrolled(browsing)
    assert browsing.get(SIGN_IN).json["second_factor"] is True
    without = attempt(app, name)
    assert (without.status_code, without.json["type"]) == (401, "urn:openvob:problem:second-factor-needed")
    code = authenticator.now()
    assert attempt(app, name, code="000000" if code != "000000" else "111111").status_code == 401
    assert attempt(app, name, "not the password at all", code=code).status_code == 401
    assert attempt(app, name, code=code).status_code == 201
    assert attempt(app, name, code=code).status_code == 401, "a code is good once"


def test_a_code_is_good_a_little_early_and_a_little_late_and_no_more(
    app: Flask, browsing: FlaskClient
) -> None:
    name = browsing.get(SIGN_IN).json["user"]["name"]
    authenticator = enrolled(browsing)
    with in_time(hours=1):
        now = authenticator.timecode(datetime.now(UTC))
        assert attempt(app, name, code=authenticator.generate_otp(now - 2)).status_code == 401
        assert attempt(app, name, code=authenticator.generate_otp(now + 3)).status_code == 401
        assert attempt(app, name, code=authenticator.generate_otp(now - 1)).status_code == 201
        assert attempt(app, name, code=authenticator.generate_otp(now + 1)).status_code == 201
        assert attempt(app, name, code=authenticator.generate_otp(now)).status_code == 401, "an older one"


def test_codes_cannot_be_guessed_between_tries_that_send_none(app: Flask, browsing: FlaskClient) -> None:
    name = browsing.get(SIGN_IN).json["user"]["name"]
    enrolled(browsing)
    statuses = []
    for _ in range(FREE_TRIES):
        statuses += [attempt(app, name).status_code, attempt(app, name, code="000000").status_code]
    assert statuses.count(429) == FREE_TRIES


@pytest.mark.usefixtures("second_factor_required")
def test_where_it_is_required_nothing_can_be_done_before_it_is_set_up(app: Flask) -> None:
    client = browser(app, f"visitor {next(NUMBERS)}", "admissions")
    refused = client.get(PAYERS)
    assert (refused.status_code, refused.json["detail"]) == (
        403,
        "Set up your second factor first, at /v1/session/second-factor.",
    )
    assert client.put(f"{SIGN_IN}/password", json={}).status_code == 403
    assert client.get(SIGN_IN).json["second_factor_needed"] is True
    enrolled(client)
    assert client.get(PAYERS).status_code == 200
    assert client.get(SIGN_IN).json["second_factor_needed"] is False


def test_a_second_factor_is_confirmed_by_a_code_of_it_alone(browsing: FlaskClient) -> None:
    browsing.post(f"{SIGN_IN}/second-factor")
    wrong = browsing.put(f"{SIGN_IN}/second-factor", json={"code": "000000"})
    assert [error["code"] for error in wrong.json["errors"]] == ["wrong_code"]
    assert browsing.get(SIGN_IN).json["second_factor"] is False
    enrolled(browsing)
    assert browsing.post(f"{SIGN_IN}/second-factor").status_code == 409
    assert browsing.put(f"{SIGN_IN}/second-factor", json={"code": "000000"}).status_code == 409


def test_the_secret_of_a_second_factor_is_kept_sealed(app: Flask, browsing: FlaskClient) -> None:
    secret = browsing.post(f"{SIGN_IN}/second-factor").json["secret"]
    office: Office = app.extensions["office"]
    with transaction(office.store) as session:
        sealed = session.connection.execute(select(users.c.totp).where(users.c.totp.is_not(None))).scalars()
        assert not [value for value in sealed if secret.encode() in value]


# --- the password


def test_a_new_password_ends_every_other_session(app: Flask, browsing: FlaskClient) -> None:
    name = browsing.get(SIGN_IN).json["user"]["name"]
    elsewhere = browser(app, name, "admissions")
    asked = {"current": PASSWORD, "new": "otras palabras mas faciles"}
    assert browsing.put(f"{SIGN_IN}/password", json=asked).status_code == 204
    assert browsing.get(PAYERS).status_code == 200
    assert elsewhere.get(PAYERS).status_code == 401
    assert attempt(app, name).status_code == 401
    assert attempt(app, name, asked["new"]).status_code == 201


@pytest.mark.parametrize(
    ("asked", "pointer", "code"),
    [
        (
            {"current": "not the password at all", "new": "otras palabras mas faciles"},
            "/current",
            "wrong_password",
        ),
        ({"current": PASSWORD, "new": "aaaaaaaaaaaaaaaa"}, "/new", "weak_password"),
        ({"current": PASSWORD, "new": "short"}, "/new", "weak_password"),
    ],
)
def test_a_password_is_not_changed_to_one_that_is_weak_nor_without_the_old_one(
    browsing: FlaskClient, asked: dict[str, str], pointer: str, code: str
) -> None:
    answer = browsing.put(f"{SIGN_IN}/password", json=asked)
    assert [(error["pointer"], error["code"]) for error in answer.json["errors"]] == [(pointer, code)]


def test_a_password_of_weaker_parameters_is_hashed_anew_when_it_is_used(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    weaker = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with monkeypatch.context() as then:
        then.setattr(passwords, "_hasher", weaker)
        take_in(app, "of old", "admissions")
    office: Office = app.extensions["office"]
    query = select(users.c.password).where(users.c.name == "of old")
    with transaction(office.store) as session:
        before = session.connection.execute(query).scalar_one()
    assert attempt(app, "of old").status_code == 201
    with transaction(office.store) as session:
        after = session.connection.execute(query).scalar_one()
    assert passwords.is_outdated(before)
    assert not passwords.is_outdated(after)
    assert after.startswith("$argon2id$")


# --- what is written down


def test_signing_in_and_out_and_failing_to_stand_in_the_audit_trail(
    app: Flask, browsing: FlaskClient
) -> None:
    name = browsing.get(SIGN_IN).json["user"]["name"]
    attempt(app, name, "not the password at all")
    attempt(app, "Zquintana", "Zquintana")
    browsing.delete(SIGN_IN)
    office: Office = app.extensions["office"]
    columns = audit_events.c
    query = select(columns.action, columns.actor_name).where(columns.actor_name.in_((name, "nobody")))
    with transaction(office.store) as session:
        rows = session.connection.execute(query).all()
    found = [tuple(row) for row in rows]
    for action in ("session.begin", "session.refuse", "session.end"):
        assert found.count((action, name)) == 1
    assert ("session.refuse", "nobody") in found


def test_sessions_that_ended_are_forgotten_at_the_next_sign_in(app: Flask, browsing: FlaskClient) -> None:
    cookie = browsing.get_cookie("openvob")
    assert cookie is not None
    office: Office = app.extensions["office"]
    user = browsing.get(SIGN_IN).json["user"]["id"]
    with in_time(hours=11):
        browser(app, "the next day", "admissions")
        with transaction(office.store) as session:
            columns = kept.sessions.c
            query = select(columns.user_id).where(columns.user_id == user)
            assert session.connection.execute(query).all() == []
