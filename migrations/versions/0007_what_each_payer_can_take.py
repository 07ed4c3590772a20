"""Which connection a row of work in the background asks, and when it last did: what limits are counted by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ITEMS = "batch_items"
BY_BATCH, BY_CONNECTION = ("batch_id", "state", "number"), ("connection", "asked_at")


def upgrade() -> None:
    """Bring the tables forward."""
    op.add_column(ITEMS, sa.Column("connection", sa.Text()))
    op.add_column(ITEMS, sa.Column("asked_at", sa.DateTime(timezone=True)))
    for columns in (BY_BATCH, BY_CONNECTION):
        op.create_index(f"ix_{ITEMS}_{'_'.join(columns)}", ITEMS, list(columns))


def downgrade() -> None:
    """Bring the tables back."""
    for columns in (BY_BATCH, BY_CONNECTION):
        op.drop_index(f"ix_{ITEMS}_{'_'.join(columns)}", ITEMS)
    with op.batch_alter_table(ITEMS) as table:
        table.drop_column("asked_at")
        table.drop_column("connection")
