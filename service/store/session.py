"""The database's door: the engine, and sessions that are one transaction each."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url

from service.security.crypto import Vault

BUSY_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Store:
    """A database, and the vault that its member data is sealed with."""

    engine: Engine
    vault: Vault

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


@dataclass(frozen=True, slots=True)
class Session:
    """One transaction: what every function of the store works through."""

    connection: Connection
    vault: Vault

    def seal(self, value: Any, place: str) -> bytes:
        """Any JSON value, sealed for `table.column:row`."""
        return self.vault.seal(orjson.dumps(value), place)

    def open(self, sealed: bytes | None, place: str) -> Any:
        """The JSON value that was sealed for this place; `None` where nothing was."""
        return None if sealed is None else orjson.loads(self.vault.open(sealed, place))


def open_store(database_url: str, vault: Vault) -> Store:
    """Connect to a database; SQLite in write-ahead mode, with foreign keys."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        return Store(create_engine(url, hide_parameters=True, pool_pre_ping=True), vault)
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    return Store(engine, vault)


@contextmanager
def transaction(store: Store) -> Iterator[Session]:
    """A session whose writes all happen when it ends well, and none of them when it does not."""
    with store.engine.begin() as connection:
        yield Session(connection, store.vault)


def is_reachable(store: Store) -> bool:
    """Whether the database answers."""
    try:
        with store.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except Exception:  # whatever the driver raises, the answer is no
        return False
    return True


def new_id() -> str:
    """A random id whose text sorts by the time it was made, to a quarter of a microsecond (UUID 7)."""
    return _id_of(time.time_ns(), int.from_bytes(os.urandom(8)) >> 2)


def first_id(moment: datetime, after: timedelta = timedelta()) -> str:
    """The lowest id that can be made at a moment, or so long after it: what is newer has a higher one."""
    return _id_of(int(moment.timestamp() + after.total_seconds()) * 1_000_000_000, 0)


def _id_of(nanoseconds: int, random: int) -> str:
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    fraction = rest * 4096 // 1_000_000
    value = milliseconds << 80 | 7 << 76 | fraction << 64 | 0b10 << 62 | random
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        # Moving the log into the file is slow: every 16 MB, not every 4.
        "wal_autocheckpoint=4000",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
