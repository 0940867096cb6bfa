"""What lies in the tables of either engine, seen and filled past the interface."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime

import psycopg
from sqlalchemy import select

from storage.columns import to_micros
from storage.connection import Connection
from storage.engine import Store
from storage.schema_jobs import payloads
from storage.schema_queue import job_keys
from storage.urls import libpq, sqlite_path

EMBEDDED = """
INSERT INTO jobs (kind, key, state, lock, priority, run_at, created_at, attempts, lease, finished_at)
VALUES ('sync', ?1, ?2, 'repository:7', 5, ?3, ?3, 0, 0, ?3)
"""
DEFERRED = """
WITH deferred AS (
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, args, scheduled_at)
    SELECT %(queue)s, 'sync', 5, %(lock)s, jsonb_build_object('key', %(state)s || n), %(due)s::timestamptz
    FROM generate_series(1, %(many)s) n RETURNING id, args ->> 'key' AS key
)
INSERT INTO job_keys (job_id, kind, key, lock, priority, run_at, later, created_at)
SELECT id, 'sync', key, 'repository:7', 5, %(at)s, %(queue)s = 'later', %(at)s FROM deferred
"""
DONE = """
INSERT INTO job_keys (job_id, kind, key, lock, priority, run_at, later, done, created_at, finished_at)
SELECT nextval('procrastinate_jobs_id_seq'), 'sync', 'done' || n, 'repository:7', 5, %(at)s, false, true, %(at)s, %(at)s
FROM generate_series(1, %(many)s) n
"""


async def bodies(store: Store) -> list[bytes]:
    """Return the payloads that are kept."""

    async def work(conn: Connection) -> list[bytes]:
        body = payloads.c.body if store.dialect == "sqlite" else job_keys.c.body
        return [bytes(each) for each in (await conn.execute(select(body).where(body.is_not(None)))).scalars()]

    return await store.read(work)


def fill(store: Store, count: int, moment: datetime) -> None:
    """Put jobs that wait for a taken lock, that are due at `moment`, and that are done, each in this number."""
    if store.dialect == "sqlite":
        fill_embedded(store, count, moment)
        return
    with psycopg.connect(libpq(store.url), cursor_factory=psycopg.ClientCursor) as connection:
        values = {"many": count, "at": to_micros(moment)}
        waiting = {"state": "waiting", "queue": "people", "lock": "repository:7", "due": None}
        scheduled = {"state": "scheduled", "queue": "later", "lock": "later:repository:7", "due": moment}
        for each in (waiting, scheduled):
            connection.execute(DEFERRED, values | each)
        connection.execute(DONE, values)
    with psycopg.connect(libpq(store.url), autocommit=True) as connection:
        connection.execute("ANALYZE")  # as autovacuum does within a minute


def fill_embedded(store: Store, count: int, moment: datetime) -> None:
    connection = sqlite3.connect(str(sqlite_path(store.url)))
    for state in ("waiting", "scheduled", "done"):
        connection.executemany(EMBEDDED, ((f"{state}{number}", state, to_micros(moment)) for number in range(count)))
    connection.commit()
    connection.close()


@contextmanager
def holding(store: Store) -> Iterator[None]:
    """Hold what every put has to write to, as a stranger's long transaction does."""
    if store.dialect == "sqlite":
        with closing(sqlite3.connect(str(sqlite_path(store.url)), isolation_level=None)) as file:
            file.execute("BEGIN IMMEDIATE")
            yield
            file.execute("ROLLBACK")
        return
    with psycopg.connect(libpq(store.url)) as connection:
        connection.execute("LOCK TABLE job_keys IN ACCESS EXCLUSIVE MODE")
        yield
        connection.rollback()
