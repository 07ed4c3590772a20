"""What the clinic was told of plans and keeps as rules of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ID = sa.String(36)
NAME = sa.String(100)


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "local_rules",
        sa.Column("id", ID, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("payer", sa.String(80), nullable=False),
        sa.Column("plan", sa.String(200), nullable=False),
        sa.Column("level", sa.String(32), nullable=False),
        sa.Column("field", sa.String(32), nullable=False),
        sa.Column("network", sa.String(8), nullable=False),
        sa.Column("condition", sa.String(24), nullable=False),
        sa.Column("modality", sa.String(24), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("holds_until", sa.Date(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("proposed_by", NAME, nullable=False),
        sa.Column("proposer_id", ID, nullable=False),
        sa.Column("decided_at", MOMENT),
        sa.Column("decided_by", NAME),
        sa.PrimaryKeyConstraint("id", name="pk_local_rules"),
    )
    op.create_index("ix_local_rules_status_holds_until", "local_rules", ["status", "holds_until"])


def downgrade() -> None:
    """Bring the tables back; what the clinic remembered is lost."""
    op.drop_table("local_rules")
