"""Puts up, once a day, the list of open cases that are to be verified again, each with why.

Whoever calls `tick` and how often makes no difference: a day has one list, also where several processes
begin at once, and what no day put up is due on the next one that does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

from service.casework.due import reasons_of
from service.casework.file import open_cases
from service.jobs.asking import connection_of
from service.jobs.findings import DEGRADED
from service.office import Office
from service.record import right_now
from service.store import audit, batches, verifications
from service.store.batches import WAITING, Batch, Item
from service.store.pages import HIGHEST_LIMIT, Page
from service.store.session import Session, transaction
from service.store.verifications import Filter, Verification

KIND = "reverification"
ACTOR = "schedule"
"""Who is noted as acting: nobody asked, it was due."""

PURPOSE = "payment"
AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Due:
    """A case that is to be verified again: whose it is, why, and over which connection if any."""

    case_id: str
    client: str
    reasons: Sequence[dict[str, Any]]
    connection: str | None


def tick(office: Office) -> None:
    """Put up the list of today once its hour has come; cheap where it is there."""
    now, terms = right_now(), office.desk.clinic.reverification
    local = now.astimezone(office.desk.clinic.zone)
    if not terms.reasons or local.hour < terms.hour:
        return
    with transaction(office.store) as session:
        if list_of(session, local.date()) is not None:
            return
    _put_up(office, now, local.date(), list(due_at(office, now)))
    office.sealer.wake()
    office.workers.wake()


def list_of(session: Session, day: date) -> Batch | None:
    """The list of a day, or `None` where none was put up."""
    found, _ = batches.page_of(session, KIND, Page(limit=1), day=day)
    return found[0] if found else None


def due_at(office: Office, now: datetime) -> Iterator[Due]:
    """Yield the open cases that are due, the newest first."""
    terms = office.desk.clinic.reverification
    for file in open_cases(office.store, office.desk, now, None):
        if file.latest is None:
            continue
        with transaction(office.store) as session:
            asked_at = last_answered(session, file.latest).created_at
        reasons = reasons_of(file, asked_at.astimezone(office.desk.clinic.zone).date(), terms)
        if reasons:
            client = file.case.client_id or file.latest.client_id
            yield Due(file.case.id, client, reasons, connection_of(office.desk, file.latest.request))


def last_answered(session: Session, latest: Verification) -> Verification:
    """The newest verification of a case whose payer was not out of reach; the first, if all were."""
    if latest.status != DEGRADED:
        return latest
    wanted = Filter(case_id=latest.case_id)
    lines, _ = verifications.page_of(session, wanted, Page(HIGHEST_LIMIT))
    answered = next((one.id for one in lines if one.status != DEGRADED), lines[-1].id)
    return verifications.get(session, answered) or latest


def _put_up(office: Office, now: datetime, day: date, due: Sequence[Due]) -> None:
    """Keep the list of a day, unless somebody else was faster; a day on which nothing is due has one too."""
    with transaction(office.store) as session:
        start = datetime.combine(day, time.min, UTC)
        made = batches.id_by_content(session, start, KIND, day.isoformat())[0]
        batch = Batch(made, KIND, day, now, ACTOR, ACTOR)
        if not batches.add(session, batch, ()):
            return
        items = [_item(batch, number, one) for number, one in enumerate(due, start=1)]
        for first in range(0, len(items), AT_A_TIME):
            batches.add_items(session, items[first : first + AT_A_TIME])
        audit.add(session, audit.Event(now, ACTOR, ACTOR, "batch.create", batch.id, PURPOSE))


def _item(batch: Batch, number: int, due: Due) -> Item:
    data = {"client": due.client, "reasons": list(due.reasons)}
    item = batches.draft_item(batch.id, number, WAITING, data, batch.created_at, due.connection)
    return replace(item, case_id=due.case_id)
