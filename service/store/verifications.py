"""Verifications as they are kept: replaced by newer ones, never changed.

Only one whose live answer is still awaited is completed, once, at its own address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson
from sqlalchemy import Row, Select, func, insert, select, update

from service.security.crypto import Indexer, Sealer, external_index, member_index, person_index
from service.store.pages import Page, cut, newest_first
from service.store.session import Session, first_id
from service.store.tables import verifications

SUMMARY = (
    verifications.c.id,
    verifications.c.case_id,
    verifications.c.created_at,
    verifications.c.status,
    verifications.c.approval,
    verifications.c.payer,
    verifications.c.plan,
    verifications.c.site,
    verifications.c.start_date,
    verifications.c.replaces,
)


@dataclass(frozen=True, slots=True)
class Verification:
    """The stored whole: what was asked and told, what was answered, and what it was answered from.

    `request` is what the caller sent, without what was told; `told` is every telling, oldest first;
    `answer` is the answer in codes, with no sentence of any language in it; `heard` is what the payer was
    asked and replied, word for word.
    """

    id: str
    case_id: str
    created_at: datetime
    status: str
    approval: str
    payer: str
    plan: str | None
    site: str
    start_date: date
    replaces: str | None
    kind: str
    made_by: str
    client_id: str
    rulebook_digest: str
    profile_digest: str
    engine_version: str
    request: Mapping[str, Any]
    told: Sequence[Mapping[str, Any]]
    answer: Mapping[str, Any]
    heard: Sequence[Mapping[str, Any]] = ()


# Built once: making a statement anew costs more than running it.
INSERT = insert(verifications)
AN_HOUR = timedelta(hours=1)
SEALED = ("request", "told", "answer", "heard")
PENDING = "pending_live"
IN_CLEAR = tuple(item.name for item in fields(Verification) if item.name not in SEALED)


@dataclass(frozen=True, slots=True)
class Summary:
    """One line of a list: nothing in it says who the member is."""

    id: str
    case_id: str
    created_at: datetime
    status: str
    approval: str
    payer: str
    plan: str | None
    site: str
    start_date: date
    replaces: str | None


@dataclass(frozen=True, slots=True)
class Indexes:
    """The blind indexes that a verification is found by."""

    member: bytes | None = None
    person: bytes | None = None
    external: bytes | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to; days are days of creation in UTC, both inclusive."""

    payer: str | None = None
    status: str | None = None
    case_id: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    client: str | None = None


def indexes_of(indexer: Indexer, request: Mapping[str, Any]) -> Indexes:
    """The blind indexes of a valid request, as it was sent and is kept."""
    member = request["member"]
    return Indexes(
        member=member_index(indexer, member.get("member_id")),
        person=person_index(indexer, member["last_name"], date.fromisoformat(member["birth_date"])),
        external=external_index(indexer, request.get("external_id")),
    )


def sealed_row(sealer: Sealer, verification: Verification, indexes: Indexes) -> dict[str, Any]:
    """The row that keeps a verification, everything that may speak of the member sealed."""
    v = verification
    row = {name: getattr(v, name) for name in IN_CLEAR}
    for column in SEALED:
        row[column] = _sealed(sealer, v, column)
    return {
        **row,
        "member_index": indexes.member,
        "person_index": indexes.person,
        "external_index": indexes.external,
    }


def _sealed(sealer: Sealer, verification: Verification, column: str) -> bytes | None:
    value = getattr(verification, column)
    if column == "heard" and not value:
        return None
    return sealer.seal(orjson.dumps(value), f"verifications.{column}:{verification.id}")


def complete(session: Session, verification: Verification) -> bool:
    """Put the whole answer in the place of one that was awaited; say whether it still was."""
    done = session.connection.execute(
        update(verifications)
        .where(verifications.c.id == verification.id, verifications.c.status == PENDING)
        .values(
            status=verification.status,
            answer=_sealed(session.vault, verification, "answer"),
            heard=_sealed(session.vault, verification, "heard"),
        )
    )
    return bool(done.rowcount)


def add(session: Session, *rows: Mapping[str, Any]) -> None:
    """Keep verifications whose rows are sealed already."""
    session.connection.execute(INSERT, rows)


def get(session: Session, verification_id: str, client: str | None = None) -> Verification | None:
    """One verification with all that is sealed in it, or `None`; of one client where it is named."""
    query = select(verifications).where(verifications.c.id == verification_id)
    row = session.connection.execute(_made_by(query, client)).one_or_none()
    return None if row is None else _opened(session, row)


