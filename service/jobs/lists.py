"""Lists of the day's appointments: put up, shown, mended row by row, asked about again.

The same rows put up twice on one day are one list: nothing is verified twice. A row that cannot be read is
kept as it was typed, sealed like the others, until somebody mends it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import orjson

from schemas.sources import day as day_text
from schemas.sources import moment
from service.directory import payer_finder
from service.jobs.asking import connection_of
from service.jobs.findings import is_exception
from service.jobs.rows import COLUMNS, FindPayer, Row, Typed, read_row
from service.jobs.worker import KIND
from service.office import Office
from service.on_file import is_on_file
from service.record import Caller, right_now
from service.store import batches, verifications
from service.store.batches import DONE, FAILED, LEASED, REFUSED, WAITING, Batch, Item
from service.store.pages import Page
from service.store.session import Session, transaction
from service.verify import Desk

NOT_READABLE, NOT_REACHABLE = "not_readable", "payer_not_reachable"
SHOWN_STATES = {
    WAITING: "waiting",
    LEASED: "working",
    DONE: "done",
    REFUSED: NOT_READABLE,
    FAILED: "failed",
}
_NUMBER = re.compile("[1-9][0-9]{0,2}")
CAN_BE_MENDED = (REFUSED, FAILED)
CAN_BE_ASKED_AGAIN = (DONE, FAILED)


@dataclass(frozen=True, slots=True)
class Put:
    """A list that is to be kept, or the one there is already."""

    batch: Batch
    items: Sequence[Item]
    is_new: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """A list with its rows, and the newest answer of each row's case."""

    batch: Batch
    items: Sequence[Item]
    newest: Mapping[str, str]


class NotNow(Exception):
    """A row is not in a state in which that can be done with it."""


def draft(office: Office, caller: Caller, typed: Sequence[Typed], day: date | None) -> Put:
    """Read every row of a list; nothing is kept yet."""
    now = right_now()
    today = now.astimezone(office.desk.clinic.zone).date()
    rows = [{name: one[name] for name in COLUMNS if one.get(name)} for one in typed]
    with transaction(office.store) as session:
        start = datetime.combine(today, time.min, UTC)
        ids = batches.id_by_content(session, start, KIND, *_content(caller, rows, day))
        for one in ids:
            there = batches.get(session, one, caller.reach)
            if there is not None:
                return Put(there, batches.items_of(session, one), is_new=False)
        find_payer = payer_finder(office.desk)
        read = [_read(session, office.desk, row, day, caller.reach, find_payer) for row in rows]
        days = [one.day for one in read if one.day is not None]
        batch = Batch(ids[0], KIND, day or min(days, default=today), now, caller.name, caller.id)
        kept = {"day": day.isoformat() if day else None, "reach": caller.reach}
        items = [
            batches.draft_item(
                batch.id,
                number,
                _state(row),
                _data(kept, typed_row, row),
                now,
                connection_of(office.desk, row.body),
            )
            for number, (typed_row, row) in enumerate(zip(rows, read, strict=True), start=1)
        ]
    return Put(batch, items, is_new=True)


def keep(session: Session, put: Put) -> None:
    """Keep a list; one that somebody else put up in this very moment stands."""
    if put.is_new:
        batches.add(session, put.batch, put.items)


def find(session: Session, list_id: str, reach: str | None) -> Whole | None:
    """One list with its rows, or `None`."""
    batch = batches.get(session, list_id, reach)
    if batch is None or batch.kind != KIND:
        return None
    items = batches.items_of(session, list_id)
    cases = [item.case_id for item in items if item.case_id is not None]
    latest = verifications.latest_of_cases(session, cases, reach) if cases else {}
    return Whole(batch, items, {case: one.id for case, one in latest.items()})


def find_row(session: Session, list_id: str, number: str, reach: str | None) -> Item | None:
    """One row of a list, or `None`; `number` is what stands in an address."""
    batch = batches.get(session, list_id, reach)
    if batch is None or batch.kind != KIND or not _NUMBER.fullmatch(number):
        return None
    return batches.item_of(session, list_id, int(number))


def page_of(
    session: Session, page: Page, *, day: date | None = None, reach: str | None = None
) -> tuple[list[tuple[Batch, Counter[str]]], str | None]:
    """One page of the lists, the last that was put up first, each with how far it is."""
    found, following = batches.page_of(session, KIND, page, day=day, client=reach)
    counts = batches.progress(session, [one.id for one in found])
    return [(one, counts[one.id]) for one in found], following


