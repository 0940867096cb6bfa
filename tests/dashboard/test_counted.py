"""Large repositories are counted once a minute, small ones each time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from dashboard.counted import HOLDS, Counted

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Table:
    """A table that notes how often it was counted."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.times = 0

    async def count(self) -> int:
        self.times += 1
        await asyncio.sleep(0)
        return self.rows


def counted() -> Counted[int]:
    return Counted(lambda rows: rows >= 100)


async def test_what_is_small_is_always_counted_anew() -> None:
    table, counts = Table(99), counted()
    for rows in (99, 7):
        table.rows = rows
        assert await counts.of("a", NOON, table.count) == rows


async def test_what_is_large_is_counted_once_a_minute_however_many_look() -> None:
    table, counts = Table(100), counted()
    await counts.of("a", NOON, table.count)
    table.rows = 200
    assert await counts.of("a", NOON + HOLDS - timedelta(seconds=1), table.count) == 100
    looks = [counts.of("a", NOON + HOLDS, table.count) for _ in range(20)]
    assert await asyncio.gather(*looks) == [200] * 20
    assert table.times == 2
    assert await counts.of("b", NOON, Table(300).count) == 300, "another one is counted for itself"


async def test_what_has_become_small_is_counted_anew_again() -> None:
    table, counts = Table(100), counted()
    await counts.of("a", NOON, table.count)
    table.rows = 5
    later = NOON + HOLDS
    assert await counts.of("a", later, table.count) == 5
    table.rows = 6
    assert await counts.of("a", later, table.count) == 6


async def test_a_clock_that_was_set_back_proves_nothing() -> None:
    table, counts = Table(100), counted()
    await counts.of("a", NOON, table.count)
    table.rows = 101
    assert await counts.of("a", NOON - timedelta(hours=1), table.count) == 101
