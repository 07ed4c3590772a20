"""The website's pages without a script, and the files of the widget: what they show, keep and refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from service.record import right_now
from service.widget.pages import POLICY
from tests.api.visitors import LEFT, QUESTION, make_site_key

CODE = re.compile(r">\s*([2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4})\s*<")
STYLE = re.compile(r'href="(/widget/static/\w+\.css)"')
CHECK, CONTACT = "/widget/check", "/widget/contact"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


@pytest.fixture
def clock() -> Iterator[Any]:
    """A clock that a person's pace is kept by."""
    with time_machine.travel(right_now(), tick=False) as moved:
        yield moved


@pytest.fixture
def site_key(app: Flask) -> str:
    return make_site_key(app)


def hidden(page: str) -> dict[str, str]:
    """What a form of a page brings along by itself."""
    return {name: unescape(value) for name, value in HIDDEN.findall(page)}


def first_step(browser: FlaskClient, key: str, clock: Any, language: str = "en", **typed: str) -> Any:
    """The answer to what was typed into the form of the first step."""
    form = browser.get(f"{CHECK}?key={key}&lang={language}")
    assert form.status_code == 200
    clock.shift(timedelta(seconds=5))
    return browser.post(CHECK, data={**hidden(form.text), **QUESTION, **typed})


def second_step(browser: FlaskClient, answer: str, clock: Any, **typed: str) -> Any:
    """What comes of a contact that was typed below an answer."""
    clock.shift(timedelta(seconds=20))
    person = {name: value for name, value in LEFT.items() if isinstance(value, str)}
    return browser.post(CONTACT, data={**hidden(answer), **person, "consent_accepted": "yes", **typed})


def test_all_three_pages_go_without_a_script_a_cookie_or_anything_of_others(
    stranger: FlaskClient, site_key: str, clock: Any
) -> None:
    answer = first_step(stranger, site_key, clock)
    assert answer.status_code == 200
    assert "Original Medicare usually includes" in answer.text
    receipt = second_step(stranger, answer.text, clock)
    assert receipt.status_code == 201
    assert len(CODE.findall(receipt.text)) == 1
    for page in (stranger.get(f"{CHECK}?key={site_key}"), answer, receipt):
        assert page.headers["Content-Security-Policy"] == POLICY
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in page.headers
        assert not re.search("<script|<img|<iframe|style=", page.text)
        assert "988" in page.text
        assert "911" in page.text
    assert not [mark for mark in ("Prueba", "ZZ-0000", "305-555-0123") if mark in receipt.text]


def test_spanish_from_the_first_word_to_the_last(stranger: FlaskClient, site_key: str, clock: Any) -> None:
    answer = first_step(stranger, site_key, clock, "es")
    assert '<html lang="es">' in answer.text
    receipt = second_step(stranger, answer.text, clock)
    assert "Guarde este código" in receipt.text
    assert "Call us" not in answer.text + receipt.text


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    stranger: FlaskClient, site_key: str, clock: Any
) -> None:
    again = first_step(stranger, site_key, clock, county="", payer_text="W123456789")
    assert again.status_code == 422
    assert "Please choose a county from the list." in again.text
    assert "This looks like a member number" in again.text
    answer = first_step(stranger, site_key, clock)
    wrong = second_step(stranger, answer.text, clock, first_name="", consent_accepted="")
    assert wrong.status_code == 422
    assert 'value="305-555-0123"' in wrong.text
    assert "We can keep nothing without your consent." in wrong.text
    assert "Original Medicare usually includes" in wrong.text  # the answer is still there
    mended = {**hidden(wrong.text), "website": ""}
    assert {name for name in mended if name.startswith("check_")} >= {"check_payer", "check_county"}
    assert second_step(stranger, wrong.text, clock).status_code == 201


def test_a_form_sent_twice_is_one_case(
    stranger: FlaskClient, client: FlaskClient, site_key: str, clock: Any
) -> None:
    answer = first_step(stranger, site_key, clock).text
    first, second = (second_step(stranger, answer, clock) for _ in range(2))
    found = CODE.findall(first.text + second.text)
    assert len(found) == 2
    assert len({*found}) == 1


def test_a_token_that_is_old_made_up_or_of_the_other_step_is_refused(
    stranger: FlaskClient, site_key: str, clock: Any
) -> None:
    form = hidden(stranger.get(f"{CHECK}?key={site_key}").text)
    early = stranger.post(CHECK, data={**form, **QUESTION})
    assert early.status_code == 429
    assert "That was very fast." in early.text
    clock.shift(timedelta(seconds=5))
    answer = stranger.post(CHECK, data={**form, **QUESTION}).text
    assert stranger.post(CHECK, data={**form, **QUESTION}).status_code == 422  # it works once
    assert second_step(stranger, answer, clock, token=form["token"]).status_code == 422
    clock.shift(timedelta(hours=3))
    assert second_step(stranger, answer, clock).status_code == 422


def test_a_hidden_field_that_is_filled_in_keeps_nothing(
    stranger: FlaskClient, site_key: str, clock: Any
) -> None:
    answer = first_step(stranger, site_key, clock)
    refused = second_step(stranger, answer.text, clock, website="https://spam.example")
    assert refused.status_code == 422
    assert "call 305-555-0100" in refused.text


@pytest.mark.parametrize("wrong", ["", "vob_site_nobody", "é"])
def test_without_a_sites_key_nothing_of_a_clinic_is_told(stranger: FlaskClient, wrong: str) -> None:
    for page in (
        stranger.get(CHECK, query_string={"key": wrong}),
        stranger.post(CHECK, data={"key": wrong, **QUESTION}),
        stranger.post(CONTACT, data={"key": wrong}),
    ):
        assert page.status_code == 404
        assert "Example Behavioral Health" not in page.text
        assert "988" in page.text


def test_a_secret_key_and_another_sites_form_open_no_page(
    stranger: FlaskClient, key: str, site_key: str, clock: Any
) -> None:
    assert stranger.get(f"{CHECK}?key={key}").status_code == 404
    form = hidden(stranger.get(f"{CHECK}?key={site_key}").text)
    clock.shift(timedelta(seconds=5))
    sent = stranger.post(CHECK, data={**form, **QUESTION}, headers={"Sec-Fetch-Site": "cross-site"})
    assert sent.status_code == 404


def test_the_script_is_for_every_page_and_nothing_else_is(stranger: FlaskClient, site_key: str) -> None:
    script = stranger.get("/widget/widget.js")
    assert script.status_code == 200
    assert script.mimetype == "text/javascript"
    assert script.headers.getlist("Cross-Origin-Resource-Policy") == ["cross-origin"]
    assert script.headers["Access-Control-Allow-Origin"] == "*"
    again = stranger.get("/widget/widget.js", headers={"If-None-Match": script.headers["ETag"]})
    assert again.status_code == 304
    styles = STYLE.findall(stranger.get(f"{CHECK}?key={site_key}").text)
    assert [stranger.get(style).mimetype for style in styles] == ["text/css"]
    for name in ("../pages.py", "..%2f__init__.py", "nothing.js", "widget.js/.."):
        assert stranger.get(f"/widget/static/{name}").status_code == 404
