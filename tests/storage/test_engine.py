"""Transactions begin, end, and are whole, whatever happens to those who asked for them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError
from structlog.testing import capture_logs

from storage.connection import Connection
from storage.engine import Store
from storage.installations import Installation, installation, save_installation
from storage.schema import actors, installations


async def number_of_actors(conn: Connection) -> int:
    return (await conn.execute(select(func.count()).select_from(actors))).scalar_one()


async def test_what_is_written_is_read(store: Store) -> None:
    saved = Installation(1, "quartz", 42, "Organization")
    await store.write(lambda conn: save_installation(conn, saved))
    assert await store.read(lambda conn: installation(conn, 1)) == saved


async def test_a_failed_write_leaves_nothing(store: Store) -> None:
    async def work(conn: Connection) -> None:
        await conn.execute(actors.insert(), {"login": "opal", "key": "opal", "kind": "person"})
        await conn.execute(actors.insert(), {"login": "OPAL", "key": "opal", "kind": "person"})

    with pytest.raises(IntegrityError):
        await store.write(work)
    assert await store.read(number_of_actors) == 0


async def test_a_read_keeps_no_change(store: Store) -> None:
    async def work(conn: Connection) -> None:
        await conn.execute(actors.insert(), {"login": "opal", "key": "opal", "kind": "person"})

    await store.read(work)
    assert await store.read(number_of_actors) == 0


async def test_400_cancelled_writers_leave_whole_rows_and_no_lock(store: Store) -> None:
    """Each writes two rows; wherever it is cancelled there are two of it or none, and the next writer gets its turn."""

    def writer(number: int) -> asyncio.Task[None]:
        async def work(conn: Connection) -> None:
            for half in "ab":
                name = f"{number}{half}"
                await conn.execute(actors.insert(), {"login": name, "key": name, "kind": "person"})

        return asyncio.create_task(store.write(work))

    tasks = []
    for number in range(400):
        task = writer(number)
        tasks.append(task)
        for _ in range(number % 23):  # so that it is cancelled at another point each time
            await asyncio.sleep(0)
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    async with asyncio.timeout(30):
        await writer(1000)
        await idle(store)
    names = await store.read(keys)
    halves = [{name[:-1] for name in names if name.endswith(half)} for half in "ab"]
    assert halves[0] == halves[1]
    assert "1000" in halves[0]


async def keys(conn: Connection) -> list[str]:
    return list((await conn.execute(select(actors.c.key))).scalars())


async def test_a_cancelled_read_gives_its_connection_back(store: Store) -> None:
    for number in range(60):
        task = asyncio.create_task(store.read(number_of_actors))
        for _ in range(number % 11):
            await asyncio.sleep(0)
        task.cancel()
    async with asyncio.timeout(10):
        assert await store.read(number_of_actors) == 0


async def test_several_stores_that_read_and_then_write_lose_nothing(store: Store) -> None:
    """Three processes of one database each add 1 to a number 40 times, all at once; the number is 120 at the end."""
    await store.write(lambda conn: save_installation(conn, Installation(1, "quartz", 0, "Organization")))

    async def add_one(conn: Connection) -> None:
        lock = select(installations.c.account_id).where(installations.c.id == 1).with_for_update()
        before = (await conn.execute(lock)).scalar_one()
        await asyncio.sleep(0)
        await conn.execute(update(installations).where(installations.c.id == 1).values(account_id=before + 1))

    others = [await Store.open(store.url) for _ in range(2)]
    try:
        await asyncio.gather(*(each.write(add_one) for _ in range(40) for each in (store, *others)))
    finally:
        for other in others:
            await other.close()
    found = await store.read(lambda conn: installation(conn, 1))
    assert found is not None
    assert found.account_id == 120


async def test_reads_do_not_wait_for_a_write(store: Store) -> None:
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def slow(conn: Connection) -> None:
        await conn.execute(actors.insert(), {"login": "opal", "key": "opal", "kind": "person"})
        inside.set()
        await go_on.wait()

    writing = asyncio.create_task(store.write(slow))
    await inside.wait()
    async with asyncio.timeout(5):
        assert await store.read(number_of_actors) == 0
    go_on.set()
    await writing
    assert await store.read(number_of_actors) == 1


async def test_closing_lets_what_has_begun_come_to_its_end(database: str) -> None:
    store = await Store.open(database)
    work = asyncio.create_task(
        store.write(lambda conn: save_installation(conn, Installation(1, "quartz", 42, "Organization")))
    )
    await asyncio.sleep(0)
    await store.close()
    await work
    again = await Store.open(database)
    assert await again.read(lambda conn: installation(conn, 1)) is not None
    await again.close()


async def test_a_failure_whose_caller_has_left_is_logged(store: Store) -> None:
    async def broken(conn: Connection) -> None:
        await conn.execute(text("SELECT 1 FROM nowhere"))

    with capture_logs() as logs:
        task = asyncio.create_task(store.write(broken))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await idle(store)
    assert [("nowhere" in entry["error"], entry["log_level"]) for entry in logs] == [(True, "error")]


async def test_a_database_that_does_not_answer_is_reported_at_once(tmp_path: Path) -> None:
    with pytest.raises(OperationalError, match="No such file"):
        await Store.open(f"postgresql://opal@/almanac?host={tmp_path}")


async def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite:///{tmp_path}/data/almanac.db")
    await store.close()
    assert (tmp_path / "data").is_dir()


async def idle(store: Store) -> None:
    """Wait until everything that was begun has ended."""
    while store.running:
        await asyncio.wait(store.running)
    await asyncio.sleep(0)


def test_a_server_on_sqlite_imports_neither_the_orm_nor_the_other_database() -> None:
    program = (
        "import sys, storage.engine, storage.intake, storage.queue, storage.activity, storage.pictures\n"
        "heavy = 'sqlalchemy.orm', 'sqlalchemy.dialects.postgresql', 'psycopg', 'alembic', 'numpy', 'pandas'\n"
        "print([name for name in heavy if name in sys.modules])\n"
        "import sqlalchemy.ext.asyncio\n"
        "print(sqlalchemy.ext.asyncio.AsyncEngine is storage.engine.AsyncEngine)\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "True"]
