"""Procrastinate's JobManager inside our own transactions, and the names of the queues that Almanac's jobs lie in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, LiteralString

from procrastinate import BaseConnector, PsycopgConnector
from procrastinate.connector import BaseAsyncConnector
from procrastinate.manager import JobManager

from storage.connection import Connection
from storage.job import SOMEBODY_WAITS

if TYPE_CHECKING:
    from psycopg import AsyncConnection

PEOPLE = "people"  # jobs that somebody waits for
BACKGROUND = "background"
LATER = "later"  # jobs that wait for their time: nobody works this queue
UNOPENED = PsycopgConnector()  # knows how to speak, and is always given the connection to speak on


class Borrowing(BaseAsyncConnector):
    """A connector of Procrastinate's that has no connection of its own: what it does belongs to the transaction."""

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        self.connection = connection

    def get_sync_connector(self) -> BaseConnector:
        raise NotImplementedError("everything here is asynchronous")

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        # each query that changes a job calls a function, and so returns a row
        await UNOPENED.execute_query_all_async_with_connection(self.connection, query, **arguments)

    async def execute_query_one_async(self, query: LiteralString, **arguments: Any) -> dict[str, Any]:
        row: dict[str, Any] = await UNOPENED.execute_query_one_async_with_connection(
            self.connection, query, **arguments
        )
        return row

    async def execute_query_all_async(self, query: LiteralString, **arguments: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = await UNOPENED.execute_query_all_async_with_connection(
            self.connection, query, **arguments
        )
        return rows


async def driver(conn: Connection) -> AsyncConnection[Any]:
    """Return psycopg's connection below `conn`, in the same transaction."""
    connection: AsyncConnection[Any] | None = (await conn.get_raw_connection()).driver_connection
    assert connection is not None, "an open connection has its driver's"
    return connection


def manager(connection: AsyncConnection[Any]) -> JobManager:
    """Return Procrastinate's manager for the transaction that `connection` is in."""
    return JobManager(Borrowing(connection))


async def database_time(connection: AsyncConnection[Any]) -> datetime:
    """Return the time at which the transaction began, by the database's clock."""
    row = await (await connection.execute("SELECT now()")).fetchone()
    assert row is not None, "a SELECT without FROM has one row"
    moment: datetime = row[0]
    return moment


def queue_of(priority: int) -> str:
    """Return the queue that jobs of a priority are worked from."""
    return PEOPLE if priority >= SOMEBODY_WAITS else BACKGROUND


def lock_until_due(lock: str | None) -> str | None:
    """Return the lock of a job that waits for its time.

    Under its own lock Procrastinate would let it stop every later job of that lock until then (its issue 1599).
    """
    return None if lock is None else f"{LATER}:{lock}"
