"""The first tables: keys, rulebooks, cases, verifications, idempotency keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
HASH = sa.LargeBinary(32)
ID = sa.String(36)
DIGEST = sa.String(80)


def upgrade() -> None:
    """Bring the tables forward."""
    _create_keys()
    _create_rulebooks()
    _create_cases()
    _create_verifications()
    _create_idempotency()


def downgrade() -> None:
    """Bring the tables back to none."""
    for table in (
        "idempotency",
        "verifications",
        "case_events",
        "cases",
        "rulebook_uses",
        "rulebooks",
        "api_keys",
        "data_keys",
    ):
        op.drop_table(table)


def _create_keys() -> None:
    op.create_table(
        "data_keys",
        sa.Column("kid", sa.String(16), nullable=False),
        sa.Column("first_used_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("kid", name="pk_data_keys"),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("digest", HASH, nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("digest", name="uq_api_keys_digest"),
    )


def _create_rulebooks() -> None:
    op.create_table(
        "rulebooks",
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("files", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_rulebooks"),
    )
    op.create_table(
        "rulebook_uses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rulebook_uses"),
        sa.ForeignKeyConstraint(["digest"], ["rulebooks.digest"], name="fk_rulebook_uses_digest"),
    )
    op.create_index("ix_rulebook_uses_kind_since", "rulebook_uses", ["kind", "since"])


def _create_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", ID, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("owner", sa.String(100)),
        sa.Column("opened_by", sa.String(100), nullable=False),
        sa.Column("label", sa.LargeBinary()),
        sa.Column("external_id", sa.LargeBinary()),
        sa.Column("external_index", HASH),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sqlite_with_rowid=False,
    )
    _index_where_there_is("cases", "external_index")
    op.create_table(
        "case_events",
        sa.Column("case_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "id", name="pk_case_events"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_events_case_id"),
        sqlite_with_rowid=False,
    )


def _create_verifications() -> None:
    op.create_table(
        "verifications",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("approval", sa.String(16), nullable=False),
        sa.Column("payer", sa.String(80), nullable=False),
        sa.Column("plan", sa.String(200)),
        sa.Column("site", sa.String(80), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("replaces", ID),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("made_by", sa.String(100), nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("rulebook_digest", DIGEST, nullable=False),
        sa.Column("profile_digest", DIGEST, nullable=False),
        sa.Column("engine_version", sa.String(40), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("told", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("member_index", HASH),
        sa.Column("person_index", HASH),
        sa.Column("external_index", HASH),
        sa.PrimaryKeyConstraint("id", name="pk_verifications"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_verifications_case_id"),
        sa.ForeignKeyConstraint(["replaces"], ["verifications.id"], name="fk_verifications_replaces"),
        sa.ForeignKeyConstraint(
            ["rulebook_digest"], ["rulebooks.digest"], name="fk_verifications_rulebook_digest"
        ),
        sa.ForeignKeyConstraint(
            ["profile_digest"], ["rulebooks.digest"], name="fk_verifications_profile_digest"
        ),
    )
    for column in ("case_id", "member_index", "person_index"):
        op.create_index(f"ix_verifications_{column}", "verifications", [column])
    _index_where_there_is("verifications", "external_index")


def _create_idempotency() -> None:
    op.create_table(
        "idempotency",
        sa.Column("id", HASH, nullable=False),
        sa.Column("body_digest", HASH, nullable=False),
        sa.Column("claimed_at", MOMENT, nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("response", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_idempotency"),
    )
    op.create_index("ix_idempotency_claimed_at", "idempotency", ["claimed_at"])


def _index_where_there_is(table: str, column: str) -> None:
    there = sa.text(f"{column} IS NOT NULL")
    op.create_index(f"ix_{table}_{column}", table, [column], sqlite_where=there, postgresql_where=there)
