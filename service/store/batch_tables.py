"""The tables of work in the background: lists of many things to do, and how far each of them is.

What an item is about (`data`) and what came of it (`result`) is sealed.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

from service.store.columns import Instant, metadata

# Many verifications asked for at once, and how far each of them is.
batches = Table(
    "batches",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("day", Date),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("client_id", String(36), nullable=False),
    Index(None, "client_id", "id"),
)

batch_items = Table(
    "batch_items",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("batch_id", String(36), ForeignKey("batches.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("lease_until", Instant),
    Column("updated_at", Instant, nullable=False),
    Column("case_id", String(36), index=True),
    Column("verification_id", String(36)),
    Column("connection", Text),
    Column("asked_at", Instant),
    Column("data", LargeBinary, nullable=False),
    Column("result", LargeBinary),
    UniqueConstraint("batch_id", "number"),
    Index(None, "state", "lease_until"),
    Index(None, "connection", "asked_at"),
)

IS_WAITING = batch_items.c.state == literal_column("'waiting'")
"""As the index has it: a database uses an index of some rows only where the question says the same."""

Index(
    None, batch_items.c.batch_id, batch_items.c.number, sqlite_where=IS_WAITING, postgresql_where=IS_WAITING
)
