"""Jobs per second on each engine and on a bare SKIP LOCKED loop, and how long a job waits for another process's bell.

`python -m bench.queues` starts a PostgreSQL of its own, which syncs to disk; nothing but it and SQLite is measured.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from storage import queue
from storage.engine import Store
from storage.intake import Delivery, intake_of
from storage.migrate import upgrade
from storage.queue import Job, NewJob, Wakeup
from storage.urls import libpq
from tests.storage import cluster
from tests.storage.queue_rows import fill

LEASE = timedelta(minutes=2)
BODY = bytes(range(256)) * 12  # 3 kB: a delivery as it is stored
LOCKS = 200
AT_ONCE = 4
TABLE = """
CREATE TABLE bare (id bigserial PRIMARY KEY, lock text, priority int, state text NOT NULL DEFAULT 'todo', body bytea);
CREATE INDEX ON bare (priority DESC, id) WHERE state = 'todo'
"""
TAKE = """
UPDATE bare SET state = 'doing' WHERE id = (
    SELECT id FROM bare WHERE state = 'todo' ORDER BY priority DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING id, body
"""


def now() -> datetime:
    return datetime.now(UTC)


def jobs(prefix: str, count: int) -> list[NewJob]:
    return [NewJob("work", f"{prefix}{n}", BODY, f"repository:{n % LOCKS}") for n in range(count)]


async def rate(count: int, work: Callable[[], Awaitable[object]]) -> str:
    begun = time.perf_counter()
    await work()
    return f"{count / (time.perf_counter() - begun):8.0f} /s"


async def engine(store: Store) -> None:
    """Print the rates of an engine through its interface."""

    async def put_singly() -> None:
        for job in jobs("single", 500):
            await store.write(lambda conn, job=job: queue.put(conn, [job], now()))  # type: ignore[misc]

    async def put_together() -> None:
        await store.write(lambda conn: queue.put(conn, jobs("together", 2000), now()))

    async def run_all() -> None:
        while (job := await queue.claim(store, now(), LEASE)) is not None:
            assert await queue.finish(store, job, now())

    async def run_at_once() -> None:
        await asyncio.gather(*(run_all() for _ in range(AT_ONCE)))

    async def take_in() -> None:
        async with intake_of(store) as intake:
            arriving = (Delivery(f"g{n}", "push", BODY, now(), f"repository:{n % LOCKS}") for n in range(3000))
            await asyncio.gather(*(intake.remember(each) for each in arriving))

    say("put, one in a transaction", await rate(500, put_singly))
    say("claimed and finished, one at a time", await rate(500, run_all))
    say("put, 2,000 in a transaction", await rate(2000, put_together))
    say(f"claimed and finished, {AT_ONCE} at once", await rate(2000, run_at_once))
    say("deliveries taken in, all at once", await rate(3000, take_in))


async def bare(url: str) -> None:
    """Print the rates of a loop that does nothing but the database's part, without keys, locks or leases."""
    async with await psycopg.AsyncConnection.connect(libpq(url), autocommit=True) as connection:
        await connection.execute(TABLE.encode(), prepare=False)

        async def put_singly() -> None:
            for n in range(500):
                await connection.execute("INSERT INTO bare (lock, priority, body) VALUES (%s, 5, %s)", (str(n), BODY))

        async def run_all() -> None:
            while (row := await (await connection.execute(TAKE)).fetchone()) is not None:
                await connection.execute("UPDATE bare SET state = 'done', body = NULL WHERE id = %s", row[:1])

        say("put, one in a transaction", await rate(500, put_singly))
        say("claimed and finished, one at a time", await rate(500, run_all))


async def bell(url: str) -> None:
    """Print how long a job that another connection puts waits until it is claimed."""
    mine, other = await Store.open(url), await Store.open(url)
    wakeup, waits = Wakeup(), list[float]()
    async with queue.attending(mine, wakeup):
        await asyncio.sleep(1)
        for n in range(60):
            await wakeup.wait(0)
            begun = time.perf_counter()
            await other.write(lambda conn, n=n: queue.put(conn, [NewJob("work", f"bell{n}", b"", None)], now()))  # type: ignore[misc]
            await wakeup.wait(5)
            claimed: Job | None = await queue.claim(mine, now(), LEASE)
            waits.append(time.perf_counter() - begun)
            assert claimed is not None
            await queue.finish(mine, claimed, now())
    waits.sort()
    say("from put to claimed elsewhere", f"p50 {1e3 * statistics.median(waits):.1f} ms, p95 {1e3 * waits[56]:.1f} ms")
    for store in (mine, other):
        await store.close()


async def behind(store: Store, count: int) -> None:
    """Print how long a claim takes that has to look past jobs which wait for a taken lock."""
    await store.write(lambda conn: queue.put(conn, [NewJob("sync", "running", b"", "repository:7", 9)], now()))
    assert await queue.claim(store, now(), LEASE) is not None
    await asyncio.to_thread(fill, store, count, now() + timedelta(days=1))
    await store.write(lambda conn: queue.put(conn, [NewJob("sync", f"free{n}", b"", None) for n in range(9)], now()))
    waits = []
    for _ in range(9):
        begun = time.perf_counter()
        assert await queue.claim(store, now(), LEASE) is not None
        waits.append(time.perf_counter() - begun)
    say(f"a claim past {count:,} that wait for one lock", f"{1e3 * statistics.median(waits):.1f} ms")


def say(what: str, figure: str) -> None:
    print(f"  {what:45} {figure}", flush=True)


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = f"sqlite:///{Path(folder) / 'queue.db'}"
        upgrade(file)
        store = await Store.open(file)
        print("embedded, on SQLite")
        await engine(store)
        await behind(store, 10_000)
        await store.close()
    with cluster.cluster(durable=True) as folder_of_socket:
        urls = []
        for name in ("one", "two", "three"):
            cluster.run(folder_of_socket, f"CREATE DATABASE {name}")
            urls.append(cluster.address(folder_of_socket, name))
            upgrade(urls[-1])
        print("bare SKIP LOCKED, on PostgreSQL")
        await bare(urls[0])
        print("Procrastinate, on PostgreSQL")
        store = await Store.open(urls[0])
        await engine(store)
        await store.close()
        await bell(urls[0])
        for url, count in zip(urls[1:], (1_000, 10_000), strict=True):
            store = await Store.open(url)
            await behind(store, count)
            await store.close()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
