"""Whether there is a newer answer than a page's: told soon, and never at the price of one computation for each look."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from urllib.parse import quote

from dashboard.shelf import FRESH
from reports.pool import Pool
from tests.dashboard.answering import BASE, Watched

LOOKS = 10


@contextmanager
def counted(pool: Pool) -> Iterator[list[str]]:
    """Note what is computed inside."""
    ran, original = [], pool.run

    async def run(function: str, task: object) -> object:
        ran.append(function)
        return await original(function, task)

    pool.run = run  # type: ignore[method-assign]
    try:
        yield ran
    finally:
        pool.run = original  # type: ignore[method-assign]


def more_is_read(watched: Watched, rows: int) -> None:
    """Have one more page of history stored, as happens every second while it is read."""
    with closing(sqlite3.connect(watched.town.database, timeout=20)) as conn, conn:
        conn.execute("UPDATE watermarks SET rows = ? WHERE dataset = 'pulls'", (rows,))


async def as_of(watched: Watched) -> str:
    """Return the moment of the answer that the page shows, as the page has it."""
    told = json.loads(await watched.data(watched.member, f"{BASE}/pulls.json?period=90d"))
    return datetime.fromisoformat(told["as_of"]).isoformat()


def on_the_second(watched: Watched) -> None:
    """Let the clock stand, but for what moves it, where files say its whole time."""
    clock = watched.town.sandbox.clock
    clock.freeze()
    clock.advance(timedelta(microseconds=1_000_000 - clock.now().microsecond))


async def looks(watched: Watched, shown: str, first: int) -> list[bool]:
    """Look some times, with more stored before each look; return what was said of a newer answer."""
    said = []
    for number in range(LOOKS):
        await asyncio.to_thread(more_is_read, watched, first + number)
        watched.town.sandbox.clock.advance(timedelta(seconds=3))
        said.append(await is_newer(watched, shown))
        await asyncio.sleep(0.2)
    return said


async def is_newer(watched: Watched, shown: str) -> bool:
    """Ask once, as a page does, whether there is a newer answer than the one that is shown."""
    told = await watched.member.get(f"{BASE}/pulls/freshness?period=90d&as_of={quote(shown)}")
    return bool(json.loads(told.text)["newer"])


async def until_newer(watched: Watched, shown: str) -> None:
    """Look on, with nothing more stored and the clock at rest, while the answer is computed."""
    for _ in range(150):
        if await is_newer(watched, shown):
            return
        await asyncio.sleep(0.2)
    raise AssertionError("no newer answer is told of")


async def test_while_history_is_read_a_newer_answer_is_told_of_and_not_made_for_every_look(
    watched: Watched, pool: Pool
) -> None:
    await watched.read("/analytics pulls 90d")
    on_the_second(watched)
    shown = await as_of(watched)
    assert timedelta(seconds=3 * LOOKS) < FRESH
    with counted(pool) as ran:
        assert not (await looks(watched, shown, 5000))[0]
        await until_newer(watched, shown)
        assert ran == ["answer"]
        newer = await as_of(watched)
        assert newer > shown
        # whoever has opened that one hears of the next when it is no longer good enough, and it is one again
        assert not any(await looks(watched, newer, 6000))
        assert ran == ["answer"]
        watched.town.sandbox.clock.advance(FRESH)
        await looks(watched, newer, 7000)
        await until_newer(watched, newer)
        assert ran == ["answer", "answer"]


async def test_where_nothing_changes_nothing_is_made(watched: Watched, pool: Pool) -> None:
    await watched.read("/analytics pulls 90d")
    on_the_second(watched)
    shown = await as_of(watched)
    with counted(pool) as ran:
        for _ in range(3):
            watched.town.sandbox.clock.advance(timedelta(minutes=4))
            assert not await is_newer(watched, shown)
    assert ran == []
