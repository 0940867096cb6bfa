"""Lines of the list are kept for seconds, by everything they depend on; who sees which line is decided before."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from analytics.terms import DEFAULT_TERMS
from dashboard.access import Visible
from dashboard.kept_lines import KEPT, MOST, KeptLines
from storage.installations import Repository

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
VAULT = Visible(Repository(7, 1, "quartz", "vault", "private", "main"), True, False, DEFAULT_TERMS)
MINE = replace(VAULT, repository=replace(VAULT.repository, id=8, name="mine"))


class Maker:
    """Makes lines and notes for which repositories; slow ones come when they are let go."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.go = asyncio.Event()
        self.go.set()

    async def __call__(self, lacking: Sequence[Visible]) -> list[str]:
        number = len(self.asked)
        self.asked.append([one.repository.id for one in lacking])
        await self.go.wait()
        return [f"{one.repository.name} {number}" for one in lacking]


async def test_a_line_is_good_for_seconds_and_never_from_the_future() -> None:
    kept, make = KeptLines[str](), Maker()
    assert await kept.of([VAULT], NOON, make) == ["vault 0"]
    assert await kept.of([VAULT], NOON + KEPT / 2, make) == ["vault 0"]
    assert await kept.of([VAULT], NOON + KEPT, make) == ["vault 1"]
    assert await kept.of([VAULT], NOON + KEPT - timedelta(seconds=1), make) == ["vault 2"]


async def test_who_sees_less_and_what_was_renamed_gets_a_line_of_its_own() -> None:
    kept, make = KeptLines[str](), Maker()
    await kept.of([VAULT], NOON, make)
    assert await kept.of([replace(VAULT, sees_traffic=False)], NOON, make) == ["vault 1"]
    assert await kept.of([replace(VAULT, repository=replace(VAULT.repository, name="safe"))], NOON, make) == ["safe 2"]
    public = replace(VAULT, repository=replace(VAULT.repository, visibility="public"))
    assert await kept.of([public], NOON, make) == ["vault 3"]


async def test_a_crowd_that_asks_at_once_has_each_line_made_once() -> None:
    kept, make = KeptLines[str](), Maker()
    make.go.clear()
    crowd = [asyncio.create_task(kept.of([MINE, VAULT] if n else [VAULT], NOON, make)) for n in range(9)]
    await asyncio.sleep(0)
    make.go.set()
    assert await asyncio.gather(*crowd) == [["vault 0"], *[["mine 1", "vault 0"]] * 8]
    assert make.asked == [[7], [8]]
    assert kept.making == {}


async def test_whoever_asked_first_may_leave() -> None:
    kept, make = KeptLines[str](), Maker()
    make.go.clear()
    first, second = (asyncio.create_task(kept.of([VAULT], NOON, make)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    make.go.set()
    assert await second == ["vault 0"]
    assert first.cancelled()


async def test_what_could_not_be_made_is_made_when_it_is_asked_for_again() -> None:
    async def fails(_: Sequence[Visible]) -> list[str]:
        raise OSError("the database is gone")

    kept, make = KeptLines[str](), Maker()
    with pytest.raises(OSError, match="is gone"):
        await kept.of([VAULT], NOON, fails)
    assert await kept.of([VAULT], NOON, make) == ["vault 0"]


async def test_only_so_many_are_kept_and_the_oldest_go_first() -> None:
    kept, make = KeptLines[str](), Maker()
    many = [replace(VAULT, repository=replace(VAULT.repository, id=number)) for number in range(MOST + 1)]
    await kept.of(many, NOON, make)
    assert await kept.of(many[-1:], NOON, make) == ["vault 0"]
    assert await kept.of(many[:1], NOON, make) == ["vault 1"]
