"""Takes in what a visitor leaves, once: the same sent again has the same reference."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from service.at_hand import office
from service.explain import Locale
from service.noting import note
from service.observe.metrics import count_quick_contact
from service.quick_checks.leaving import Left, Sender, draft, keep
from service.security.guard import current_client
from service.security.proof import Proof
from service.store import idempotency
from service.store.idempotency import Claim, Kept, Refusal
from service.store.session import Unavailable, new_id, transaction

ROUTE = "quick contact"
NOWHERE = ""


class UsedBefore(Exception):
    """What shows that a browser asks came with something else before."""


class BeingReceived(Exception):
    """The same is being taken in at this moment."""


def receive(left: Left, shown: Proof | None, body: bytes, locale: Locale, at: datetime) -> str:
    """Keep a valid contact as a case, and return its reference.

    Raises `UsedBefore`, and `BeingReceived`. It asks nobody and looks nobody up.
    """
    name = shown.name if shown is not None else new_id()
    claim = idempotency.make_claim(office().store, current_client().id, ROUTE, name, body)
    found = idempotency.claim(office().store, claim, datetime.now(UTC))
    if found is Refusal.IN_FLIGHT:
        raise BeingReceived
    if found is Refusal.OTHER_BODY:
        raise UsedBefore
    if isinstance(found, Kept):
        return found.body.decode()
    try:
        return _keep(left, claim, locale, at)
    except BaseException:
        with suppress(Unavailable):  # then the claim lapses by itself
            idempotency.release(office().store, claim)
        raise


def _keep(left: Left, claim: Claim, locale: Locale, at: datetime) -> str:
    client = current_client()
    arrival = draft(office().desk, left, Sender(client.id, client.name), locale, at)
    with transaction(office().store) as session:
        keep(session, arrival)
        idempotency.keep(session, claim, Kept(201, NOWHERE, arrival.reference.encode()))
        note(session, "website.contact", arrival.case.id)
    count_quick_contact()
    return arrival.reference
