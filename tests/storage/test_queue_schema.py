"""Procrastinate's tables come and are brought up to date with ours, and what was put before is handed over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text

from storage import queue, queue_schema
from storage.dead_letters import dead_letters
from storage.engine import Store
from storage.migrate import sync_engine, upgrade
from storage.version import is_current
from tests.storage import cluster
from tests.storage.conftest import numbers
from tests.storage.test_migrate import VERSIONS, seed

FUNCTIONS = """
SELECT p.proname, pg_get_function_identity_arguments(p.oid), regexp_replace(p.prosrc, '\\s+', ' ', 'g')
FROM pg_proc p WHERE proname LIKE 'procrastinate%' ORDER BY 1, 2
"""
TRIGGERS = "SELECT tgname, tgfoid::regproc::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
OLDER = "02.14.01"  # the newest migrations of Procrastinate 2, as somebody upgraded from it


def shape(connection: Connection) -> dict[str, object]:
    """Return what can be told of Procrastinate's part of the database."""
    found: dict[str, object] = {}
    for table in ("procrastinate_jobs", "procrastinate_events", "procrastinate_workers"):
        columns = inspect(connection).get_columns(table)
        found[table] = {each["name"]: (str(each["type"]), each["nullable"]) for each in columns}
        found[f"indexes of {table}"] = {each["name"] for each in inspect(connection).get_indexes(table)}
    found["functions"] = {row[:2] for row in connection.execute(text(FUNCTIONS))}
    found["triggers"] = {tuple(row) for row in connection.execute(text(TRIGGERS))}
    return found


@pytest.fixture
def older(postgresql: Path, shared: str) -> str:
    """The address of a database whose Procrastinate is of an older release; the rest of it is today's."""
    engine = sync_engine(shared)
    with engine.begin() as connection:
        connection.execute(text("DROP VIEW job_states"))
        connection.execute(text(drop()))
    for file in (file for file in queue_schema.files() if file.stem[:8] <= OLDER):
        with engine.begin() as connection:
            queue_schema.run(connection, file)
            connection.execute(text("UPDATE queue_engine SET version = :version"), {"version": file.stem})
    with engine.begin() as connection:
        connection.execute(text("CREATE INDEX ix_procrastinate_jobs_lane ON procrastinate_jobs (lock)"))
    engine.dispose()
    return shared


def drop() -> str:
    """Return what the downgrade says to be rid of all that Procrastinate made."""
    source = (Path(queue_schema.__file__).parent / "migrations/versions/0012_queue.py").read_text()
    names: dict[str, str] = {}
    exec(compile(source.partition("def upgrade")[0], "0012", "exec"), names)
    return names["DROP"]


async def test_an_older_procrastinates_tables_are_brought_up_to_date(older: str, postgresql: Path) -> None:
    store = await Store.open(older)
    assert not await store.read(is_current)
    upgrade(older)
    assert await store.read(is_current)
    await store.close()
    fresh = f"test_{next(numbers)}"
    cluster.run(postgresql, f"CREATE DATABASE {fresh} TEMPLATE migrated")
    shapes = []
    for address in (older, cluster.address(postgresql, fresh)):
        engine = sync_engine(address)
        with engine.connect() as connection:
            shapes.append(shape(connection))
        engine.dispose()
    cluster.run(postgresql, f"DROP DATABASE {fresh}")
    assert shapes[0] == shapes[1]


async def test_a_procrastinate_that_is_newer_than_the_installed_one_is_left_alone(shared: str) -> None:
    """While replicas are replaced one by one, old ones run beside a database that new ones have brought up to date."""
    engine = sync_engine(shared)
    with engine.begin() as connection:
        connection.execute(text("UPDATE queue_engine SET version = '99.00.00_01_pre_something'"))
        assert queue_schema.is_up(connection)
        assert not queue_schema.bring_up(connection)
    engine.dispose()
    store = await Store.open(shared)
    assert await store.read(is_current)
    await store.close()


async def test_jobs_that_were_put_before_are_handed_over(postgresql: Path) -> None:
    name = f"test_{next(numbers)}"
    cluster.run(postgresql, f"CREATE DATABASE {name} TEMPLATE template0")
    address = cluster.address(postgresql, name)
    upgrade(address, "0011")
    seed(address, next(path for path in VERSIONS if path.stem == "0012_queue"))
    upgrade(address)
    store = await Store.open(address)
    now = datetime(2025, 11, 25, 20, tzinfo=UTC)
    assert await store.read(queue.counts) == {"scheduled": 1, "waiting": 3, "running": 0, "done": 1, "dead": 1}
    claimed = [await queue.claim(store, now, timedelta(minutes=2)) for _ in range(3)]
    assert [(job.key, job.attempts, job.payload) for job in claimed if job is not None] == [
        ("old:running", 2, b"x"), ("old:ready", 1, b"x"),
    ]  # fmt: skip
    later = await queue.claim(store, now + timedelta(hours=1), timedelta(minutes=2))
    assert later is not None
    assert (later.id, later.key, later.lock, later.attempts) == (904, "old:scheduled", "repository:8", 3)
    dead = await store.read(lambda conn: dead_letters(conn, 9, 0))
    assert [(each.key, each.attempts, each.error) for each in dead] == [("old:dead", 6, "ours")]
    again = [queue.NewJob("delivery", key, b"", None) for key in ("old:done", "old:dead", "new")]
    assert await store.write(lambda conn: queue.put(conn, again, now)) == 1
    new = await queue.claim(store, now, timedelta(minutes=2))
    assert new is not None
    assert (new.id, new.key) == (907, "new")
    await store.close()
    cluster.run(postgresql, f"DROP DATABASE {name} WITH (FORCE)")
