"""What a page lacks is brought behind its back: asked for once in minutes, in slices, within half of the limit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from analytics.metrics import all_metrics
from github.errors import Later
from reports.freshening import AT_MOST_EVERY, KIND, freshen, freshen_if_old, lacking
from reports.question import Question
from reports.services import Services
from sandbox.dataset import Dataset
from sandbox.generate import generate
from storage import queue
from storage.installations import Repository, mark_repositories_removed, repository
from storage.queue import Job
from storage.watermarks import Watermark, watermarks
from tests.reports.reading import DAY, NOW, Town, town
from tests.services import services_on

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return max(generate(5, NOW, months=6, scale=0.1), key=lambda one: len(one.pulls))


@pytest.fixture
async def here(database_file: Path, dataset: Dataset) -> AsyncIterator[Town]:
    async with town(database_file, dataset) as opened:
        yield opened


def services(here: Town) -> Services:
    return services_on(here.store, now=here.world.clock.now, github=here.github)


def question(here: Town, *words: str) -> Question:
    return Question.from_words(
        words, now=here.world.clock.now(), repository_id=here.loaded.id, repository="acme/rocket", metrics=all_metrics()
    )


async def home(here: Town) -> Repository:
    found = await here.store.read(lambda conn: repository(conn, here.loaded.id))
    assert found is not None
    return found


async def next_job(here: Town) -> Job | None:
    return await queue.claim(here.store, here.world.clock.now(), MINUTE)


async def work(here: Town) -> int:
    """Run the job until it has read everything; return how often it was put back."""
    job = await next_job(here)
    assert job is not None
    assert job.kind == KIND
    back = 0
    while True:
        try:
            await freshen(services(here), job)
        except Later:
            back += 1
            continue
        assert await queue.finish(here.store, job, here.world.clock.now())
        return back


async def test_what_was_never_read_is_asked_for_once_and_then_known(here: Town) -> None:
    asked = question(here, "pulls", "90d")
    assert await freshen_if_old(services(here), asked, await home(here))
    assert await freshen_if_old(services(here), asked, await home(here)), "still unknown"
    assert here.sandbox.requests == [], "no page waits for GitHub"
    await work(here)
    assert await next_job(here) is None, "both looks put one job"
    assert not await freshen_if_old(services(here), asked, await home(here))
    marks = await here.store.read(lambda conn: watermarks(conn, here.loaded.id))
    assert marks["pulls"].whole_history
    assert "stars" not in marks, "nobody asked for them"


async def test_what_is_old_is_asked_for_again_later(here: Town) -> None:
    asked = question(here, "pulls", "30d")
    await freshen_if_old(services(here), asked, await home(here))
    await work(here)
    here.pass_time(timedelta(hours=2))
    before = len(here.sandbox.requests)
    assert await freshen_if_old(services(here), question(here, "pulls", "30d"), await home(here))
    await work(here)
    assert [one.operation for one in here.sandbox.requests[before:]] == ["Pulls"], "one page of news"
    assert not await freshen_if_old(services(here), question(here, "pulls", "30d"), await home(here))


async def test_within_minutes_there_is_one_job_and_after_them_another(here: Town) -> None:
    asked = question(here, "pulls", "30d")
    for _ in range(3):
        await freshen_if_old(services(here), asked, await home(here))
    here.pass_time(AT_MOST_EVERY)
    await freshen_if_old(services(here), asked, await home(here))
    assert [await next_job(here) is not None for _ in range(2)] == [True, False], "the lock lets one run at a time"
    assert (await here.store.read(queue.counts))["waiting"] == 1


async def test_half_of_the_limit_is_left_to_people(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    await freshen_if_old(services(here), question(here, "pulls", "30d"), await home(here))
    job = await next_job(here)
    assert job is not None
    monkeypatch.setattr(here.github, "background_allowed", lambda: False)
    with pytest.raises(Later, match="left to people"):
        await freshen(services(here), job)
    assert here.sandbox.requests == []


async def test_a_repository_that_was_taken_away_is_not_read(here: Town) -> None:
    await freshen_if_old(services(here), question(here, "pulls", "30d"), await home(here))
    job = await next_job(here)
    assert job is not None
    await here.store.write(lambda conn: mark_repositories_removed(conn, [here.loaded.id], NOW))
    await freshen(services(here), job)
    assert here.sandbox.requests == []


def test_what_lacks_follows_from_the_marks() -> None:
    fresh = Watermark(1, "pulls", synced_at=NOW, newest_at=NOW, covered_since=NOW - 100 * DAY)
    edge = NOW - 90 * DAY
    assert lacking({"pulls"}, {"pulls": fresh}, edge, NOW) == ()
    assert lacking({"pulls"}, {"pulls": fresh}, NOW - 101 * DAY, NOW) == ("pulls",), "it reaches too short"
    assert lacking({"pulls"}, {"pulls": replace(fresh, whole_history=True)}, NOW - 900 * DAY, NOW) == ()
    assert lacking({"pulls"}, {"pulls": fresh}, edge, NOW + 3 * timedelta(hours=1)) == ("pulls",), "it is old"
    assert lacking({"pulls", "issues"}, {"pulls": fresh}, edge, NOW) == ("issues",), "it was never read"
    refused = Watermark(1, "pulls", synced_at=NOW, error="not shown")
    assert lacking({"pulls"}, {"pulls": refused}, edge, NOW) == (), "asking again would not help"


def test_the_payload_is_what_is_wanted(here: Town) -> None:
    """A job outlives the process that put it: its payload is read by another one."""
    from reports.freshening import Wanted  # noqa: PLC0415 - only this test looks inside

    wanted = Wanted(1, ("issues", "pulls"), NOW, 2)
    assert msgspec.json.decode(msgspec.json.encode(wanted), type=Wanted) == wanted
