"""Webhooks, for administrators: who is told of events and how that goes; of an address its host is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from schemas.problem import BadRequest
from service.at_hand import caller, office
from service.console.reading import fault, label, show_to_staff
from service.console.room import console
from service.noting import note
from service.record import right_now
from service.store import webhook_deliveries as sent
from service.store import webhook_events
from service.store import webhooks as kept
from service.store.pages import Page
from service.store.session import Session, transaction
from service.store.webhooks import Endpoint
from service.webhooks import registering

SHOWN = 30
"""So many of the last deliveries stand on the page of an address."""


@console.get("/webhooks")
def webhooks() -> ResponseReturnValue:
    """Every address there is, and a form for another."""
    return _all()


@console.post("/webhooks")
def register_webhook() -> ResponseReturnValue:
    """Register an address of the clinic's; its secret is on the page that follows, and nowhere else."""
    url = request.form.get("url", "").strip()
    events = [event for event in webhook_events.EVENTS if event in request.form.getlist("events")]
    typed = {"url": url, "events": events}
    who = caller()
    try:
        made = registering.draft(
            url,
            events or None,
            right_now(),
            client=(who.id, who.name),
            reach=None,
            is_production=office().settings.is_production,
        )
        with transaction(office().store) as session:
            registering.keep(session, made)
            note(session, "webhook.create", made.id)
    except BadRequest as bad:
        return _all(422, typed, {"url": fault(bad.errors[0].code)})
    except registering.TooMany:
        return _all(409, typed, {"": label("webhook_too_many", most=registering.MOST)})
    return _one(made.id, secret=made.secret)


@console.get("/webhooks/<uuid:webhook_id>")
def webhook(webhook_id: UUID) -> ResponseReturnValue:
    """One address: how it fares, and what was sent there last."""
    return _one(str(webhook_id))


@console.post("/webhooks/<uuid:webhook_id>")
def change_webhook(webhook_id: UUID) -> ResponseReturnValue:
    """Disable an address, enable or remove it, give it another secret, try it, send something once more."""
    do, secret = request.form.get("do", ""), None
    with transaction(office().store) as session:
        found = kept.get(session, str(webhook_id))
        if found is None or do not in CHANGES:
            return show_to_staff("nothing.html", 404)
        secret = CHANGES[do](session, found)
        note(session, f"webhook.{do}", found.id)
    office().senders.wake()
    if do == "remove":
        return redirect(url_for("console.webhooks"), 303)
    if secret is not None:
        return _one(found.id, secret=secret)
    return redirect(url_for("console.webhook", webhook_id=found.id), 303)


def _disable(session: Session, found: Endpoint) -> None:
    kept.disable(session, found.id, kept.BY_HAND, right_now())


def _enable(session: Session, found: Endpoint) -> None:
    kept.enable(session, found.id)


def _remove(session: Session, found: Endpoint) -> None:
    kept.remove(session, found.id)


def _rotate_secret(session: Session, found: Endpoint) -> str:
    renewed = registering.renew_secret(found, right_now())
    kept.put(session, renewed)
    return renewed.secret


def _test(session: Session, found: Endpoint) -> None:
    if found.disabled_at is None:
        webhook_events.tell_test(session, found, webhook_events.draft_test(found, datetime.now(UTC)))


def _replay(session: Session, found: Endpoint) -> None:
    """Send one event once more, or all that were not taken."""
    delivery_id = request.form.get("delivery")
    if found.disabled_at is None:
        at = datetime.now(UTC)
        sent.replay(session, found.id, at, delivery_id=delivery_id, undelivered=delivery_id is None)


CHANGES: Mapping[str, Callable[[Session, Endpoint], str | None]] = {
    "disable": _disable,
    "enable": _enable,
    "remove": _remove,
    "rotate_secret": _rotate_secret,
    "test": _test,
    "replay": _replay,
}


def _all(
    status: int = 200, typed: Mapping[str, Any] | None = None, faults: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    with transaction(office().store) as session:
        found = kept.list_all(session)
        counts = {one.id: sent.counts_of(session, one.id) for one in found}
        note(session, "webhook.list")
    return show_to_staff(
        "webhooks.html",
        status,
        endpoints=found,
        counts=counts,
        events=webhook_events.EVENTS,
        typed=typed or {},
        faults=faults or {},
    )


def _one(webhook_id: str, secret: str | None = None) -> ResponseReturnValue:
    with transaction(office().store) as session:
        found = kept.get(session, webhook_id)
        if found is None:
            return show_to_staff("nothing.html", 404)
        counts = sent.counts_of(session, found.id)
        deliveries, _ = sent.page_of(session, found.id, Page(limit=SHOWN))
        note(session, "webhook.read", found.id)
    return show_to_staff(
        "webhook.html", endpoint=found, counts=counts, deliveries=deliveries, secret=secret, open=sent.OPEN
    )
