"""Older history is read in the background: a slice at a time, within half of the hourly limit, to the beginning."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import msgspec
import pytest

from github.client import GitHub
from github.endpoints import Endpoints
from github.errors import Later, Refused
from handlers import history
from handlers.history import NO_BUDGET, REST, read_history
from reports.answering import BACKGROUND
from reports.datasets import WALKS
from reports.reading_on import KIND, PRIORITY, later_history
from reports.services import Services
from sandbox.clock import Clock
from sandbox.dataset import Dataset
from sandbox.faults import Fault, Match
from sandbox.generate import generate
from sandbox.limits import Limits
from sandbox.load import load
from sandbox.server import Sandbox
from sandbox.world import World
from storage.engine import Store
from storage.installations import Installation, Repository, save_installation, save_repository
from storage.queue import Job
from storage.watermarks import Watermark, watermarks
from tests.services import services_on

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
MOST_SLICES = 40


@pytest.fixture(autouse=True)
def thin_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page at a time, so that a small repository has many slices."""
    monkeypatch.setattr(history, "SLICE", 1)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """A repository of several pages."""
    busiest = max(generate(5, NOW, months=18, scale=0.1), key=lambda one: len(one.pulls))
    return replace(busiest, repo={"full_name": "acme/rocket"})


@asynccontextmanager
async def town(
    store: Store, dataset: Dataset, limits: Limits | None = None
) -> AsyncIterator[tuple[Services, Sandbox, Job]]:
    """Yield services on a GitHub with the data set, and the job of its repository."""
    world = World(Clock(NOW))
    world.clock.freeze()
    (loaded,) = load(world, [dataset])
    repository = Repository(loaded.id, 51, "acme", "rocket", "public", "main")
    await store.write(lambda conn: save_installation(conn, Installation(51, "acme", 3, "Organization", None, None)))
    await store.write(lambda conn: save_repository(conn, repository))
    world.add_personal_token("ghp_reader", "quartz-otter")
    async with Sandbox(world, limits=limits) as sandbox, aiohttp.ClientSession() as session:
        gh = GitHub.for_token(session, "ghp_reader", Endpoints.of(sandbox.url), world.clock.now, no_sleep)
        new = later_history(repository, NOW)
        job = Job(1, new.kind, new.key, new.payload, new.lock, 1, NOW, 1)
        yield services_on(store, now=world.clock.now, github=gh), sandbox, job


async def no_sleep(_: float) -> None:
    raise AssertionError("nothing here should have to wait")


async def marks(store: Store, job: Job) -> dict[str, Watermark]:
    repository_id = msgspec.json.decode(job.payload)["repository"]
    return await store.read(lambda conn: watermarks(conn, repository_id))


async def to_the_end(services: Services, job: Job) -> int:
    """Run slice after slice; return how many it took."""
    rests = [services.now() + REST]
    for slices in range(1, MOST_SLICES):
        try:
            await read_history(services, job)
        except Later as later:
            rests.append(later.until)
        else:
            assert set(rests) == {services.now() + REST}
            return slices
    raise AssertionError("it never ends")


def stored(file: Path) -> dict[str, int]:
    with sqlite3.connect(file) as connection:
        names = ("pulls", "reviews", "issues", "commits", "releases")
        found = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}
    connection.close()
    return found


def test_one_job_a_day_and_repository_below_everything_that_people_ask() -> None:
    repository = Repository(7, 51, "acme", "rocket", "public", "main")
    job = later_history(repository, NOW)

    assert (job.kind, job.key, job.lock, job.priority) == (KIND, "7:2026-11-22", "repository:7", PRIORITY)
    assert later_history(repository, NOW + timedelta(hours=15)).key == job.key
    assert later_history(repository, NOW + timedelta(hours=16)).key != job.key


async def test_slice_by_slice_everything_is_read(store: Store, database_file: Path, dataset: Dataset) -> None:
    async with town(store, dataset) as (services, _, job):
        slices = await to_the_end(services, job)
        found = await marks(store, job)

    assert slices > 2
    wanted = {name: len(getattr(dataset, name)) for name in ("pulls", "reviews", "issues", "commits")}
    wanted["releases"] = sum(not row["draft"] for row in dataset.releases)  # a reader is not shown the drafts
    assert stored(database_file) == wanted
    assert set(found) == set(BACKGROUND)
    assert all(mark.whole_history and mark.cursor is None for mark in found.values())


