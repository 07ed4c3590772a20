"""Who may call what: one table, and the check before every request. What is not listed is refused."""

from __future__ import annotations

from types import MappingProxyType

from flask import Flask, g, request

from service.security.keys import Client, Doorkeeper

OPEN = frozenset({"health.healthz", "health.readyz", "docs.openapi", "docs.page"})
"""What anyone may call: nothing here says anything of a member or of a client."""

METRICS = "metrics.show"
"""What a setting may open to anyone: it says nothing of a member, but something of the clinic."""

NEEDS = MappingProxyType(
    {
        "verifications.create": "verifications:write",
        "verifications.index": "verifications:read",
        "verifications.search": "verifications:read",
        "verifications.fetch": "verifications:read",
        "verifications.told": "verifications:write",
        "verifications.reverify": "verifications:write",
        "verifications.replay": "verifications:read",
        "comparisons.create": "verifications:write",
        "cases.create": "cases:write",
        "cases.index": "cases:read",
        "cases.fetch": "cases:read",
        "cases.change": "cases:write",
        "cases.timeline": "cases:read",
        "payers.index": "payers:read",
        "payers.resolve": "payers:read",
        "payers.fetch": "payers:read",
        "payers.plans": "payers:read",
        "payers.benefits": "payers:read",
        METRICS: "metrics:read",
    }
)
"""The scope that each endpoint needs."""


class Unauthenticated(Exception):
    """No key was sent, or one that opens nothing."""


class Forbidden(Exception):
    """The key is good, but not for this."""


def guard(app: Flask, doorkeeper: Doorkeeper) -> None:
    """Put the check before every request of the application."""

    @app.before_request
    def check() -> None:
        if request.endpoint in OPEN or (request.endpoint == METRICS and app.config.get("METRICS_OPEN")):
            return
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        client = doorkeeper.authenticate(token.strip()) if scheme.lower() == "bearer" else None
        if client is None:
            raise Unauthenticated
        g.client = client
        # An address that is not there is not found; OPTIONS tells only which methods there are.
        if request.routing_exception is None and request.method != "OPTIONS" and not _may(client):
            raise Forbidden


def current_client() -> Client:
    """Whoever sent the request at hand."""
    client: Client = g.client
    return client


def _may(client: Client) -> bool:
    scope = NEEDS.get(request.endpoint or "")
    return scope is not None and client.may(scope)
