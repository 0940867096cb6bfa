"""Reads without a thread's turn for every statement: for SQLite, where such a turn costs more than the statement.

A statement that goes to a connection's thread takes three turns of it and waits for Python's lock each time: 0.4 ms of
CPU for a row that is found in 0.02, and up to 5 ms of waiting a turn while the event loop is busy. A page asks for a
dozen of them. A few rows by index are read in the event loop itself: nothing waits there, since SQLite's readers wait
for no writer, and what would is left to `Store.read`. More than that is read in one turn of a thread. Decision 0007
says the same of inserts.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

from sqlalchemy import CursorResult, Dialect, create_engine, event
from sqlalchemy.engine import Connection as SyncConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool

from storage import sqlite
from storage.connection import Connection

T = TypeVar("T")
Work = Callable[[Connection], Awaitable[T]]

OPTIONS = {"isolation_level": None, "check_same_thread": False}  # it is opened in a thread

BUSY = (5, 6)  # SQLITE_BUSY and SQLITE_LOCKED, with any extension


class BusyError(Exception):
    """The database would have to be waited for."""


class AtOnce:
    """As much of an asynchronous connection as reads use; everything is done when it is asked for."""

    def __init__(self, connection: SyncConnection) -> None:
        self.connection = connection

    @property
    def dialect(self) -> Dialect:
        return self.connection.dialect

    async def execute(self, *arguments: Any) -> CursorResult[Any]:
        return self.connection.execute(*arguments)

    async def scalar(self, *arguments: Any) -> Any:
        return self.connection.scalar(*arguments)


class Hurried(AtOnce):
    """The same, for whoever may not hold the loop for long: after a moment of `clock` it raises TimeoutError."""

    def __init__(self, conn: Connection, clock: Callable[[], float], until: float) -> None:
        super().__init__(cast("AtOnce", conn).connection)
        self.clock = clock
        self.until = until

    async def execute(self, *arguments: Any) -> CursorResult[Any]:
        self.hurry()
        return await super().execute(*arguments)

    async def scalar(self, *arguments: Any) -> Any:
        self.hurry()
        return await super().scalar(*arguments)

    def hurry(self) -> None:
        """Raise TimeoutError if the time is over."""
        if self.clock() > self.until:
            raise TimeoutError("it takes too long to be done at once")


class Glances:
    """One connection, which is opened at once and only ever reads. waits: in milliseconds, for a busy database."""

    def __init__(self, url: str, waits: int = 0) -> None:
        self.engine = create_engine(url, poolclass=StaticPool, connect_args=OPTIONS)
        event.listen(self.engine, "connect", lambda connection, _: prepare(connection, waits))
        event.listen(self.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        self.connection = self.engine.connect()

    def run(self, work: Work[T]) -> T:
        """Run `work`, which awaits nothing but its connection, in a transaction that sees one moment.

        Raises BusyError where the database would have to be waited for, RuntimeError for work that waits.
        """
        try:
            with self.connection.begin() as transaction:
                try:
                    return finished(work(cast("Connection", AtOnce(self.connection))))
                finally:
                    transaction.rollback()
        except OperationalError as error:
            if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in BUSY:
                raise BusyError from error
            raise

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()
        self.engine.dispose()


class Looks:
    """A few threads, each with a connection of its own, that do a whole read in one turn."""

    def __init__(self, url: str, threads: int) -> None:
        self.url = url
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="looks")
        self.here = threading.local()
        self.opened: list[Glances] = []

    async def run(self, work: Work[T]) -> T:
        """Run `work` as `Glances.run` does, beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, self.looked, work)

    def looked(self, work: Work[T]) -> T:
        connection: Glances | None = getattr(self.here, "connection", None)
        if connection is None:
            connection = self.here.connection = Glances(self.url, sqlite.BUSY_MILLISECONDS)
            self.opened.append(connection)
        return connection.run(work)

    def close(self) -> None:
        """Wait for what is under way, then close every connection."""
        self.threads.shutdown()
        for connection in self.opened:
            connection.close()


def prepare(connection: Any, waits: int) -> None:
    """Set up a connection that cannot write."""
    sqlite.prepare(connection)
    cursor = connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout = {waits}")
        cursor.execute("PRAGMA query_only = ON")
    finally:
        cursor.close()


def say(conn: Connection, statement: str) -> None:
    """Say a statement without values to SQLite itself, for a twentieth of what it costs otherwise."""
    opened = cast("AtOnce", conn).connection.connection.dbapi_connection
    assert opened is not None, "an open connection has its driver's"
    opened.cursor().execute(statement)


def finished(work: Awaitable[T]) -> T:
    """Run something to its end without giving the loop a turn; raises RuntimeError where it wants one."""
    steps = work.__await__()
    try:
        next(steps)
    except StopIteration as done:
        return cast("T", done.value)
    steps.close()
    raise RuntimeError("what is done at once waits for nothing but the database")
