"""What repositories have set, so that what held before a mistake stays in force."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; nothing was remembered before."""
    op.create_table(
        "configurations",
        Column("installation_id", sa.BigInteger(), nullable=False),
        Column("key", sa.Text(), nullable=False),
        Column("text", sa.Text()),
        Column("good", sa.Text()),
        Column("good_at", sa.BigInteger()),
        Column("read_at", sa.BigInteger(), nullable=False),
        Column("said", sa.Text()),
        sa.PrimaryKeyConstraint("installation_id", "key", name="pk_configurations"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("configurations")
