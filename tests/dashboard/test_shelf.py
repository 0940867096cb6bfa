"""The shelf: one computation for all who wait, old answers only while a new one is made, and bounded memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analytics.metric import Measured
from analytics.window import Window
from dashboard.shelf import FRESH, GOOD, SHOWN, Shelf
from reports.answer import Answer, PictureData, Section
from reports.compute_task import Task
from reports.question import Question
from reports.services import Services
from storage.engine import Store
from storage.installations import Installation, Repository, save_installation, save_repository
from storage.watermarks import Watermark, save_watermark
from tests.services import services_on

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
IDS = (7,)


class Clockwork:
    """A pool that counts what it computes, and a clock that is set by hand."""

    def __init__(self) -> None:
        self.time = NOON
        self.computed = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.weight = 0
        self.fails = False

    def now(self) -> datetime:
        return self.time

    async def run(self, _function: str, task: object) -> object:
        assert isinstance(task, Task)
        self.computed += 1
        await self.gate.wait()
        if self.fails:
            raise RuntimeError("a worker died")
        picture = PictureData(b"x" * self.weight, b"", "", "", "bars")
        section = Section("pulls", "", "", str(self.computed), (), Measured({}), None, (picture,))
        return Answer(task.question, task.now, (section,))


async def make(now: datetime) -> Task:
    window = Window(now - timedelta(days=30), now)
    return Task("sqlite://", Question(("pulls",), window, 7, "acme/rocket"), now, {})


@pytest.fixture
async def store(database_file: Path) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite:///{database_file}")
    await opened.write(lambda conn: save_installation(conn, Installation(1, "acme", 1, "Organization")))
    await opened.write(lambda conn: save_repository(conn, Repository(7, 1, "acme", "rocket", "public", "main")))
    yield opened
    await opened.close()


@pytest.fixture
def work() -> Clockwork:
    return Clockwork()


@pytest.fixture
async def shelf(store: Store, work: Clockwork) -> AsyncIterator[Shelf]:
    services: Services = replace(services_on(store, now=work.now), pool=work)
    made = Shelf(services)
    yield made
    await made.close()


def said(answer: Answer) -> str:
    return answer.sections[0].finding


async def settled(shelf: Shelf) -> None:
    """Wait until nothing is computed any more."""
    await asyncio.gather(*shelf.computing.values())


async def note_read(store: Store, at: datetime) -> None:
    await store.write(lambda conn: save_watermark(conn, Watermark(7, "pulls", synced_at=at)))


async def test_many_readers_wait_for_one_computation(shelf: Shelf, work: Clockwork) -> None:
    work.gate.clear()
    readers = [asyncio.create_task(shelf.answer("a", IDS, make)) for _ in range(20)]
    await asyncio.sleep(0.05)
    work.gate.set()
    assert {said(one) for one in await asyncio.gather(*readers)} == {"1"}
    assert said(await shelf.answer("b", IDS, make)) == "2", "another question is another answer"


async def test_a_reader_who_leaves_costs_the_others_nothing(shelf: Shelf, work: Clockwork) -> None:
    work.gate.clear()
    first = asyncio.create_task(shelf.answer("a", IDS, make))
    second = asyncio.create_task(shelf.answer("a", IDS, make))
    await asyncio.sleep(0.05)
    first.cancel()
    work.gate.set()
    assert said(await second) == "1"
    assert work.computed == 1


async def test_where_nothing_is_new_an_answer_holds_and_then_is_made_again(shelf: Shelf, work: Clockwork) -> None:
    await shelf.answer("a", IDS, make)
    work.time += GOOD - timedelta(seconds=1)
    assert said(await shelf.answer("a", IDS, make)) == "1"
    await settled(shelf)
    assert work.computed == 1
    work.time += timedelta(seconds=1)
    old = await shelf.answer("a", IDS, make)
    assert (said(old), old.as_of) == ("1", NOON), "shown as of its own moment"
    await settled(shelf)
    new = await shelf.answer("a", IDS, make)
    assert (said(new), new.as_of) == ("2", NOON + GOOD)


async def test_what_was_stored_meanwhile_makes_a_new_answer(shelf: Shelf, work: Clockwork, store: Store) -> None:
    await shelf.answer("a", IDS, make)
    await note_read(store, NOON)
    work.time += FRESH - timedelta(seconds=1)
    assert said(await shelf.answer("a", IDS, make)) == "1"
    assert not shelf.computing, "so soon it is not even looked up"
    work.time += timedelta(seconds=1)
    await shelf.answer("a", IDS, make)
    await settled(shelf)
    assert said(await shelf.answer("a", IDS, make)) == "2"


async def test_what_a_page_shows_is_kept_until_two_newer_ones_are_there(
    shelf: Shelf, work: Clockwork, store: Store
) -> None:
    """A page's charts are asked for after it: they say what it says."""
    for turn in range(3):
        await note_read(store, NOON + timedelta(hours=turn))
        await shelf.answer("a", IDS, make)
        await settled(shelf)
        work.time += GOOD
    first, second, third = NOON, NOON + GOOD, NOON + 2 * GOOD
    found = [shelf.as_of("a", moment) for moment in (first, second, third)]
    assert [None if one is None else said(one) for one in found] == [None, "2", "3"]
    assert shelf.as_of("b", third) is None
    assert shelf.bytes == sum(one.size for one in (*shelf.kept.values(), *shelf.before.values()))


async def test_what_was_answered_while_more_was_read_is_looked_up_at_once(
    shelf: Shelf, work: Clockwork, store: Store
) -> None:
    await shelf.answer("a", IDS, make, pending=True)
    await shelf.answer("a", IDS, make)
    assert not shelf.is_computing("a"), "nothing has been stored since"
    await note_read(store, NOON)
    assert said(await shelf.answer("a", IDS, make)) == "1"
    assert shelf.is_computing("a"), "so a page can say that a newer one comes"
    await settled(shelf)
    assert said(await shelf.answer("a", IDS, make)) == "2"


async def test_what_is_too_old_is_shown_to_nobody(shelf: Shelf, work: Clockwork) -> None:
    await shelf.answer("a", IDS, make)
    work.time += SHOWN
    assert said(await shelf.answer("a", IDS, make)) == "2"
    work.time = NOON - timedelta(minutes=1)
    assert said(await shelf.answer("a", IDS, make)) == "3", "a clock that was set back proves nothing"


async def test_a_failure_is_not_kept(shelf: Shelf, work: Clockwork) -> None:
    work.fails = True
    with pytest.raises(RuntimeError):
        await shelf.answer("a", IDS, make)
    work.fails = False
    assert said(await shelf.answer("a", IDS, make)) == "2"


async def test_memory_is_bounded_and_the_longest_unused_goes(
    shelf: Shelf, work: Clockwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.shelf.MOST_BYTES", 250_000)
    work.weight = 100_000
    for key in ("a", "b", "a", "c"):
        await shelf.answer(key, IDS, make)
    assert list(shelf.kept) == ["a", "c"]
    assert shelf.bytes == sum(one.size for one in shelf.kept.values()) <= 250_000
