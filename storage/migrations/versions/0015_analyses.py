"""On PostgreSQL every process can show, end and forget an analysis that another one reads. Nothing on SQLite."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Integer, LargeBinary, PrimaryKeyConstraint, Text
from sqlalchemy import UniqueConstraint as Unique

revision = "0015_0013"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of analyses and of their rows."""
    if op.get_context().dialect.name != "postgresql":
        return
    op.create_table(
        "analyses",
        Column("key", Text(), nullable=False),
        Column("person_id", BigInteger(), nullable=False),
        Column("server", Text(), nullable=False),
        Column("wanted", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("progress", Text(), nullable=False),
        Column("found", Text()),
        Column("begun_at", BigInteger(), nullable=False),
        Column("used_at", BigInteger(), nullable=False),
        Column("beat_at", BigInteger(), nullable=False),
        PrimaryKeyConstraint("key", name="pk_analyses"),
        Unique("person_id", name="uq_analyses_person_id"),
    )
    op.create_table(
        "analysis_parts",
        Column("analysis", Text(), nullable=False),
        Column("number", Integer(), nullable=False, autoincrement=False),
        Column("data", LargeBinary(), nullable=False),
        PrimaryKeyConstraint("analysis", "number", name="pk_analysis_parts"),
        ForeignKeyConstraint(
            ["analysis"], ["analyses.key"], name="fk_analysis_parts_analysis", ondelete="CASCADE"
        ),
    )  # fmt: skip


def downgrade() -> None:
    """Drop them: analyses are begun again."""
    if op.get_context().dialect.name != "postgresql":
        return
    op.drop_table("analysis_parts")
    op.drop_table("analyses")
