"""Sessions of staff, by the keyed hash of their token, and how often signing in failed for a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from service.store.access_tables import sessions, sign_in_failures
from service.store.session import Session, work_alone


@dataclass(frozen=True, slots=True)
class Kept:
    """A session: whose it is, since when, when it was last used; not full until all is proved."""

    digest: bytes
    user_id: str
    started_at: datetime
    seen_at: datetime
    is_full: bool


@dataclass(frozen=True, slots=True)
class Failures:
    """How often signing in failed for a name, when last, and until when nobody may try again."""

    failures: int
    last_at: datetime
    locked_until: datetime | None


def add(session: Session, kept: Kept) -> None:
    """Begin a session."""
    values = {name: getattr(kept, name) for name in Kept.__slots__}
    session.connection.execute(insert(sessions), values)


def find(session: Session, digests: Sequence[bytes]) -> Kept | None:
    """The session with one of these hashes, or `None`."""
    row = session.connection.execute(select(sessions).where(sessions.c.digest.in_(digests))).first()
    return None if row is None else Kept(**row._mapping)


def see(session: Session, digest: bytes, at: datetime) -> None:
    """Note that a session was used."""
    session.connection.execute(update(sessions).where(sessions.c.digest == digest), {"seen_at": at})


def complete(session: Session, digest: bytes) -> None:
    """Note that all was proved that is asked of whoever began the session."""
    session.connection.execute(update(sessions).where(sessions.c.digest == digest), {"is_full": True})


def end(session: Session, digest: bytes) -> None:
    """End a session."""
    session.connection.execute(delete(sessions).where(sessions.c.digest == digest))


def end_all_of(session: Session, user_id: str, but: bytes | None = None) -> None:
    """End every session of a user, save one where it is named."""
    query = delete(sessions).where(sessions.c.user_id == user_id)
    session.connection.execute(query if but is None else query.where(sessions.c.digest != but))


def forget_ended(session: Session, idle_since: datetime, started_before: datetime) -> None:
    """Remove sessions that nobody used since, or that began before."""
    ended = (sessions.c.seen_at < idle_since) | (sessions.c.started_at < started_before)
    session.connection.execute(delete(sessions).where(ended))


def let_nobody_else_try(session: Session) -> None:
    """Let nobody else count a try until the transaction ends; it must be the first thing in it."""
    work_alone(session, sign_in_failures)


def failures_of(session: Session, name_index: bytes) -> Failures | None:
    """How often signing in failed for a name since it last went well, or `None`."""
    query = select(sign_in_failures).where(sign_in_failures.c.name_index == name_index)
    row = session.connection.execute(query).one_or_none()
    return None if row is None else Failures(row.failures, row.last_at, row.locked_until)


def set_failures(session: Session, name_index: bytes, failures: Failures) -> None:
    """Note how often it failed by now."""
    forget_failures(session, name_index)
    values = {name: getattr(failures, name) for name in Failures.__slots__}
    session.connection.execute(insert(sign_in_failures), {"name_index": name_index, **values})


def forget_failures(session: Session, name_index: bytes, before: datetime | None = None) -> None:
    """Forget that it failed for a name, and for any name that last failed before."""
    forgotten = sign_in_failures.c.name_index == name_index
    if before is not None:
        forgotten |= sign_in_failures.c.last_at < before
    session.connection.execute(delete(sign_in_failures).where(forgotten))
