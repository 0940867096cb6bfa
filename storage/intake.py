"""Deliveries come in: every waiting one goes into the next transaction, and each is acknowledged once that is on disk.

One transaction with a sync to disk costs about as much as hundreds of inserts, so while one batch is being synced the
next one gathers. Rows are inserted in the event loop, for a few milliseconds at most; what waits for the disk, the
commit, happens in a thread. The store's turn keeps this connection and other writers apart.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
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
PATIENCE = 8.0  # seconds; GitHub waits for ten
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
# One that was given up is worked on once more when GitHub sends it again: somebody asked for that. Its body is there.
REVIVE = """
UPDATE jobs SET state = 'scheduled', run_at = 0, created_at = ?2, attempts = 0, finished_at = NULL, error = NULL
WHERE kind = 'delivery' AND key = ?1 AND state = 'dead'
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


def size_of(payload: bytes) -> int:
    """Return how many bytes a delivery's job has once it is unpacked: what LZ4 blocks begin with."""
    return int.from_bytes(payload[:4], "little")


def unpack(payload: bytes) -> tuple[str, bytes]:
    """Return the event's name and the body of a delivery's job."""
    plain: bytes = lz4.block.decompress(payload)
    event, _, body = plain.partition(b"\0")
    return event.decode(), body


@dataclass(slots=True)
class Waiting:
    """A delivery on its way to the disk. `since`: the loop's time of its arrival."""

    delivery: Delivery
    kept: asyncio.Future[bool]
    since: float
    new: bool = False

    def settle(self) -> None:
        """Tell whoever waits that it is on disk; a caller who has left does not hear it, its delivery is kept."""
        if not self.kept.done():
            self.kept.set_result(self.new)

    def refuse(self, error: Exception) -> None:
        """Tell whoever waits that it could not be kept, and why."""
        if not self.kept.done():
            self.kept.set_exception(error)


class Intake:
    """Group commit of deliveries: `async with intake_of(store) as intake`, then `await intake.remember(delivery)`.

    patience: seconds that a delivery may wait for its transaction to begin.
    """

    def __init__(self, store: Store, patience: float = PATIENCE) -> None:
        self.store = store
        self.patience = patience
        self.waiting: deque[Waiting] = deque()
        self.arrived = asyncio.Event()
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="intake")
        self.connection: sqlite3.Connection | None = None
        self.tasks: list[asyncio.Task[None]] = []
        self.closing = False
        self.crowded_until = 0.0

    async def __aenter__(self) -> Self:
        path = sqlite_path(self.store.url)
        if path is None:
            raise ValueError("this intake keeps deliveries in SQLite; `intake_of` returns the one for a database")
        self.connection = await self.in_thread(lambda: connect(str(path)))
        self.tasks = [asyncio.create_task(self.keep_writing()), asyncio.create_task(self.keep_refusing())]
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        """Write what is waiting, then close; deliveries that arrive from now on are refused."""
        self.closing = True
        self.arrived.set()
        writing, refusing = self.tasks
        await asyncio.shield(writing)
        refusing.cancel()
        await asyncio.gather(refusing, return_exceptions=True)
        if self.connection is not None:
            await self.in_thread(self.connection.close)
        self.thread.shutdown()

    async def remember(self, delivery: Delivery) -> bool:
        """Return True if the delivery was new, False if it was known, once the disk has it either way.

        Raises what kept it from the disk (sqlite3.OperationalError if the disk is full, TimeoutError if the database
        stays locked for longer than GitHub waits); nobody may then be told that it was accepted.
        """
        if self.closing or not self.tasks:
            raise RuntimeError("the intake is closed")
        loop = asyncio.get_running_loop()
        kept: asyncio.Future[bool] = loop.create_future()
        self.waiting.append(Waiting(delivery, kept, loop.time()))
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

    async def keep_refusing(self) -> None:
        """Refuse what waits for longer than GitHub does: it must hear that its delivery is not there."""
        while True:
            await asyncio.sleep(self.patience / 8)
            before = asyncio.get_running_loop().time() - self.patience
            while self.waiting and self.waiting[0].since < before:
                self.waiting.popleft().refuse(TimeoutError("the database was not free in time"))

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

        Returns how many were kept.
        """
        batch: list[Waiting] = []
        try:
            await self.begin()
            try:
                self.insert_for(SLICE_SECONDS, batch)
                await self.in_thread(lambda: self.execute("COMMIT"))
            except BaseException:
                await self.in_thread(self.roll_back)
                raise
        except Exception as error:  # noqa: BLE001 - whatever it was, it is handed to everyone whose delivery was not kept
            if not batch and self.waiting:
                batch = [self.waiting.popleft()]
            for each in batch:
                each.refuse(error)
            return 0
        for each in batch:
            each.settle()
        return len(batch)

    async def begin(self) -> None:
        """Open the transaction; where a stranger holds the database, try again until nobody waits for it any more."""
        pause = 0.001
        while self.waiting:
            try:
                self.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                await asyncio.sleep(pause)
                pause = min(2 * pause, 0.1)
            else:
                return
        raise TimeoutError("nobody waits for the database any more")

    def insert_for(self, seconds: float, batch: list[Waiting]) -> None:
        """Move deliveries from the queue into the transaction and `batch`, until none waits or `seconds` have passed.

        Where one cannot be inserted, those before it go back to wait for the next transaction, and only it is left in
        `batch`. Runs in the loop: these are writes to memory. In a thread they take a third longer, because each
        statement gives Python's lock away and the loop, busy reading, is slow to give it back.
        """
        cursor, clock = self.opened().cursor(), asyncio.get_running_loop().time
        until = clock() + seconds
        while self.waiting:
            batch.append(self.waiting.popleft())
            try:
                batch[-1].new = insert(cursor, batch[-1].delivery)
            except BaseException:
                self.waiting.extendleft(reversed(batch[:-1]))
                del batch[:-1]
                raise
            if clock() > until:
                break

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


def intake_of(store: Store, patience: float = PATIENCE) -> Intake:
    """Return the intake for a store's database; on PostgreSQL what it needs is imported here."""
    if store.dialect == "sqlite":
        return Intake(store, patience)
    from storage.intake_postgresql import SharedIntake  # noqa: PLC0415

    return SharedIntake(store, patience)


def connect(path: str) -> sqlite3.Connection:
    """Open the intake's own connection; its transactions are written out by hand and wait outside of SQLite."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    sqlite.prepare(connection)
    connection.execute("PRAGMA busy_timeout = 0")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KB}")
    return connection


def insert(cursor: sqlite3.Cursor, delivery: Delivery) -> bool:
    """Insert one delivery; False if its id is known, unless it had been given up: then it is worked on once more."""
    values = (delivery.guid, delivery.lock, delivery.priority, to_micros(delivery.received_at))
    cursor.execute(INSERT, values)
    if cursor.rowcount != 1:
        cursor.execute(REVIVE, (delivery.guid, to_micros(delivery.received_at)))
        return bool(cursor.rowcount == 1)
    cursor.execute(INSERT_BODY, (cursor.lastrowid, pack(delivery.event, delivery.body)))
    return True
