"""The pool whose equal answers are computed once: what makes two equal, how long and how much it keeps."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import reports.sharing
from analytics.filters import Filters
from analytics.metric import Measured
from analytics.terms import Terms
from analytics.window import Window
from reports.against import Against
from reports.answer import Answer, DatasetState, PictureData, Section
from reports.compute_task import Task
from reports.question import Question
from reports.sharing import Sharing
from reports.sharing_key import key_of, size_of
from storage.engine import Store
from storage.installations import Installation, Repository, save_installation, save_repository
from storage.watermarks import Watermark, save_watermark

NOW = datetime(2026, 11, 22, 8, 0, 10, tzinfo=UTC)
DAY = timedelta(days=1)
ROCKET = Repository(7, 1, "acme", "rocket", "public", "main")


def task(now: datetime = NOW, days: int = 30) -> Task:
    question = Question(("pulls",), Window(now - days * DAY, now), ROCKET.id, ROCKET.full_name)
    return Task("sqlite://", question, now, {"pulls": DatasetState("pulls", 0, synced_at=NOW)})


def answer(question: Question, size: int = 10) -> Answer:
    picture = PictureData(b"x" * size, b"", "", "", "line")
    return Answer(question, NOW, (Section("pulls", "", "", "", (), Measured({}, {}), None, (picture,)),))


class Counted:
    """Stands for the worker processes: counts what it is asked, and answers when it is let."""

    def __init__(self, size: int = 10) -> None:
        self.asked: list[object] = []
        self.begun, self.may = asyncio.Event(), asyncio.Event()
        self.may.set()
        self.size = size
        self.fault: Exception | None = None

    async def run(self, function: str, asked: object) -> object:
        assert function == "answer"
        assert isinstance(asked, Task)
        self.asked.append(asked)
        self.begun.set()
        await self.may.wait()
        if self.fault is not None:
            raise self.fault
        return answer(asked.question, self.size)


@pytest.fixture
async def stored(store: Store) -> Store:
    await store.write(lambda conn: save_installation(conn, Installation(1, "acme", 1, "Organization")))
    await store.write(lambda conn: save_repository(conn, ROCKET))
    return store


@pytest.mark.parametrize("seconds", [0, 1, 49])
async def test_within_the_minute_a_period_up_to_now_is_the_same_question(stored: Store, seconds: int) -> None:
    later = task(NOW + timedelta(seconds=seconds))
    assert await key_of(stored, task()) == await key_of(stored, later)


@pytest.mark.parametrize(
    "other",
    [
        task(NOW + timedelta(seconds=50)),
        task(days=31),
        replace(task(), pictures=False),
        replace(task(), terms=Terms(people="anonymous")),
        replace(task(), terms=Terms(targets={"merge": 24.0})),
        replace(task(), states={"pulls": DatasetState("pulls", 0, synced_at=NOW - DAY)}),
        replace(task(), together=(7, 8)),
        replace(task(), question=replace(task().question, sees_traffic=True)),
        replace(task(), question=replace(task().question, filters=Filters(authors=("opal",)))),
        replace(task(), question=replace(task().question, repositories=(7,))),
        replace(task(), question=replace(task().question, compare=True)),
        replace(task(), question=replace(task().question, notes=("the end was cut at now",))),
        replace(task(), question=replace(task().question, window=Window(NOW - 30 * DAY, NOW - timedelta(seconds=5)))),
    ],
)
async def test_whatever_changes_an_answer_makes_another_question(stored: Store, other: Task) -> None:
    assert await key_of(stored, task()) != await key_of(stored, other)


async def test_what_is_stored_in_between_makes_another_question(stored: Store) -> None:
    before = await key_of(stored, task())
    mark = Watermark(ROCKET.id, "pulls", synced_at=NOW, cursor="further back")
    await stored.write(lambda conn: save_watermark(conn, mark))
    assert await key_of(stored, task()) != before


@pytest.mark.parametrize(
    ("asked", "depends"),
    [
        (task(), False),
        (replace(task(), question=replace(task().question, against=Against("repository", 8, "acme/comet"))), True),
        (replace(task(), question=replace(task().question, repositories=(7, 8))), True),
        (replace(task(), together=(7, 8)), True),
    ],
    ids=["alone", "beside it", "its traffic", "together"],
)
async def test_what_is_stored_of_another_repository_counts_where_the_answer_is_made_of_it(
    stored: Store, asked: Task, depends: bool
) -> None:
    await stored.write(lambda conn: save_repository(conn, replace(ROCKET, id=8, name="comet")))
    before = await key_of(stored, asked)
    await stored.write(lambda conn: save_watermark(conn, Watermark(8, "pulls", synced_at=NOW)))
    assert (await key_of(stored, asked) != before) == depends


async def test_who_asks_at_once_waits_for_one_computation_and_none_loses_it_by_anothers_leaving(stored: Store) -> None:
    pool = Counted()
    pool.may.clear()
    sharing = Sharing(pool, stored)
    first, second = (asyncio.create_task(sharing.run("answer", task())) for _ in range(2))
    await pool.begun.wait()
    await asyncio.sleep(0.02)
    first.cancel()
    pool.may.set()
    assert isinstance(await second, Answer)
    assert len(pool.asked) == 1


async def test_a_failure_is_everybodys_who_waits_and_nobodys_afterwards(stored: Store) -> None:
    pool = Counted()
    pool.fault = ValueError("no")
    sharing = Sharing(pool, stored)
    with pytest.raises(ValueError, match="no"):
        await sharing.run("answer", task())
    pool.fault = None
    assert isinstance(await sharing.run("answer", task()), Answer)


async def test_answers_are_let_go_in_time_and_before_they_are_too_many_or_too_large(
    stored: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = Counted(size=1000)
    sharing = Sharing(pool, stored)
    each = size_of(answer(task().question, 1000))
    monkeypatch.setattr(reports.sharing, "MOST_BYTES", 2 * each)
    for days in (1, 2, 3):
        await sharing.run("answer", task(days=days))
    assert len(sharing.answers) == len(sharing.sizes) == 2
    await sharing.run("answer", task(days=1))
    assert len(pool.asked) == 4
    monkeypatch.setattr(reports.sharing, "MOST_SECONDS", 0.0)
    await sharing.run("answer", task(days=9))
    await asyncio.sleep(0.01)
    count = len(pool.asked)
    await sharing.run("answer", task(days=9))
    assert len(pool.asked) == count + 1
