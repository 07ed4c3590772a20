"""Answers the rows of batches: each as if it had been sent alone, and kept with its row or not at all.

Rows that ask nobody are answered and kept some together. Where that goes wrong nothing of them is kept, and
each is done alone, so that what is wrong with one holds up no other.

Whoever tells other systems is not woken for each row: it looks by itself every few seconds.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial

from schemas.problem import BadRequest
from service import record
from service.jobs.asking import is_led_elsewhere, take
from service.jobs.batch import KIND
from service.jobs.outgoing import told
from service.jobs.worker import PURPOSE, Lost, do
from service.observe.metrics import count_batch_row
from service.office import Office
from service.record import Caller, Draft, right_now
from service.store import audit, batches
from service.store.batches import Batch, Done, Item
from service.store.session import transaction
from service.store.webhook_events import tell_finished

AT_A_TIME = 25
"""So many rows that ask nobody are taken at once; one that asks a payer is taken alone."""

logger = logging.getLogger(__name__)


def work_once(office: Office, most: int = AT_A_TIME) -> bool:
    """Take some rows and do them; whether there were any."""
    items = take(office, KIND, most)
    if not items:
        return False
    with transaction(office.store) as session:
        batch = batches.get(session, items[0].batch_id)  # what is leased together is of one batch
    if batch is not None:
        for item in _answer_together(batch, office, items) if len(items) > 1 else items:
            do(office, item, partial(answer, batch))
    return True


def answer(batch: Batch, office: Office, item: Item) -> None:
    """Answer a leased row of a batch; raises `Lost` where it is another worker's by now."""
    if is_led_elsewhere(office, item, item.data["body"]):
        return
    try:
        _keep(batch, office, [(item, _draft(batch, office, item))])
    except BadRequest as bad:
        with transaction(office.store) as session:
            now = right_now()
            batches.refuse(session, item, {**item.data, "errors": told(bad.errors)}, now)
            tell_finished(session, [batch.id], now)
        count_batch_row(batches.REFUSED)


def _answer_together(batch: Batch, office: Office, items: Sequence[Item]) -> Sequence[Item]:
    """Answer leased rows and keep all those answers or none; return the rows that are to be done alone."""
    drafts, alone = [], []
    try:
        for item in items:
            if is_led_elsewhere(office, item, item.data["body"]):
                continue
            try:
                drafts.append((item, _draft(batch, office, item)))
            except BadRequest:
                alone.append(item)
        _keep(batch, office, drafts)
    except Exception as error:  # nothing of a row may be in the log
        logger.info("rows of a batch could not be kept together: %s", type(error).__name__)
        return items
    return alone


def _draft(batch: Batch, office: Office, item: Item) -> Draft:
    return record.draft_new(office, _caller(batch, item), item.data["body"])


def _keep(batch: Batch, office: Office, drafts: Sequence[tuple[Item, Draft]]) -> None:
    """Write rows' results, verifications and events: all of them, or none and `Lost`."""
    if not drafts:
        return
    now = right_now()
    done, events = [], []
    for item, draft in drafts:
        made, caller = draft.verification, _caller(batch, item)
        done.append(Done(item, {"status": made.status}, made.case_id, made.id))
        events.append(audit.Event(now, caller.id, caller.name, "verification.create", made.id, PURPOSE))
    with transaction(office.store) as session:
        if not batches.finish(session, now, *done):
            raise Lost
        record.keep(session, *(draft for _, draft in drafts))
        audit.add(session, *events)
        tell_finished(session, [batch.id], now)
    for _ in drafts:
        count_batch_row(batches.DONE)
    office.sealer.wake()


def _caller(batch: Batch, item: Item) -> Caller:
    return Caller(batch.client_id, batch.created_by, item.data["reach"])
