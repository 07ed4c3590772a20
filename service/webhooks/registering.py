"""Registers addresses: what may be one, what signs what it is told, and how either is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from schemas.problem import BadRequest
from service.store import webhooks
from service.store.session import Session, new_id
from service.store.webhook_events import EVENTS
from service.store.webhooks import Endpoint
from service.webhooks.addresses import fault_of, host_of
from service.webhooks.signing import make_secret

OVERLAP = timedelta(hours=24)
"""So long the old secret signs beside a new one."""

MOST = 20
"""So many addresses a client may have; each hears of every event."""


class TooMany(Exception):
    """The client has as many addresses as it may."""


def draft(
    url: str,
    events: Sequence[str] | None,
    at: datetime,
    *,
    client: tuple[str, str],
    reach: str | None,
    is_production: bool,
) -> Endpoint:
    """A new address of a client, by id and name, with a secret of its own; not kept yet.

    Raises `BadRequest` where nothing may be sent there.
    """
    _check(url, is_production)
    client_id, name = client
    told = tuple(event for event in EVENTS if events is None or event in events)
    return Endpoint(new_id(), client_id, reach, name, at, host_of(url), told, url, make_secret())


def keep(session: Session, endpoint: Endpoint) -> None:
    """Keep a new address; raises `TooMany`."""
    if len(webhooks.list_all(session, endpoint.client_id)) >= MOST:
        raise TooMany
    webhooks.add(session, endpoint)


def change(
    session: Session, endpoint: Endpoint, asked: Mapping[str, Any], at: datetime, *, is_production: bool
) -> None:
    """Change what is asked of an address: where it is, what it hears of, whether it is told anything."""
    if "url" in asked:
        _check(asked["url"], is_production)
        endpoint = replace(endpoint, url=asked["url"], host=host_of(asked["url"]))
    if "events" in asked:
        endpoint = replace(endpoint, events=tuple(event for event in EVENTS if event in asked["events"]))
    webhooks.put(session, endpoint)
    if asked.get("disabled") is True:
        webhooks.disable(session, endpoint.id, webhooks.BY_HAND, at)
    elif asked.get("disabled") is False:
        webhooks.enable(session, endpoint.id)


def renew_secret(endpoint: Endpoint, at: datetime) -> Endpoint:
    """The same address with a new secret; not kept yet."""
    return webhooks.rotate(endpoint, make_secret(), at + OVERLAP)


def _check(url: str, is_production: bool) -> None:
    fault = fault_of(url, is_production=is_production)
    if fault is not None:
        raise BadRequest([fault])
