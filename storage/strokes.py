"""Writes without a thread's turn for every statement: for SQLite, where such a turn costs more than the statement.

As `storage.intake` does with deliveries: statements change memory, and are executed in the event loop; the commit waits
for the disk, and does so in a thread. Decision 0007 says what that saves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

from sqlalchemy import create_engine, event
from sqlalchemy.pool import StaticPool

from storage import sqlite
from storage.connection import Connection
from storage.glances import OPTIONS, AtOnce, finished

T = TypeVar("T")
Work = Callable[[Connection], Awaitable[T]]


class Strokes:
    """One connection that writes, a new one after each failure; it waits for no stranger's lock.

    Whoever uses it holds the store's turn.
    """

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url, poolclass=StaticPool, connect_args=OPTIONS)
        event.listen(self.engine, "connect", lambda connection, _: prepare(connection))
        event.listen(self.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="strokes")

    async def run(self, work: Work[T]) -> T:
        """Run `work`, which awaits nothing but its connection, in one transaction and commit it.

        Raises sqlalchemy.exc.OperationalError at once where somebody else is writing, RuntimeError for work that waits.
        """
        with self.engine.connect() as connection:
            try:
                with connection.begin() as transaction:
                    done = finished(work(cast("Connection", AtOnce(connection))))
                    await asyncio.get_running_loop().run_in_executor(self.thread, transaction.commit)
            except BaseException:
                # where a disk is full any statement may fail, also one that undoes, and what is open then nobody knows
                connection.invalidate()
                raise
        return done

    def close(self) -> None:
        """Close the connection."""
        self.thread.shutdown()
        self.engine.dispose()


def prepare(connection: Any) -> None:
    """Set up a connection that would rather fail than let the event loop wait."""
    sqlite.prepare(connection)
    cursor = connection.cursor()
    try:
        cursor.execute("PRAGMA busy_timeout = 0")
    finally:
        cursor.close()