def is_working(found: Whole) -> bool:
    """Whether some rows are still to be done."""
    return any(item.state in (WAITING, LEASED) for item in found.items)


def mend(session: Session, desk: Desk, item: Item, changes: Typed) -> Item:
    """Put other words into a row that could not be read, and let it be done, or told what is still wrong."""
    if item.state not in CAN_BE_MENDED:
        raise NotNow
    typed = {name: text for name, text in ({**item.data["typed"], **changes}).items() if text}
    day = date.fromisoformat(item.data["day"]) if item.data["day"] else None
    row = _read(session, desk, typed, day, item.data["reach"])
    if not batches.put_back(session, item, _state(row), _data(item.data, typed, row), right_now()):
        raise NotNow
    return _as_it_is(session, item)


def ask_again(session: Session, item: Item) -> Item:
    """Let a row be done once more."""
    if item.state not in CAN_BE_ASKED_AGAIN:
        raise NotNow
    if not batches.put_back(session, item, WAITING, item.data, right_now()):
        raise NotNow
    return _as_it_is(session, item)


def not_reached(found: Whole) -> list[Item]:
    """The rows whose payer could not be reached."""
    done = [(item, item.result or {}) for item in found.items if item.state == DONE]
    return [item for item, result in done if {"code": NOT_REACHABLE} in result["findings"]]


def bodies(items: Sequence[Item]) -> list[dict[str, Any]]:
    """Whom a list asks about, as requests name them: for whoever counts how often that happens."""
    typed = [item.data["typed"] for item in items]
    return [{"payer": row.get("payer", ""), "member": {"member_id": row.get("member_id")}} for row in typed]


def line(batch: Batch, counts: Mapping[str, int]) -> dict[str, Any]:
    """A list as it is shown, without its rows."""
    return {
        "id": batch.id,
        "day": day_text(batch.day) if batch.day else None,
        "created_at": moment(batch.created_at),
        "created_by": batch.created_by,
        "progress": {
            "rows": sum(counts.values()),
            **{shown: counts.get(state, 0) for state, shown in SHOWN_STATES.items()},
        },
    }


def whole(found: Whole) -> dict[str, Any]:
    """A list as it is shown, with its rows."""
    counts = Counter(item.state for item in found.items)
    rows = [row_of(item, found.newest.get(item.case_id or "")) for item in found.items]
    return {**line(found.batch, counts), "rows": rows}


def row_of(item: Item, newest: str | None = None) -> dict[str, Any]:
    """A row as it is shown: as it was typed, what is wrong with it, what was found and from what."""
    result: Mapping[str, Any] = item.result or {}
    is_done = item.state == DONE
    findings = list(result["findings"]) if is_done else []
    if item.state == REFUSED:
        findings = [{"code": NOT_READABLE}]
    return {
        "number": item.number,
        "state": SHOWN_STATES[item.state],
        "typed": dict(item.data["typed"]),
        "day": result.get("day") or item.data.get("row_day"),
        "time": result.get("time") or item.data.get("time"),
        "errors": list(item.data["errors"]),
        "findings": findings,
        "is_exception": item.state in (REFUSED, FAILED) or is_exception(findings),
        "payer": result.get("payer"),
        "levels": list(result.get("levels", ())),
        "checked_at": result.get("checked_at"),
        "checked_by": result.get("checked_by"),
        "case_id": item.case_id,
        "verification_id": item.verification_id,
        "newest_verification_id": newest,
        "attempt": item.attempt,
    }


def _read(
    session: Session,
    desk: Desk,
    typed: Typed,
    day: date | None,
    reach: str | None,
    find_payer: FindPayer | None = None,
) -> Row:
    return read_row(desk, typed, day, lambda body: is_on_file(session, body, reach), find_payer)


def _content(caller: Caller, rows: Sequence[Typed], day: date | None) -> list[str]:
    """What makes two lists one: whose they are, the day, and every word of the rows."""
    written = orjson.dumps(rows, option=orjson.OPT_SORT_KEYS).decode()
    return [caller.reach or "", day.isoformat() if day else "", written]


def _state(row: Row) -> str:
    return REFUSED if row.errors else WAITING


def _data(kept: Mapping[str, Any], typed: Typed, row: Row) -> dict[str, Any]:
    return {
        "day": kept["day"],
        "reach": kept["reach"],
        "typed": dict(typed),
        "row_day": row.day.isoformat() if row.day else None,
        "time": row.time,
        "errors": row.told(),
    }


def _as_it_is(session: Session, item: Item) -> Item:
    return batches.item_of(session, item.batch_id, item.number) or item
