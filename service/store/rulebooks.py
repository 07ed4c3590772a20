"""Every rulebook and clinic profile that ever answered, whole, and since when each was in use."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert, select

from service.store.session import Session, Store, transaction, work_alone
from service.store.tables import rulebook_uses, rulebooks

RULEBOOK = "rulebook"
PROFILE = "profile"


def put_in_use(store: Store, kind: str, digest: str, files: Mapping[str, bytes], at: datetime) -> None:
    """Keep a set of files by its digest, and note that it answers from now on.

    Nothing is written where it is the one in use already.
    """
    with transaction(store) as session:
        work_alone(session, rulebook_uses)  # another process may start with the same files right now
        if _last(session, kind) == digest:
            return
        if not _is_kept(session, digest):
            values = {"digest": digest, "kind": kind, "files": _packed(files), "kept_at": at}
            session.connection.execute(insert(rulebooks), values)
        session.connection.execute(insert(rulebook_uses), {"digest": digest, "kind": kind, "since": at})


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
