"""Administrators register who is told, see how that goes, and see to what went wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.office import Office
from service.store import webhooks
from service.store.session import transaction
from service.webhooks.sending import send_due
from tests.api.staff import take_in
from tests.browsers import with_a_browser
from tests.console.conftest import signed_in
from tests.console.test_pages import ROOM, words_of
from tests.console.windows import Seen, send, sign_in
from tests.webhooks.receiver import Receiver, receiving


@pytest.fixture
def administrator(app: Flask) -> FlaskClient:
    """A browser of an administrator."""
    return signed_in(app, "the webmaster", "administrator")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver in a good mood."""
    with receiving() as made:
        yield made


def send_all(app: Flask) -> None:
    office: Office = app.extensions["office"]
    while send_due(office):
        pass


def registered(app: Flask, administrator: FlaskClient, receiver: Receiver) -> str:
    """An address that is registered on the page; the page of it."""
    made = administrator.post(f"{ROOM}/webhooks", data={"url": receiver.url}).text
    secret = re.search(r'class="secret">(whsec_[^<]+)<', made)
    assert secret
    receiver.secrets = [secret[1]]
    office: Office = app.extensions["office"]
    with transaction(office.store) as session:
        return f"{ROOM}/webhooks/{webhooks.list_all(session)[-1].id}"


def test_an_address_is_registered_tried_and_given_another_secret(
    app: Flask, administrator: FlaskClient, receiver: Receiver
) -> None:
    where = registered(app, administrator, receiver)
    assert receiver.secrets[0] not in administrator.get(where).text
    assert administrator.post(where, data={"do": "test"}).location == where
    send_all(app)
    assert (len(receiver.taken), receiver.faults) == (1, [])
    read = words_of(administrator.get(where).text)
    assert "webhook.test" in read
    assert "taken (204)" in read
    renewed = administrator.post(where, data={"do": "rotate_secret"}).text
    assert "whsec_" in renewed
    assert "Two secrets are good until" in renewed
    assert "token=zq" not in administrator.get(f"{ROOM}/webhooks").text + renewed


def test_what_went_wrong_is_seen_and_seen_to(
    app: Flask, administrator: FlaskClient, receiver: Receiver
) -> None:
    where = registered(app, administrator, receiver)
    receiver.mood = lambda number, payload: 410
    administrator.post(where, data={"do": "test"})
    send_all(app)
    assert "it says that it is gone (410)" in words_of(administrator.get(f"{ROOM}/webhooks").text)
    administrator.post(where, data={"do": "replay"})
    receiver.mood = lambda number, payload: 204
    administrator.post(where, data={"do": "enable"})
    send_all(app)
    assert receiver.taken == []
    delivery = re.search(r'name="delivery" value="([^"]+)"', administrator.get(where).text)
    assert delivery
    administrator.post(where, data={"do": "replay", "delivery": delivery[1]})
    send_all(app)
    assert [one.id for one in receiver.taken] == [receiver.heard[0].id]
    administrator.post(where, data={"do": "disable"})
    assert "disabled" in words_of(administrator.get(where).text)
    assert administrator.post(where, data={"do": "remove"}).location == f"{ROOM}/webhooks"
    assert administrator.get(where).status_code == 404
    assert administrator.post(where, data={"do": "test"}).status_code == 404


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://hooks.example.org", "must start with https://"),
        ("https://10.0.0.1/hooks", "leads into a private network"),
    ],
)
def test_an_address_that_cannot_be_is_said_so_beside_the_field_and_nothing_has_to_be_chosen_again(
    administrator: FlaskClient, url: str, said: str
) -> None:
    answer = administrator.post(f"{ROOM}/webhooks", data={"url": url, "events": "batch.finished"})
    assert answer.status_code == 422
    assert said in words_of(answer.text)
    assert f'value="{url}"' in answer.text
    assert re.findall(r'value="([a-z.]+)" checked', answer.text) == ["batch.finished"]
    assert 'class="secret"' not in answer.text


def test_nobody_but_an_administrator_comes_in(app: Flask, staff: FlaskClient) -> None:
    assert staff.get(f"{ROOM}/webhooks").status_code == 403
    assert staff.post(f"{ROOM}/webhooks", data={"url": "https://93.184.215.14"}).status_code == 403


@with_a_browser
def test_the_pages_are_sound_for_everybody(
    seen: Seen,
    app: Flask,
    address: str,
    receiver: Receiver,
) -> None:
    take_in(app, "the webmaster", "administrator")
    page = seen.page
    sign_in(page, address, "the webmaster", f"{address}/staff")
    page.goto(f"{address}/webhooks")
    page.fill("#url", "https://10.0.0.1/hooks")
    send(page, "main form button")
    seen.look()
    page.fill("#url", receiver.url)
    send(page, "main form button")
    seen.look()
    receiver.mood = lambda number, payload: 503 if number else 204
    for _ in range(2):
        page.goto(page.url)
        page.locator("table a").last.click() if page.locator("table a").count() else None
        send(page, 'button[value="test"]')
        send_all(app)
    page.reload()
    seen.look()
    page.goto(f"{address}/webhooks")
    seen.look()
