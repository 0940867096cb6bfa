"""What webhooks told of each dataset, what they missed, and what they ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, ForeignKey

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ADDED = ("heard_at", "changed_at", "told_since", "reconciled_at")


def upgrade() -> None:
    """Add the columns; of what was read before, no webhook has told anything."""
    for name in ADDED:
        op.add_column("watermarks", Column(name, sa.BigInteger()))
    op.add_column("watermarks", Column("told", sa.Integer(), nullable=False, server_default="0"))
    repository = ("repository_id", sa.BigInteger())
    op.create_table(
        "reconciliations",
        Column(*repository, ForeignKey("repositories.id", ondelete="CASCADE"), nullable=False),
        Column("dataset", sa.Text(), nullable=False),
        Column("night", sa.Integer(), nullable=False),
        Column("compared", sa.Integer(), nullable=False),
        Column("missed", sa.Integer(), nullable=False),
        Column("begun_at", sa.BigInteger(), nullable=False),
        Column("edge", sa.BigInteger(), nullable=False),
        Column("cursor", sa.Text()),
        Column("finished_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("repository_id", "dataset", "night", name="pk_reconciliations"),
    )
    op.create_table(
        "vanished",
        Column(*repository, ForeignKey("repositories.id", ondelete="CASCADE"), nullable=False),
        Column("thing", sa.Text(), nullable=False),
        Column("key", sa.Text(), nullable=False),
        Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("repository_id", "thing", "key", name="pk_vanished"),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("vanished")
    op.drop_table("reconciliations")
    op.drop_column("watermarks", "told")
    for name in ADDED:
        op.drop_column("watermarks", name)
