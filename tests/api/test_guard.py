"""Default is deny: every route, with every role, every scope, a site key, and nobody at all.

What each may do is worked out here once more, from the words of the one table, and held against what the
service answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.api.permissions import export_permissions
from service.office import Office
from service.security.keys import add_key, draft_key, keep_key
from service.security.permissions import (
    APPROVE_RULES,
    APPROVE_UNCONFIRMED,
    NEEDS,
    OPEN,
    OWN_SESSION,
    ROLES,
    SCOPES,
    SIGNED_IN,
    SITE_SCOPES,
)
from service.store.session import transaction
from tests.api.staff import browser

AN_ID = "019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"
SITE = "https://clinic.example"
SIGN_OUTS = ("session.end", "console.sign_out")
FOR_ROLES = (*SCOPES, APPROVE_UNCONFIRMED, APPROVE_RULES)
COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"


def doors(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Every rule with each of its methods: the endpoint that answers, the method, and an address."""
    routes = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        # Where one of a few words stands, any of them will do.
        address = re.sub(r"<any\((\w+)[^)]*\):\w+>", r"\1", rule.rule)
        for name in rule.arguments:
            value = AN_ID if name.endswith("_id") else "x"
            address = re.sub(rf"<(\w+:)?{name}>", value, address)
        for method in sorted(rule.methods or ()):
            yield routes.match(address, method)[0], method, address


def grants(scopes: tuple[str, ...], needed: str) -> bool:
    """Whether scopes hold the needed one, spelled out or as all of its kind."""
    return any(scope in (needed, f"{needed.split(':')[0]}:*") for scope in scopes)


def hold(app: Flask, client: FlaskClient, scopes: tuple[str, ...], *, staff: bool = False) -> int:
    """Hold every door to what these scopes open; return how many doors that were.

    A session is never ended on the way: signing out comes last.
    """
    tried = 0
    for endpoint, method, address in sorted(
        doors(app), key=lambda door: door[0] in ("session.end", "console.sign_out")
    ):
        answer = client.open(address, method=method)
        opens = (
            endpoint in OPEN
            or method == "OPTIONS"
            or (endpoint in OWN_SESSION and staff)
            or (endpoint in NEEDS and grants(scopes, NEEDS[endpoint]))
        )
        if endpoint.startswith("console.") and not staff and endpoint not in OPEN and method != "OPTIONS":
            opens = False  # pages are for people
        assert (answer.status_code != 403) is opens, (method, address, answer.status_code)
        assert answer.status_code != 401 or endpoint in OPEN or endpoint in SIGN_OUTS, (method, address)
        tried += 1
    return tried


def test_every_route_is_declared_once_and_nothing_else_is_declared(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints == OPEN | OWN_SESSION | NEEDS.keys()
    assert len(OPEN) + len(OWN_SESSION) + len(NEEDS) == len(endpoints)


def test_every_need_is_a_scope_that_a_key_or_a_session_can_have() -> None:
    assert [need for need in NEEDS.values() if need != SIGNED_IN and not grants(FOR_ROLES, need)] == []
    assert [scope for scopes in ROLES.values() for scope in scopes if scope not in FOR_ROLES] == []


def test_without_a_key_every_route_but_the_open_ones_is_shut(app: Flask, stranger: FlaskClient) -> None:
    for endpoint, method, address in doors(app):
        answer = stranger.open(address, method=method)
        if endpoint.startswith("console.") and endpoint not in OPEN:
            led = (303, "/console/sign-in") if method in ("GET", "HEAD", "OPTIONS") else (401, None)
            assert (answer.status_code, answer.location) == led, (method, address)
        else:
            shut = answer.status_code == 401 and "WWW-Authenticate" in answer.headers
            assert shut is (endpoint not in OPEN), (method, address)


def test_the_open_routes_are_these() -> None:
    assert {one for one in OPEN if one.startswith("widget")} == {
        "widget.check",
        "widget.ask",
        "widget.contact",
        "widget_files.script",
        "widget_files.part",
        "widget_files.demo",
    }
    assert {one for one in OPEN if not one.startswith(("console.", "widget"))} == {
        "health.healthz",
        "health.readyz",
        "docs.openapi",
        "docs.page",
        "session.begin",
    }
    assert {one for one in OPEN if one.startswith("console.")} == {
        "console.sign_in",
        "console.begin",
        "console.static",
    }


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_opens_the_routes_of_its_scope_and_no_other(app: Flask, scope: str) -> None:
    office: Office = app.extensions["office"]
    token = add_key(office.store, f"only {scope}", (scope,), datetime.now(UTC))
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    assert hold(app, client, (scope,)) > 60


def test_a_site_key_opens_what_is_published_and_nothing_of_a_member(app: Flask) -> None:
    office: Office = app.extensions["office"]
    key, token = draft_key("site", SITE_SCOPES, datetime.now(UTC), origins=(SITE,))
    with transaction(office.store) as session:
        keep_key(session, key, token)
    client = app.test_client()
    client.environ_base |= {"HTTP_AUTHORIZATION": f"Bearer {token}", "HTTP_ORIGIN": SITE}
    hold(app, client, SITE_SCOPES)
    client.environ_base["HTTP_ORIGIN"] = "https://elsewhere.example"
    hold(app, client, ())


@pytest.mark.parametrize("role", ROLES)
def test_staff_open_the_routes_of_their_role_and_no_other(app: Flask, role: str) -> None:
    client = browser(app, f"matrix {role}", role)
    assert hold(app, client, (*ROLES[role], SIGNED_IN), staff=True) > 60


def test_no_role_that_is_not_there_to_see_members_opens_anything_of_one() -> None:
    for role in ("auditor", "administrator"):
        seen = {endpoint for endpoint, need in NEEDS.items() if grants(ROLES[role], need)}
        assert not {one for one in seen if one.startswith(("verifications.", "cases.", "comparisons."))}


def test_the_page_of_permissions_is_the_one_the_code_makes(app: Flask) -> None:
    assert COMMITTED.read_text(encoding="utf-8") == export_permissions(app), "run: make permissions"
