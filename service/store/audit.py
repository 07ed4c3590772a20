"""The audit trail as it is kept: events, written with what they speak of, and the chain that links them.

An event carries a keyed hash of its content and commits in the same transaction as what it tells. One
sealer then links committed events: each link is a keyed hash of the link before it, so that whoever
changes, removes, adds or reorders a line without the key is found out. Lines are only ever added.

Keys follow one another when the data key is rotated: events may be of the key that was in use when they
were written, links are of the newest, and `service.store.audit_keys` holds them to that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, insert, select, text

from service.security.crypto import Voucher
from service.store.audit_keys import Keys, keys_of, newest_key
from service.store.session import Session, Store, first_id, new_id, transaction
from service.store.tables import audit_chain, audit_events

INSERT = insert(audit_events)
# No transaction lasts longer: what is older and not sealed will not be committed any more.
LOOK_BACK = timedelta(minutes=10)
# An event that is not sealed after so long was kept from the sealer.
UNSEALED_AT_MOST = timedelta(minutes=1)
AT_A_TIME = 1_000
START = b"\x00" * 32
# Any number that means this lock to every process of ours.
LOCK = 7_303_014


@dataclass(frozen=True, slots=True)
class Event:
    """Who did what (`action`) with which record (`subject`), why, when, and from where.

    Nothing in it says who the member is.
    """

    at: datetime
    actor: str
    actor_name: str
    action: str
    subject: str | None
    purpose: str
    address: str | None = None
    request_id: str | None = None
    id: str = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: how many events are linked, and the last link."""

    number: int
    link: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that is wrong with the trail: what, and at which number or event."""

    what: str
    number: int | None = None
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the trail found: how many events hold, how many wait to be linked, the first fault."""

    linked: int
    waiting: int
    head: Head
    fault: Fault | None = None


def add(session: Session, *events: Event) -> None:
    """Write events down, in the transaction of what they tell."""
    rows = [
        {**{name: getattr(event, name) for name in FIELDS}, "digest": digest_of(session.vault, event)}
        for event in events
    ]
    session.connection.execute(INSERT, rows)


FIELDS = ("id", "at", "actor", "actor_name", "action", "subject", "purpose", "address", "request_id")


def digest_of(voucher: Voucher, event: Event) -> bytes:
    """Return the keyed hash of an event's content."""
    at = event.at.astimezone(UTC).isoformat()
    rest = (getattr(event, name) for name in FIELDS if name not in ("id", "at"))
    return voucher.audit_digest("event", event.id, at, *rest)


def link_of(voucher: Voucher, before: bytes, number: int, digest: bytes) -> bytes:
    """Return the link that follows another."""
    return voucher.audit_digest("link", before, str(number), digest)


def find_head(session: Session) -> Head:
    """Return the end of the chain."""
    newest = select(audit_chain.c.number, audit_chain.c.link).order_by(audit_chain.c.number.desc()).limit(1)
    row = session.connection.execute(newest).one_or_none()
    return Head(0, START) if row is None else Head(row.number, row.link)


def seal(store: Store, now: datetime, *, waits: bool = False, back: timedelta = LOOK_BACK) -> int:
    """Link what is committed and not linked yet; return how many events that were.

    One sealer at a time: another process that is at it already leaves nothing to do, unless this one
    `waits` for it, for what was committed after the other had looked. Looking `back` less far before the
    end of the chain costs less, and leaves out what was written then and is committed only now.
    """
    with transaction(store) as session:
        if not _is_alone(session, waits):
            return 0
        key = newest_key(session)
        if key is None:  # of another process: it links, or this one once it has the key
            return 0
        head = find_head(session)
        rows = []
        for event in _unsealed(session, _since(session, head, now, back)):
            number = head.number + 1
            head = Head(number, link_of(key, head.link, number, event.digest))
            rows.append({"number": number, "event_id": event.id, "digest": event.digest, "link": head.link})
        if rows:
            session.connection.execute(insert(audit_chain), rows)
        return len(rows)


def _is_alone(session: Session, waits: bool) -> bool:
    """Take the sealer's lock for this transaction; an embedded database has one process, and one writer."""
    if session.connection.dialect.name != "postgresql":
        session.connection.execute(text("UPDATE audit_chain SET number = number WHERE 0 = 1"))
        return True
    if waits:
        session.connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        return True
    taken = session.connection.execute(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK})
    return bool(taken.scalar_one())


