"""Bringing several datasets up to date: what is refused is noted and explained, what must wait keeps what it has."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from analytics.window import BEGINNING
from github.errors import Gone, Later, QueryFailed, Refused
from reports import gather
from reports.datasets import WALKS
from reports.walk import FRESH
from sandbox.dataset import Dataset
from sandbox.faults import Fault, Match
from sandbox.generate import generate
from sandbox.limits import Limits
from storage.installations import Repository, save_repository
from tests.reports.reading import DAY, NOW, town

EDGE = NOW - 60 * DAY
FORBIDDEN = '{"message": "Resource not accessible by integration"}'


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return max(generate(5, NOW, months=6, scale=0.1), key=lambda one: len(one.pulls))


def refuse_commits() -> Fault:
    headers = {"X-Accepted-GitHub-Permissions": "contents=read"}
    return Fault(Match(operation="Commits"), "status", times=None, status=403, body=FORBIDDEN, headers=headers)


async def test_only_what_is_needed_is_read(database_file: Path, dataset: Dataset) -> None:
    async with town(database_file, dataset) as here:
        marks = await here.bring(EDGE, "issues")
        assert set(marks) == {"issues"}
        assert {one.operation for one in here.sandbox.requests} == {"Issues"}


async def test_a_refused_dataset_carries_the_reason_and_the_others_are_read(
    database_file: Path, dataset: Dataset
) -> None:
    async with town(database_file, dataset) as here:
        here.sandbox.faults.add(refuse_commits())
        marks = await here.bring(EDGE)

        assert marks["commits"].error is not None
        assert "Resource not accessible by integration" in marks["commits"].error
        assert "(it needs the permission contents=read)" in marks["commits"].error
        assert here.tables()["commits"] == []
        assert all(marks[name].error is None for name in marks if name != "commits")
        assert len(here.tables()["pulls"]) > 0


async def test_a_refusal_is_not_asked_about_again_for_ten_minutes_and_then_it_is(
    database_file: Path, dataset: Dataset
) -> None:
    """Somebody may have granted the permission meanwhile."""
    async with town(database_file, dataset) as here:
        refusal = here.sandbox.faults.add(refuse_commits())
        await here.bring(EDGE, "commits")
        here.pass_time(FRESH - timedelta(seconds=1))
        assert (await here.bring(EDGE, "commits"))["commits"].error
        assert refusal.hit == 1

        here.sandbox.faults.clear()
        here.pass_time(timedelta(seconds=1))
        marks = await here.bring(EDGE, "commits")
        assert marks["commits"].error is None
        wanted = [row for row in dataset.commits if row["committer_date"] >= EDGE.strftime("%Y-%m-%dT%H:%M:%SZ")]
        assert len(here.tables()["commits"]) == len(wanted)


async def test_what_was_read_before_a_refusal_stays(database_file: Path, dataset: Dataset) -> None:
    async with town(database_file, dataset) as here:
        await here.bring(EDGE, "commits")
        before = here.tables()
        here.pass_time(FRESH)
        here.sandbox.faults.add(refuse_commits())
        marks = await here.bring(EDGE, "commits")

        assert here.tables() == before
        assert marks["commits"].covered_since == EDGE
        assert marks["commits"].error


async def test_a_used_up_hour_says_later_and_the_next_hour_goes_on(database_file: Path, dataset: Dataset) -> None:
    async with town(database_file, dataset, Limits(graphql=5)) as here:
        with pytest.raises(Later) as later:
            await here.bring(BEGINNING)
        assert later.value.until > NOW
        asked = len(here.sandbox.requests)
        for _ in range(9):
            here.world.clock.set(later.value.until)
            try:
                await here.bring(BEGINNING)
                break
            except Later as again:
                later.value.until = again.until
        assert len(here.tables()["pulls"]) == len(dataset.pulls)
        assert len(here.tables()["commits"]) == len(dataset.commits)
        assert asked <= 6


async def test_a_repository_that_is_gone_is_gone(database_file: Path, dataset: Dataset) -> None:
    async with town(database_file, dataset) as here:
        here.world.delete_repository(here.loaded)
        with pytest.raises(Gone):
            await here.bring(EDGE)


async def test_an_empty_repository_is_whole_at_once(database_file: Path, dataset: Dataset) -> None:
    async with town(database_file, Dataset({"full_name": "acme/rocket"})) as here:
        marks = await here.bring(BEGINNING)
        assert all(mark.whole_history for mark in marks.values())
        assert await gather.extend(here.reading(), WALKS, 1)


async def test_the_background_begins_what_no_question_has_asked_for(database_file: Path, dataset: Dataset) -> None:
    async with town(database_file, dataset) as here:
        await here.bring(EDGE, "pulls")
        while not await gather.extend(here.reading(), WALKS, 2):
            pass
        marks = await gather.stored_marks(here.reading())
        assert set(marks) == set(WALKS)
        assert all(mark.whole_history for mark in marks.values())
        assert len(here.tables()["commits"]) == len(dataset.commits)


async def test_the_background_leaves_a_refused_dataset_alone(database_file: Path, dataset: Dataset) -> None:
    async with town(database_file, dataset) as here:
        refusal = here.sandbox.faults.add(refuse_commits())
        await here.bring(EDGE, "commits")
        assert await gather.extend(here.reading(), ["commits"], 1)
        assert refusal.hit == 1


async def test_what_is_no_matter_of_permission_is_no_refusal(database_file: Path, dataset: Dataset) -> None:
    """A 422 means that the question was wrong: it must not be told as a missing permission."""
    async with town(database_file, dataset) as here:
        here.sandbox.faults.add(
            Fault(Match(operation="Pulls"), "status", status=422, body='{"message": "Unprocessable"}')
        )
        with pytest.raises(Refused):
            await here.bring(EDGE, "pulls")
        assert (await gather.stored_marks(here.reading()))["pulls"].error is None


def refuse_cursor(times: int) -> Fault:
    said = '{"errors": [{"type": "INVALID_CURSOR_ARGUMENTS", "message": "the cursor does not appear to be valid"}]}'
    return Fault(Match(operation="Pulls"), "status", times=times, status=200, body=said)


async def test_a_stored_cursor_that_github_no_longer_takes_is_dropped(database_file: Path, dataset: Dataset) -> None:
    """A force push or an upgrade can make cursors void: that stretch is read from its newest end again."""
    async with town(database_file, dataset) as here:
        await gather.extend(here.reading(), ["pulls"], 1)
        await gather.extend(here.reading(), ["pulls"], 1)
        assert (await gather.stored_marks(here.reading()))["pulls"].cursor
        refused = here.sandbox.faults.add(refuse_cursor(1))
        marks = await here.bring(BEGINNING, "pulls")
        assert refused.hit == 1
        assert marks["pulls"].whole_history
        assert len(here.tables()["pulls"]) == len(dataset.pulls)


async def test_a_query_that_fails_without_a_cursor_too_is_a_failure(database_file: Path, dataset: Dataset) -> None:
    async with town(database_file, dataset) as here:
        await gather.extend(here.reading(), ["pulls"], 1)
        await gather.extend(here.reading(), ["pulls"], 1)
        refused = here.sandbox.faults.add(refuse_cursor(9))
        with pytest.raises(QueryFailed):
            await here.bring(BEGINNING, "pulls")
        assert refused.hit == 2


async def test_rows_of_a_repository_that_took_over_the_name_are_not_kept(database_file: Path, dataset: Dataset) -> None:
    async with town(database_file, dataset) as here:
        number = here.ref.id + 1
        known = Repository(number, 7, here.ref.owner, here.ref.name, "public", "main")
        await here.store.write(lambda conn: save_repository(conn, known))
        other = replace(here.reading(), repository=replace(here.ref, id=number))
        with pytest.raises(Gone, match="another repository is called"):
            await gather.bring(other, ["pulls"], EDGE)
        assert here.tables()["pulls"] == []


async def test_what_only_adds_to_an_answer_is_one_page(database_file: Path, dataset: Dataset) -> None:
    """Read once, not again while it is fresh, then its news."""
    async with town(database_file, dataset) as here:
        before = len(here.sandbox.requests)
        for _ in range(2):
            await gather.glance(here.reading(), "releases")
        assert [one.operation for one in here.sandbox.requests[before:]] == ["Releases"]
        assert here.tables()["releases"]
        here.pass_time(FRESH)
        await gather.glance(here.reading(), "releases")
        assert [one.operation for one in here.sandbox.requests[before:]] == ["Releases"] * 2


async def test_what_only_adds_to_an_answer_may_be_missing(database_file: Path, dataset: Dataset) -> None:
    """A refusal is noted and not asked about again at once; an hourly limit or an outage is no reason to wait."""
    async with town(database_file, dataset) as here:
        refused = here.sandbox.faults.add(
            Fault(Match(operation="Releases"), "status", times=None, status=403, body=FORBIDDEN)
        )
        await gather.glance(here.reading(), "releases")
        await gather.glance(here.reading(), "releases")
        assert refused.hit == 1
        here.sandbox.faults.clear()
        here.pass_time(FRESH)
        here.sandbox.faults.add(
            Fault(Match(operation="Releases"), "status", status=422, body='{"message": "Unprocessable"}')
        )
        await gather.glance(here.reading(), "releases")


async def test_stars_are_read_newest_first_to_the_edge(database_file: Path, dataset: Dataset) -> None:
    async with town(database_file, dataset) as here:
        await here.bring(BEGINNING, "stars")
        given = here.loaded.fans.stars()
        assert given
        assert len(here.tables()["stars"]) == len(given)
        assert (await gather.stored_marks(here.reading()))["stars"].whole_history
        assert gather.permission_for("stars") == "metadata=read"
