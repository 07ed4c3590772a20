"""Answers the rows of batches: each as if it had been sent alone, and kept with its row or not at all.

Whoever tells other systems is not woken for each row: it looks by itself every few seconds.
"""

from __future__ import annotations

from functools import partial

from schemas.problem import BadRequest
from service import record
from service.jobs.asking import is_led_elsewhere, take
from service.jobs.batch import KIND
from service.jobs.outgoing import told
from service.jobs.worker import PURPOSE, Lost, do
from service.observe.metrics import count_batch_row
from service.office import Office
from service.record import Caller, right_now
from service.store import audit, batches
from service.store.batches import Batch, Item
from service.store.session import transaction
from service.store.webhook_events import tell_finished

AT_A_TIME = 10
"""So many rows that ask nobody are taken at once; one that asks a payer is taken alone."""


def work_once(office: Office, most: int = AT_A_TIME) -> bool:
    """Take some rows and do them; whether there were any."""
    items = take(office, KIND, most)
    if not items:
        return False
    with transaction(office.store) as session:
        batch = batches.get(session, items[0].batch_id)  # what is leased together is of one batch
    for item in items:
        do(office, item, partial(answer, batch))
    return True


def answer(batch: Batch | None, office: Office, item: Item) -> None:
    """Answer a leased row of a batch; raises `Lost` where it is another worker's by now."""
    if batch is None or is_led_elsewhere(office, item, item.data["body"]):
        return
    caller = Caller(batch.client_id, batch.created_by, item.data["reach"])
    try:
        draft = record.draft_new(office, caller, item.data["body"])
        with transaction(office.store) as session:
            made, now = draft.verification, right_now()
            ids = {"case_id": made.case_id, "verification_id": made.id}
            if not batches.finish(session, item, {"status": made.status}, now, **ids):
                raise Lost
            record.keep(session, draft)
            event = audit.Event(now, caller.id, caller.name, "verification.create", made.id, PURPOSE)
            audit.add(session, event)
            tell_finished(session, [batch.id], now)
    except BadRequest as bad:
        with transaction(office.store) as session:
            now = right_now()
            batches.refuse(session, item, {**item.data, "errors": told(bad.errors)}, now)
            tell_finished(session, [batch.id], now)
        count_batch_row(batches.REFUSED)
        return
    count_batch_row(batches.DONE)
    office.sealer.wake()
