"""The tables of webhooks: who is told, what there is to tell, how far each telling is, and every attempt.

What is told holds ids, codes and times and stands in clear; an address (its path may be a password) and
secrets are sealed. All of it goes with the event, and the event with its case.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from service.store.columns import Instant, metadata

# Addresses that clients registered; `reach` is whose verifications one hears of, nothing: everybody's.
webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("client_id", String(36), nullable=False),
    Column("reach", String(36)),
    Column("created_by", String(100), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("host", String(255), nullable=False),
    Column("events", Text, nullable=False),
    Column("url", LargeBinary, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("old_secret", LargeBinary),
    Column("old_secret_until", Instant),
    Column("disabled_at", Instant),
    Column("disabled_why", String(16)),
    Column("failures", Integer, nullable=False),
    Column("failing_since", Instant),
    Column("rests_until", Instant),
    Column("succeeded_at", Instant),
)

# The number says in which order events came to be: two of one case are never written at once.
webhook_events = Table(
    "webhook_events",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("type", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    Column("case_id", String(36), index=True),
    Column("once", String(60), unique=True),
    Column("payload", Text, nullable=False),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("endpoint_id", String(36), ForeignKey("webhook_endpoints.id", ondelete="CASCADE"), nullable=False),
    Column(
        "number",
        Integer,
        ForeignKey("webhook_events.number", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("subject", String(36), nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("lease_until", Instant),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("endpoint_id", "number"),
    Index(None, "state", "next_at"),
    Index(None, "endpoint_id", "subject", "number"),
)

# One line for each time that an event was sent: no address, no body, neither ours nor theirs.
webhook_attempts = Table(
    "webhook_attempts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column(
        "delivery_id",
        String(36),
        ForeignKey("webhook_deliveries.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("at", Instant, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("outcome", String(24), nullable=False),
    Column("status", Integer),
)
