"""The check before every request: who is calling, and whether the one table lets them."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask, g, request

from service.security import cookies
from service.security.keys import Client, Doorkeeper
from service.security.origins import asking_origin
from service.security.permissions import METRICS, OPEN, OWN_SESSION, ROLES, SIGNED_IN, may
from service.security.sessions import Sessions, SignedIn

CONSOLE = "console"


class Unauthenticated(Exception):
    """No key and no session came with the request, or one that opens nothing."""


class Forbidden(Exception):
    """The caller is known, but may not do this."""


def guard(app: Flask, doorkeeper: Doorkeeper, sessions: Sessions) -> None:
    """Put the check before every request of the application."""

    @app.before_request
    def check() -> None:
        if request.endpoint in OPEN or (request.endpoint == METRICS and app.config.get("METRICS_OPEN")):
            return
        client = _client(doorkeeper, sessions)
        if client is None:
            raise Unauthenticated
        g.client = client
        # An address that is not there is not found; OPTIONS tells only which methods there are.
        if request.routing_exception is not None or request.method == "OPTIONS":
            return
        if not _may(client):
            raise Forbidden
        if client.user and request.method not in cookies.SAFE:
            cookies.check_csrf()


def current_client() -> Client:
    """Whoever sent the request at hand."""
    client: Client = g.client
    return client


def current_session() -> SignedIn:
    """The session of the staff who sent the request at hand; only where the table asks for one."""
    signed_in: SignedIn = g.signed_in
    return signed_in


def client_of(signed_in: SignedIn) -> Client:
    """Staff as a client: what their role may do, and nothing before all is proved that is asked of them."""
    user = signed_in.user
    scopes = (*ROLES.get(user.role, ()), SIGNED_IN) if signed_in.kept.is_full else ()
    return Client(user.id, user.name, scopes, user=True)


def _client(doorkeeper: Doorkeeper, sessions: Sessions) -> Client | None:
    """Whose key came with the request, or else whose session; a bad key is not made good by a cookie."""
    if "Authorization" in request.headers:
        scheme, _, token = request.headers["Authorization"].partition(" ")
        return doorkeeper.authenticate(token.strip()) if scheme.lower() == "bearer" else None
    token_sent = cookies.token_sent()
    signed_in = None if token_sent is None else sessions.find(token_sent, datetime.now(UTC))
    if signed_in is None:
        return None
    g.signed_in = signed_in
    return client_of(signed_in)


def _may(client: Client) -> bool:
    if request.endpoint in OWN_SESSION:
        return client.user
    if request.blueprint == CONSOLE and not client.user:
        return False  # pages are for people; there is the API for everybody else
    if client.origins and asking_origin() not in client.origins:
        return False
    return may(request.endpoint, client.scopes)
