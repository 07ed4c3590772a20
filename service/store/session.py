"""The database's door: the engine, and sessions that are one transaction each."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from service.security.crypto import Vault

BUSY_SECONDS = 10
CONNECT_SECONDS = 5
# No request needs as long; whoever hangs must not hold what others wait for.
LIMITS_IN_MILLISECONDS = {
    "statement_timeout": 15_000,
    "lock_timeout": BUSY_SECONDS * 1000,
    "idle_in_transaction_session_timeout": 30_000,
}
THREADS = 8
# What a server says that takes no writes while another takes its place.
READ_ONLY = "25006"


class Unavailable(Exception):
    """The database does not answer just now; of what failed, only the `kind` is told."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


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


def open_store(database_url: str, vault: Vault, threads: int = THREADS) -> Store:
    """Connect to a database for so many threads; SQLite in write-ahead mode, with foreign keys."""
    url = make_url(database_url)
    if url.get_backend_name() == "postgresql":
        return Store(_connect_to_server(url, threads), vault)
    engine = create_engine(
        url, hide_parameters=True, pool_timeout=BUSY_SECONDS, connect_args={"timeout": BUSY_SECONDS}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return Store(engine, vault)


@contextmanager
def transaction(store: Store) -> Iterator[Session]:
    """A session whose writes all happen when it ends well, and none of them when it does not.

    Raises `Unavailable` where the database does not answer, or not in time.
    """
    with answering(), store.engine.begin() as connection:
        yield Session(connection, store.vault)


@contextmanager
def answering() -> Iterator[None]:
    """Raise `Unavailable` for whatever a database that does not answer makes the library raise."""
    try:
        yield
    except NoConnectionFree as error:
        raise Unavailable(type(error).__name__) from None
    except DBAPIError as error:
        if not _may_pass(error):
            raise
        raise Unavailable(_kind_of(error)) from None


def work_alone(session: Session, table: Table) -> None:
    """Let nobody else write to a table until the transaction ends; it must be the first thing in it.

    For what must look before it writes, and may be done by two processes that start at once.
    """
    if session.connection.dialect.name == "postgresql":
        session.connection.execute(text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))
    else:  # an embedded database has one writer: become it before looking, not after
        session.connection.exec_driver_sql("BEGIN IMMEDIATE")


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
    # There are no ids from before 1970, and a minus sign has no place in the order of others.
    seconds = max(0, int(moment.timestamp() + after.total_seconds()))
    return _id_of(seconds * 1_000_000_000, 0)


def _id_of(nanoseconds: int, random: int) -> str:
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    fraction = rest * 4096 // 1_000_000
    value = milliseconds << 80 | 7 << 76 | fraction << 64 | 0b10 << 62 | random
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _may_pass(error: DBAPIError) -> bool:
    """Whether the same may work a little later: it was no fault of the statement."""
    if error.connection_invalidated or getattr(error.orig, "sqlstate", None) == READ_ONLY:
        return True
    # An embedded database says so, too, where a statement is wrong.
    return isinstance(error, OperationalError) and _kind_of(error) != "SQLITE_ERROR"


def _kind_of(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlite_errorname", None) or type(error.orig).__name__


def _connect_to_server(url: URL, threads: int) -> Engine:
    """An engine for PostgreSQL; what the address says of a connection outweighs what we would say."""
    options = " ".join(f"-c {name}={value}" for name, value in LIMITS_IN_MILLISECONDS.items())
    ours = {"application_name": "openvob", "connect_timeout": CONNECT_SECONDS, "options": options}
    # A thread holds a connection only while it reads or writes, never while it waits for a payer.
    kept = max(1, threads // 4)
    return create_engine(
        url,
        hide_parameters=True,
        pool_size=kept,
        max_overflow=kept,
        pool_timeout=BUSY_SECONDS,
        pool_pre_ping=True,
        connect_args={name: value for name, value in ours.items() if name not in url.query},
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    _write_ahead(cursor)
    for pragma in (
        # Moving the log into the file is slow: every 16 MB, not every 4.
        "wal_autocheckpoint=4000",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        # What is removed is overwritten, not only marked as free.
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@retry(
    retry=retry_if_exception_type(sqlite3.OperationalError),
    stop=stop_after_delay(BUSY_SECONDS),
    wait=wait_fixed(0.01),
    reraise=True,
)
def _write_ahead(cursor: sqlite3.Cursor) -> None:
    # A new file changes its mode once, and SQLite does not wait there for another process that is at it.
    cursor.execute("PRAGMA journal_mode=WAL")
