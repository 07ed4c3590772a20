"""A payer's own answer arrives beside what is published, while the page is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from payers.sandbox.profile import sandbox_credentials, write_connections
from payers.sandbox.roster import BY_KEY
from payers.sandbox.server import Sandbox
from service.config import HOUSE, Settings
from service.office import Office
from tests.api.staff import take_in
from tests.api.test_respond_async import Later
from tests.browsers import with_a_browser
from tests.console.conftest import UNLIMITED
from tests.console.test_pages import ROOM, verify, words_of
from tests.console.windows import send, sign_in


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An installation whose profile leads to a sandbox payer."""
    instance: Path = tmp_path_factory.mktemp("instance")
    with Sandbox(slow_seconds=0.1) as payer:
        profile = instance / "clinic.yaml"
        example = (HOUSE / "clinic.example.yaml").read_text("utf-8")
        profile.write_text(f"{example}\n{write_connections(payer.url)}", "utf-8")
        places = {"OPENVOB_INSTANCE_PATH": str(instance), "OPENVOB_CLINIC_PROFILE": str(profile)}
        yield Settings.from_env({**sandbox_credentials(), **places, **UNLIMITED})


@pytest.fixture
def later(app: Flask) -> Iterator[Later]:
    """What is to be done in the background, when it is told to."""
    before: Office = app.extensions["office"]
    waiting = Later()
    app.extensions["office"] = replace(before, background=waiting)
    yield waiting
    app.extensions["office"] = before


def ask(client: FlaskClient, key: str = "ppo-full") -> str:
    member = BY_KEY[key]
    person = member.person
    asked = verify(
        client,
        payer=member.payer,
        member_id=str(person.member_id),
        first_name=str(person.first_name),
        last_name=str(person.last_name),
        birth_date=str(person.birth_date),
        site="cmhc",
    )
    assert asked.status_code == 303, words_of(asked.text)
    return str(asked.location)


def test_what_is_published_stands_at_once_and_what_the_payer_says_takes_its_place(
    staff: FlaskClient, later: Later
) -> None:
    made = ask(staff)
    page = staff.get(made).text
    assert "The payer is being asked." in page
    assert "Membership not confirmed" in page
    assert "Payer's reply: being asked for now" in words_of(page)
    assert f'hx-get="{made}/arrival"' in page
    waiting = staff.get(f"{made}/arrival").text
    assert "hx-get" in waiting
    later.do()
    arrived = staff.get(f"{made}/arrival").text
    assert "hx-get" not in arrived
    assert f'href="{made}"' in arrived
    after = staff.get(made).text
    assert "The payer is being asked." not in after
    assert "Membership not confirmed" not in after
    assert "Payer's reply: arrived" in words_of(after)


def test_a_payer_that_cannot_answer_is_told_of_and_what_is_published_stands(
    staff: FlaskClient, later: Later
) -> None:
    made = ask(staff, "fault")
    later.do()
    page = words_of(staff.get(made).text)
    assert "The payer was asked and could not answer." in page
    assert "Payer's reply: not reachable" in page


def test_a_call_that_is_typed_while_the_payer_is_asked_asks_nobody_once_more(
    staff: FlaskClient, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ask(staff)
    monkeypatch.setattr("service.record.hear", None)
    monkeypatch.setattr("service.pending.hear", None)
    typed = {"/told_benefits/active": "yes", "channel": "phone"}
    seen = staff.post(f"{made}/told/preview", data=typed)
    assert seen.status_code == 200
    assert "This plan covers" not in words_of(seen.text), "somebody is a member who was told to be"
    assert len(later.waiting) == 1, "only the answer that was awaited already"
    assert "The payer is being asked." in staff.get(made).text


def test_nothing_arrives_for_whoever_may_not_see_it(staff: FlaskClient, stranger: FlaskClient) -> None:
    made = ask(staff)
    assert stranger.get(f"{made}/arrival").status_code == 303
    nowhere = f"{ROOM}/verifications/019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44/arrival"
    assert staff.get(nowhere).status_code == 404


@with_a_browser
def test_an_open_page_says_by_itself_that_the_payer_has_answered(
    app: Flask, chromium: Browser, address: str, later: Later
) -> None:
    take_in(app, "clerk", "admissions")
    person = BY_KEY["ppo-full"].person
    faults: list[str] = []
    with chromium.new_page(locale="en-US") as page:
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        sign_in(page, address)
        page.goto(f"{address}/verify")
        page.fill("#payer", BY_KEY["ppo-full"].payer)
        for name in ("member_id", "first_name", "last_name", "birth_date"):
            page.fill(f"#{name}", str(getattr(person, name)))
        send(page, "form.verify button")
        if page.locator('input[value="new"]').count():  # who was asked about before is on file
            page.check('input[value="new"]')
            send(page, "form.verify button")
        page.wait_for_selector("#arrival[hx-get]")
        later.do()
        page.wait_for_selector("#arrival:not([hx-get])")
        send(page, "#arrival a")
        assert "Membership not confirmed" not in page.inner_text("main")
    assert faults == []