def _since(session: Session, head: Head, now: datetime, back: timedelta) -> str:
    """Return the id from which on events may not be linked yet."""
    last = select(audit_events.c.at).join(audit_chain, audit_chain.c.event_id == audit_events.c.id)
    at = session.connection.execute(last.where(audit_chain.c.number == head.number)).scalar_one_or_none()
    return first_id(min(at or datetime.fromtimestamp(0, UTC), now) - back) if at else ""


def _unsealed(session: Session, since: str) -> list[Row[tuple[str, bytes]]]:
    # A value, so that each event is looked up by itself: a server would read the whole chain for an EXISTS.
    link = select(audit_chain.c.event_id).where(audit_chain.c.event_id == audit_events.c.id)
    query = select(audit_events.c.id, audit_events.c.digest).where(
        audit_events.c.id >= since, link.scalar_subquery().is_(None)
    )
    return list(session.connection.execute(query.order_by(audit_events.c.id).limit(AT_A_TIME)))


def check(session: Session, now: datetime, anchor: Head | None = None) -> Verdict:
    """Go through the whole trail and return what holds; an `anchor` kept elsewhere must be in the chain."""
    keys = keys_of(session)
    anchors = [*keys.anchors, *([(anchor.number, anchor.link)] if anchor else [])]
    head, linked = Head(0, START), 0
    for row in _walk(session):
        fault = _fault_of(keys, head, row)
        if fault is not None:
            return Verdict(linked, 0, head, fault)
        head, linked = Head(row.number, row.link), linked + 1
        if any(number == head.number and link != head.link for number, link in anchors):
            return Verdict(linked, 0, head, Fault("the chain is not the one that was anchored", head.number))
    if any(number > head.number for number, _ in anchors):
        return Verdict(linked, 0, head, Fault("the end of the chain is missing", head.number + 1))
    waiting = _unsealed(session, "")
    return Verdict(linked, len(waiting), head, _tail_fault(session, keys, waiting, now))


def _walk(session: Session) -> Iterator[Row[Any]]:
    """Return the links in order, each with its event where that is still there."""
    columns = [audit_chain.c.number, audit_chain.c.event_id, audit_chain.c.digest.label("linked_digest")]
    query = select(*columns, audit_chain.c.link, audit_events).join_from(
        audit_chain, audit_events, audit_chain.c.event_id == audit_events.c.id, isouter=True
    )
    in_parts: Select[Any] = query.order_by(audit_chain.c.number).execution_options(yield_per=AT_A_TIME)
    with session.connection.execute(in_parts) as rows:  # let go of, too, where the walk ends early
        yield from rows


def _fault_of(keys: Keys, before: Head, row: Row[Any]) -> Fault | None:
    number, event_id = row.number, row.event_id
    if number != before.number + 1:
        return Fault("links are missing before it", number, event_id)
    place = keys.find(lambda key: link_of(key, before.link, number, row.linked_digest) == row.link)
    if place is None:
        return Fault("the link does not follow the one before it", number, event_id)
    if not keys.follow(place):
        return Fault("the link is of a data key that had been replaced", number, event_id)
    if row.id is None:
        return Fault("the event is not there any more", number, event_id)
    if row.digest != row.linked_digest:  # nothing rests on it any more, and nobody but a forger changes it
        return Fault("the event was changed", number, event_id)
    what = _fault_of_event(keys, row, row.linked_digest, "the event was changed")
    return Fault(what, number, event_id) if what else None


def _fault_of_event(keys: Keys, row: Row[Any], digest: bytes, otherwise: str) -> str | None:
    """Say what is wrong with an event that is to have this digest: `otherwise` where no key makes it."""
    event = Event(**{name: row._mapping[name] for name in FIELDS})
    place = keys.find(lambda key: digest_of(key, event) == digest)
    if place is None:
        return otherwise
    is_late = not keys.may_be_of(place, event.id, event.at)
    return "the event is of a data key that had been retired" if is_late else None


def _tail_fault(
    session: Session, keys: Keys, waiting: list[Row[tuple[str, bytes]]], now: datetime
) -> Fault | None:
    """Say where an event waits that was not written by us, or that should be linked by now."""
    if not waiting:
        return None
    query = select(audit_events).where(audit_events.c.id.in_([row.id for row in waiting]))
    for row in session.connection.execute(query.order_by(audit_events.c.id)):
        otherwise = "the event is none of ours, or was changed before it was linked"
        if what := _fault_of_event(keys, row, row.digest, otherwise):
            return Fault(what, None, row.id)
        if now - row.at > UNSEALED_AT_MOST:
            return Fault("the event was never linked", None, row.id)
    return None
