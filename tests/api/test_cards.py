"""Pictures of a card by the API: put up, fetched, replaced and removed, for whoever may see the case."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.office import Office
from service.store import trail
from service.store.pages import Page
from service.store.session import transaction
from tests.api.test_ownership import somebody
from tests.pictures import heic, jpeg, png, webp

NOWHERE = "019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"


@pytest.fixture
def place(client: FlaskClient) -> str:
    """Where the front of the card of a new case is."""
    return f"/v1/cases/{client.post('/v1/cases', json={}).json['id']}/card/front"


def put(client: FlaskClient, place: str, content: bytes, said: str = "image/png") -> Any:
    return client.put(place, data=content, content_type=said)


def actions(app: Flask, most: int) -> list[str]:
    """What was done last, newest first."""
    office: Office = app.extensions["office"]
    with transaction(office.store) as session:
        return [event.action for event in trail.page_of(session, trail.Filter(), Page(limit=most))[0]]


@pytest.mark.parametrize(
    ("content", "said"), [(png(), "image/png"), (jpeg(), "image/jpeg"), (webp(), "image/webp")]
)
def test_a_picture_comes_back_as_a_clean_jpeg(
    app: Flask, client: FlaskClient, place: str, content: bytes, said: str
) -> None:
    assert put(client, place, content, said).status_code == 204
    answer = client.get(place)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data.startswith(b"\xff\xd8")
    assert b"ZQ" not in answer.data
    assert actions(app, 2) == ["card.read", "card.create"]


def test_a_newer_picture_takes_its_place_and_one_that_is_removed_is_gone(
    app: Flask, client: FlaskClient, place: str
) -> None:
    assert client.get(place).status_code == 404
    put(client, place, png())
    first = client.get(place).data
    put(client, place, png((300, 200)))
    assert client.get(place).data != first
    assert client.delete(place).status_code == 204
    assert actions(app, 1) == ["card.remove"]
    assert client.get(place).status_code == 404
    assert client.delete(place).status_code == 404


def test_what_cannot_be_used_says_why_and_changes_nothing(client: FlaskClient, place: str) -> None:
    put(client, place, png())
    before = client.get(place).data
    refused = put(client, place, heic())
    assert refused.status_code == 422
    assert [(one["pointer"], one["code"]) for one in refused.json["errors"]] == [("", "picture_format")]
    assert put(client, place, png(), "application/json").status_code == 415
    assert put(client, place, png(), "image/heic").status_code == 415
    assert client.get(place).data == before


def test_a_card_has_two_sides_and_belongs_to_a_case(client: FlaskClient, place: str) -> None:
    assert put(client, place.replace("front", "back"), png()).status_code == 204
    assert put(client, place.replace("front", "edge"), png()).status_code == 404
    assert put(client, f"/v1/cases/{NOWHERE}/card/front", png()).status_code == 404
    assert client.get(f"/v1/cases/{NOWHERE}/card/front").status_code == 404


def test_another_client_neither_sees_nor_replaces_nor_removes_it(
    app: Flask, client: FlaskClient, place: str
) -> None:
    put(client, place, png())
    other = somebody(app, "another client")
    assert {put(other, place, png()).status_code, other.get(place).status_code} == {404}
    assert other.delete(place).status_code == 404
    assert client.get(place).status_code == 200
    everybody = somebody(app, "a client who sees all", "records:all")
    assert everybody.get(place).status_code == 200


def test_a_picture_may_be_larger_than_other_bodies_but_not_without_end(
    app: Flask, client: FlaskClient, place: str
) -> None:
    settings = app.extensions["office"].settings
    padded = png() + bytes(2 * settings.max_body_bytes)
    assert put(client, place, padded).status_code == 204
    assert put(client, place, png() + bytes(settings.max_picture_bytes)).status_code == 413
    assert put(client, place, png() + bytes(2 * settings.max_picture_bytes)).status_code == 413
    assert client.patch(place.partition("/card")[0], data=padded).status_code in (413, 415)
