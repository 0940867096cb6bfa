"""Who told that an installation has ended: what a webhook told is final, what a listing did not show may come back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of what ended before, nobody knows who told."""
    op.add_column("installations", Column("removed_by", sa.Text()))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("installations", "removed_by")
