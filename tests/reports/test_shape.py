"""What an older version read without labels and last comments is read again where a question needs them, not before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from analytics.filters import Filters
from analytics.metrics import all_metrics
from analytics.window import BEGINNING, Window
from reports import gather
from reports.bringing import shape_of
from reports.question import Question
from sandbox.clock import iso
from sandbox.dataset import Dataset
from sandbox.generate import generate
from storage.connection import Connection
from storage.schema import comments, issues, pulls, watermarks
from storage.watermarks import OPEN_SHAPED, SHAPED
from tests.reports.reading import DAY, NOW, Town, town

EDGE = NOW - 60 * DAY
THREADS = ("pulls", "issues")


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return max(generate(5, NOW, months=6, scale=0.1), key=lambda one: len(one.pulls))


@pytest.fixture
async def here(database_file: Path, dataset: Dataset) -> AsyncIterator[Town]:
    """A town whose whole history was read by a version that knew neither labels nor last comments."""
    async with town(database_file, dataset) as made:
        await made.bring(BEGINNING, *THREADS)

        async def forget(connection: Connection) -> None:
            await connection.execute(update(watermarks).values(shape=0))
            await connection.execute(update(pulls).values(labels="[]"))
            await connection.execute(update(issues).values(labels="[]"))
            await connection.execute(delete(comments))

        await made.store.write(forget)
        yield made


async def bring(here: Town, shape: int) -> tuple[list[str], dict[str, int]]:
    """Ask for something; return the operations that took, and the shapes that the watermarks have then."""
    before = len(here.sandbox.requests)
    marks = await gather.bring(here.reading(), THREADS, EDGE, shape)
    asked = [str(one.operation) for one in here.sandbox.requests[before:]]
    return asked, {name: mark.shape for name, mark in marks.items()}


def labelled(here: Town, thread: str) -> set[int]:
    found = {row.number for row in getattr(here.loaded, thread)() if row.labels}
    assert found, "the generated repository has labels"
    return found


async def stored_labels(here: Town, table: object) -> set[int]:
    async def work(connection: Connection) -> set[int]:
        rows = await connection.exec_driver_sql(f"SELECT number FROM {table} WHERE labels <> '[]'")
        return set(rows.scalars())

    return await here.store.read(work)


async def test_a_question_that_needs_neither_reads_nothing_again(here: Town) -> None:
    assert await bring(here, 0) == ([], dict.fromkeys(THREADS, 0))


async def test_comments_are_read_again_of_what_is_open_only_and_once(here: Town, dataset: Dataset) -> None:
    asked, shapes = await bring(here, OPEN_SHAPED)
    assert shapes == dict.fromkeys(THREADS, OPEN_SHAPED)
    still_open = [one for one in here.loaded.pulls() if one.state == "open"]
    assert asked.count("Pulls") == -(-len(still_open) // 25) or not still_open
    rows = here.tables()["comments"]
    on_pulls = {int(float(row[0])) for row in rows if row[1] == "True"}
    assert on_pulls == {one.number for one in still_open if one.comments}
    marks = await gather.stored_marks(here.reading())
    assert all(marks[name].whole_history for name in THREADS), "what is known back to the beginning stays known"
    assert (await bring(here, OPEN_SHAPED))[0] == []


async def test_labels_are_read_again_as_far_as_the_question_reaches(here: Town) -> None:
    asked, shapes = await bring(here, SHAPED)
    assert asked
    assert shapes == dict.fromkeys(THREADS, SHAPED)
    recent = {
        one.number for one in here.loaded.pulls() if one.labels and (one.state == "open" or one.updated_at >= iso(EDGE))
    }
    assert recent
    assert recent <= await stored_labels(here, "pulls")
    assert (await bring(here, SHAPED))[0] == []
    while not await gather.extend(here.reading(), THREADS, 4):
        pass
    assert await stored_labels(here, "pulls") == labelled(here, "pulls")
    assert await stored_labels(here, "issues") == labelled(here, "issues")


async def test_until_it_is_read_again_the_answer_says_since_when_it_is_known(here: Town) -> None:
    marks = await gather.bring(here.reading(), ["pulls"], EDGE, SHAPED)
    assert not marks["pulls"].whole_history
    assert marks["pulls"].covered_since is not None
    assert marks["pulls"].covered_since < EDGE


async def test_an_older_version_that_was_not_done_with_what_is_open_begins_again(here: Town) -> None:
    async def undone(connection: Connection) -> None:
        await connection.execute(update(watermarks).values(open_complete_at=None, whole_history=False, cursor="9"))

    await here.store.write(undone)
    _, shapes = await bring(here, OPEN_SHAPED)
    assert shapes == dict.fromkeys(THREADS, SHAPED)


async def test_what_is_read_for_the_first_time_lacks_nothing(database_file: Path, dataset: Dataset) -> None:
    async with town(database_file, dataset) as fresh:
        await fresh.bring(EDGE, *THREADS)
        before = len(fresh.sandbox.requests)
        marks = await gather.bring(fresh.reading(), THREADS, EDGE, SHAPED)
        assert {mark.shape for mark in marks.values()} == {SHAPED}
        assert len(fresh.sandbox.requests) == before


def test_a_question_needs_labels_where_it_filters_by_them_and_comments_where_a_metric_reads_them() -> None:
    asked = Question(("pulls",), Window.last(30, NOW), 7, "acme/rocket")
    assert shape_of(asked) == gather.ANY_SHAPE
    assert shape_of(replace(asked, filters=Filters(authors=("opal",)))) == gather.ANY_SHAPE
    assert shape_of(replace(asked, filters=Filters(labels=("bug",)))) == SHAPED
    for name, metric in all_metrics().items():
        expected = OPEN_SHAPED if "comments" in metric.reads else gather.ANY_SHAPE
        assert shape_of(replace(asked, metrics=(name,))) == expected