def page_of(session: Session, wanted: Filter, page: Page) -> tuple[list[Summary], str | None]:
    """One page of the list, newest first, and the cursor of the next."""
    query = select(*SUMMARY)
    for column, value in (
        (verifications.c.payer, wanted.payer),
        (verifications.c.status, wanted.status),
        (verifications.c.case_id, wanted.case_id),
        (verifications.c.client_id, wanted.client),
    ):
        if value is not None:
            query = query.where(column == value)
    # Ids sort by time, so their index finds the days; an id is made a moment after `created_at` was read.
    if wanted.first_day is not None:
        start = datetime.combine(wanted.first_day, time.min, UTC)
        query = query.where(verifications.c.id >= first_id(start), verifications.c.created_at >= start)
    if wanted.last_day is not None:
        end = datetime.combine(wanted.last_day, time.max, UTC)
        query = query.where(verifications.c.id < first_id(end, AN_HOUR), verifications.c.created_at <= end)
    return _page(session, query, page)


def search(
    session: Session, indexes: Sequence[Indexes], page: Page, client: str | None = None
) -> tuple[list[Summary], str | None]:
    """One page of those that match all that is asked, exactly; of one client where it is named.

    What is asked comes with its indexes under every data key that a row may still be under.
    """
    query = _made_by(select(*SUMMARY), client)
    for column, values in (
        (verifications.c.member_index, [one.member for one in indexes]),
        (verifications.c.person_index, [one.person for one in indexes]),
        (verifications.c.external_index, [one.external for one in indexes]),
    ):
        if None not in values:
            query = query.where(column.in_(values))
    return _page(session, query, page)


def ids_of_case(session: Session, case_id: str, client: str | None = None) -> list[str]:
    """The ids of a case's verifications, newest first; of one client where it is named."""
    query = _made_by(select(verifications.c.id).where(verifications.c.case_id == case_id), client)
    return list(session.connection.execute(query.order_by(verifications.c.id.desc())).scalars())


def latest_of_cases(
    session: Session, case_ids: Sequence[str], client: str | None = None
) -> dict[str, Summary]:
    """The newest verification of each case that has one; of one client where it is named."""
    newest = _newest(case_ids, client)
    rows = session.connection.execute(select(*SUMMARY).where(verifications.c.id.in_(newest)))
    return {row.case_id: Summary(**row._mapping) for row in rows}


def latest_whole(session: Session, case_ids: Sequence[str], client: str | None = None) -> list[Verification]:
    """Do as `latest_of_cases`, with all that is sealed; whoever reads it notes that in the trail."""
    newest = _newest(case_ids, client)
    rows = session.connection.execute(select(verifications).where(verifications.c.id.in_(newest)))
    return [_opened(session, row) for row in rows]


def _newest(case_ids: Sequence[str], client: str | None) -> Select[Any]:
    newest = select(func.max(verifications.c.id)).where(verifications.c.case_id.in_(case_ids))
    return _made_by(newest, client).group_by(verifications.c.case_id)


def begun_before(session: Session, latest: Verification) -> list[Verification]:
    """Those of the same case, oldest first, whose care begins before that of its latest one."""
    v = verifications.c
    query = select(verifications).where(v.case_id == latest.case_id, v.start_date < latest.start_date)
    rows = session.connection.execute(query.where(v.id < latest.id).order_by(v.id))
    return [_opened(session, row) for row in rows]


def latest_answers(session: Session, limit: int) -> Iterator[Mapping[str, Any]]:
    """Yield the newest answers in codes, newest first; whoever reads them notes that in the trail."""
    query = select(verifications.c.id, verifications.c.answer).order_by(verifications.c.id.desc())
    for row in session.connection.execute(query.limit(limit)):
        yield session.open(row.answer, f"verifications.answer:{row.id}")


def _made_by(query: Select[Any], client: str | None) -> Select[Any]:
    return query if client is None else query.where(verifications.c.client_id == client)


def _page(session: Session, query: Select[Any], page: Page) -> tuple[list[Summary], str | None]:
    rows = session.connection.execute(newest_first(query, verifications.c.id, page)).all()
    shown, following = cut(rows, page)
    return [Summary(**row._mapping) for row in shown], following


def _opened(session: Session, row: Row[Any]) -> Verification:
    kept = {name: value for name, value in row._mapping.items() if not name.endswith("_index")}
    for column in SEALED:
        kept[column] = session.open(kept[column], f"verifications.{column}:{row.id}")
    kept["heard"] = kept["heard"] or ()
    return Verification(**kept)
