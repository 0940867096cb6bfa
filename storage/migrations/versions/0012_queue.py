"""On PostgreSQL Procrastinate runs the jobs: its tables, and what we keep of each job beside it. Nothing on SQLite."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

from storage import queue_adopting, queue_schema

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Of the jobs with one lock Procrastinate looks for a better one that waits and for one that runs, for each candidate.
LANES = """
CREATE INDEX ix_procrastinate_jobs_lane ON procrastinate_jobs (lock, priority DESC, id)
WHERE status IN ('todo', 'doing')
"""

# What is alive or dead has its row in Procrastinate's table, what is done has none any more: so each state is found
# without a look at the thousands that are done, which only their keys remember.
STATES = """
CREATE VIEW job_states AS
SELECT k.job_id AS id, k.kind, k.key,
    CASE p.status
        WHEN 'todo' THEN CASE WHEN k.later THEN 'scheduled' ELSE 'waiting' END
        WHEN 'doing' THEN 'running'
        WHEN 'failed' THEN 'dead'
        ELSE 'done'
    END AS state,
    k.lock, k.priority, k.run_at, k.created_at, k.attempts, k.lease, k.leased_until, k.finished_at, k.error, k.body
FROM procrastinate_jobs p JOIN job_keys k ON k.job_id = p.id
UNION ALL
SELECT k.job_id, k.kind, k.key, 'done',
    k.lock, k.priority, k.run_at, k.created_at, k.attempts, k.lease, k.leased_until, k.finished_at, k.error, k.body
FROM job_keys k WHERE k.done
"""

# whatever Procrastinate made: its names all begin alike
DROP = """
DO $$
DECLARE found record;
BEGIN
    DROP TABLE procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs, procrastinate_workers CASCADE;
    FOR found IN SELECT oid::regprocedure AS name FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'procrastinate\\_%'
    LOOP
        EXECUTE 'DROP FUNCTION ' || found.name || ' CASCADE';
    END LOOP;
    DROP TYPE IF EXISTS procrastinate_job_to_defer_v1, procrastinate_job_event_type, procrastinate_job_status CASCADE;
END $$
"""


def upgrade() -> None:
    """Make the tables on PostgreSQL and hand over what was put before."""
    if op.get_context().dialect.name != "postgresql":
        return
    op.create_table(
        "job_keys",
        # the number that Procrastinate gave the job; no foreign key, since the key outlives the job
        Column("job_id", sa.BigInteger(), nullable=False, autoincrement=False),
        Column("kind", sa.Text(), nullable=False),
        Column("key", sa.Text(), nullable=False),
        Column("lock", sa.Text()),
        Column("priority", sa.Integer(), nullable=False),
        Column("run_at", sa.BigInteger(), nullable=False),
        Column("later", sa.Boolean(), nullable=False),
        Column("done", sa.Boolean(), nullable=False, server_default=sa.false()),
        Column("created_at", sa.BigInteger(), nullable=False),
        Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        Column("lease", sa.Integer(), nullable=False, server_default="0"),
        Column("leased_until", sa.BigInteger()),
        Column("finished_at", sa.BigInteger()),
        Column("error", sa.Text()),
        Column("body", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("job_id", name="pk_job_keys"),
        sa.UniqueConstraint("kind", "key", name="uq_job_keys_kind_key"),
    )
    op.execute("ALTER TABLE job_keys ALTER COLUMN body SET STORAGE EXTERNAL")  # deliveries come packed
    op.create_index("ix_job_keys_later", "job_keys", ["run_at"], postgresql_where=sa.text("later"))
    op.create_index("ix_job_keys_done", "job_keys", ["finished_at"], postgresql_where=sa.text("done"))
    op.create_table("queue_engine", Column("version", sa.Text(), nullable=False))
    queue_schema.create(op.get_bind())
    op.execute(LANES)
    op.execute(STATES)
    queue_adopting.adopt(op.get_bind())


def downgrade() -> None:
    """Drop all of it, jobs included: what was not done is captured, delivered or asked for again."""
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute("DROP VIEW job_states")
    op.drop_table("queue_engine")
    op.drop_table("job_keys")
    op.execute(DROP)
