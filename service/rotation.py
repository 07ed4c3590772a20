"""Puts a new data key in the place of the one in use, while the service runs; goes on where it was cut off.

In this order, so that at every moment whatever is kept can be read and found: the new key is there for
every process; every process has noticed it; everything is sealed anew; nobody can still commit what the
old key sealed; nothing is left under it; it is retired, and what it leaves is kept with the new one.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from service.config import Settings
from service.security.data_key import add_new_key, put_aside
from service.store import audit
from service.store.data_keys import kids_replaced, kids_to_replace, newest_kid, remember_data_key, retire
from service.store.rotation import rotating_alone, seal_anew
from service.store.session import Session, Store, transaction

ACTION = "keys.rotate"
# Whoever writes meanwhile has the new key, and nobody holds a row for long: more rounds are none of these.
MOST_ROUNDS = 60

Tell = Callable[[str], object]
Note = Callable[[Session, str, str], None]
"""Writes into the audit trail what was done with which key, in the transaction at hand."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long is waited, in seconds, counted from when the new key is there for every process.

    Until it was `noticed` and whatever was looked for without it is answered; until whatever was sealed
    without it is `committed`, for no transaction lasts longer; and between rounds, for what others held.
    """

    noticed: float = 20.0
    committed: float = 60.0
    again: float = 1.0


PACE = Pace()


class CannotRotate(Exception):
    """The data key cannot be rotated as things stand; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did: the key of now, the ids of those replaced, rows by table, where old keys went."""

    kid: str
    replaced: list[str]
    rows: Counter[str]
    aside: Path | None


def rotate(settings: Settings, store: Store, note: Note, tell: Tell, pace: Pace = PACE) -> Rotated:
    """Rotate the data key of an installation, from wherever an earlier rotation was cut off.

    Raises `CannotRotate`, and `service.store.rotation.Unreadable` for a value that no key here opens.
    """
    with rotating_alone(store, settings.instance_path) as is_alone:
        if not is_alone:
            raise CannotRotate("another rotation of the data key is running; let it end")
        file = None if settings.data_key is not None else settings.data_key_file
        if not _is_begun(store):
            if file is None:
                raise CannotRotate(
                    "OPENVOB_DATA_KEY must hold the new key first and then, after a comma, the one in use; "
                    "docs/operations.md says in which order every process gets them"
                )
            add_new_key(file)
            _note(store)
            tell(f"A new data key, {store.vault.kid}, stands in {file.name}. Running processes notice it.")
        rows = _seal_everything(store, tell, pace)
        replaced = _retire(store, note)
        return Rotated(store.vault.kid, replaced, rows, None if file is None else put_aside(file))


def _is_begun(store: Store) -> bool:
    """Whether a new key is there already, and only what follows is left to do."""
    _note(store)
    ring = [key.kid for key in store.vault.ring()]
    with transaction(store) as session:
        to_replace, replaced = kids_to_replace(session), kids_replaced(session)
        newest = newest_kid(session)
    if newest != ring[0]:
        raise CannotRotate(f"data key {newest} is to take over: it must come first")
    if to_replace:
        return True
    if unused := [kid for kid in ring[1:] if kid not in replaced]:
        raise CannotRotate(f"data key {unused[0]} is to take over: it must come first")
    # All were replaced: what may have come late is still sealed anew, and they are put aside.
    return len(ring) > 1


def _note(store: Store) -> None:
    store.vault.ring()
    with transaction(store) as session:
        if not remember_data_key(session, datetime.now(UTC)):
            raise CannotRotate("the database was written with a data key that is not here")


def _seal_everything(store: Store, tell: Tell, pace: Pace) -> Counter[str]:
    """Seal anew until nothing is left and nothing can come any more; return how many rows that were."""
    begun = time.monotonic()
    tell(
        f"Sealing everything anew with data key {store.vault.kid}; this takes {pace.committed:.0f} s or more."
    )
    time.sleep(pace.noticed)
    rows = seal_anew(store).rows
    time.sleep(max(0.0, begun + pace.committed - time.monotonic()))
    for _ in range(MOST_ROUNDS):
        late = seal_anew(store)
        if late.found_nothing:
            return rows
        rows += late.rows
        time.sleep(pace.again)
    raise CannotRotate(
        "some process goes on sealing with another data key, or holds a row; "
        "give every process the new key, and run this again"
    )


def _retire(store: Store, note: Note) -> list[str]:
    """Retire what was replaced; what is linked by now cannot be made anew with it."""
    now = datetime.now(UTC)
    with transaction(store) as session:
        head = audit.find_head(session)
    with transaction(store) as session:
        replaced = retire(session, now, head.number, head.link)
        if replaced:
            note(session, ACTION, store.vault.kid)
    audit.seal(store, datetime.now(UTC), waits=True)
    return replaced
