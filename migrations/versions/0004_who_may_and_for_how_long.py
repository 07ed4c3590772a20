"""Staff and their sessions, keys that expire and follow one another, legal holds, data keys that retire."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
HASH = sa.LargeBinary(32)
ID = sa.String(36)


def upgrade() -> None:
    """Bring the tables forward."""
    _give_keys_a_client_and_an_end()
    _create_staff()
    _say_whose_a_case_is()
    op.create_index("ix_verifications_client_id_id", "verifications", ["client_id", "id"])
    _find_what_replaces()
    op.create_table(
        "legal_holds",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("released_at", MOMENT),
        sa.Column("released_by", sa.String(100)),
        sa.PrimaryKeyConstraint("id", name="pk_legal_holds"),
    )
    op.create_index("ix_legal_holds_case_id", "legal_holds", ["case_id"])
    with op.batch_alter_table("data_keys") as table:
        table.add_column(sa.Column("retired_at", MOMENT))
        table.add_column(sa.Column("carried", sa.LargeBinary()))


def downgrade() -> None:
    """Bring the tables back; staff, their sessions and legal holds are lost."""
    with op.batch_alter_table("data_keys") as table:
        table.drop_column("carried")
        table.drop_column("retired_at")
    op.drop_table("legal_holds")
    op.drop_index("ix_verifications_replaces", "verifications")
    op.drop_index("ix_verifications_client_id_id", "verifications")
    op.drop_index("ix_cases_client_id_id", "cases")
    with op.batch_alter_table("cases") as table:
        table.drop_column("client_id")
    for table_name in ("sign_in_failures", "sessions", "users"):
        op.drop_table(table_name)
    op.drop_index("ix_api_keys_client_id", "api_keys")
    with op.batch_alter_table("api_keys") as table:
        for column in ("origins", "expires_at", "client_id"):
            table.drop_column(column)


def _give_keys_a_client_and_an_end() -> None:
    with op.batch_alter_table("api_keys") as table:
        table.add_column(sa.Column("client_id", ID))
        table.add_column(sa.Column("expires_at", MOMENT))
        table.add_column(sa.Column("origins", sa.Text()))
    # Whoever had a key saw what all clients made, and goes on seeing it.
    op.execute(
        "UPDATE api_keys SET client_id = id,"
        " scopes = substr(scopes, 1, length(scopes) - 1) || ',\"records:all\"]'"
    )
    with op.batch_alter_table("api_keys") as table:
        table.alter_column("client_id", existing_type=ID, nullable=False)
    op.create_index("ix_api_keys_client_id", "api_keys", ["client_id"])


def _create_staff() -> None:
    op.create_table(
        "users",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("totp", sa.LargeBinary()),
        sa.Column("totp_confirmed_at", MOMENT),
        sa.Column("totp_last_step", sa.BigInteger()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("name", name="uq_users_name"),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", HASH, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("is_full", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_sessions"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sessions_user_id"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_table(
        "sign_in_failures",
        sa.Column("name_index", HASH, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("locked_until", MOMENT),
        sa.PrimaryKeyConstraint("name_index", name="pk_sign_in_failures"),
    )


def _say_whose_a_case_is() -> None:
    with op.batch_alter_table("cases") as table:
        table.add_column(sa.Column("client_id", ID))
    # A case that holds no verification of anybody stays with those who see what all clients made.
    op.execute(
        "UPDATE cases SET client_id = (SELECT v.client_id FROM verifications v"
        " WHERE v.case_id = cases.id ORDER BY v.id LIMIT 1)"
    )
    op.create_index("ix_cases_client_id_id", "cases", ["client_id", "id"])


def _find_what_replaces() -> None:
    # Whoever removes a verification is asked by the database whether another one replaces it.
    there = sa.text("replaces IS NOT NULL")
    op.create_index(
        "ix_verifications_replaces", "verifications", ["replaces"], sqlite_where=there, postgresql_where=there
    )
