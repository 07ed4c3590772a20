"""Batches over HTTP: put up, how far they are, what came of each row, ended before their time.

The same content put up twice on one day is one batch. Rows are kept as they were sent, sealed; each becomes
a verification of its own, and a result is read from it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from service.jobs.columns import AS_NAMED, ColumnMap, UnusableBatch, written
from service.jobs.incoming import Incoming, read_batch, read_header
from service.jobs.outgoing import IDS, REFUSED, Result, failed, told
from service.office import Office
from service.record import Caller, right_now
from service.store import batches, verifications
from service.store.batches import CANCELLED, DONE, FAILED, LEASED, WAITING, Batch, Item
from service.store.pages import Page
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
    """A batch that is to be kept, with its rows yet to be read, or the one there is already.

    `is_lines` says whether it was put up as JSON lines.
    """

    batch: Batch
    rows: Iterator[Incoming]
    counts: Counter[str]
    is_new: bool
    is_lines: bool = False


def draft(
    office: Office, caller: Caller, content: bytes, mapping: ColumnMap = AS_NAMED, *, again: bool = False
) -> Put:
    """Look for a batch of this content with this mapping, or begin one; `again` begins one anyway.

    Raises `UnusableBatch`.
    """
    now = right_now()
    with transaction(office.store) as session:
        ids = [new_id()] if again else _ids_of(session, office, caller, content, mapping, now)
        for one in ids:
            there = find(session, one, caller.reach)
            if there is not None:
                return Put(there, iter(()), batches.progress(session, [one])[one], is_new=False)
    counts = Counter({WAITING: count_rows(content, mapping)})
    rows = read_batch(BytesIO(content), payer_finder(office.desk), mapping)
    batch = Batch(ids[0], KIND, None, now, caller.name, caller.id)
    return Put(batch, rows, counts, is_new=True, is_lines=read_header(BytesIO(content)) is None)


def count_rows(content: bytes, mapping: ColumnMap = AS_NAMED) -> int:
    """How many rows a batch has; raises `UnusableBatch` where that is none, or too many."""
    number = sum(1 for _ in islice(read_batch(BytesIO(content), str, mapping), MOST_ROWS + 1))
    if not 1 <= number <= MOST_ROWS:
        raise UnusableBatch("size", f"A batch has from 1 to {MOST_ROWS} rows.", most=MOST_ROWS)
    return number


def keep(session: Session, put: Put, caller: Caller, desk: Desk, count: Callable[[Any], None]) -> None:
    """Keep a batch, some rows at a time; one that somebody else put up in this very moment stands.

    `count` is told of every request, and may refuse the whole.
    """
    if not put.is_new or not batches.add(session, put.batch, ()):
        return
    while some := list(islice(put.rows, AT_A_TIME)):
        for row in some:
            count(row.body)
        batches.add_items(session, [_item(put, row, caller.reach, desk) for row in some])


def find(session: Session, batch_id: str, reach: str | None) -> Batch | None:
    """One batch, or `None`."""
    found = batches.get(session, batch_id, reach)
    return found if found is not None and found.kind == KIND else None


def shown(session: Session, batch: Batch) -> dict[str, Any]:
    """A batch as it is shown: how far it is, how fast it goes, how long it may take."""
    return shown_all(session, [batch])[0]


def shown_all(session: Session, found: Sequence[Batch]) -> list[dict[str, Any]]:
    """Batches as they are shown; how fast one goes is counted only of those that are under way."""
    now, counts = right_now(), batches.progress(session, [batch.id for batch in found])
    return [dump(batch, counts[batch.id], _recent(session, batch, counts, now), now) for batch in found]


def page_of(session: Session, page: Page, reach: str | None) -> tuple[list[dict[str, Any]], str | None]:
    """One page of the batches as they are shown, the last that was put up first."""
    found, following = batches.page_of(session, KIND, page, client=reach)
    return shown_all(session, found), following


def dump(batch: Batch, counts: Counter[str], recent: int, now: datetime) -> dict[str, Any]:
    """A batch with its rows counted by state, of which `recent` were settled in the last minute."""
    left = left_of(counts)
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


def left_of(counts: Counter[str]) -> int:
    """How many rows are still to be settled."""
    return counts[WAITING] + counts[LEASED]


def results_of(
    store: Store, batch_id: str, states: Sequence[str] = batches.SETTLED, *, at_a_time: int = AT_A_TIME
) -> Iterator[Result]:
    """Yield what came of the rows that are settled, in their order, some opened at a time."""
    last = 0
    while True:
        with transaction(store) as session:
            items = batches.settled_after(session, batch_id, last, at_a_time, states)
            found = [_result(session, item) for item in items]
        if not items:
            return
        yield from found
        last = items[-1].number


def _recent(session: Session, batch: Batch, counts: Mapping[str, Counter[str]], now: datetime) -> int:
    if not left_of(counts[batch.id]):
        return 0
    return batches.settled_since(session, batch.id, now - A_MINUTE)


def _ids_of(
    session: Session, office: Office, caller: Caller, content: bytes, mapping: ColumnMap, now: datetime
) -> list[str]:
    """The ids that this content has today: a batch of nobody else, of no other day and no other mapping."""
    start = datetime.combine(now.astimezone(office.desk.clinic.zone).date(), time.min, UTC)
    digest = hashlib.sha256(content).hexdigest()
    mapped = [written(mapping)] if mapping else []
    return batches.id_by_content(session, start, KIND, caller.reach or "", digest, *mapped)


def _item(put: Put, row: Incoming, reach: str | None, desk: Desk) -> Item:
    data: dict[str, Any] = {"reach": reach, "body": row.body, "errors": told(row.errors)}
    if put.is_lines:
        data["is_line"] = True
    if row.text is not None:
        data["text"] = row.text
    state = batches.REFUSED if row.errors else WAITING
    connection = connection_of(desk, row.body)
    return batches.draft_item(put.batch.id, row.number, state, data, put.batch.created_at, connection)


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
