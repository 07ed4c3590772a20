"""Pages of registered origins may read what is published; every other page may read nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.office import Office
from service.security.keys import draft_key, keep_key
from service.security.permissions import SITE_SCOPES
from service.store import keys
from service.store.session import transaction

SITE, ELSEWHERE = "https://clinic.example", "https://elsewhere.example"
ASKING = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}


@pytest.fixture
def site_key(app: Flask) -> str:
    """A key for the pages of a site."""
    office: Office = app.extensions["office"]
    key, token = draft_key("site", SITE_SCOPES, datetime.now(UTC), origins=(SITE,))
    with transaction(office.store) as session:
        keep_key(session, key, token)
    return token


@pytest.fixture
def page(app: Flask, site_key: str) -> FlaskClient:
    """A page of the site."""
    client = app.test_client()
    client.environ_base |= {"HTTP_AUTHORIZATION": f"Bearer {site_key}", "HTTP_ORIGIN": SITE}
    return client


def test_a_page_of_a_registered_origin_may_ask_and_read(app: Flask, page: FlaskClient) -> None:
    asked = app.test_client().options("/v1/payers", headers={"Origin": SITE, **ASKING})
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Origin"] == SITE
    assert "GET" in asked.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    answer = page.get("/v1/payers")
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, SITE)
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.usefixtures("site_key")
@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("/v1/payers", ELSEWHERE),
        ("/v1/payers", f"{SITE}.evil.example"),
        ("/v1/payers", "null"),
        ("/v1/verifications", SITE),
        ("/v1/session", SITE),
        ("/v1/nothing", SITE),
    ],
)
def test_no_other_page_is_answered_and_no_other_address(app: Flask, address: str, origin: str) -> None:
    asked = app.test_client().options(address, headers={"Origin": origin, **ASKING})
    assert not [name for name, _ in asked.headers if name.startswith("Access-Control-")]


def test_a_site_key_on_another_site_opens_nothing(page: FlaskClient) -> None:
    page.environ_base["HTTP_ORIGIN"] = ELSEWHERE
    answer = page.get("/v1/payers")
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_site_key_without_an_origin_opens_nothing(app: Flask, site_key: str) -> None:
    answer = app.test_client().get("/v1/payers", headers={"Authorization": f"Bearer {site_key}"})
    assert answer.status_code == 403


def test_a_secret_key_is_not_for_pages(client: FlaskClient) -> None:
    answer = client.get("/v1/payers", headers={"Origin": SITE})
    assert answer.status_code == 200
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_an_origin_is_forgotten_with_its_last_key(app: Flask) -> None:
    office: Office = app.extensions["office"]
    brief, now = "https://brief.example", datetime.now(UTC)
    key, token = draft_key("brief", SITE_SCOPES, now, origins=(brief,))
    with transaction(office.store) as session:
        keep_key(session, key, token)
        assert brief in keys.list_origins(session, now)
        keys.expire(session, key.id, now + timedelta(hours=1))
        assert brief not in keys.list_origins(session, now + timedelta(hours=2))
        keys.revoke(session, key.id, now)
        assert brief not in keys.list_origins(session, now)
