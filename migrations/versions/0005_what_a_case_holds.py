"""What a case holds besides verifications, pictures of cards, and many verifications asked for at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ID = sa.String(36)
NAME = sa.String(100)


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "case_records",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", NAME, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_records"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_records_case_id"),
    )
    op.create_index("ix_case_records_case_id", "case_records", ["case_id"])
    op.create_index("ix_case_records_kind_status", "case_records", ["kind", "status"])
    there = sa.text("due_at IS NOT NULL")
    op.create_index(
        "ix_case_records_due_at", "case_records", ["due_at"], sqlite_where=there, postgresql_where=there
    )
    op.create_table(
        "card_images",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID),
        sa.Column("side", sa.String(8), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", NAME, nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_card_images"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_card_images_case_id"),
    )
    op.create_index("ix_card_images_case_id", "card_images", ["case_id"])
    _create_batches()


def downgrade() -> None:
    """Bring the tables back; what a case held besides verifications is lost."""
    for name in ("batch_items", "batches", "card_images", "case_records"):
        op.drop_table(name)


def _create_batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("day", sa.Date()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", NAME, nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
    )
    op.create_index("ix_batches_client_id_id", "batches", ["client_id", "id"])
    op.create_table(
        "batch_items",
        sa.Column("id", ID, nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", MOMENT),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("case_id", ID),
        sa.Column("verification_id", ID),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("result", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_batch_items"),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_batch_items_batch_id"),
        sa.UniqueConstraint("batch_id", "number", name="uq_batch_items_batch_id_number"),
    )
    op.create_index("ix_batch_items_case_id", "batch_items", ["case_id"])
    op.create_index("ix_batch_items_state_lease_until", "batch_items", ["state", "lease_until"])
