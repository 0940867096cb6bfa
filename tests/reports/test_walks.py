"""Reading a repository: only what is missing is asked for, and however it is interrupted the tables end the same."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics.window import BEGINNING
from reports import gather
from reports.datasets import WALKS
from reports.walk import FRESH, Progress
from sandbox.dataset import Dataset
from sandbox.generate import generate
from sandbox.things import Pull
from storage.engine import Store
from tests.reports.reading import DAY, NOW, Town, town

HOUR = timedelta(hours=1)
Rows = dict[str, list[tuple[str, ...]]]


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """Some 140 pull requests and 200 commits of 18 months."""
    return max(generate(5, NOW, months=18, scale=0.1), key=lambda one: len(one.pulls))


@pytest.fixture(scope="module")
def small(dataset: Dataset) -> Dataset:
    """A part of it, many of the pull requests open since long ago: two pages of almost everything."""
    pulls = [as_open(row) if row["number"] % 2 else row for row in dataset.pulls[-60:]]
    return replace(dataset, pulls=pulls, commits=dataset.commits[-110:], releases=[])


def as_open(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "state": "open", "closed_at": None, "merged_at": None, "merged_by": None}


async def test_a_cold_reading_stops_at_its_edge_and_has_everything_open(database_file: Path, dataset: Dataset) -> None:
    edge = NOW - 60 * DAY
    async with town(database_file, dataset) as here:
        marks = await here.bring(edge)
        stored = {int(row[0]) for row in here.tables()["pulls"]}

    changed = {row["number"] for row in dataset.pulls if row["updated_at"] >= iso(edge)}
    still_open = {row["number"] for row in dataset.pulls if row["state"] == "open"}
    assert changed | still_open <= stored
    assert len(stored) < len(dataset.pulls)
    for mark in marks.values():
        assert mark.whole_history or (mark.covered_since is not None and mark.covered_since <= edge)
        assert mark.error is None
        assert mark.synced_at == NOW
    assert marks["pulls"].open_complete_at == NOW


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


async def test_to_the_beginning_everything_is_there(database_file: Path, dataset: Dataset) -> None:
    async with town(database_file, dataset) as here:
        marks = await here.bring(BEGINNING)
        tables = here.tables()

    assert all(mark.whole_history and mark.cursor is None for mark in marks.values())
    assert [len(tables[name]) for name in ("pulls", "reviews", "issues", "commits")] == [
        len(dataset.pulls), len(dataset.reviews), len(dataset.issues), len(dataset.commits)
    ]  # fmt: skip


async def test_within_ten_minutes_nothing_is_asked(database_file: Path, dataset: Dataset) -> None:
    async with town(database_file, dataset) as here:
        await here.bring(NOW - 90 * DAY)
        here.pass_time(FRESH - timedelta(seconds=1))
        assert await here.asked(NOW - 90 * DAY) == []
        assert await here.asked(NOW - 30 * DAY) == [], "a shorter window is covered"


async def test_later_one_page_of_each_dataset_is_enough(database_file: Path, dataset: Dataset) -> None:
    async with town(database_file, dataset) as here:
        await here.bring(NOW - 90 * DAY)
        before = here.tables()
        here.pass_time(FRESH)
        operations = await here.asked(NOW - 90 * DAY)

        assert sorted(operations) == sorted(set(operations))
        assert len(operations) == len(WALKS)
        assert here.tables() == before


async def test_a_wider_window_reads_on_from_where_the_last_one_stopped(
    database_file: Path, dataset: Dataset, tmp_path: Path, empty_database: Path
) -> None:
    async with town(database_file, dataset) as here:
        first = await here.asked(NOW - 60 * DAY)
        second = await here.asked(BEGINNING)
        in_two = here.tables()
    async with town(Path(shutil.copyfile(empty_database, tmp_path / "other.db")), dataset) as here:
        at_once = await here.asked(BEGINNING)
        assert here.tables() == in_two

    # a page that ends at the edge may have to be begun again
    assert len(first) + len(second) <= len(at_once) + len(WALKS)


async def test_what_changes_is_news(database_file: Path, dataset: Dataset) -> None:
    """An open pull request is merged, an issue is opened, commits are pushed: one page each tells."""
    async with town(database_file, dataset) as here:
        await here.bring(NOW - 90 * DAY)
        pull = next(one for one in here.loaded.threads.values() if isinstance(one, Pull) and one.state == "open")
        here.pass_time(HOUR)
        here.merge(pull)
        issue = here.world.open_issue(here.loaded, here.world.account("new-heron"), "New")
        here.commit("f" * 40, here.world.clock.now())
        operations = await here.asked(NOW - 90 * DAY)
        tables = here.tables()

    assert len(operations) == len(WALKS)
    merged = next(row for row in tables["pulls"] if row[0] == str(pull.number))
    assert any("2026-11-22 09:00" in cell for cell in merged)
    assert str(issue.number) in {row[0] for row in tables["issues"]}
    assert "f" * 40 in {row[0] for row in tables["commits"]}


async def test_commits_with_old_dates_that_a_merge_brings_in_are_found(database_file: Path, dataset: Dataset) -> None:
    """Their dates lie beyond what a look at the newest page shows; the counts disagree."""
    edge = NOW - 500 * DAY
    async with town(database_file, dataset) as here:
        await here.bring(edge, "commits")
        here.pass_time(HOUR)
        late = [here.commit(f"{n:040x}", NOW - n * 40 * DAY) for n in range(1, 9)]
        await here.bring(edge, "commits")
        shas = {row[0] for row in here.tables()["commits"]}
        assert {one.sha for one in late} <= shas

        here.pass_time(HOUR)
        assert len(await here.asked(edge, "commits")) == 1, "now they agree"


async def test_commits_that_a_force_push_took_away_are_forgotten(database_file: Path, dataset: Dataset) -> None:
    edge = NOW - 400 * DAY
    async with town(database_file, dataset) as here:
        await here.bring(edge, "commits")
        within = [one for one in here.loaded.commits if one.committed_at >= iso(edge)]
        dropped = within[::7]
        here.drop(*dropped)
        here.pass_time(HOUR)
        await here.bring(edge, "commits")

        assert {row[0] for row in here.tables()["commits"]} == {one.sha for one in within} - {o.sha for o in dropped}


async def test_dropped_and_added_at_once_still_come_right_where_the_news_say_so(
    database_file: Path, dataset: Dataset
) -> None:
    """An amended commit: one is gone, another is there, and the count is what it was."""
    async with town(database_file, dataset) as here:
        await here.bring(BEGINNING, "commits")
        newest = max(here.loaded.commits, key=lambda one: one.committed_at)
        here.pass_time(HOUR)
        here.drop(newest)
        here.commit("a" * 40, here.world.clock.now())
        await here.bring(BEGINNING, "commits")
        shas = {row[0] for row in here.tables()["commits"]}

        assert shas == {one.sha for one in here.loaded.commits}


async def test_progress_tells_what_was_read_and_of_how_much(database_file: Path, dataset: Dataset) -> None:
    async with town(database_file, dataset) as here:
        await here.bring(BEGINNING, "commits")
        whole = len(dataset.commits)
        told = [(one.noun, one.done, one.total) for one in here.told]
        assert told == [("commits", 0, None), ("commits", 100, whole), ("commits", whole, whole)]


class CrashError(Exception):
    """The process dies here."""


@dataclass
class Dying:
    """A store that dies at the n-th write, before it writes."""

    store: Store
    left: int

    async def read(self, work: Any) -> Any:
        return await self.store.read(work)

    async def write(self, work: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise CrashError
        return await self.store.write(work)


Bring = Callable[[Town, Any, Any], Awaitable[object]]


async def at_once(here: Town, report: Any, store: Any) -> object:
    return await gather.bring(here.reading(report, store), WALKS, BEGINNING)


async def in_the_background(here: Town, report: Any, store: Any) -> object:
    """Page by page, as the history job does."""
    while not await gather.extend(here.reading(report, store), WALKS, 1):
        pass
    return None


@pytest.fixture
def files(tmp_path: Path, empty_database: Path) -> Iterator[Path]:
    """Fresh databases, one after the other."""
    return (Path(shutil.copyfile(empty_database, tmp_path / f"{n}.db")) for n in range(1000))


@pytest.mark.parametrize(("bring", "place"), [(at_once, "after each page"), (in_the_background, "before each write")])
async def test_wherever_reading_dies_it_goes_on_and_the_tables_are_the_same(
    files: Iterator[Path], small: Dataset, bring: Bring, place: str
) -> None:
    """Every page and every write is the last one once; what comes next, at once or an hour later, is a question."""
    async with town(next(files), small) as here:
        await here.bring(BEGINNING)
        undisturbed = here.tables()
        deaths, alive = 0, False
        while not alive:
            alive = await survives(here, next(files), bring, place, deaths)
            assert here.tables() == undisturbed, f"after death {deaths}"
            deaths += 1
    assert deaths >= 8


async def survives(here: Town, file: Path, bring: Bring, place: str, deaths: int) -> bool:
    """Read into a fresh database, die on the way if it is long enough, then ask again; tell whether it was not."""
    await here.move_to(file)
    try:
        if place == "after each page":
            await bring(here, dies_after(deaths), here.store)
        else:
            await bring(here, here.tell, Dying(here.store, deaths))
    except CrashError:
        alive = False
    else:
        alive = True
    here.pass_time(HOUR * (deaths % 2))
    marks = await here.bring(BEGINNING)
    assert all(mark.whole_history and mark.error is None for mark in marks.values())
    return alive


def dies_after(pages: int) -> Callable[[Progress], Awaitable[None]]:
    """Return a report that dies once that many pages have been reported before."""
    seen = iter(range(pages))

    async def report(_: Progress) -> None:
        if next(seen, None) is None:
            raise CrashError

    return report


async def test_a_page_goes_on_where_it_stood_instead_of_from_the_start(database_file: Path, dataset: Dataset) -> None:
    async with town(database_file, dataset) as here:
        whole = gather.bring(here.reading(dies_after(4)), ["pulls"], BEGINNING)
        with pytest.raises(CrashError):
            await whole
        asked_before_death = len(here.sandbox.requests)
        asked_after = len(await here.asked(BEGINNING, "pulls"))
        pages = -(-sum(row["state"] == "open" for row in dataset.pulls) // 25)
        pages += -(-sum(row["state"] != "open" for row in dataset.pulls) // 25)
        assert asked_before_death + asked_after == pages
