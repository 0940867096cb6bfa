"""Small reads in the event loop: they see what is stored, never wait, and never write."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from storage.connection import Connection
from storage.engine import Store
from storage.glances import AtOnce
from storage.installations import Installation, installation, save_installation

ACME = Installation(1, "acme", 1, "Organization")


async def acme(conn: Connection) -> Installation | None:
    return await installation(conn, 1)


@pytest.fixture
async def store(database_file: Path) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite:///{database_file}")
    yield opened
    await opened.close()


async def test_a_glance_sees_what_was_just_stored(store: Store) -> None:
    assert await store.glance(acme) is None
    await store.write(lambda conn: save_installation(conn, ACME))
    assert await store.glance(acme) == await store.read(acme) == ACME


async def test_a_look_sees_the_same_beside_the_loop(store: Store) -> None:
    await store.write(lambda conn: save_installation(conn, ACME))
    threads = set[int]()

    async def work(conn: Connection) -> Installation | None:
        threads.add(threading.get_ident())
        return await acme(conn)

    assert await asyncio.gather(*(store.look(work) for _ in range(20))) == [ACME] * 20
    assert threading.get_ident() not in threads
    with pytest.raises(OperationalError, match="readonly"):
        await store.look(lambda conn: save_installation(conn, ACME))


async def test_a_glance_gives_nobody_else_a_turn(store: Store) -> None:
    await store.glance(acme)
    ran = asyncio.create_task(asyncio.sleep(0))
    await store.glance(acme)
    assert not ran.done()
    await ran


async def test_a_glance_that_would_write_or_wait_is_a_mistake_of_ours(store: Store) -> None:
    async def waits(_: Connection) -> None:
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="waits"):
        await store.glance(waits)
    with pytest.raises(OperationalError, match="readonly"):
        await store.glance(lambda conn: save_installation(conn, ACME))
    assert await store.glance(acme) is None, "and the next one works"


async def test_one_glance_sees_one_moment(store: Store, database_file: Path) -> None:
    await store.write(lambda conn: save_installation(conn, ACME))

    async def twice(conn: Connection) -> list[str]:
        logins = [(await conn.execute(text("SELECT account_login FROM installations"))).scalar_one()]
        with closing(sqlite3.connect(database_file)) as other, other:
            other.execute("UPDATE installations SET account_login = 'renamed'")
        return [*logins, (await conn.execute(text("SELECT account_login FROM installations"))).scalar_one()]

    assert await store.glance(twice) == ["acme", "acme"]
    found = await store.glance(acme)
    assert found is not None
    assert found.account_login == "renamed"


async def test_what_would_have_to_wait_is_left_to_a_thread(store: Store) -> None:
    in_loop = list[bool]()

    async def work(conn: Connection) -> Installation | None:
        in_loop.append(isinstance(conn, AtOnce))
        if len(in_loop) == 1:
            # as SQLite says it while another connection recovers the log or has the file for itself
            busy = sqlite3.OperationalError("database is locked")
            busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise OperationalError("BEGIN", {}, busy)
        return await acme(conn)

    assert await store.glance(work) is None
    assert in_loop == [True, False]
