"""Everything that somebody with the whole database, and without the key, could do to the audit trail.

Each is plain SQL, with the fault that a check has to name. The keyed hashes that such a person would need
are made with another key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text, update

from service.security.crypto import make_vault
from service.store import audit
from service.store.audit import Event, Fault, Head
from service.store.session import Session, first_id, new_id
from service.store.tables import audit_chain, audit_events
from tests.proofs.audit_writing import vault

CHANGED = "the event was changed"
GONE = "the event is not there any more"
NOT_OURS = "the event is none of ours, or was changed before it was linked"
NEVER = "the event was never linked"
UNLINKED = "the link does not follow the one before it"
MISSING = "links are missing before it"
CUT = "the end of the chain is missing"
ANOTHER = make_vault(bytes(32))
TAIL = 5


@dataclass(frozen=True, slots=True)
class Trail:
    """A trail that holds: its end, and the event at a number."""

    head: Head
    events: tuple[Event, ...]

    def at(self, number: int) -> Event:
        """The event that is linked at a number."""
        return self.events[number - 1]

    @property
    def middle(self) -> int:
        """The number that most is done at."""
        return self.head.number // 2


@dataclass(frozen=True, slots=True)
class Tampering:
    """What is done, and the fault that it has to be found by; `None` where nothing rests on it."""

    name: str
    do: Callable[[Connection], object]
    expected: Fault | None


def read_trail(session: Session) -> Trail:
    """Read a trail that holds."""
    columns = [audit_events.c[name] for name in audit.FIELDS]
    joined = select(*columns).join(audit_chain, audit_chain.c.event_id == audit_events.c.id)
    rows = session.connection.execute(joined.order_by(audit_chain.c.number))
    return Trail(audit.find_head(session), tuple(Event(**row._mapping) for row in rows))


def tamperings(trail: Trail) -> Iterator[Tampering]:
    """Yield everything that can be done to a trail."""
    yield from _with_an_event(trail)
    yield from _with_events_that_were_never_written(trail)
    yield from _with_a_link(trail)
    yield from _with_the_order(trail)
    yield from _with_the_end(trail)
    yield from _with_all_of_it(trail)


def _event(event: Event) -> Any:
    return audit_events.c.id == event.id


def _link(number: int) -> Any:
    return audit_chain.c.number == number


def _do(*statements: Any) -> Callable[[Connection], object]:
    return lambda connection: [connection.execute(statement) for statement in statements]


def _move(first: int, by: int) -> tuple[Any, Any]:
    """Give links from a number on other numbers, past themselves so that no two are ever alike."""
    away = text(f"UPDATE audit_chain SET number = -(number + {by}) WHERE number >= {first}")
    return away, text("UPDATE audit_chain SET number = -number WHERE number < 0")


def _forged(event: Event) -> dict[str, Any]:
    values = {name: getattr(event, name) for name in audit.FIELDS}
    return {**values, "digest": audit.digest_of(ANOTHER, event)}


def _with_an_event(trail: Trail) -> Iterator[Tampering]:
    n = trail.middle
    old, following = trail.at(n), trail.at(n + 1)
    found = Fault(CHANGED, n, old.id)
    other: dict[str, Any] = {
        "at": old.at + timedelta(microseconds=1),
        "actor": new_id(),
        "actor_name": "somebody",
        "action": "case.read",
        "subject": None,
        "purpose": "treatment",
        "address": "10.0.0.8",
        "request_id": "another",
        "digest": bytes(32),
    }
    for column, value in other.items():
        done = update(audit_events).where(_event(old)).values({column: value})
        yield Tampering(f"an event's {column} is changed", _do(done), found)
    # What an event is held against, once it is linked, is the digest of its link.
    renamed = update(audit_events).where(_event(old)).values(id=new_id())
    yield Tampering("an event's id is changed", _do(renamed), Fault(GONE, n, old.id))
    early = replace(old, at=old.at - timedelta(days=1))
    forged = audit.digest_of(ANOTHER, early)
    backdated = update(audit_events).where(_event(old)).values(at=early.at, digest=forged)
    yield Tampering("an event is backdated", _do(backdated), found)
    linked_so = update(audit_chain).where(_link(n)).values(digest=forged)
    name = "an event is backdated, its link with it"
    yield Tampering(name, _do(backdated, linked_so), Fault(UNLINKED, n, old.id))
    gone = delete(audit_events).where(_event(old))
    unlinked = delete(audit_chain).where(_link(n))
    behind = Fault(MISSING, n + 1, following.id)
    yield Tampering("an event is deleted", _do(gone), Fault(GONE, n, old.id))
    yield Tampering("a link is deleted", _do(unlinked), behind)
    yield Tampering("an event and its link are deleted", _do(gone, unlinked), behind)
    closed = _do(gone, unlinked, *_move(n + 1, -1))
    name = "an event and its link are deleted, the gap is closed"
    yield Tampering(name, closed, Fault(UNLINKED, n, following.id))


def _with_events_that_were_never_written(trail: Trail) -> Iterator[Tampering]:
    n, end = trail.middle, trail.head.number
    model = trail.at(n)
    made = replace(model, id=new_id(), at=datetime.now(UTC))
    values = _forged(made)
    added = insert(audit_events).values(values)
    yield Tampering("an event is inserted", _do(added), Fault(NOT_OURS, None, made.id))
    own = select(audit_events.c.digest).where(_event(model)).scalar_subquery()
    copied = insert(audit_events).values(**values | {"digest": own})
    yield Tampering("an event is inserted with another's digest", _do(copied), Fault(NOT_OURS, None, made.id))
    link = {"event_id": made.id, "digest": values["digest"], "link": bytes(32)}
    last = insert(audit_chain).values(number=end + 1, **link)
    fault = Fault(UNLINKED, end + 1, made.id)
    yield Tampering("an event is inserted and linked at the end", _do(added, last), fault)
    between = insert(audit_chain).values(number=n, **link)
    name = "an event is inserted and linked in the middle"
    yield Tampering(name, _do(added, *_move(n, 1), between), Fault(UNLINKED, n, made.id))
    alone = insert(audit_chain).values(number=end + 1, **link | {"event_id": new_id()})
    nobody = Fault(UNLINKED, end + 1)
    yield Tampering("a link to no event is inserted", _do(alone), nobody)
    for name, past in (("kept from the sealer", timedelta(minutes=2)), ("of long ago", timedelta(hours=1))):
        at = datetime.now(UTC) - past
        kept = replace(model, id=first_id(at), at=at)
        genuine = {**_forged(kept), "digest": audit.digest_of(vault(), kept)}
        written = insert(audit_events).values(genuine)
        yield Tampering(f"a genuine event {name}, never linked", _do(written), Fault(NEVER, None, kept.id))


def _with_a_link(trail: Trail) -> Iterator[Tampering]:
    n = trail.middle
    old, following = trail.at(n), trail.at(n + 1)
    for column in ("digest", "link"):
        done = update(audit_chain).where(_link(n)).values({column: bytes(32)})
        yield Tampering(f"a link's {column} is changed", _do(done), Fault(UNLINKED, n, old.id))
    forged = {**_forged(replace(old, id=new_id()))}
    elsewhere = (
        insert(audit_events).values(forged),
        update(audit_chain).where(_link(n)).values(event_id=forged["id"]),
    )
    yield Tampering("a link leads to another event", _do(*elsewhere), Fault(CHANGED, n, forged["id"]))
    aside = (
        update(audit_chain).where(_link(n)).values(event_id="aside"),
        update(audit_chain).where(_link(n + 1)).values(event_id=old.id),
        update(audit_chain).where(_link(n)).values(event_id=following.id),
    )
    yield Tampering("two links trade their events", _do(*aside), Fault(CHANGED, n, following.id))


def _with_the_order(trail: Trail) -> Iterator[Tampering]:
    n = trail.middle
    old, following = trail.at(n), trail.at(n + 1)
    swapped = (
        update(audit_chain).where(_link(n)).values(number=0),
        update(audit_chain).where(_link(n + 1)).values(number=n),
        update(audit_chain).where(_link(0)).values(number=n + 1),
    )
    yield Tampering("two links are swapped", _do(*swapped), Fault(UNLINKED, n, following.id))
    contents = [name for name in (*audit.FIELDS, "digest") if name != "id"]

    def swap(connection: Connection) -> None:
        rows = {
            one.id: connection.execute(select(audit_events).where(_event(one))).one()._mapping
            for one in (old, following)
        }
        for one, other in ((old, following), (following, old)):
            values = {name: rows[other.id][name] for name in contents}
            connection.execute(update(audit_events).where(_event(one)).values(values))

    yield Tampering("two events swap their contents", swap, Fault(CHANGED, n, old.id))
    yield Tampering("links get other numbers", _do(*_move(n, 1)), Fault(MISSING, n + 1, old.id))
    name = "the first links are deleted, the others moved up"
    first = _do(delete(audit_chain).where(audit_chain.c.number <= TAIL), *_move(TAIL + 1, -TAIL))
    yield Tampering(name, first, Fault(UNLINKED, 1, trail.at(TAIL + 1).id))


def _with_the_end(trail: Trail) -> Iterator[Tampering]:
    end = trail.head.number
    tail = [event.id for event in trail.events[-TAIL:]]
    links = delete(audit_chain).where(audit_chain.c.number > end - TAIL)
    events = delete(audit_events).where(audit_events.c.id.in_(tail))
    found = Fault(CUT, end - TAIL + 1)
    yield Tampering("the tail is cut off (found by the anchor)", _do(links, events), found)
    yield Tampering("the links of the tail are deleted", _do(links), found)
    all_of_it = _do(delete(audit_chain), delete(audit_events))
    yield Tampering("everything is deleted (found by the anchor)", all_of_it, Fault(CUT, 1))


def _with_all_of_it(trail: Trail) -> Iterator[Tampering]:
    def make_anew(connection: Connection) -> None:
        head = Head(0, audit.START)
        for event in trail.events:
            digest = audit.digest_of(ANOTHER, event)
            head = Head(head.number + 1, audit.link_of(ANOTHER, head.link, head.number + 1, digest))
            values = {"digest": digest, "link": head.link}
            connection.execute(update(audit_chain).where(_link(head.number)).values(values))
            connection.execute(update(audit_events).where(_event(event)).values(digest=digest))

    name = "the whole chain is made anew with another key"
    yield Tampering(name, make_anew, Fault(UNLINKED, 1, trail.at(1).id))
