"""A database across the network goes away and comes back: what was acknowledged is there, what was not is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from storage import queue
from storage.engine import Store
from storage.intake import Delivery, intake_of
from storage.intake_postgresql import LEEWAY
from storage.urls import libpq, parse
from tests.storage import cluster

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def delivery(guid: str) -> Delivery:
    return Delivery(guid, "push", b"{}", NOW, None)


@pytest.fixture
async def store(shared: str) -> AsyncIterator[Store]:
    """An open store on PostgreSQL."""
    opened = await Store.open(shared)
    yield opened
    await opened.close()


@contextmanager
def away(folder: Path, address: str) -> Iterator[None]:
    """Let nobody connect to a database, and end the connections there are."""
    name = parse(address).database
    cluster.run(folder, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    cluster.run(folder, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    yield
    cluster.run(folder, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


async def test_a_database_that_is_away_refuses_when_github_would_give_up(
    store: Store, shared: str, postgresql: Path
) -> None:
    async with intake_of(store, patience=0.4) as intake:
        assert await intake.remember(delivery("before"))
        with away(postgresql, shared):
            refused = await asyncio.gather(*(intake.remember(delivery(guid)) for guid in "ab"), return_exceptions=True)
            assert {type(error) for error in refused} == {TimeoutError}
        intake.patience = 8.0
        assert await intake.remember(delivery("a"))
        assert not await intake.remember(delivery("before"))
    assert (await store.read(queue.counts))["waiting"] == 2


async def test_a_database_that_is_back_in_time_has_cost_nothing_but_the_wait(
    store: Store, shared: str, postgresql: Path
) -> None:
    async with intake_of(store) as intake:
        assert await intake.remember(delivery("before"))
        with away(postgresql, shared):
            sending = asyncio.create_task(intake.remember(delivery("a")))
            await asyncio.sleep(0.3)
            assert not sending.done()
        assert await sending
    assert (await store.read(queue.counts))["waiting"] == 2


async def test_what_comes_while_a_table_is_locked_is_refused_in_time_too(store: Store, shared: str) -> None:
    """It waits for those before it first, and then for the table: for both together no longer than GitHub does."""
    loop = asyncio.get_running_loop()
    connection = await psycopg.AsyncConnection.connect(libpq(shared))

    async def sent(guid: str) -> float:
        begun = loop.time()
        with pytest.raises(TimeoutError):
            await intake.remember(delivery(guid))
        return loop.time() - begun

    async with connection, intake_of(store, patience=2.0) as intake:
        await connection.execute("LOCK TABLE procrastinate_jobs IN ACCESS EXCLUSIVE MODE")
        first = asyncio.create_task(sent("first"))
        await asyncio.sleep(0.2)
        later = [asyncio.create_task(sent(guid)) for guid in ("second", "third")]
        waited = [await first, *await asyncio.gather(*later)]
        await connection.rollback()
        assert max(waited) < 2.0 + LEEWAY, "twice the patience would be one for each"
        intake.patience = 8.0
        assert await intake.remember(delivery("after"))
