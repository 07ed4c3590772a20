"""What the API takes and answers about webhooks: addresses, and what was sent there."""

from __future__ import annotations

from typing import Any

from schemas.fields import Moment
from schemas.shapes import Choice, Flag, Items, Part, Shape, Text, Whole
from schemas.sources import moment
from service.api.results import list_of
from service.api.shapes import Id, PageQuery
from service.store.webhook_deliveries import OPEN, Delivery
from service.store.webhook_events import EVENTS, TEST
from service.store.webhooks import STATES, WHY, Endpoint
from service.webhooks.addresses import LONGEST
from service.webhooks.posting import OUTCOMES

MANY = 1000


def _events(**more: Any) -> Items:
    about = {"description": "What it hears of; everything, if not given."}
    return Items(Choice(EVENTS), most=len(EVENTS), least=1, metadata=about, **more)


class NewWebhookSchema(Shape):
    """An address to be told of events."""

    url = Text(LONGEST, required=True, metadata={"description": "An https address."})
    events = _events()


class WebhookChangeSchema(Shape):
    """What to change of an address; what is not given stays."""

    url = Text(LONGEST)
    events = _events()
    disabled = Flag(metadata={"description": "Whether it is told nothing."})


class ReplaySchema(Shape):
    """What is to be sent once more."""

    since = Moment(required=True, metadata={"description": "Events from this time on."})
    undelivered = Flag(load_default=False, metadata={"description": "Only those that were not taken."})


class DeliveriesQuery(PageQuery):
    """What the log of an address is narrowed to."""

    state = Choice(STATES)


class WebhookSchema(Shape):
    """An address that is told of events, and how it fares."""

    id = Id(required=True)
    client_id = Id(required=True)
    created_by = Text(100, required=True)
    created_at = Moment(required=True)
    url = Text(LONGEST, required=True)
    events = Items(Choice(EVENTS), most=len(EVENTS), required=True)
    everybody = Flag(
        required=True, metadata={"description": "Whether it hears of all verifications, or the client's own."}
    )
    disabled = Flag(required=True)
    disabled_at = Moment(required=True, allow_none=True)
    disabled_why = Choice(
        WHY,
        required=True,
        allow_none=True,
        metadata={"description": "Somebody said so, it answered 410, or it took nothing for days."},
    )
    failing_since = Moment(required=True, allow_none=True)
    succeeded_at = Moment(
        required=True, allow_none=True, metadata={"description": "When it last took what it was sent."}
    )
    old_secret_until = Moment(
        required=True, allow_none=True, metadata={"description": "How long two secrets sign."}
    )


class NewWebhookAnswerSchema(WebhookSchema):
    """An address with its secret, shown this once; a repeated request is not told it again."""

    secret = Text(100, required=True, allow_none=True)


class AttemptSchema(Shape):
    """One time that an event was sent; of what came back only the status is kept."""

    at = Moment(required=True)
    milliseconds = Whole(0, 10**9, required=True)
    outcome = Choice(OUTCOMES, required=True)
    status = Whole(100, 999, required=True, allow_none=True)


class DeliverySchema(Shape):
    """One event on its way to one address."""

    id = Id(required=True)
    event_id = Id(required=True, metadata={"description": "The `webhook-id` it is sent with."})
    type = Choice((*EVENTS, TEST), required=True)
    at = Moment(required=True, metadata={"description": "When it happened."})
    state = Choice(STATES, required=True)
    next_at = Moment(
        required=True, allow_none=True, metadata={"description": "When it is sent next, at the earliest."}
    )
    attempts = Items(Part(AttemptSchema()), most=MANY, required=True)


class ReplayedSchema(Shape):
    """How many deliveries wait to be sent once more."""

    replayed = Whole(0, 10**9, required=True)


NEW_WEBHOOK = NewWebhookSchema()
WEBHOOK_CHANGE = WebhookChangeSchema()
REPLAY = ReplaySchema()
DELIVERIES_QUERY = DeliveriesQuery()
WEBHOOK = WebhookSchema()
NEW_WEBHOOK_ANSWER = NewWebhookAnswerSchema()
WEBHOOK_LIST = list_of("WebhookListSchema", WEBHOOK)
DELIVERY = DeliverySchema()
DELIVERY_LIST = list_of("WebhookDeliveryListSchema", DELIVERY)
REPLAYED = ReplayedSchema()


def webhook_line(endpoint: Endpoint) -> dict[str, Any]:
    """An address; never its secrets."""
    e = endpoint
    times = ("disabled_at", "failing_since", "succeeded_at", "old_secret_until")
    return {
        "id": e.id,
        "client_id": e.client_id,
        "created_by": e.created_by,
        "created_at": moment(e.created_at),
        "url": e.url,
        "events": [*e.events],
        "everybody": e.reach is None,
        "disabled": e.disabled_at is not None,
        "disabled_why": e.disabled_why,
        **{name: None if getattr(e, name) is None else moment(getattr(e, name)) for name in times},
    }


def delivery_line(delivery: Delivery) -> dict[str, Any]:
    """One event on its way to one address, with every attempt."""
    return {
        "id": delivery.id,
        "event_id": delivery.event_id,
        "type": delivery.type,
        "at": moment(delivery.at),
        "state": delivery.state,
        "next_at": moment(delivery.next_at) if delivery.state in OPEN else None,
        "attempts": [
            {
                "at": moment(one.at),
                "milliseconds": one.milliseconds,
                "outcome": one.outcome,
                "status": one.status,
            }
            for one in delivery.attempts
        ],
    }
