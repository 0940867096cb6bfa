"""A process at work on PostgreSQL: known to Procrastinate as a worker, heard beating, and listening for new jobs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from procrastinate import PsycopgConnector
from procrastinate.manager import JobManager
from psycopg.errors import ForeignKeyViolation

from storage.connection import Connection
from storage.engine import Store
from storage.queue_manager import BACKGROUND, PEOPLE, driver, manager
from storage.urls import libpq
from storage.wakeup import Wakeup

BEAT = 10.0  # seconds between two signs of life
STALLED = 30.0  # seconds without one after which a worker is taken for dead
FORGOTTEN = 3600.0  # seconds after which its row is deleted
AGAIN = 2.0  # seconds until listening is tried again

log = structlog.get_logger(__name__)


class Attendance:
    """What Procrastinate knows this process by."""

    def __init__(self, store: Store, number: int) -> None:
        self.store = store
        self.id = number
        self.beaten = self.steady_since = time.monotonic()

    async def beat(self) -> None:
        """Tell the database that this process lives; one whose row is gone is written down anew."""

        async def work(conn: Connection) -> bool:
            connection = await driver(conn)
            await manager(connection).update_heartbeat(self.id)
            found = await connection.execute("SELECT 1 FROM procrastinate_workers WHERE id = %s", (self.id,))
            return await found.fetchone() is not None

        if not await self.store.write(work):
            self.id = await self.store.write(register)
        now = time.monotonic()
        if now - self.beaten > 2 * BEAT:
            self.steady_since = now
        self.beaten = now

    def forgotten(self, error: Exception) -> bool:
        """Tell whether `error` is that this worker was taken for dead and its row deleted; then the next is another."""
        if not isinstance(error.__cause__, ForeignKeyViolation):
            return False
        PRESENT.pop(self.store, None)
        return True

    async def stalled(self, jobs: JobManager) -> list[int]:
        """Return the jobs of workers whose heart has stopped.

        Nobody is judged by a process that has just come back itself: after an outage of the database all hearts seem
        to have stopped, and each is given the time to beat again.
        """
        now = time.monotonic()
        if now - self.beaten > 2 * BEAT or now - self.steady_since < STALLED:
            return []
        return [job.id for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=STALLED) if job.id is not None]


PRESENT: WeakKeyDictionary[Store, Attendance] = WeakKeyDictionary()


async def attendance(store: Store) -> Attendance:
    """Return what this process is known by in the store's database; the first who asks registers it."""
    known = PRESENT.get(store)
    if known is None:
        number = await store.write(register)
        known = PRESENT.setdefault(store, Attendance(store, number))
    return known


async def register(conn: Connection) -> int:
    """Write a worker down, and forget those that died long ago."""
    jobs = manager(await driver(conn))
    await jobs.prune_stalled_workers(FORGOTTEN)
    return await jobs.register_worker()


@asynccontextmanager
async def attending(store: Store, wakeup: Wakeup) -> AsyncIterator[None]:
    """Beat, and ring the bell when a job is put by whatever process, until the context ends."""
    tasks = [asyncio.create_task(beating(store)), asyncio.create_task(listening(store, wakeup))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def beating(store: Store) -> None:
    """Give a sign of life every few seconds; a database that is away is told when it is back."""
    while True:
        try:
            await (await attendance(store)).beat()
        except Exception as error:  # noqa: BLE001 - whatever it was, the next beat may get through
            log.warning("no sign of life could be given", error=repr(error))
        await asyncio.sleep(BEAT)


async def listening(store: Store, wakeup: Wakeup) -> None:
    """Ring the bell for each job that is put; where nothing can be heard the worker looks for itself once a second."""

    async def ring(**_: Any) -> None:
        wakeup.set()

    while True:
        # its pool stays empty: it is only asked for the one connection that listens
        connector = PsycopgConnector(conninfo=libpq(store.url), min_size=0, max_size=1)
        try:
            await connector.open_async()
            await JobManager(connector).listen_for_jobs(on_notification=ring, queues=[PEOPLE, BACKGROUND])
        except Exception as error:  # noqa: BLE001 - as above
            log.warning("jobs that others put are not heard of", error=repr(error))
        finally:
            with suppress(Exception):
                await connector.close_async()
        await asyncio.sleep(AGAIN)
