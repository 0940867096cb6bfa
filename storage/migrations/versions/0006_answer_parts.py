"""What each command of a comment was answered with, files that can be fetched, and how much was asked at a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, ForeignKey

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; of what was asked before, each time counts as one command, and nobody was told of a limit."""
    op.add_column("askings", Column("commands", sa.SmallInteger(), nullable=False, server_default="1"))
    op.create_table(
        "answer_parts",
        Column("answer_key", sa.Text(), ForeignKey("answers.key", ondelete="CASCADE"), nullable=False),
        Column("position", sa.SmallInteger(), nullable=False),
        Column("meaning", sa.Text(), nullable=False),
        Column("markdown", sa.Text(), nullable=False),
        Column("pictures", sa.Text(), nullable=False),
        Column("files", sa.Text(), nullable=False),
        Column("mistaken", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("answer_key", "position", name="pk_answer_parts"),
    )
    op.create_table(
        "exports",
        Column("address", sa.Text(), nullable=False),
        Column("repository_id", sa.BigInteger(), ForeignKey("repositories.id", ondelete="CASCADE"), nullable=False),
        Column("answer_key", sa.Text(), nullable=False),
        Column("wanted", sa.Text(), nullable=False),
        Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_exports"),
    )
    op.create_index("ix_exports_answer_key", "exports", ["answer_key"])
    op.create_index("ix_exports_repository_id", "exports", ["repository_id"])
    op.create_index("ix_exports_created_at", "exports", ["created_at"])


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("exports")
    op.drop_table("answer_parts")
    op.drop_column("askings", "commands")
