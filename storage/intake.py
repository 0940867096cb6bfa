"""Deliveries come in: every waiting one goes into the next transaction, and each is acknowledged once that is on disk.

One transaction with a sync to disk costs about as much as hundreds of inserts, so while one batch is being synced the
next one gathers. Rows are inserted in the event loop, for a few milliseconds at most; what waits for the disk, the
commit, happens in a thread. The store's turn keeps this connection and other writers apart.
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
BATCH = 32  # deliveries: so many do not wait for more; the loop reads the next ones while these are synced
SLICE_SECONDS = 0.005  # spent inserting in one transaction: as long as the loop does nothing else
PATIENCE = sqlite.BUSY_MILLISECONDS / 1000
CROWD = 16  # deliveries in one transaction: so many at once mean that more are on their way
CROWDED_SECONDS = 0.05
CACHE_KB = 8_000  # random delivery ids touch every page of their index; it is to stay in memory

# A delivery is stored as scheduled for the beginning of time, and whoever claims the next job gives it its place behind
# others of its lock (storage.lanes). Rows of that state lie one after the other; the places of waiting jobs lie
# wherever their locks do, and each would be one more page to write before GitHub has its answer.
INSERT = """
INSERT INTO jobs (kind, key, lock, priority, run_at, created_at, attempts, lease, state)
VALUES ('delivery', ?1, ?2, ?3, 0, ?4, 0, 0, 'scheduled')
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
        self.patience = PATIENCE
        """Seconds that a transaction may wait for the database to be free."""

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
                await self.gather()
                async with self.store.turn:
                    written = await self.write()
                if written >= CROWD:
                    self.crowded_until = asyncio.get_running_loop().time() + CROWDED_SECONDS

    async def gather(self) -> None:
        """Return when a turn of the loop has brought nothing new, or a batch is full.

        What the loop has in hand already joins this batch: a transaction for the first one alone costs as much.
        """
        seen = 0
        while seen < len(self.waiting) < BATCH:
            seen = len(self.waiting)
            await asyncio.sleep(0)

    def is_crowded(self) -> bool:
        """Tell whether deliveries are coming in by the dozen: GitHub waits for an answer, stored work can wait."""
        return asyncio.get_running_loop().time() < self.crowded_until

    async def write(self) -> int:
        """Commit what waits, or as much as one slice of time allows; tell each who waits for it what became of it.

        Returns how many left the queue, kept or refused.
        """
        kept: list[tuple[asyncio.Future[bool], bool]] = []
        try:
            await self.begin()
            try:
                self.insert_for(SLICE_SECONDS, kept)
                await self.in_thread(lambda: self.execute("COMMIT"))
            except BaseException:
                await self.in_thread(self.roll_back)
                raise
        except Exception as error:  # noqa: BLE001 - whatever it was, it is handed to everyone whose delivery was not kept
            refused = max(len(kept), 1)
            for _, future in self.take(refused):
                if not future.done():
                    future.set_exception(error)
            return refused
        self.take(len(kept))
        for future, was_new in kept:
            if not future.done():  # cancelled: its caller has left, its delivery is kept all the same
                future.set_result(was_new)
        return len(kept)

    async def begin(self) -> None:
        """Open the transaction; where a stranger holds the database, try again as long as other connections would."""
        pause, until = 0.001, asyncio.get_running_loop().time() + self.patience
        while True:
            try:
                self.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or asyncio.get_running_loop().time() > until:
                    raise
                await asyncio.sleep(pause)
                pause = min(2 * pause, 0.1)
            else:
                return

    def insert_for(self, seconds: float, kept: list[tuple[asyncio.Future[bool], bool]]) -> None:
        """Insert deliveries in their order until none waits or `seconds` have passed; note each in `kept`.

        Runs in the loop: these are writes to memory. In a thread they take a third longer, because each statement
        gives Python's lock away and the loop, busy reading, is slow to give it back.
        """
        cursor, clock = self.opened().cursor(), asyncio.get_running_loop().time
        until = clock() + seconds
        for delivery, future in self.waiting:
            kept.append((future, insert(cursor, delivery)))
            if clock() > until:
                break

    def take(self, count: int) -> list[tuple[Delivery, asyncio.Future[bool]]]:
        """Take the first `count` out of the queue."""
        taken, self.waiting = self.waiting[:count], self.waiting[count:]
        return taken

    def roll_back(self) -> None:
        """Undo what is open; a full disk may have done so already."""
        if self.opened().in_transaction:
            self.execute("ROLLBACK")

    def execute(self, statement: str) -> None:
        self.opened().execute(statement)

    def opened(self) -> sqlite3.Connection:
        if self.connection is None:
            raise RuntimeError("the intake is closed")
        return self.connection

    async def in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.thread, work)


def connect(path: str) -> sqlite3.Connection:
    """Open the intake's own connection; its transactions are written out by hand and wait outside of SQLite."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    sqlite.prepare(connection)
    connection.execute("PRAGMA busy_timeout = 0")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KB}")
    return connection


def insert(cursor: sqlite3.Cursor, delivery: Delivery) -> bool:
    """Insert one delivery; False if its id is known."""
    values = (delivery.guid, delivery.lock, delivery.priority, to_micros(delivery.received_at))
    cursor.execute(INSERT, values)
    if cursor.rowcount != 1:
        return False
    cursor.execute(INSERT_BODY, (cursor.lastrowid, pack(delivery.event, delivery.body)))
    return True
