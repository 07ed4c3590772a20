"""Verifies the rows of lists: takes some, asks about each, and keeps answer and result in one transaction.

A row whose worker dies is taken again when its lease ends. Whatever happens, a row has one result: only
whoever still holds the lease may write, and a verification is kept only together with its row.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from schemas.problem import BadRequest, FieldError
from service import record
from service.jobs.asking import is_led_elsewhere, take
from service.jobs.question import Request, question_about
from service.jobs.row_result import result_of
from service.jobs.rows import Row, in_columns, read_row
from service.office import Office
from service.on_file import is_on_file, open_case_of
from service.record import Caller, Draft, right_now
from service.security.crypto import member_index
from service.store import audit, batches, verifications
from service.store.batches import Batch, Done, Item
from service.store.session import Session, transaction
from service.store.verifications import Verification

KIND = "day_list"
AT_A_TIME = 1
"""So many rows a worker takes at once: somebody sits before the list, and others may be free."""

AGAIN_AFTER = timedelta(seconds=10)
ASKED_AGAIN_AFTER = timedelta(seconds=60)
"""Not within the minute in which a row counts as one question to its payer."""

PURPOSE = "payment"
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A row with all that is known before it is asked about."""

    item: Item
    batch: Batch
    row: Row
    caller: Caller
    question: Request | None
    latest: Verification | None
    before: Verification | None


class Lost(Exception):
    """The row is another worker's by now, or changed; nothing is written."""


class Taken(Exception):
    """Somebody else opened a case of the same person meanwhile."""


def work_once(office: Office, most: int = AT_A_TIME) -> bool:
    """Take some rows and do them; whether there were any."""
    items = take(office, KIND, most)
    for item in items:
        do(office, item)
    return bool(items)


def do(office: Office, item: Item, verify: Callable[[Office, Item], None] | None = None) -> None:
    """Do a leased row; what goes wrong lets it be taken again a little later, a few times."""
    verify = verify or _verify
    try:
        try:
            verify(office, item)
        except Taken:  # now it is on file
            verify(office, item)
    except Lost:
        return
    except Exception as error:  # nothing of a row may be in the log, and no row may stop the others
        logger.warning("a row of a list could not be verified: %s", type(error).__name__)
        now = right_now()
        with transaction(office.store) as session:
            after = AGAIN_AFTER if item.connection is None else ASKED_AGAIN_AFTER
            batches.put_off(session, item, now + after, now)


def _verify(office: Office, item: Item) -> None:
    with transaction(office.store) as session:
        job = _job(office, session, item)
    if job is None or job.row.errors:
        return _refuse(office, item, job.row if job else None)
    if is_led_elsewhere(office, item, job.question.body if job.question else job.row.body):
        return None
    try:
        draft = _draft(office, job)
    except BadRequest as bad:
        errors = (FieldError(f"/{column}", one.code, one.message) for column, one in in_columns(bad))
        return _refuse(office, item, replace(job.row, errors=tuple(errors)))
    with transaction(office.store) as session:
        _keep(session, office, job, draft)
    office.sealer.wake()
    office.senders.wake()
    return None


def _job(office: Office, session: Session, item: Item) -> Job | None:
    """Everything about a row, or `None` where its list is gone."""
    batch = batches.get(session, item.batch_id)
    if batch is None:
        return None
    data = item.data
    caller = Caller(batch.client_id, batch.created_by, data["reach"])
    day = date.fromisoformat(data["day"]) if data["day"] else None
    row = read_row(office.desk, data["typed"], day, lambda body: is_on_file(session, body, caller.reach))
    found = None if row.errors else open_case_of(session, row.body, caller.reach)
    if found is None or row.day is None:
        return Job(item, batch, row, caller, None, None, None)
    latest = found[1]
    compared = latest if item.result is None else _before(session, item.result["before"])
    question = question_about(session, row.body, latest, row.day)
    return Job(item, batch, row, caller, question, latest, compared)


def _before(session: Session, verification_id: str | None) -> Verification | None:
    """What a row that is asked about again was compared with the first time."""
    return None if verification_id is None else verifications.get(session, verification_id)


def _draft(office: Office, job: Job) -> Draft:
    if job.question is None or job.latest is None:
        return record.draft_new(office, job.caller, job.row.body)
    same = job.question.is_same_coverage
    return record.draft_changed(office, job.caller, job.latest, job.question.body, is_same_coverage=same)


def _keep(session: Session, office: Office, job: Job, draft: Draft) -> None:
    """Write a row's result, the verification and the event of it: all of them or none."""
    made, now = draft.verification, right_now()
    result = result_of(session, office, made, job.before, job.row.time)
    if not batches.finish(session, now, Done(job.item, result, made.case_id, made.id)):
        raise Lost
    if draft.opens is not None:
        name = member_index(session.vault.current(), job.row.body["member"].get("member_id"))
        batches.wait_for_others(session, name or b"")
        if is_on_file(session, job.row.body, job.caller.reach):
            raise Taken
    record.keep(session, draft)
    action = "verification.create" if draft.opens is not None else "verification.reverify"
    audit.add(session, audit.Event(now, job.caller.id, job.caller.name, action, made.id, PURPOSE))


def _refuse(office: Office, item: Item, row: Row | None) -> None:
    if row is None:
        return
    with transaction(office.store) as session:
        batches.refuse(session, item, {**item.data, "errors": row.told()}, right_now())
