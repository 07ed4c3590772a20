"""Sends what is due, one delivery a round: leased, put to its address outside any transaction, then noted.

A sender may die at any time: what it had leased is sent again, with the same id. Whoever calls `send_due`
calls it until it says that nothing is due.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import SystemRandom

from service.observe.metrics import count_webhook
from service.office import Office
from service.store import webhook_deliveries as deliveries
from service.store import webhooks
from service.store.session import Session, transaction
from service.store.webhook_deliveries import Attempt, Due
from service.webhooks.posting import TAKEN, Said, post
from service.webhooks.signing import sign

MINUTE, HOUR = 60, 3600
SCHEDULE = (5, 5 * MINUTE, 30 * MINUTE, *(hours * HOUR for hours in (2, 5, 10, 14, 20, 24)))
"""Seconds between the attempts of one event, as the specification suggests: ten within three days."""

LEASE = timedelta(seconds=60)
"""An address has 20 seconds, and a name server may take a while."""

REST, LONGEST_REST = 5, 5 * MINUTE
"""An address that fails is left alone for so long at first, then twice as long, up to five minutes."""

FAILING = timedelta(days=3)
"""An address that took nothing for so long when an event is given up is disabled."""

GONE = 410
logger = logging.getLogger(__name__)
_chance = SystemRandom()


@dataclass(frozen=True, slots=True)
class _Next:
    """What follows from an attempt: the state of the delivery, and when it and its address come again."""

    state: str
    at: datetime
    rests_until: datetime


def send_due(office: Office) -> bool:
    """Send one delivery that is due; whether there was any."""
    now = datetime.now(UTC)
    with transaction(office.store) as session:
        due = deliveries.lease(session, now, now + LEASE)
    if due is None:
        return False
    body, keys = due.payload.encode(), due.endpoint.secrets_at(now)
    headers = sign(due.event_id, now, body, keys)
    said = post(due.endpoint.url, headers, body, is_production=office.settings.is_production)
    note(office, due, said)
    return True


def note(office: Office, due: Due, said: Said) -> None:
    """Write what came of an attempt, and what follows from it for the delivery and for its address."""
    now = datetime.now(UTC)
    following = _following(due, said, now)
    attempt = Attempt(now, said.milliseconds, said.outcome, said.status)
    with transaction(office.store) as session:
        if not deliveries.settle(session, due, attempt, following.state, following.at):
            return
        disabled = _note_endpoint(session, due, said, following, now)
    count_webhook(said.outcome, is_given_up=following.state == webhooks.FAILED)
    if disabled is not None:
        logger.warning("a webhook address is disabled: %s, %s", due.endpoint.host, disabled)


def _following(due: Due, said: Said, now: datetime) -> _Next:
    wish = said.retry_after or 0.0
    rest = max(_varied(min(REST * 2**due.endpoint.failures, LONGEST_REST)), wish)
    rests_until = now + timedelta(seconds=rest)
    if said.outcome == TAKEN:
        return _Next(webhooks.DELIVERED, now, rests_until)
    if said.status == GONE or due.attempt > len(SCHEDULE):
        return _Next(webhooks.FAILED, now, rests_until)
    wait = max(_varied(SCHEDULE[due.attempt - 1]), wish)
    return _Next(webhooks.WAITING, now + timedelta(seconds=wait), rests_until)


def _note_endpoint(session: Session, due: Due, said: Said, following: _Next, now: datetime) -> str | None:
    """Note how an address fared; why it is told nothing more from now on, if that is so."""
    if said.outcome == TAKEN:
        webhooks.note_success(session, due.endpoint.id, now)
        return None
    since = webhooks.note_failure(session, due.endpoint.id, now, following.rests_until)
    why = None
    if said.status == GONE:
        why = webhooks.GONE
    elif following.state == webhooks.FAILED and now - since >= FAILING:
        why = webhooks.FAILING
    return why if why is not None and webhooks.disable(session, due.endpoint.id, why, now) else None


def _varied(seconds: float) -> float:
    """A little more than so many seconds, by chance: what failed together is not tried together."""
    return seconds * _chance.uniform(1.0, 1.1)
