"""What was read of a dataset's rows, not only how far; and comments that are read from their index alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INDEX = "ix_comments_number"
BY_NUMBER = ["repository_id", "number", "created_at"]


def upgrade() -> None:
    """Add the column; what was read before lacks labels and last comments, which is shape 0."""
    op.add_column("watermarks", Column("shape", sa.SmallInteger(), nullable=False, server_default="0"))
    op.drop_index(INDEX, "comments")
    op.create_index(INDEX, "comments", [*BY_NUMBER, "author_id", "on_pull"])


def downgrade() -> None:
    """Take both back."""
    op.drop_index(INDEX, "comments")
    op.create_index(INDEX, "comments", BY_NUMBER)
    op.drop_column("watermarks", "shape")
