"""Verifies the cases of a day's list again: each its own question, of today, kept with its row or not at all.

The verification belongs to whoever the case belongs to. A case that was closed, or verified by somebody
since the list was put up, is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemas.problem import BadRequest
from service import record
from service.jobs.asking import is_led_elsewhere, take
from service.jobs.outgoing import told
from service.jobs.question import question_about
from service.jobs.row_result import result_of
from service.jobs.schedule import ACTOR, KIND, PURPOSE, last_answered
from service.jobs.worker import Lost, do
from service.office import Office
from service.record import Caller, Draft, right_now
from service.store import audit, batches, cases, verifications
from service.store.batches import Done, Item
from service.store.cases import CLOSED
from service.store.session import transaction
from service.store.verifications import Verification

AT_A_TIME = 1
CASE_CLOSED, ASKED_MEANWHILE = "case_closed", "asked_meanwhile"
PASSED_OVER = (CASE_CLOSED, ASKED_MEANWHILE)


@dataclass(frozen=True, slots=True)
class Job:
    """A case that is to be verified again, beside what was answered before, or why it is not any more."""

    item: Item
    latest: Verification
    before: Verification
    caller: Caller
    passed_over: str | None


def work_once(office: Office, most: int = AT_A_TIME) -> bool:
    """Take some rows and do them; whether there were any."""
    items = take(office, KIND, most)
    for item in items:
        do(office, item, reverify)
    return bool(items)


def reverify(office: Office, item: Item) -> None:
    """Verify the case of a leased row; raises `Lost` where the row is another worker's, or gone, by now."""
    job = _job(office, item)
    if job.passed_over is not None:
        return _pass_over(office, job)
    body = _question(office, job)
    if is_led_elsewhere(office, item, body):
        return None
    try:
        _keep(office, job, record.draft_changed(office, job.caller, job.latest, body))
    except BadRequest as bad:  # its payer or its site is not there any more: somebody asks anew
        with transaction(office.store) as session:
            batches.refuse(session, item, {**item.data, "errors": told(bad.errors)}, right_now())
        return None
    office.sealer.wake()
    office.senders.wake()
    return None


def _job(office: Office, item: Item) -> Job:
    with transaction(office.store) as session:
        batch = batches.get(session, item.batch_id)
        case = cases.get(session, item.case_id or "")
        ids = verifications.ids_of_case(session, item.case_id or "")
        latest = verifications.get(session, ids[0]) if ids else None
        before = last_answered(session, latest) if latest is not None else None
    if batch is None or case is None or latest is None or before is None:
        raise Lost
    passed_over = None
    if case.status in CLOSED:
        passed_over = CASE_CLOSED
    elif latest.created_at > batch.created_at:
        passed_over = ASKED_MEANWHILE
    return Job(item, latest, before, Caller(item.data["client"], ACTOR), passed_over)


def _question(office: Office, job: Job) -> Mapping[str, Any]:
    """Ask what is left of the care from today on; of care to come, all of it."""
    latest = job.latest
    today = right_now().astimezone(office.desk.clinic.zone).date()
    same = {"payer": latest.payer, "member": latest.request["member"]}
    with transaction(office.store) as session:
        return question_about(session, same, latest, max(today, latest.start_date)).body


def _keep(office: Office, job: Job, draft: Draft) -> None:
    made, now = draft.verification, right_now()
    with transaction(office.store) as session:
        result = result_of(session, office, made, job.before)
        if not batches.finish(session, now, Done(job.item, result, made.case_id, made.id)):
            raise Lost
        record.keep(session, draft)
        event = audit.Event(now, ACTOR, ACTOR, "verification.reverify", made.id, PURPOSE)
        audit.add(session, event)


def _pass_over(office: Office, job: Job) -> None:
    done = Done(job.item, {"passed_over": job.passed_over}, job.latest.case_id, job.latest.id)
    with transaction(office.store) as session:
        if not batches.finish(session, right_now(), done):
            raise Lost
