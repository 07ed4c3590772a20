"""What payers replied, sealed beside the answer that was made from it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("verifications") as table:
        table.add_column(sa.Column("heard", sa.LargeBinary()))


def downgrade() -> None:
    """Bring the tables back; replies that were kept are lost."""
    with op.batch_alter_table("verifications") as table:
        table.drop_column("heard")
