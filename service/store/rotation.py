"""Seals everything anew with the data key that took over, a few rows at a time, while others work on.

What is not under that key is found by the key's id, with which every sealed value begins; so a rotation
that was cut off goes on where it was. A row is opened, sealed and indexed within one transaction, in which
nobody else changes it.
"""

from __future__ import annotations

import fcntl
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import LargeBinary, Row, Table, bindparam, func, or_, select, text, tuple_, update

from service.security.crypto import DataKey, SealError, Vault, external_index
from service.store import access_tables, batch_tables, tables, webhook_tables
from service.store.session import Store, transaction
from service.store.verifications import indexes_of

AT_A_TIME = 100
# After so many seconds the next few rows: others want to write in between.
BREATH = 0.005
# Any number that means this lock to every process of ours.
LOCK = 7_303_015

Columns = Mapping[str, bytes | None]
Name = tuple[str | bytes, ...]


@dataclass(frozen=True, slots=True)
class SealedColumns:
    """The sealed columns of a table, and how the indexes beside them are made from what is in them.

    Each value is sealed for `table.column:row`, where the row is named by the last column of its key.
    """

    table: Table
    columns: tuple[str, ...]
    indexes: tuple[str, ...] = ()
    index: Callable[[DataKey, Columns], Columns] | None = None


class Unreadable(Exception):
    """A value at a `place` cannot be opened: it is of a data key that is not here, or damaged."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


def _index_verification(key: DataKey, clear: Columns) -> Columns:
    found = indexes_of(key, orjson.loads(clear["request"] or b"null"))
    return {
        "member_index": found.member,
        "person_index": found.person,
        "external_index": found.external,
    }


def _index_case(key: DataKey, clear: Columns) -> Columns:
    return {"external_index": external_index(key, orjson.loads(clear["external_id"] or b"null"))}


SEALED = (
    SealedColumns(
        tables.verifications,
        ("request", "told", "answer", "heard"),
        ("member_index", "person_index", "external_index"),
        _index_verification,
    ),
    SealedColumns(tables.cases, ("label", "external_id"), ("external_index",), _index_case),
    SealedColumns(tables.case_events, ("data",)),
    SealedColumns(tables.case_records, ("data",)),
    SealedColumns(tables.card_images, ("image",)),
    SealedColumns(batch_tables.batch_items, ("data", "result")),
    SealedColumns(tables.idempotency, ("response",)),
    SealedColumns(access_tables.users, ("totp",)),
    SealedColumns(tables.legal_holds, ("reason",)),
    SealedColumns(access_tables.data_keys, ("carried",)),
    SealedColumns(webhook_tables.webhook_endpoints, ("url", "secret", "old_secret")),
)
"""All that is sealed; a test holds it equal to the tables."""


@contextmanager
def rotating_alone(store: Store, folder: Path) -> Iterator[bool]:
    """Whether nobody else rotates the key of this database; nobody does then until it ends.

    The lock is the server's, or that of a file where the database is one; either falls with its holder.
    """
    if store.engine.dialect.name != "postgresql":
        with (folder / "rotation.lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        return
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        taken = connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LOCK}).scalar_one()
        try:
            yield bool(taken)
        finally:
            if taken:  # the lock is the connection's, which goes back to others
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})


@dataclass(frozen=True, slots=True)
class Round:
    """What one round through all tables did: rows sealed anew, by table, and how many were passed over."""

    rows: Counter[str]
    passed_over: int

    @property
    def found_nothing(self) -> bool:
        """Whether everything was under the key of now already."""
        return not self.rows and not self.passed_over


def seal_anew(store: Store) -> Round:
    """Seal with the key of now whatever another one sealed; what somebody else holds is passed over."""
    rows: Counter[str] = Counter()
    found, key = 0, store.vault.current()
    for sealed in SEALED:
        for names in _names_to_do(store, sealed, key.kid):
            found += len(names)
            rows[sealed.table.name] += _seal_rows(store, sealed, names, key)
            time.sleep(BREATH)
    return Round(+rows, found - rows.total())


def _names_to_do(store: Store, sealed: SealedColumns, kid: str) -> Iterator[list[Name]]:
    """The keys of rows with a value that does not begin with this id, a few at a time.

    Every row is gone by in short queries, for a server gives none of them long.
    """
    begins = f"{kid}.".encode()
    columns = [sealed.table.c[name] for name in sealed.columns]
    others = [func.substr(column, 1, len(begins), type_=LargeBinary) != begins for column in columns]
    key = list(sealed.table.primary_key.columns)
    query = select(*key, or_(*others).label("is_other")).order_by(*key).limit(AT_A_TIME)
    after: Name = ()
    while True:
        following = query.where(tuple_(*key) > tuple_(*after)) if after else query
        with transaction(store) as session:
            rows = session.connection.execute(following).all()
        if not rows:
            return
        after = tuple(rows[-1])[:-1]
        if names := [tuple(name) for *name, is_other in rows if is_other]:
            yield names


def _seal_rows(store: Store, sealed: SealedColumns, names: list[Name], key: DataKey) -> int:
    """Seal some rows anew; one that somebody else is changing is left for the next time."""
    row_key = list(sealed.table.primary_key.columns)
    columns = [sealed.table.c[name] for name in (*sealed.columns, *sealed.indexes)]
    query = select(*row_key, *columns).where(tuple_(*row_key).in_(names))
    with transaction(store) as session:
        if session.connection.dialect.name == "sqlite":
            # It has one writer: become it before looking, not after.
            session.connection.exec_driver_sql("BEGIN IMMEDIATE")
        rows = session.connection.execute(query.with_for_update(skip_locked=True, key_share=True)).all()
        if rows:
            same = [column == bindparam(f"of_{column.name}") for column in row_key]
            anew = [_anew(store.vault, sealed, row, key) for row in rows]
            session.connection.execute(update(sealed.table).where(*same), anew)
        return len(rows)


def _anew(vault: Vault, sealed: SealedColumns, row: Row[Any], key: DataKey) -> dict[str, Any]:
    """The values of a row under a key; what is not there, or is not indexed, stays so."""
    row_key = [column.name for column in sealed.table.primary_key.columns]
    name = row._mapping[row_key[-1]]
    places = {
        column: f"{sealed.table.name}.{column}:{name.hex() if isinstance(name, bytes) else name}"
        for column in sealed.columns
    }
    kept = {column: row._mapping[column] for column in (*sealed.columns, *sealed.indexes)}
    clear = {column: _opened(vault, kept[column], place) for column, place in places.items()}
    values = {
        column: None if value is None else key.seal(value, places[column]) for column, value in clear.items()
    }
    indexed = [index for index in sealed.indexes if kept[index] is not None]
    found = sealed.index(key, clear) if sealed.index is not None and indexed else {}
    values |= {index: found[index] if index in indexed else None for index in sealed.indexes}
    return {**values, **{f"of_{column}": row._mapping[column] for column in row_key}}


def _opened(vault: Vault, value: bytes | None, place: str) -> bytes | None:
    try:
        return None if value is None else vault.open(value, place)
    except SealError:
        raise Unreadable(place) from None
