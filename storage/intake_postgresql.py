"""Deliveries come in on PostgreSQL: the same group commit, with key, payload and deferred job in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Self

import psycopg
from procrastinate.exceptions import ConnectorException
from psycopg.errors import LockNotAvailable, QueryCanceled
from sqlalchemy.exc import DBAPIError

from storage import intake
from storage.connection import Connection
from storage.intake import KIND, Delivery, Intake, Waiting
from storage.job import NewJob
from storage.queue_given_up import try_again
from storage.queue_manager import driver
from storage.queue_putting import place

MOST = 200  # deliveries in one transaction
LEEWAY = 1.0  # seconds that the database is given to say itself that it took too long
LEAST_SECONDS = 0.25  # that a transaction is given however long its deliveries have waited
PAUSE = 0.05  # seconds until a database that was away is asked again
DEAD = """
SELECT p.id FROM job_keys k JOIN procrastinate_jobs p ON p.id = k.job_id
WHERE k.kind = %s AND k.key = ANY(%s) AND p.status = 'failed' ORDER BY p.id
"""


class SharedIntake(Intake):
    """Group commit of deliveries on PostgreSQL. A database that is away is waited for as long as GitHub waits."""

    async def __aenter__(self) -> Self:
        self.tasks = [asyncio.create_task(self.keep_writing()), asyncio.create_task(self.keep_refusing())]
        return self

    async def write(self) -> int:
        """Commit what waits, at most `MOST` at a time; tell each who waits for it what became of it.

        Returns how many were kept.
        """
        batch = [self.waiting.popleft() for _ in range(min(len(self.waiting), MOST))]
        if not batch:
            return 0
        try:
            await self.keep(batch)
        except Exception as error:  # noqa: BLE001 - whatever it was, it is handed to everyone whose delivery was not kept
            if is_away(error):
                self.waiting.extendleft(reversed(batch))  # they are refused once they have waited for too long
                await asyncio.sleep(PAUSE)
                return 0
            if isinstance(error, TimeoutError):
                self.refuse_late(batch, error)
                return 0
            if len(batch) > 1:
                return await self.write_alone(batch)
            for each in batch:
                each.refuse(error)
            return 0
        for each in batch:
            each.settle()
        return len(batch)

    def left(self, batch: Sequence[Waiting]) -> float:
        """Return how many seconds the longest waiting of these may wait on, at least a moment."""
        waited = asyncio.get_running_loop().time() - min(each.since for each in batch)
        return max(LEAST_SECONDS, self.patience - waited)

    def refuse_late(self, batch: Sequence[Waiting], error: Exception) -> None:
        """Refuse those of a batch whose time is over; the others wait for the next one."""
        late = asyncio.get_running_loop().time() - self.patience + LEAST_SECONDS
        self.waiting.extendleft(each for each in reversed(batch) if each.since > late)
        for each in batch:
            if each.since <= late:
                each.refuse(error)

    async def write_alone(self, batch: Sequence[Waiting]) -> int:
        """Commit each in a transaction of its own, so that one which cannot be kept takes no other with it."""
        kept = 0
        for each in batch:
            try:
                await self.keep([each])
            except Exception as error:  # noqa: BLE001 - as above
                each.refuse(error)
            else:
                each.settle()
                kept += 1
        return kept

    async def keep(self, batch: Sequence[Waiting]) -> None:
        """Commit these, and note which were new. Raises TimeoutError where that takes longer than GitHub waits."""
        deliveries, seconds = [each.delivery for each in batch], self.left(batch)
        try:
            async with asyncio.timeout(seconds + LEEWAY):
                new = await self.store.write(lambda conn: keep(conn, deliveries, seconds))
        except (TimeoutError, psycopg.Error, ConnectorException, DBAPIError) as error:
            if isinstance(error, TimeoutError) or isinstance(cause_of(error), (QueryCanceled, LockNotAvailable)):
                raise TimeoutError("the database was not free in time") from error
            raise
        for each in batch:
            # of those that came twice at once the first is the new one
            each.new = each.delivery.guid in new
            new.discard(each.delivery.guid)


async def keep(conn: Connection, deliveries: Sequence[Delivery], patience: float) -> set[str]:
    """Put the jobs of deliveries; return the ids of those that were not known, or had been given up."""
    connection = await driver(conn)
    # the transaction ends with whoever waits for it, also where another holds what it needs
    await connection.execute("SELECT set_config('statement_timeout', %s, true)", (str(int(patience * 1000) or 1),))
    jobs = [
        (NewJob(KIND, each.guid, intake.pack(each.event, each.body), each.lock, each.priority), each.received_at)
        for each in deliveries
    ]
    now = max(each.received_at for each in deliveries)
    new = {key for _, key in await place(conn, jobs, now)}
    known = [each.guid for each in deliveries if each.guid not in new]
    if known:
        # one that was given up is worked on once more when GitHub sends it again: somebody asked for that
        dead = await (await connection.execute(DEAD, (KIND, known))).fetchall()
        new |= set(await try_again(conn, [job_id for (job_id,) in dead], now))
    return new


def is_away(error: Exception) -> bool:
    """Tell a database that cannot be reached, or went away, from one that refuses something."""
    cause = cause_of(error)
    # without a code: nothing answered, or the connection broke; 08 and 57P: it was closed; 53300: no place is free
    return isinstance(cause, psycopg.OperationalError) and (cause.sqlstate or "08").startswith(("08", "57P", "53300"))


def cause_of(error: BaseException) -> BaseException | None:
    """Return the driver's own error below those of the libraries above it."""
    if isinstance(error, DBAPIError):
        return error.orig
    return error.__cause__ if isinstance(error, ConnectorException) else error
