"""The tokens with which people's programs read the data API."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, ForeignKey

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table; nobody had a token before."""
    op.create_table(
        "api_tokens",
        Column("id", ROW_ID, nullable=False),
        Column("person_id", ROW_ID, ForeignKey("persons.id", ondelete="CASCADE"), nullable=False),
        Column("name", sa.Text(), nullable=False),
        Column("hash", sa.LargeBinary(), nullable=False),
        Column("scopes", sa.Text(), nullable=False),
        Column("created_at", sa.BigInteger(), nullable=False),
        Column("expires_at", sa.BigInteger(), nullable=False),
        Column("last_used_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.UniqueConstraint("hash", name="uq_api_tokens_hash"),
    )
    op.create_index("ix_api_tokens_person_id", "api_tokens", ["person_id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("api_tokens")
