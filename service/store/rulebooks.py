"""Every rulebook and clinic profile that ever answered, whole, and since when each was in use.

What a clinic lays over the rulebook is kept by itself, too, and since when it is in use.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select

from service.store.session import Session, Store, transaction, work_alone
from service.store.tables import rulebook_uses, rulebooks

RULEBOOK = "rulebook"
PROFILE = "profile"
OVERLAY = "overlay"


@dataclass(frozen=True, slots=True)
class Use:
    """A set of files that was put in use, and when."""

    digest: str
    since: datetime


def put_in_use(store: Store, kind: str, digest: str, files: Mapping[str, bytes], at: datetime) -> None:
    """Keep a set of files by its digest, and note that it answers from now on.

    Nothing is written where it is the one in use already.
    """
    with transaction(store) as session:
        begin_use(session, kind, digest, files, at)


def begin_use(
    session: Session, kind: str, digest: str, files: Mapping[str, bytes] | None, at: datetime
) -> bool:
    """Do as `put_in_use`, first thing in a transaction; whether it was another one before.

    Without files, those that were kept by this digest are put in use.
    """
    begin_alone(session)  # another process may start with the same files right now
    if _last(session, kind) == digest:
        return False
    add_use(session, kind, digest, files, at)
    return True


def begin_alone(session: Session) -> None:
    """Let nobody else put anything in use meanwhile; it must be the first thing in a transaction.

    So numbers of uses are seen in their order, and whoever knows the highest misses none.
    """
    work_alone(session, rulebook_uses)


def add_use(
    session: Session, kind: str, digest: str, files: Mapping[str, bytes] | None, at: datetime
) -> None:
    """Keep a set of files, and note that it is in use from now on; after `begin_alone`."""
    if files is not None:
        keep(session, kind, digest, files, at)
    session.connection.execute(insert(rulebook_uses), {"digest": digest, "kind": kind, "since": at})


def keep(session: Session, kind: str, digest: str, files: Mapping[str, bytes], at: datetime) -> None:
    """Keep a set of files by its digest, where it is not kept yet."""
    if not _is_kept(session, digest):
        values = {"digest": digest, "kind": kind, "files": _packed(files), "kept_at": at}
        session.connection.execute(insert(rulebooks), values)


def last_use(session: Session) -> int:
    """A number that is another one as soon as anything else is put in use."""
    return session.connection.execute(select(func.max(rulebook_uses.c.id))).scalar_one() or 0


def in_use(session: Session, kind: str) -> str | None:
    """The digest of what is in use now, or `None` where nothing ever was."""
    return _last(session, kind)


def uses(session: Session, kind: str) -> list[Use]:
    """Whatever was put in use, the newest first."""
    table = rulebook_uses.c
    query = select(table.digest, table.since).where(table.kind == kind).order_by(table.id.desc())
    return [Use(row.digest, row.since) for row in session.connection.execute(query)]


def files_of(session: Session, digest: str) -> dict[str, bytes] | None:
    """The files that were kept by this digest, by name, or `None`."""
    query = select(rulebooks.c.files).where(rulebooks.c.digest == digest)
    packed = session.connection.execute(query).scalar_one_or_none()
    return None if packed is None else _unpacked(packed)


def in_use_at(session: Session, kind: str, moment: datetime) -> str | None:
    """The digest of what was last in use by a moment, or `None` where nothing was yet."""
    return _last(session, kind, until=moment)


def _last(session: Session, kind: str, until: datetime | None = None) -> str | None:
    query = select(rulebook_uses.c.digest).where(rulebook_uses.c.kind == kind)
    if until is not None:
        query = query.where(rulebook_uses.c.since <= until)
    newest = query.order_by(rulebook_uses.c.since.desc(), rulebook_uses.c.id.desc()).limit(1)
    return session.connection.execute(newest).scalar_one_or_none()


def _is_kept(session: Session, digest: str) -> bool:
    query = select(rulebooks.c.digest).where(rulebooks.c.digest == digest)
    return session.connection.execute(query).first() is not None


def _packed(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name], zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _unpacked(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
