"""Which data keys this database was written with: the one that seals, and those that were replaced.

Of a replaced key stands here, sealed with the one that took over, what it leaves: enough to know API keys
and lines of the audit trail from its time, and to open nothing. Sealed beside it stand the moment it was
retired and the end of the trail then, so that whoever has an old key cannot rewrite history with it.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from service.security.crypto import Remnant, SealError
from service.store.access_tables import data_keys
from service.store.session import Session, work_alone

_log = logging.getLogger(__name__)
_KEYS = ("token_key", "claim_key", "audit_key")


@dataclass(frozen=True, slots=True)
class Era:
    """The time of one data key: what is left of the key, and how its time ended, where it did."""

    remnant: Remnant
    retired_at: datetime | None = None
    last_number: int = 0
    last_link: bytes = b""


def remember_data_key(session: Session, at: datetime) -> bool:
    """Note the data key in use; `False` where this database was written with one that is not here.

    It must be the first thing in its transaction: of two that start at once, one notes its key first. What
    is left of replaced keys is known to the vault from then on.
    """
    work_alone(session, data_keys)
    noted, ring = _noted(session), [key.kid for key in session.vault.ring()]
    if not {row.kid for row in noted if row.retired_at is None} <= set(ring):
        return False
    if any(row.kid == ring[0] and row.retired_at is not None for row in noted):
        return False  # it was replaced: nothing is to be sealed with it any more
    if all(row.kid != ring[0] for row in noted):
        session.connection.execute(insert(data_keys), {"kid": ring[0], "first_used_at": at})
    for era in _ended(session, noted):
        session.vault.carry(era.remnant)
    return True


def newest_kid(session: Session) -> str:
    """The id of the data key that was taken into use last."""
    in_use = [row.kid for row in _noted(session) if row.retired_at is None]
    return in_use[-1] if in_use else session.vault.kid


def kids_to_replace(session: Session) -> list[str]:
    """The ids of keys that may have sealed something and are to be replaced by the one that seals now."""
    return [row.kid for row in _noted(session) if row.retired_at is None and row.kid != session.vault.kid]


def kids_replaced(session: Session) -> set[str]:
    """The ids of keys that nothing is sealed with any more."""
    return {row.kid for row in _noted(session) if row.retired_at is not None}


def eras(session: Session) -> list[Era]:
    """The time of every data key that is known here, oldest first; the last of them goes on."""
    noted = _noted(session)
    ended = _ended(session, noted)
    over = {era.remnant.kid for era in ended}
    known = {remnant.kid: remnant for remnant in session.vault.remnants()}
    going_on = [row.kid for row in noted if row.kid in known and row.kid not in over]
    if session.vault.kid not in {*over, *going_on}:
        going_on.append(session.vault.kid)
    return [*ended, *(Era(known[kid]) for kid in going_on)]


def retire(session: Session, at: datetime, last_number: int, last_link: bytes) -> list[str]:
    """End the time of every key but the one that seals, at this end of the trail; return their ids.

    It must be the first thing in its transaction, and nothing may be sealed with those keys any more.
    """
    work_alone(session, data_keys)
    remnants = {remnant.kid: remnant for remnant in session.vault.remnants()}
    kids = kids_to_replace(session)
    for order, kid in enumerate(kids, start=len(kids_replaced(session))):
        era = Era(remnants[kid], at, last_number, last_link)
        carried = session.seal(_written(era, order), _place(kid))
        ended = update(data_keys).where(data_keys.c.kid == kid)
        session.connection.execute(ended, {"retired_at": at, "carried": carried})
    return kids


def _noted(session: Session) -> Sequence[Row[Any]]:
    query = select(data_keys).order_by(data_keys.c.first_used_at, data_keys.c.kid)
    return session.connection.execute(query).all()


def _ended(session: Session, noted: Sequence[Row[Any]]) -> list[Era]:
    """The eras that ended, in the order that was sealed: what stands in clear beside it can be changed."""
    found = []
    for row in noted:
        try:
            kept = session.open(row.carried, _place(row.kid))
        except SealError:
            _log.error("what is left of data key %s cannot be read: its API keys open nothing", row.kid)
            continue
        if kept is not None:
            found.append((kept["order"], _read(row.kid, kept)))
    return [era for _, era in sorted(found, key=lambda one: int(one[0]))]


def _written(era: Era, order: int) -> dict[str, Any]:
    keys = {name: base64.b64encode(getattr(era.remnant, name)).decode() for name in _KEYS}
    ended = {"retired_at": era.retired_at, "last_number": era.last_number, "last_link": era.last_link.hex()}
    return {"order": order, **ended, **keys}


def _read(kid: str, kept: dict[str, Any]) -> Era:
    keys = {name: base64.b64decode(kept[name]) for name in _KEYS}
    retired_at = datetime.fromisoformat(kept["retired_at"])
    return Era(Remnant(kid, **keys), retired_at, kept["last_number"], bytes.fromhex(kept["last_link"]))


def _place(kid: str) -> str:
    return f"data_keys.carried:{kid}"
