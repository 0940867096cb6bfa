"""Deliveries come in: every waiting one goes into the next transaction, and each is acknowledged once that is on disk.

One transaction with a sync to disk costs about as much as hundreds of inserts, so while one batch is being written the
next one gathers. A thread of its own holds the one connection, and the store's turn keeps it and other writers apart.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Self, TypeVar

import lz4.block

from storage import sqlite
from storage.columns import to_micros
from storage.engine import Store
from storage.urls import sqlite_path

T = TypeVar("T")

KIND = "delivery"
BATCH = 512  # deliveries in one transaction; bounds how long other writers wait for their turn
CROWD = 16  # deliveries in one transaction: so many at once mean that more are on their way
CROWDED_SECONDS = 0.05
CACHE_KB = 8_000  # random delivery ids touch every page of their index; it is to stay in memory

# A delivery whose lock has a job ready or running waits behind it, a more urgent one too: it is that job's turn, and
# then its own. See storage.lanes.
INSERT = """
INSERT INTO jobs (kind, key, lock, priority, run_at, created_at, attempts, lease, state)
VALUES ('delivery', ?1, ?2, ?3, ?4, ?4, 0, 0, CASE
  WHEN ?2 IS NOT NULL AND EXISTS (SELECT 1 FROM jobs WHERE lock = ?2 AND state IN ('ready', 'running'))
  THEN 'waiting' ELSE 'ready' END)
ON CONFLICT (kind, key) DO NOTHING
"""
INSERT_BODY = "INSERT INTO payloads (job_id, body) VALUES (?, ?)"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook delivery as it arrived. `guid` is X-GitHub-Delivery, `event` X-GitHub-Event, `lock` as for any job."""

    guid: str
    event: str
    body: bytes
    received_at: datetime
    lock: str | None
    priority: int = 5


def pack(event: str, body: bytes) -> bytes:
    """Return the payload of a delivery's job: the event's name, a zero byte and the body as it came, as an LZ4 block.

    Writing 14 kB of JSON to log and database costs about 30 us; making 3 kB of them first costs 6 us.
    """
    packed: bytes = lz4.block.compress(event.encode() + b"\0" + body)
    return packed


def unpack(payload: bytes) -> tuple[str, bytes]:
    """Return the event's name and the body of a delivery's job."""
    plain: bytes = lz4.block.decompress(payload)
    event, _, body = plain.partition(b"\0")
    return event.decode(), body


class Intake:
    """Group commit of deliveries: `async with Intake(store) as intake`, then `await intake.remember(delivery)`."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.waiting: list[tuple[Delivery, asyncio.Future[bool]]] = []
        self.arrived = asyncio.Event()
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="intake")
        self.connection: sqlite3.Connection | None = None
        self.task: asyncio.Task[None] | None = None
        self.closing = False
        self.crowded_until = 0.0

    async def __aenter__(self) -> Self:
        path = sqlite_path(self.store.url)
        if path is None:
            raise ValueError("deliveries are kept in SQLite only so far; give a sqlite:// DATABASE_URL")
        self.connection = await self.in_thread(lambda: connect(str(path)))
        self.task = asyncio.create_task(self.keep_writing())
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        """Write what is waiting, then close; deliveries that arrive from now on are refused."""
        self.closing = True
        self.arrived.set()
        if self.task is not None:
            await asyncio.shield(self.task)
        if self.connection is not None:
            await self.in_thread(self.connection.close)
        self.thread.shutdown()

    async def remember(self, delivery: Delivery) -> bool:
        """Return True if the delivery was new, False if it was known, once the disk has it either way.

        Raises what kept it from the disk (sqlite3.OperationalError if the disk is full or the database stays locked);
        nobody may then be told that it was accepted.
        """
        if self.closing or self.task is None:
            raise RuntimeError("the intake is closed")
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.waiting.append((delivery, kept))
        self.arrived.set()
        return await kept

    async def keep_writing(self) -> None:
        """Write batch after batch until the intake closes and nothing waits."""
        while not (self.closing and not self.waiting):
            await self.arrived.wait()
            self.arrived.clear()
            while self.waiting:
                # what the loop has read already joins this batch: a transaction for the first one alone costs as much
                await asyncio.sleep(0)
                async with self.store.turn:
                    batch, self.waiting = self.waiting[:BATCH], self.waiting[BATCH:]
                    await self.write(batch)
                if len(batch) >= CROWD:
                    self.crowded_until = asyncio.get_running_loop().time() + CROWDED_SECONDS

    def is_crowded(self) -> bool:
        """Tell whether deliveries are coming in by the dozen: GitHub waits for an answer, stored work can wait."""
        return asyncio.get_running_loop().time() < self.crowded_until

    async def write(self, batch: list[tuple[Delivery, asyncio.Future[bool]]]) -> None:
        """Commit one batch and tell each who waits for it what became of it."""
        deliveries = [delivery for delivery, _ in batch]
        try:
            new = await self.in_thread(lambda: self.commit(deliveries))
        except Exception as error:  # noqa: BLE001 - whatever it was, it is handed to everyone whose delivery was not kept
            for _, kept in batch:
                if not kept.done():
                    kept.set_exception(error)
            return
        for (_, kept), was_new in zip(batch, new, strict=True):
            if not kept.done():  # cancelled: its caller has left, its delivery is kept all the same
                kept.set_result(was_new)

    def commit(self, deliveries: list[Delivery]) -> list[bool]:
        """Write deliveries in one durable transaction, in the intake's thread; return which were new."""
        connection = self.connection
        if connection is None:
            raise RuntimeError("the intake is closed")
        connection.execute("BEGIN IMMEDIATE")
        try:
            new = [insert(connection, delivery) for delivery in deliveries]
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # a full disk may have rolled it back already
                connection.execute("ROLLBACK")
            raise
        return new

    async def in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.thread, work)


def connect(path: str) -> sqlite3.Connection:
    """Open the intake's own connection; its transactions are written out by hand."""
    connection = sqlite3.connect(path, isolation_level=None)
    sqlite.prepare(connection)
    connection.execute(f"PRAGMA cache_size = -{CACHE_KB}")
    return connection


def insert(connection: sqlite3.Connection, delivery: Delivery) -> bool:
    """Insert one delivery; False if its id is known."""
    values = (delivery.guid, delivery.lock, delivery.priority, to_micros(delivery.received_at))
    cursor = connection.execute(INSERT, values)
    if cursor.rowcount != 1:
        return False
    connection.execute(INSERT_BODY, (cursor.lastrowid, pack(delivery.event, delivery.body)))
    return True
