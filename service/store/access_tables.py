"""The tables of who may come in, and of the keys that seal what is kept.

`totp` and `carried` are sealed; passwords are hashed, API keys and sessions are digests.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from service.store.columns import Instant, metadata

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
