"""The tables: what stands in clear, and what is sealed.

In clear stands only what lists are filtered by and what says nothing of a member: ids, times, payer,
plan, site, status, digests. Columns of type `LargeBinary` hold sealed values (`request`, `told`,
`answer`, `heard`, `label`, `external_id`, `data`, `response`, `totp`, `reason`, `carried`), keyed hashes
(`*_index`, `*digest`), or, in `rulebooks`, compressed published files.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """A moment: aware, UTC, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """An aware time as the database keeps it."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """A kept time as an aware one (SQLite forgets the zone, PostgreSQL tells it in its own)."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _where_there_is(name: str, table: Table) -> None:
    """Index a column that is often empty, without its empty rows."""
    there = table.c[name].is_not(None)
    Index(None, table.c[name], sqlite_where=there, postgresql_where=there)


data_keys = Table(
    "data_keys",
    metadata,
    Column("kid", String(16), primary_key=True),
    Column("first_used_at", Instant, nullable=False),
    Column("retired_at", Instant),
    Column("carried", LargeBinary),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("digest", LargeBinary(32), nullable=False, unique=True),
    Column("scopes", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("client_id", String(36), nullable=False, index=True),
    Column("expires_at", Instant),
    Column("origins", Text),
)

users = Table(
    "users",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("password", String(200), nullable=False),
    Column("totp", LargeBinary),
    Column("totp_confirmed_at", Instant),
    Column("totp_last_step", BigInteger),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("user_id", String(36), ForeignKey("users.id"), nullable=False, index=True),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("is_full", Boolean, nullable=False),
)

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("name_index", LargeBinary(32), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("locked_until", Instant),
)

rulebooks = Table(
    "rulebooks",
    metadata,
    Column("digest", String(80), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("files", LargeBinary, nullable=False),
    Column("kept_at", Instant, nullable=False),
)

rulebook_uses = Table(
    "rulebook_uses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String(80), ForeignKey("rulebooks.digest"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("since", Instant, nullable=False),
    Index(None, "kind", "since"),
)

cases = Table(
    "cases",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("owner", String(100)),
    Column("opened_by", String(100), nullable=False),
    Column("client_id", String(36)),
    Column("label", LargeBinary),
    Column("external_id", LargeBinary),
    Column("external_index", LargeBinary(32)),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
_where_there_is("external_index", cases)
Index(None, cases.c.client_id, cases.c.id)

legal_holds = Table(
    "legal_holds",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False, index=True),
    Column("since", Instant, nullable=False),
    Column("by", String(100), nullable=False),
    Column("reason", LargeBinary, nullable=False),
    Column("released_at", Instant),
    Column("released_by", String(100)),
)

case_events = Table(
    "case_events",
    metadata,
    Column("case_id", String(36), ForeignKey("cases.id"), primary_key=True),
    Column("id", String(36), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("by", String(100), nullable=False),
    Column("data", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

verifications = Table(
    "verifications",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), ForeignKey("cases.id"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("status", String(16), nullable=False),
    Column("approval", String(16), nullable=False),
    Column("payer", String(80), nullable=False),
    Column("plan", String(200)),
    Column("site", String(80), nullable=False),
    Column("start_date", Date, nullable=False),
    Column("replaces", String(36), ForeignKey("verifications.id")),
    Column("kind", String(32), nullable=False),
    Column("made_by", String(100), nullable=False),
    Column("client_id", String(36), nullable=False),
    Column("rulebook_digest", String(80), ForeignKey("rulebooks.digest"), nullable=False),
    Column("profile_digest", String(80), ForeignKey("rulebooks.digest"), nullable=False),
    Column("engine_version", String(40), nullable=False),
    Column("request", LargeBinary, nullable=False),
    Column("told", LargeBinary, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("heard", LargeBinary),
    Column("member_index", LargeBinary(32), index=True),
    Column("person_index", LargeBinary(32), index=True),
    Column("external_index", LargeBinary(32)),
)
_where_there_is("external_index", verifications)
_where_there_is("replaces", verifications)
Index(None, verifications.c.client_id, verifications.c.id)

idempotency = Table(
    "idempotency",
    metadata,
    Column("id", LargeBinary(32), primary_key=True),
    Column("body_digest", LargeBinary(32), nullable=False),
    Column("claimed_at", Instant, nullable=False, index=True),
    Column("status", Integer),
    Column("response", LargeBinary),
)

# Lines are only ever added to these two: to whom a line belongs and in which order is in the second.
audit_events = Table(
    "audit_events",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", String(36), nullable=False),
    Column("actor_name", String(100), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(100), index=True),
    Column("purpose", String(16), nullable=False),
    Column("address", String(64)),
    Column("request_id", String(64)),
    Column("digest", LargeBinary(32), nullable=False),
)

audit_chain = Table(
    "audit_chain",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("event_id", String(36), nullable=False, unique=True),
    Column("digest", LargeBinary(32), nullable=False),
    Column("link", LargeBinary(32), nullable=False),
)
