"""Which connection a row of work in the background asks, and when it last did: what limits are counted by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ITEMS = "batch_items"
WAITING, BY_CONNECTION = "ix_batch_items_batch_id_number", "ix_batch_items_connection_asked_at"


def upgrade() -> None:
    """Bring the tables forward."""
    op.add_column(ITEMS, sa.Column("connection", sa.Text()))
    op.add_column(ITEMS, sa.Column("asked_at", sa.DateTime(timezone=True)))
    op.create_index(BY_CONNECTION, ITEMS, ["connection", "asked_at"])
    some = sa.text("state = 'waiting'")
    op.create_index(WAITING, ITEMS, ["batch_id", "number"], sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    """Bring the tables back."""
    op.drop_index(WAITING, ITEMS)
    op.drop_index(BY_CONNECTION, ITEMS)
    with op.batch_alter_table(ITEMS) as table:
        table.drop_column("asked_at")
        table.drop_column("connection")
