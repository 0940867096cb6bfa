"""Who has signed in, with what, and which roles they were given."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, ForeignKey

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def person() -> Column[Any]:
    """Return the column that ties a row to a person."""
    return Column("person_id", ROW_ID, ForeignKey("persons.id", ondelete="CASCADE"), nullable=False)


def upgrade() -> None:
    """Create the tables; nobody has signed in before."""
    op.create_table(
        "persons",
        Column("id", ROW_ID, nullable=False),
        Column("issuer", sa.Text(), nullable=False),
        Column("subject", sa.Text(), nullable=False),
        Column("login", sa.Text(), nullable=False),
        Column("name", sa.Text()),
        Column("email", sa.Text()),
        Column("is_operator", sa.Boolean(), nullable=False),
        Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_persons"),
        sa.UniqueConstraint("issuer", "subject", name="uq_persons_issuer_subject"),
    )
    op.create_table(
        "sessions",
        Column("hash", sa.LargeBinary(), nullable=False),
        person(),
        Column("created_at", sa.BigInteger(), nullable=False),
        Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_sessions"),
    )
    op.create_index("ix_sessions_person_id", "sessions", ["person_id"])
    op.create_index("ix_sessions_seen_at", "sessions", ["seen_at"])
    op.create_table(
        "user_tokens",
        person(),
        Column("access", sa.LargeBinary(), nullable=False),
        Column("access_ends_at", sa.BigInteger()),
        Column("refresh", sa.LargeBinary()),
        Column("refresh_ends_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("person_id", name="pk_user_tokens"),
    )
    op.create_table(
        "spent_states",
        Column("hash", sa.LargeBinary(), nullable=False),
        Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_spent_states"),
    )
    op.create_index("ix_spent_states_at", "spent_states", ["at"])
    op.create_table(
        "installation_roles",
        person(),
        Column("installation_id", sa.BigInteger(), nullable=False),
        Column("role", sa.Text(), nullable=False),
        Column("granted_by", sa.Text(), nullable=False),
        Column("granted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "installation_id", name="pk_installation_roles"),
    )
    op.create_index("ix_installation_roles_installation_id", "installation_roles", ["installation_id"])
    op.create_table(
        "viewers",
        person(),
        Column("repository_id", sa.BigInteger(), ForeignKey("repositories.id", ondelete="CASCADE"), nullable=False),
        Column("sees_traffic", sa.Boolean(), nullable=False),
        Column("granted_by", sa.Text(), nullable=False),
        Column("granted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "repository_id", name="pk_viewers"),
    )
    op.create_index("ix_viewers_repository_id", "viewers", ["repository_id"])


def downgrade() -> None:
    """Drop them."""
    for table in ("viewers", "installation_roles", "spent_states", "user_tokens", "sessions", "persons"):
        op.drop_table(table)
