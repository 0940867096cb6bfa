"""What we keep of jobs on PostgreSQL, beside what Procrastinate keeps of them; on SQLite there is nothing of it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint, false

from storage.columns import Moment
from storage.schema_base import metadata as common
from storage.schema_base import partial
from storage.schema_jobs import jobs

metadata = MetaData(naming_convention=common.naming_convention)

# (kind, key) is what makes a job one; the row outlives Procrastinate's own, which goes when the job is done.
# later: it waits for its time, in a queue that nobody works, under a lock that stops nobody (see queue_procrastinate).
# running_for, parked_for: the installation in whose background it runs, or waits for others to end (see queue_sharing).
job_keys = Table(
    "job_keys",
    metadata,
    Column("job_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("lock", Text),
    Column("priority", Integer, nullable=False),
    Column("run_at", Moment, nullable=False),
    Column("later", Boolean, nullable=False),
    Column("done", Boolean, nullable=False, server_default=false()),
    Column("created_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("lease", Integer, nullable=False, server_default="0"),
    Column("leased_until", Moment),
    Column("finished_at", Moment),
    Column("error", Text),
    Column("body", LargeBinary),
    Column("running_for", BigInteger),
    Column("parked_for", BigInteger),
    UniqueConstraint("kind", "key"),
)
partial("ix_job_keys_later", "later", job_keys.c.run_at)
partial("ix_job_keys_done", "done", job_keys.c.finished_at)
partial("ix_job_keys_running_for", "running_for IS NOT NULL", job_keys.c.running_for)
partial(
    "ix_job_keys_parked_for",
    "parked_for IS NOT NULL",
    job_keys.c.parked_for,
    job_keys.c.priority,
    job_keys.c.job_id,
)

queue_engine = Table("queue_engine", metadata, Column("version", Text, nullable=False))

# The view that tells what `jobs` tells on SQLite, with the body beside it.
job_states = Table(
    "job_states",
    MetaData(),
    *(Column(column.name, column.type, primary_key=column.primary_key) for column in jobs.columns),
    Column("body", LargeBinary),
)
