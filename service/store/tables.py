"""The tables: what stands in clear, and what is sealed.

In clear stands only what lists are filtered by and what says nothing of a member: ids, times, payer,
plan, site, status, digests. Columns of type `LargeBinary` hold sealed values (`request`, `told`,
`answer`, `heard`, `label`, `external_id`, `data`, `image`, `response`, `reason`), keyed hashes
(`*_index`, `*digest`), or, in `rulebooks`, compressed published files. The tables of staff and keys,
of work in the background and of webhooks stand beside this module.
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
)

from service.store import access_tables as access_tables
from service.store import batch_tables as batch_tables
from service.store import webhook_tables as webhook_tables
from service.store.columns import Instant as Instant
from service.store.columns import metadata as metadata
from service.store.columns import where_there_is

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

# What was told of plans, without of whom: a rule of the clinic's own once a second person approved it.
local_rules = Table(
    "local_rules",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("payer", String(80), nullable=False),
    Column("plan", String(200), nullable=False),
    Column("level", String(32), nullable=False),
    Column("field", String(32), nullable=False),
    Column("network", String(8), nullable=False),
    Column("condition", String(24), nullable=False),
    Column("modality", String(24), nullable=False),
    Column("value", Text, nullable=False),
    Column("told_on", Date, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("starts", Date, nullable=False),
    Column("ends", Date, nullable=False),
    Column("holds_until", Date, nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("proposed_by", String(100), nullable=False),
    Column("proposer_id", String(36), nullable=False),
    Column("decided_at", Instant),
    Column("decided_by", String(100)),
    Index(None, "status", "holds_until"),
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
where_there_is("external_index", cases)
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

# What is known of a case besides its verifications, by kind: authorizations, quotes, contacts, and so on.
case_records = Table(
    "case_records",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), ForeignKey("cases.id"), nullable=False, index=True),
    Column("kind", String(24), nullable=False),
    Column("status", String(24), nullable=False),
    Column("due_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Index(None, "kind", "status"),
)
where_there_is("due_at", case_records)

# Pictures of a card; one that is put up while the form is filled in has no case yet.
card_images = Table(
    "card_images",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), ForeignKey("cases.id"), index=True),
    Column("side", String(8), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("client_id", String(36), nullable=False),
    Column("image", LargeBinary, nullable=False),
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
where_there_is("external_index", verifications)
where_there_is("replaces", verifications)
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
