"""Which periodic reports are wanted, and which issues and comments they became."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, ForeignKey

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and their indexes."""
    op.create_table(
        "subscriptions",
        Column("repository_id", sa.BigInteger(), ForeignKey("repositories.id", ondelete="CASCADE"), nullable=False),
        Column("source", sa.Text(), nullable=False),
        Column("slot", sa.Text(), nullable=False),
        Column("schedule", sa.Text(), nullable=False),
        Column("number", sa.Integer()),
        Column("since", sa.BigInteger(), nullable=False),
        Column("next_at", sa.BigInteger()),
        Column("ended_at", sa.BigInteger()),
        Column("reason", sa.Text()),
        Column("rests", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("repository_id", "source", "slot", name="pk_subscriptions"),
    )
    op.create_index("ix_subscriptions_next_at", "subscriptions", ["next_at"])
    op.create_table(
        "written_reports",
        Column("key", sa.Text(), nullable=False),
        Column("repository_id", sa.BigInteger(), ForeignKey("repositories.id", ondelete="CASCADE"), nullable=False),
        Column("slot", sa.Text(), nullable=False),
        Column("period", sa.Text(), nullable=False),
        Column("state", sa.Text(), nullable=False),
        Column("number", sa.Integer()),
        Column("comment_id", sa.BigInteger()),
        Column("created_at", sa.BigInteger(), nullable=False),
        Column("updated_at", sa.BigInteger(), nullable=False),
        Column("closed_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("key", name="pk_written_reports"),
    )
    op.create_index("ix_written_reports_repository_id_slot", "written_reports", ["repository_id", "slot"])


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("written_reports")
    op.drop_table("subscriptions")
