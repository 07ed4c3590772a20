"""Invented staff who sign in, as a browser would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient

from service import staff
from service.office import Office
from service.security import passwords
from service.store import users
from service.store.session import transaction
from service.store.users import User

PASSWORD = "cuatro palabras muy faciles"
SIGN_IN = "/v1/session"


@contextmanager
def quick_passwords() -> Iterator[None]:
    """Hash passwords quickly: what is slow on purpose would be all that tests of staff wait for."""
    with pytest.MonkeyPatch.context() as patch:
        quick = passwords.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
        patch.setattr(passwords, "_hasher", quick)
        passwords._nobodys.cache_clear()
        yield


def take_in(app: Flask, name: str, role: str) -> User:
    """Somebody of the staff, with the password of all of them; the same one where they are there already."""
    office: Office = app.extensions["office"]
    with transaction(office.store) as session:
        found = users.find(session, name)
    if found is not None:
        return found
    user = staff.draft(name, role, PASSWORD)
    with transaction(office.store) as session:
        assert users.add(session, user)
    return user


def browser(app: Flask, name: str, role: str) -> FlaskClient:
    """A browser in which somebody of this role has signed in; it sends what vouches for its requests."""
    take_in(app, name, role)
    client = app.test_client()
    answer = client.post(SIGN_IN, json={"name": name, "password": PASSWORD})
    assert answer.status_code == 201, answer.json
    client.environ_base["HTTP_X_CSRF_TOKEN"] = answer.json["csrf_token"]
    return client


def enrolled(client: FlaskClient) -> pyotp.TOTP:
    """The authenticator app of whoever is signed in, set up and confirmed with the code before this one."""
    app = pyotp.TOTP(client.post(f"{SIGN_IN}/second-factor").json["secret"])
    before = app.generate_otp(app.timecode(datetime.now(UTC)) - 1)
    assert client.put(f"{SIGN_IN}/second-factor", json={"code": before}).status_code == 204
    return app
