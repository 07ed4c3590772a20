"""Batches over HTTP: put up, how far they are, what came of each row, ended before their time.

The same content put up twice on one day is one batch. Rows are kept as they were sent, sealed; each becomes
a verification of its own, and a result is read from it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from io import BytesIO
from itertools import islice
from typing import Any

from schemas.batch import MOST_ROWS
from schemas.problem import FieldError
from schemas.sources import moment
from service.directory import payer_finder
from service.jobs.asking import connection_of
from service.jobs.incoming import Incoming, UnusableBatch, read_batch
from service.jobs.outgoing import IDS, REFUSED, Result, failed, told
from service.office import Office
from service.record import Caller, right_now
from service.store import batches, verifications
from service.store.batches import CANCELLED, DONE, FAILED, LEASED, WAITING, Batch, Item
from service.store.session import Session, Store, new_id, transaction
from service.verify import Desk

KIND = "batch"
A_MINUTE = timedelta(minutes=1)
AT_A_TIME = 500
"""So many rows are sealed and kept at once, or opened and written: more of a batch is never held."""

SHOWN_STATES = {
    WAITING: "waiting",
    LEASED: "working",
    DONE: "done",
    batches.REFUSED: "refused",
    FAILED: "failed",
    CANCELLED: "cancelled",
}
NOT_KEPT: dict[str, str | None] = dict.fromkeys(IDS)


@dataclass(frozen=True, slots=True)
class Put:
    """A batch that is to be kept, with its rows yet to be read, or the one there is already."""

    batch: Batch
    rows: Iterator[Incoming]
    counts: Counter[str]
    is_new: bool


def draft(office: Office, caller: Caller, content: bytes, *, again: bool = False) -> Put:
    """Look for a batch of this content, or begin one; `again` begins one anyway. Raises `UnusableBatch`."""
    now = right_now()
    with transaction(office.store) as session:
        ids = [new_id()] if again else _ids_of(session, office, caller, content, now)
        for one in ids:
            there = find(session, one, caller.reach)
            if there is not None:
                return Put(there, iter(()), batches.progress(session, [one])[one], is_new=False)
    number = sum(1 for _ in islice(read_batch(BytesIO(content), str), MOST_ROWS + 1))
    if not 1 <= number <= MOST_ROWS:
        raise UnusableBatch(f"A batch has from 1 to {MOST_ROWS} rows.")
    rows = read_batch(BytesIO(content), payer_finder(office.desk))
    return Put(Batch(ids[0], KIND, None, now, caller.name, caller.id), rows, Counter({WAITING: number}), True)


def keep(session: Session, put: Put, caller: Caller, desk: Desk, count: Callable[[Any], None]) -> None:
    """Keep a batch, some rows at a time; one that somebody else put up in this very moment stands.

    `count` is told of every request, and may refuse the whole.
    """
    if not put.is_new or not batches.add(session, put.batch, ()):
        return
    while some := list(islice(put.rows, AT_A_TIME)):
        for row in some:
            count(row.body)
        batches.add_items(session, [_item(put.batch, row, caller.reach, desk) for row in some])


def find(session: Session, batch_id: str, reach: str | None) -> Batch | None:
    """One batch, or `None`."""
    found = batches.get(session, batch_id, reach)
    return found if found is not None and found.kind == KIND else None


def shown(session: Session, batch: Batch) -> dict[str, Any]:
    """A batch as it is shown: how far it is, how fast it goes, how long it may take."""
    now = right_now()
    recent = batches.settled_since(session, batch.id, now - A_MINUTE)
    return dump(batch, batches.progress(session, [batch.id])[batch.id], recent, now)


def dump(batch: Batch, counts: Counter[str], recent: int, now: datetime) -> dict[str, Any]:
    """A batch with its rows counted by state, of which `recent` were settled in the last minute."""
    left = counts[WAITING] + counts[LEASED]
    seconds = max(1, min(60, round((now - batch.created_at).total_seconds())))
    return {
        "id": batch.id,
        "state": "working" if left else "cancelled" if counts[CANCELLED] else "done",
        "created_at": moment(batch.created_at),
        "created_by": batch.created_by,
        "progress": {
            "rows": counts.total(),
            **{name: counts[state] for state, name in SHOWN_STATES.items()},
        },
        "rows_a_minute": recent * 60 // seconds,
        "seconds_left": -(-left * seconds // recent) if recent else None if left else 0,
    }


def results_of(store: Store, batch_id: str) -> Iterator[Result]:
    """Yield what came of the rows that are settled, in their order, some opened at a time."""
    last = 0
    while True:
        with transaction(store) as session:
            items = batches.settled_after(session, batch_id, last, AT_A_TIME)
            found = [_result(session, item) for item in items]
        if not items:
            return
        yield from found
        last = items[-1].number


def _ids_of(session: Session, office: Office, caller: Caller, content: bytes, now: datetime) -> list[str]:
    """The ids that this content has today: a batch of nobody else, and of no other day."""
    start = datetime.combine(now.astimezone(office.desk.clinic.zone).date(), time.min, UTC)
    digest = hashlib.sha256(content).hexdigest()
    return batches.id_by_content(session, start, KIND, caller.reach or "", digest)


def _item(batch: Batch, row: Incoming, reach: str | None, desk: Desk) -> Item:
    data = {"reach": reach, "body": row.body, "errors": told(row.errors)}
    state = batches.REFUSED if row.errors else WAITING
    connection = connection_of(desk, row.body)
    return batches.draft_item(batch.id, row.number, state, data, batch.created_at, connection)


def _result(session: Session, item: Item) -> Result:
    row = Incoming(item.number, item.data["body"])
    if item.state == batches.REFUSED:
        errors = tuple(FieldError(**one) for one in item.data["errors"])
        return Result(row.number, row.external_id, REFUSED, errors=errors, ids=NOT_KEPT)
    kept = verifications.get(session, item.verification_id) if item.verification_id is not None else None
    if kept is None:
        return failed(row, "tried too often", NOT_KEPT)
    ids = {"case_id": kept.case_id, "verification_id": kept.id}
    return Result(row.number, row.external_id, kept.status, kept.answer, ids=ids)
