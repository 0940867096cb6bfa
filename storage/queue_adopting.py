"""Hand jobs over that lie in the embedded engine's tables on PostgreSQL: put there before, or copied from SQLite."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.engine import Connection

from storage.job import SOMEBODY_WAITS

# A job that was running has lost its worker and waits again. One that is done leaves its key only, under a number that
# no job of Procrastinate's will have.
LIVING = text("""
SELECT j.id, j.kind, j.key, j.lock, j.priority, j.state, j.run_at
FROM jobs j WHERE j.state <> 'done' ORDER BY j.id
""")
DEFER = text("""
SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[ROW(
    :queue, :kind, :priority, :lock, NULL, jsonb_build_object('key', CAST(:key AS text)),
    CASE WHEN :later THEN to_timestamp(CAST(:run_at AS bigint) / 1e6) END
)]::procrastinate_job_to_defer_v1[]))
""")
KEY = text("""
INSERT INTO job_keys (job_id, kind, key, lock, priority, run_at, later, created_at, attempts, finished_at, error, body)
SELECT :job_id, j.kind, j.key, j.lock, j.priority, j.run_at, :later, j.created_at, j.attempts, j.finished_at, j.error,
    p.body
FROM jobs j LEFT JOIN payloads p ON p.job_id = j.id WHERE j.id = :id
""")
DEAD = text("SELECT procrastinate_finish_job_v1(:job_id, 'failed', false)")
DONE = text("""
INSERT INTO job_keys (job_id, kind, key, lock, priority, run_at, later, done, created_at, attempts, finished_at)
SELECT CASE WHEN :keep THEN id ELSE nextval('procrastinate_jobs_id_seq') END,
    kind, key, lock, priority, run_at, false, true, created_at, attempts, finished_at
FROM jobs WHERE state = 'done' ORDER BY id
""")
EMPTY = text("SELECT NOT EXISTS (SELECT 1 FROM job_keys)")
NUMBER = text("SELECT setval('procrastinate_jobs_id_seq', :id, false)")
AFTER = text("SELECT setval('procrastinate_jobs_id_seq', coalesce((SELECT max(job_id) FROM job_keys), 0) + 1, false)")


def adopt(connection: Connection) -> int:
    """Move every job from `jobs` and `payloads` to Procrastinate, oldest first; return how many were not done.

    They keep their numbers where there was no job before. None of them may be known here by its kind and key.
    """
    keep = connection.execute(EMPTY).scalar_one()
    living = connection.execute(LIVING).mappings().all()
    for job in living:
        later = job["state"] == "scheduled"
        lock = f"later:{job['lock']}" if later and job["lock"] is not None else job["lock"]
        queue = "later" if later else "people" if job["priority"] >= SOMEBODY_WAITS else "background"
        values = {**job, "queue": queue, "lock": lock, "later": later}
        if keep:
            connection.execute(NUMBER, {"id": job["id"]})
        job_id = connection.execute(DEFER, values).scalar_one()
        connection.execute(KEY, {"id": job["id"], "job_id": job_id, "later": later})
        if job["state"] == "dead":
            connection.execute(DEAD, {"job_id": job_id})
    connection.execute(DONE, {"keep": keep})
    if keep:
        connection.execute(AFTER)
    connection.execute(text("DELETE FROM payloads"))
    connection.execute(text("DELETE FROM jobs"))
    return len(living)
