"""The tables of jobs: apart from all others, since an idle server needs no more than these."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, SmallInteger, Table, Text, UniqueConstraint

from storage.columns import Moment
from storage.schema_base import RowId, metadata, partial

# state: scheduled -> waiting -> ready -> running -> done or dead. Of the jobs with one lock at most one is ready or
# running, which the unique index on `lock` enforces; the others wait behind it. So claiming looks at one index entry,
# however many jobs wait, and two jobs with one lock cannot run at once whatever the code does.
jobs = Table(
    "jobs",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("lock", Text),
    Column("priority", SmallInteger, nullable=False),
    Column("run_at", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease", Integer, nullable=False),  # counts claims: a worker that lost its lease holds an old number
    Column("leased_until", Moment),
    Column("finished_at", Moment),
    Column("error", Text),
    UniqueConstraint("kind", "key"),
)


partial("ux_jobs_lock", "state IN ('ready', 'running')", jobs.c.lock, unique=True)
partial("ix_jobs_ready", "state = 'ready'", jobs.c.priority.desc(), jobs.c.id)
partial("ix_jobs_waiting", "state = 'waiting'", jobs.c.lock, jobs.c.priority.desc(), jobs.c.id)
partial("ix_jobs_scheduled", "state = 'scheduled'", jobs.c.run_at)
partial("ix_jobs_running", "state = 'running'", jobs.c.leased_until)
partial("ix_jobs_done", "state = 'done'", jobs.c.finished_at)
partial("ix_jobs_dead", "state = 'dead'", jobs.c.finished_at)

# Bodies lie apart: a 14 kB payload between the small columns would make every scan of jobs read it.
payloads = Table(
    "payloads",
    metadata,
    Column("job_id", RowId, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)
