"""Visitors of a clinic's website: a site's key, a browser that works for its proofs, and what it sends."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from altcha import Challenge, Payload, solve_challenge
from flask import Flask
from flask.testing import FlaskClient

from service.office import Office
from service.security.keys import draft_key, keep_key
from service.security.permissions import SITE_SCOPES
from service.store.session import transaction

SITE = "https://clinic.example"
ROUTE = "/v1/quick-checks"
QUESTION = {"payer": "medicare", "level_of_care": "iop", "age_group": "adult", "county": "Miami-Dade"}
LEFT = {
    "consent": {"version": "openvob-1", "accepted": True},
    "asking_for": "child",
    "your_name": "Rosa Prueba",
    "first_name": "Ana",
    "last_name": "Prueba",
    "birth_date": "2010-03-02",
    "member_id": "ZZ-0000-TEST",
    "channel": "phone",
    "phone": "305-555-0123",
    "email": "",
    "best_time": "morning",
    "check": {**QUESTION, "answer": "includes"},
    "website": "",
}


def make_site_key(app: Flask) -> str:
    """A key for the pages of a site."""
    office: Office = app.extensions["office"]
    key, token = draft_key("Clinic website", SITE_SCOPES, datetime.now(UTC), origins=(SITE,))
    with transaction(office.store) as session:
        keep_key(session, key, token)
    return token


def open_page(app: Flask, token: str, language: str = "en") -> FlaskClient:
    """A page of the site in a browser."""
    page = app.test_client()
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}", "HTTP_ORIGIN": SITE}
    page.environ_base |= {**headers, "HTTP_ACCEPT_LANGUAGE": language}
    return page


def solve(page: FlaskClient, step: str) -> str:
    """A proof that this browser worked for."""
    challenge = Challenge.from_dict(page.get(f"{ROUTE}/challenge?for={step}").get_json())
    solution = solve_challenge(challenge)
    assert solution
    return Payload(challenge, solution).to_base64()


def ask(page: FlaskClient, **asked: Any) -> Any:
    """Send a question."""
    return page.post(ROUTE, json={**QUESTION, **asked})


def leave(page: FlaskClient, **left: Any) -> Any:
    """Send a contact."""
    return page.post(f"{ROUTE}/contacts", json={**LEFT, **left})
