"""How long a session lasts, as pages say it; and what happens to a form once it has ended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.api.staff import PASSWORD
from tests.console.conftest import signed_in
from tests.console.test_pages import ROOM, TYPED, words_of

STAY = f"{ROOM}/stay"


@pytest.fixture
def later() -> Iterator[time_machine.Coordinates]:
    """A clock that can be moved."""
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        yield clock


def data_of(page: str) -> dict[str, str]:
    body = re.search(r"<body[^>]*>", page)
    assert body
    return dict(re.findall(r'data-(\w+)="([^"]*)"', body[0]))


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_page_says_how_long_its_session_lasts(app: Flask, later: time_machine.Coordinates) -> None:
    staff = signed_in(app, "ana", "admissions")
    page = staff.get(f"{ROOM}/verify").text
    said = data_of(page)
    assert (said["idle"], said["ends"], said["warn"]) == ("900", "36000", "120")
    assert re.search(r"If you pause, signed in until \d+:\d\d", words_of(page))


def test_to_stay_counts_as_use_and_says_until_when(app: Flask, later: time_machine.Coordinates) -> None:
    staff = signed_in(app, "ana", "admissions")
    later.shift(timedelta(minutes=14))
    said = staff.get(STAY).json
    assert said is not None
    assert (said["idle"], said["ends"]) == (900, 36000 - 14 * 60)
    assert said["user"] == data_of(staff.get(f"{ROOM}/verify").text)["user"]
    later.shift(timedelta(minutes=14))
    assert staff.get(STAY).status_code == 200
    later.shift(timedelta(minutes=16))
    assert staff.get(STAY, headers={"Sec-Fetch-Mode": "cors"}).status_code == 401


def test_nobody_stays_longer_than_the_longest(app: Flask, later: time_machine.Coordinates) -> None:
    staff = signed_in(app, "ana", "admissions")
    for _ in range(59):
        later.shift(timedelta(minutes=10))
        said = staff.get(STAY).json
    assert said is not None
    assert said["idle"] == said["ends"] == 600
    later.shift(timedelta(minutes=10))
    assert staff.get(STAY).status_code == 303


def test_what_it_says_is_never_later_than_it_is(app: Flask, later: time_machine.Coordinates) -> None:
    """Uses within a minute are not noted, and so do not move the end."""
    staff = signed_in(app, "ana", "admissions")
    later.shift(timedelta(seconds=30))
    said = staff.get(STAY).json
    assert said is not None
    later.shift(timedelta(seconds=said["idle"] - 1))
    assert staff.get(STAY, headers={"Sec-Fetch-Mode": "cors"}).status_code == 200
    later.shift(timedelta(seconds=900))
    assert staff.get(STAY, headers={"Sec-Fetch-Mode": "cors"}).status_code == 401


def test_a_form_that_comes_too_late_is_not_carried_through_the_sign_in(
    app: Flask, later: time_machine.Coordinates
) -> None:
    staff = signed_in(app, "ana", "admissions")
    later.shift(timedelta(minutes=16))
    answer = staff.post(f"{ROOM}/verify", data=TYPED)
    assert answer.status_code == 401
    assert "WWW-Authenticate" in answer.headers
    assert "what you typed is still there" in words_of(answer.text)
    assert f'href="{ROOM}/sign-in" target="_blank"' in answer.text
    assert "Prueba" not in answer.text


def test_whoever_signs_in_again_can_still_send_what_was_typed_before(
    app: Flask, later: time_machine.Coordinates
) -> None:
    staff = signed_in(app, "ana", "admissions")
    token = token_of(staff.get(f"{ROOM}/verify").text)
    later.shift(timedelta(minutes=16))
    assert staff.get(f"{ROOM}/verify").status_code == 303
    staff.post(f"{ROOM}/sign-in", data={"name": "ana", "password": PASSWORD})
    del staff.environ_base["HTTP_X_CSRF_TOKEN"]
    answer = staff.post(f"{ROOM}/verify", data=TYPED | {"case": "new", "csrf_token": token})
    assert answer.status_code == 303, words_of(answer.text)


def test_what_somebody_else_typed_before_is_not_theirs_to_send(
    app: Flask, later: time_machine.Coordinates
) -> None:
    signed_in(app, "luz", "admissions")
    staff = signed_in(app, "ana", "admissions")
    token = token_of(staff.get(f"{ROOM}/verify").text)
    later.shift(timedelta(minutes=16))
    staff.post(f"{ROOM}/sign-in", data={"name": "luz", "password": PASSWORD})
    del staff.environ_base["HTTP_X_CSRF_TOKEN"]
    answer = staff.post(f"{ROOM}/verify", data=TYPED | {"case": "new", "csrf_token": token})
    assert answer.status_code == 403


def test_after_signing_out_nothing_of_before_vouches(app: Flask) -> None:
    staff = signed_in(app, "ana", "admissions")
    token = token_of(staff.get(f"{ROOM}/verify").text)
    staff.post(f"{ROOM}/sign-out")
    staff.post(f"{ROOM}/sign-in", data={"name": "ana", "password": PASSWORD})
    del staff.environ_base["HTTP_X_CSRF_TOKEN"]
    answer = staff.post(f"{ROOM}/verify", data=TYPED | {"case": "new", "csrf_token": token})
    assert answer.status_code == 403


def test_a_part_of_a_page_is_never_the_sign_in(stranger: FlaskClient) -> None:
    for headers in ({"HX-Request": "true"}, {"Sec-Fetch-Mode": "cors"}):
        assert stranger.get(f"{ROOM}/verify/payer", headers=headers).status_code == 401
    assert stranger.get(f"{ROOM}/verify", headers={"Sec-Fetch-Mode": "navigate"}).status_code == 303
