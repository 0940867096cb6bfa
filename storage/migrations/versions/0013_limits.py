"""On PostgreSQL all processes keep GitHub's limits together, and each installation's background. Nothing on SQLite."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import BigInteger, Column, Integer, Text

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of limits, and let a job's row say for whose background it stands."""
    if op.get_context().dialect.name != "postgresql":
        return
    op.create_table(
        "github_paces",
        Column("installation_id", BigInteger(), nullable=False, autoincrement=False),
        Column("due", BigInteger(), nullable=False),
        Column("sent", sa.ARRAY(BigInteger()), nullable=False),
        Column("turn_at", BigInteger(), nullable=False),
        Column("given", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("installation_id", name="pk_github_paces"),
    )
    op.create_table(
        "github_limits",
        Column("installation_id", BigInteger(), nullable=False, autoincrement=False),
        Column("kind", Text(), nullable=False),
        Column("rests_until", BigInteger()),
        Column("hourly", Integer()),
        Column("remaining", Integer()),
        Column("reset_at", BigInteger()),
        Column("points_due", BigInteger(), nullable=False),
        Column("points_given", Integer(), nullable=False),
        sa.PrimaryKeyConstraint("installation_id", "kind", name="pk_github_limits"),
    )
    op.create_table(
        "github_places",
        Column("installation_id", BigInteger(), nullable=False, autoincrement=False),
        Column("place", Integer(), nullable=False),
        Column("holder", Text(), nullable=False),
        Column("until", BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("installation_id", "place", name="pk_github_places"),
    )
    op.add_column("job_keys", Column("running_for", BigInteger()))
    op.add_column("job_keys", Column("parked_for", BigInteger()))
    for column, indexed in (("running_for", ["running_for"]), ("parked_for", ["parked_for", "priority", "job_id"])):
        condition = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_job_keys_{column}", "job_keys", indexed, postgresql_where=condition)


def downgrade() -> None:
    """Drop all of it; jobs that were parked wait for their turn like all others."""
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute("""
        UPDATE procrastinate_jobs p SET queue_name = 'background', lock = k.lock FROM job_keys k
        WHERE k.job_id = p.id AND k.parked_for IS NOT NULL AND p.status = 'todo' AND p.queue_name = 'parked'
    """)
    op.drop_index("ix_job_keys_parked_for", "job_keys")
    op.drop_index("ix_job_keys_running_for", "job_keys")
    op.drop_column("job_keys", "parked_for")
    op.drop_column("job_keys", "running_for")
    op.drop_table("github_places")
    op.drop_table("github_limits")
    op.drop_table("github_paces")