async def test_when_all_is_read_nothing_more_is_asked(store: Store, dataset: Dataset) -> None:
    async with town(store, dataset) as (services, sandbox, job):
        await to_the_end(services, job)
        before = len(sandbox.requests)
        await read_history(services, job)
        assert len(sandbox.requests) == before


async def test_a_slice_is_a_few_pages_of_each_dataset(store: Store, dataset: Dataset) -> None:
    """Once begun, no slice asks for more than its pages, so that a command of the repository never waits long."""
    async with town(store, dataset) as (services, sandbox, job):
        with pytest.raises(Later):
            await read_history(services, job)
        before = len(sandbox.requests)
        with pytest.raises(Later):
            await read_history(services, job)
        assert 0 < len(sandbox.requests) - before <= history.SLICE * len(BACKGROUND)


async def test_half_of_the_hour_is_left_to_people(store: Store, dataset: Dataset) -> None:
    async with town(store, dataset, Limits(graphql=20)) as (services, sandbox, job):
        said: list[Later] = []
        for _ in range(MOST_SLICES):
            with pytest.raises(Later) as later:
                await read_history(services, job)
            said.append(later.value)
            if later.value.until == services.now() + NO_BUDGET:
                break
        used = sum(one.cost for one in sandbox.requests)
        assert "half of the hourly limit" in said[-1].reason
        assert 10 <= used <= 10 + history.SLICE * len(BACKGROUND)
        before = len(sandbox.requests)
        with pytest.raises(Later):
            await read_history(services, job)
        assert len(sandbox.requests) == before, "without the budget nothing is asked"
        sandbox.clock.advance(timedelta(hours=1, seconds=1))
        with pytest.raises(Later) as later:
            await read_history(services, job)
        assert later.value.until == services.now() + REST, "a new hour, a new half"


async def test_a_repository_that_is_gone_is_not_read(store: Store, dataset: Dataset) -> None:
    async with town(store, dataset) as (services, sandbox, job):
        await read_history(services, replace(job, payload=b'{"repository": 404}'))
        gone = Repository(
            msgspec.json.decode(job.payload)["repository"], 51, "acme", "rocket", "public", "main", False, NOW
        )
        await store.write(lambda conn: save_repository(conn, gone))
        await read_history(services, job)
        assert sandbox.requests == []


async def test_a_dataset_that_is_refused_by_now_is_noted_and_the_others_go_on(
    store: Store, database_file: Path, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A permission may be taken away between two slices."""
    async with town(store, dataset) as (services, _, job):
        with pytest.raises(Later):
            await read_history(services, job)

        async def refuse(*_: object) -> Watermark:
            raise Refused(403, "Resource not accessible by integration", "contents=read")

        with monkeypatch.context() as taken_away:
            taken_away.setattr(type(WALKS["commits"]), "read_back", refuse)
            await to_the_end(services, job)
        found = await marks(store, job)

    assert found["commits"].error == "Resource not accessible by integration (it needs the permission contents=read)"
    assert not found["commits"].whole_history
    assert all(mark.whole_history for name, mark in found.items() if name != "commits")
    assert stored(database_file)["pulls"] == len(dataset.pulls)


async def test_what_a_question_left_half_read_is_read_on_from_the_right_list(
    store: Store, database_file: Path, dataset: Dataset
) -> None:
    """A question is cut off among the open pull requests: that cursor is no place in the list of the ended ones."""
    many_open = replace(dataset, pulls=[as_open(row) if row["number"] % 2 else row for row in dataset.pulls])
    async with town(store, many_open) as (services, sandbox, job):
        sandbox.faults.add(Fault(Match(operation="Pulls"), "status", times=None, skip=1, status=403, body=LIMITED))
        with pytest.raises(Later):
            await read_history(services, job)
        cut_off = (await marks(store, job))["pulls"]
        assert cut_off.open_complete_at is None
        assert cut_off.cursor is not None
        sandbox.faults.clear()
        sandbox.clock.advance(timedelta(hours=2))
        await to_the_end(services, job)

    assert stored(database_file)["pulls"] == len(dataset.pulls)


LIMITED = '{"message": "You have exceeded a secondary rate limit."}'


def as_open(row: dict[str, object]) -> dict[str, object]:
    return {**row, "state": "open", "closed_at": None, "merged_at": None, "merged_by": None}
