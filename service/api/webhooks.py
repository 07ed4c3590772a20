"""Webhooks: addresses that are told of events, what was sent there, and what is sent once more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from service.api import webhook_shapes as shapes
from service.api.describe import creation, operation
from service.api.exchange import json_body, listing, loaded, page, query, reply
from service.api.once import Made, once
from service.api.problems import Refused
from service.at_hand import caller, office
from service.noting import note
from service.record import right_now
from service.security.guard import current_client
from service.store import webhook_deliveries as sent
from service.store import webhook_events
from service.store import webhooks as kept
from service.store.session import Session, transaction
from service.store.webhooks import Endpoint
from service.webhooks import registering

webhooks = Blueprint("webhooks", __name__, url_prefix="/v1/webhooks", description=__doc__ or "")


@webhooks.route("", methods=["POST"])
@webhooks.doc(
    **creation(
        "createWebhook",
        "Register an address",
        shapes.NEW_WEBHOOK_ANSWER,
        body=shapes.NEW_WEBHOOK,
        refuses=(409,),
    )
)
def create() -> Response:
    """The secret that signs what it is told is shown this once."""
    return once(lambda: _new(loaded(shapes.NEW_WEBHOOK, json_body())))


@webhooks.route("", methods=["GET"])
@webhooks.doc(**operation("listWebhooks", "List addresses", shapes.WEBHOOK_LIST, is_recorded=True))
def index() -> Response:
    """Those of the client; for staff, and keys that see all records, those of everybody."""
    with transaction(office().store) as session:
        found = kept.list_all(session, _whose())
        note(session, "webhook.list")
    return listing([shapes.webhook_line(one) for one in found], None)


@webhooks.route("/<uuid:webhook_id>", methods=["GET"])
@webhooks.doc(**operation("getWebhook", "One address", shapes.WEBHOOK, refuses=(404,), is_recorded=True))
def fetch(webhook_id: UUID) -> Response:
    """How it fares, and why it is disabled where it is."""
    return _changed(webhook_id, "read", lambda session, endpoint: None)


@webhooks.route("/<uuid:webhook_id>", methods=["PATCH"])
@webhooks.doc(
    **operation(
        "changeWebhook",
        "Change an address",
        shapes.WEBHOOK,
        body=shapes.WEBHOOK_CHANGE,
        refuses=(404,),
        is_recorded=True,
    )
)
def change(webhook_id: UUID) -> Response:
    """What waits while it is disabled is skipped, and is sent only where somebody asks for it."""
    asked, production = loaded(shapes.WEBHOOK_CHANGE, json_body()), office().settings.is_production
    return _changed(
        webhook_id,
        "change",
        lambda session, endpoint: registering.change(
            session, endpoint, asked, right_now(), is_production=production
        ),
    )


@webhooks.route("/<uuid:webhook_id>", methods=["DELETE"])
@webhooks.doc(
    **operation("removeWebhook", "Remove an address", None, status=204, refuses=(404,), is_recorded=True)
)
def remove(webhook_id: UUID) -> Response:
    """It is told nothing more, and its log goes."""
    with transaction(office().store) as session:
        kept.remove(session, _found(session, webhook_id).id)
        note(session, "webhook.remove", str(webhook_id))
    return Response(status=204)


@webhooks.route("/<uuid:webhook_id>/rotate-secret", methods=["POST"])
@webhooks.doc(
    **creation(
        "rotateWebhookSecret", "Give an address another secret", shapes.NEW_WEBHOOK_ANSWER, refuses=(404,)
    )
)
def rotate_secret(webhook_id: UUID) -> Response:
    """For 24 hours both sign; the new one is shown this once."""
    return once(lambda: _rotated(webhook_id))


@webhooks.route("/<uuid:webhook_id>/test", methods=["POST"])
@webhooks.doc(**creation("testWebhook", "Send an event to try with", shapes.DELIVERY, refuses=(404, 409)))
def try_out(webhook_id: UUID) -> Response:
    """An event `webhook.test`, sent as any other; what came of it stands in the deliveries."""
    return once(lambda: _tried(webhook_id))


@webhooks.route("/<uuid:webhook_id>/deliveries", methods=["GET"])
@webhooks.doc(
    **operation(
        "listWebhookDeliveries",
        "What was sent to an address, and what waits",
        shapes.DELIVERY_LIST,
        query=shapes.DELIVERIES_QUERY,
        refuses=(404,),
        is_recorded=True,
    )
)
def deliveries(webhook_id: UUID) -> Response:
    """Newest first, each with its attempts: when, how long, what came of it."""
    asked = query(shapes.DELIVERIES_QUERY)
    with transaction(office().store) as session:
        endpoint = _found(session, webhook_id)
        found, following = sent.page_of(session, endpoint.id, page(asked), asked.get("state"))
        note(session, "webhook.deliveries", endpoint.id)
    return listing([shapes.delivery_line(one) for one in found], following)


@webhooks.route("/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/replay", methods=["POST"])
@webhooks.doc(
    **operation(
        "replayWebhookDelivery",
        "Send one event once more",
        shapes.REPLAYED,
        refuses=(404, 409),
        is_recorded=True,
    )
)
def replay_one(webhook_id: UUID, delivery_id: UUID) -> Response:
    """With the id it had. One that waits already is sent once."""
    return _replayed(webhook_id, delivery_id=str(delivery_id))


@webhooks.route("/<uuid:webhook_id>/replay", methods=["POST"])
@webhooks.doc(
    **operation(
        "replayWebhook",
        "Send every event since a time once more",
        shapes.REPLAYED,
        body=shapes.REPLAY,
        refuses=(404, 409),
        is_recorded=True,
    )
)
def replay(webhook_id: UUID) -> Response:
    """In their order, those too that were skipped while the address was disabled."""
    asked = loaded(shapes.REPLAY, json_body())
    return _replayed(webhook_id, since=asked["since"], undelivered=asked["undelivered"])


def _new(asked: dict[str, Any]) -> Made:
    who, client = caller(), current_client()
    endpoint = registering.draft(
        asked["url"],
        asked.get("events"),
        right_now(),
        client=(who.id, who.name),
        reach=None if client.user else who.reach,
        is_production=office().settings.is_production,
    )

    def write(session: Session) -> None:
        try:
            registering.keep(session, endpoint)
        except registering.TooMany:
            message = f"A client has at most {registering.MOST} addresses; remove one first."
            raise Refused("conflict", message) from None
        note(session, "webhook.create", endpoint.id)

    return _shown_once(endpoint, write)


def _rotated(webhook_id: UUID) -> Made:
    with transaction(office().store) as session:
        endpoint = registering.renew_secret(_found(session, webhook_id), right_now())

    def write(session: Session) -> None:
        kept.put(session, endpoint)
        note(session, "webhook.rotate_secret", endpoint.id)

    return _shown_once(endpoint, write)


def _shown_once(endpoint: Endpoint, write: Callable[[Session], None]) -> Made:
    body = {**shapes.webhook_line(endpoint), "secret": None}
    return Made(body, f"/v1/webhooks/{endpoint.id}", write, shown_once={"secret": endpoint.secret})


def _tried(webhook_id: UUID) -> Made:
    with transaction(office().store) as session:
        endpoint = _enabled(session, webhook_id)
        delivery = webhook_events.draft_test(endpoint, datetime.now(UTC))

    def write(session: Session) -> None:
        webhook_events.tell_test(session, endpoint, delivery)
        note(session, "webhook.test", endpoint.id)

    where = f"/v1/webhooks/{endpoint.id}/deliveries"
    return Made(shapes.delivery_line(delivery), where, write, office().senders.wake)


def _replayed(webhook_id: UUID, **wanted: Any) -> Response:
    with transaction(office().store) as session:
        endpoint = _enabled(session, webhook_id)
        if "delivery_id" in wanted and sent.get(session, endpoint.id, wanted["delivery_id"]) is None:
            raise Refused("not_found", "There is no delivery with this id.")
        number = sent.replay(session, endpoint.id, datetime.now(UTC), **wanted)
        note(session, "webhook.replay", endpoint.id)
    office().senders.wake()
    return reply({"replayed": number})


def _changed(webhook_id: UUID, action: str, write: Callable[[Session, Endpoint], None]) -> Response:
    with transaction(office().store) as session:
        write(session, _found(session, webhook_id))
        endpoint = _found(session, webhook_id)
        note(session, f"webhook.{action}", endpoint.id)
    return reply(shapes.webhook_line(endpoint))


def _enabled(session: Session, webhook_id: UUID) -> Endpoint:
    found = _found(session, webhook_id)
    if found.disabled_at is not None:
        raise Refused("conflict", "This address is disabled; enable it first.")
    return found


def _found(session: Session, webhook_id: UUID) -> Endpoint:
    found = kept.get(session, str(webhook_id), _whose())
    if found is None:
        raise Refused("not_found", "There is no address with this id.")
    return found


def _whose() -> str | None:
    """Whose addresses the caller sees: its own; staff, and keys that see all records, those of everybody."""
    return None if current_client().user else caller().reach
