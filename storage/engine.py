"""The one way to the database: `await store.read(work)`, `glance`, `look`, `await store.write(work)` and `at_once`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import structlog
from sqlalchemy import event
from sqlalchemy.engine import Connection as SyncConnection
from sqlalchemy.exc import DBAPIError

from storage import sqlite
from storage.connection import AsyncEngine, Connection, create_async_engine
from storage.glances import BusyError, Glances, Looks
from storage.strokes import Strokes
from storage.urls import SQLITE, normalise, parse, sqlite_path

__all__ = ["Store", "normalise"]

T = TypeVar("T")
Work = Callable[[Connection], Awaitable[T]]

WRITES = "almanac_writes"  # execution option: this transaction will write
RETRY_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8)  # after SQLite's own busy_timeout has passed, or at once on PostgreSQL
POOL = 4  # connections kept; one writes, the others read
# serialization_failure, deadlock_detected: PostgreSQL asks to run the transaction again
AGAIN = frozenset({"40001", "40P01"})

log = structlog.get_logger(__name__)


class Store:
    """An open database. Work runs in a task of its own, so cancelling the caller never leaves a transaction open."""

    def __init__(self, url: str, engine: AsyncEngine) -> None:
        self.url = url
        self.engine = engine
        self.turn = asyncio.Lock()
        """Held by whoever writes from this process: waiting here is fair, waiting for SQLite's lock is not."""
        self.running: set[asyncio.Task[Any]] = set()
        self.file = sqlite_path(url)
        self.glances: Glances | None = None
        self.looks: Looks | None = None
        self.strokes: Strokes | None = None

    @classmethod
    async def open(cls, url: str) -> Store:
        """Open the database at `url` (see `storage.urls.parse`) and prove that it answers.

        SQLite's file and folder are made where they are missing; `storage.version.is_current` tells whether there is a
        schema. Raises ValueError for an address that is none, sqlalchemy.exc.OperationalError if nothing answers there.
        """
        address = normalise(url)
        path = sqlite_path(address)
        if path is not None:
            sqlite.make_closed(path)
        engine = create_async_engine(address, **engine_options(address))
        if engine.dialect.name == "sqlite":
            event.listen(engine.sync_engine, "connect", lambda connection, _: sqlite.prepare(connection))
            event.listen(engine.sync_engine, "begin", begin)
        else:
            from storage import postgresql  # noqa: PLC0415 - the driver not in use is not imported

            event.listen(engine.sync_engine, "connect", lambda connection, _: postgresql.prepare(connection))
        store = cls(address, engine)
        try:
            await store.read(ping)
        except BaseException:
            await engine.dispose()
            raise
        return store

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a connection whose transaction sees one moment of the database and keeps no change."""

        async def reading() -> T:
            async with self.engine.connect() as conn:
                return await work(conn)

        return await self.shielded(reading())

    async def glance(self, work: Work[T]) -> T:
        """Run `work` as `read` does, if it only seeks a few rows by index: with SQLite in the event loop itself.

        For what every page asks; `work` must await nothing but its connection's `execute` and `scalar`.
        """
        if self.file is None:
            return await self.read(work)
        if self.glances is None:
            self.glances = Glances(f"sqlite:///{self.file}")
        try:
            return self.glances.run(work)
        except BusyError:
            return await self.read(work)

    async def look(self, work: Work[T]) -> T:
        """Run `work` as `read` does, with SQLite in one turn of a thread: for what a page lists.

        `work` must await nothing but its connection's `execute` and `scalar`.
        """
        if self.file is None:
            return await self.read(work)
        if self.looks is None:
            self.looks = Looks(f"sqlite:///{self.file}", POOL)
        return await self.shielded(self.looks.run(work))

    async def write(self, work: Work[T]) -> T:
        """Run `work` in one transaction and commit it; all of it is kept or nothing.

        `work` may run more than once (a busy database, a serialization failure), so it must only touch the database
        and be idempotent by key. If the caller is cancelled the work still runs to its end.
        """
        return await self.shielded(self.writing(work))

    async def at_once(self, work: Work[T]) -> T:
        """Run `work` as `write` does, with SQLite in the event loop itself and only its commit in a thread.

        For many small statements, of which none takes long; `work` must await nothing but its connection's `execute`
        and `scalar`, and keep the loop for a few milliseconds at most.
        """
        if self.file is None:
            return await self.write(work)
        if self.strokes is None:
            self.strokes = Strokes(f"sqlite:///{self.file}")
        return await self.shielded(self.writing(work, self.strokes.run))

    async def writing(self, work: Work[T], attempt: Callable[[Work[T]], Awaitable[T]] | None = None) -> T:
        """Take the turn and try until the transaction is committed or the budget of retries is spent."""
        if self.dialect != "sqlite":
            return await self.attempt_often(work, self.attempt)
        async with self.turn:
            return await self.attempt_often(work, attempt or self.attempt)

    async def attempt_often(self, work: Work[T], attempt: Callable[[Work[T]], Awaitable[T]]) -> T:
        for pause in RETRY_SECONDS:
            try:
                return await attempt(work)
            except Exception as error:
                if not worth_retrying(error):
                    raise
                log.info("the database was busy, trying again", error=str(error))
                await asyncio.sleep(pause)
        return await attempt(work)

    async def attempt(self, work: Work[T]) -> T:
        async with self.engine.connect() as conn:
            await conn.execution_options(**{WRITES: True})
            async with conn.begin():
                return await work(conn)

    async def shielded(self, doing: Coroutine[Any, Any, T]) -> T:
        """Await `doing` in its own task; if the caller is cancelled the task goes on alone and reports its failure."""
        task = asyncio.create_task(doing)
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(report_failure)
            raise

    async def close(self) -> None:
        """Let what has begun come to its end, then close every connection."""
        while self.running:
            await asyncio.wait(self.running)
        for opened in (self.glances, self.looks, self.strokes):
            if opened is not None:
                opened.close()
        await self.engine.dispose()


def engine_options(address: str) -> dict[str, Any]:
    """Return a small pool's options for the address's driver."""
    if parse(address).drivername == SQLITE:
        # isolation_level None: the `begin` hook below opens transactions, not the driver
        return {"pool_size": POOL, "max_overflow": 0, "connect_args": {"isolation_level": None}}
    return {"pool_size": POOL, "max_overflow": POOL, "pool_pre_ping": True}


def begin(conn: SyncConnection) -> None:
    """Open SQLite's transaction: one that will write takes the lock first, so it never fails half-way as busy."""
    writes = conn.get_execution_options().get(WRITES)
    conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


async def ping(conn: Connection) -> None:
    await conn.exec_driver_sql("SELECT 1")


def worth_retrying(error: Exception) -> bool:
    """Tell a database that was busy, or asks to run the transaction again, from one that is broken."""
    # the job engine on PostgreSQL speaks to the driver itself, in words of its own
    cause = error.orig if isinstance(error, DBAPIError) else error.__cause__ or error
    if getattr(cause, "sqlstate", None) in AGAIN:
        return True
    code = getattr(cause, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (5, 6)  # SQLITE_BUSY, SQLITE_LOCKED with any extension


def report_failure(task: asyncio.Task[Any]) -> None:
    """Log what went wrong in work whose caller had left."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("a transaction failed after its caller had left", error=repr(error))
