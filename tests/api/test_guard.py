"""Default is deny: every route is either on the short list of open ones, or needs a key with its scope."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from service.office import Office
from service.security import keys
from service.security.guard import NEEDS, OPEN
from service.security.keys import SCOPES, add_key
from service.store import keys as kept
from service.store.session import transaction

AN_ID = "019ab1f0-3c00-7d2a-9c51-5b1f0a2e7c44"


def doors(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Every rule with each of its methods, and an address that it matches."""
    for rule in app.url_map.iter_rules():
        names = {name: AN_ID if name.endswith("_id") else "x" for name in rule.arguments}
        address = rule.rule
        for name, value in names.items():
            address = address.replace(f"<uuid:{name}>", value).replace(f"<{name}>", value)
        for method in sorted(rule.methods or ()):
            yield rule, method, address


def test_every_route_is_declared_open_or_needs_a_scope_and_nothing_else_is_declared(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints == OPEN | NEEDS.keys()
    assert not OPEN & NEEDS.keys()


def test_without_a_key_every_route_but_the_open_ones_is_shut(app: Flask, stranger: FlaskClient) -> None:
    for rule, method, address in doors(app):
        answer = stranger.open(address, method=method)
        assert (answer.status_code != 401) is (rule.endpoint in OPEN), (method, address)


def test_the_open_routes_are_these() -> None:
    assert {"health.healthz", "health.readyz", "docs.openapi", "docs.page"} == OPEN


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_opens_the_routes_of_its_scope_and_no_other(app: Flask, scope: str) -> None:
    office: Office = app.extensions["office"]
    token = add_key(office.store, f"only {scope}", (scope,), datetime.now(UTC))
    client = app.test_client()
    for rule, method, address in doors(app):
        answer = client.open(address, method=method, headers={"Authorization": f"Bearer {token}"})
        needed = NEEDS.get(rule.endpoint)
        granted = needed is None or method == "OPTIONS" or scope in (needed, f"{needed.partition(':')[0]}:*")
        assert (answer.status_code != 403) is granted, (method, address)
        assert answer.status_code != 401


def test_a_revoked_key_is_shut_out_once_it_is_forgotten(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "REMEMBERED", -1.0)
    office: Office = app.extensions["office"]
    token = add_key(office.store, "short", ("payers:read",), datetime.now(UTC))
    headers = {"Authorization": f"Bearer {token}"}
    assert app.test_client().get("/v1/payers", headers=headers).status_code == 200
    with transaction(office.store) as session:
        [key] = [key for key in kept.list_all(session) if key.name == "short"]
        kept.revoke(session, key.id, datetime.now(UTC))
    assert app.test_client().get("/v1/payers", headers=headers).status_code == 401


def test_a_key_is_kept_nowhere_in_clear(app: Flask, key: str) -> None:
    office: Office = app.extensions["office"]
    folder = office.settings.instance_path
    files = [path for path in folder.iterdir() if path.is_file() and path.name.startswith("openvob")]
    assert files
    assert all(key.encode() not in path.read_bytes() for path in files)


def test_a_scope_there_is_not_cannot_be_given(app: Flask) -> None:
    office: Office = app.extensions["office"]
    with pytest.raises(ValueError, match="unknown scope spa"):
        add_key(office.store, "wrong", ("spa",), datetime.now(UTC))
