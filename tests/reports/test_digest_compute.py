"""Which days of a report stand out: only where it is known what is usual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.actors import Actor, ActorKind
from analytics.rows import CommitRow, IssueRow, PullRow
from analytics.window import Window
from reports import compute
from reports.answer import DatasetState
from reports.digest_task import UnusualDay, UnusualTask
from storage import activity
from storage.connection import Connection
from storage.engine import Store
from storage.installations import Installation, Repository, save_installation, save_repository

DAY = timedelta(days=1)
MONDAY = datetime(2026, 11, 9, tzinfo=UTC)
"""The week that the report is about begins then."""
WEEK = Window(MONDAY, MONDAY + 7 * DAY)
AROUND = Window(MONDAY - 77 * DAY, MONDAY + 7 * DAY)
NOW = MONDAY + 7 * DAY + timedelta(hours=9)
OPAL = Actor("opal-newt", ActorKind.PERSON)
WEDNESDAY = MONDAY + 2 * DAY
BURST = UnusualDay(date(2026, 11, 11), "issues opened", 26, 1.0, 12)


def issue(number: int, at: datetime) -> IssueRow:
    return IssueRow(number, "Water", OPAL, at, at, at, None, 0, None, None)


def commit(number: int, at: datetime) -> CommitRow:
    return CommitRow(f"{number:040}", OPAL, at, at, 1, 1, 1)


def pull(number: int, at: datetime) -> PullRow:
    return PullRow(
        number=number, title="Shore up", author=OPAL, created_at=at, updated_at=at, closed_at=None, merged_at=None,
        merged_by=None, is_draft=False, ready_at=at, base_ref="main", additions=1, deletions=1, changed_files=1,
    )  # fmt: skip


def states(**changed: DatasetState) -> Mapping[str, DatasetState]:
    read = {name: DatasetState(name, 0, synced_at=NOW) for name in ("pulls", "issues", "commits")}
    return {**read, **changed}


async def task(store: Store, issues: list[datetime], commits: list[datetime], pulls: list[datetime]) -> UnusualTask:
    """Store what happened at these moments; the second repository is never asked about."""

    async def keep(connection: Connection) -> None:
        await save_installation(connection, Installation(1, "quartz", 1, "Organization"))
        await save_repository(connection, Repository(7, 1, "quartz", "harbour", "public", "main"))
        await activity.save_issues(connection, 7, [issue(number, at) for number, at in enumerate(issues, 1)])
        await activity.save_commits(connection, 7, [commit(number, at) for number, at in enumerate(commits, 1)])
        await activity.save_pulls(connection, 7, [pull(number, at) for number, at in enumerate(pulls, 1000)])

    await store.write(keep)
    return UnusualTask(store.url, 7, WEEK, AROUND, NOW, states())


def days(first: datetime, count: int, of_each: int) -> list[datetime]:
    """Return so many moments on each of some days."""
    return [first + day * DAY + timedelta(minutes=10 * place) for day in range(count) for place in range(of_each)]


def unusual(task: UnusualTask, **changed: DatasetState) -> tuple[UnusualDay, ...]:
    return compute.unusual(replace(task, states=states(**changed)))


async def test_a_burst_stands_out_with_what_it_is_measured_by(store: Store) -> None:
    """One issue a day for twelve weeks, and 25 more on a Wednesday: twelve Wednesdays say what is usual."""
    made = await task(store, [*days(AROUND.since, 84, 1), *days(WEDNESDAY, 1, 25)], [], [])
    assert unusual(made) == (BURST,)


async def test_what_github_does_not_show_is_not_zero(store: Store) -> None:
    """Commits were read until a week ago, and may not be read any more: that week had not none."""
    made = await task(store, [*days(AROUND.since, 84, 1), *days(WEDNESDAY, 1, 25)], days(AROUND.since, 77, 20), [])
    assert {one.what for one in unusual(made)} == {"commits"}, "five days, as if there had been none"
    refused = DatasetState("commits", 0, synced_at=NOW, error="Resource not accessible by integration")
    assert unusual(made, commits=refused) == (BURST,)
    assert unusual(made, commits=DatasetState("commits", 0)) == (BURST,), "what was never read is not zero either"
    assert compute.unusual(replace(made, states={"issues": states()["issues"]})) == (BURST,)


async def test_before_a_repository_began_nothing_was_usual(store: Store) -> None:
    """Two weeks old, 14 commits each day: all other days are not days without a commit."""
    made = await task(store, [], days(MONDAY - 7 * DAY, 14, 14), [])
    assert unusual(made) == ()
    older = await task(store, [AROUND.since - 9 * DAY], [], [])
    assert len(unusual(older)) == 5, "a repository that was there and had none does stand out"


@pytest.mark.parametrize("covered", [MONDAY - 20 * DAY, MONDAY - 21 * DAY + timedelta(hours=1)])
async def test_before_all_is_stored_nothing_is_known(store: Store, covered: datetime) -> None:
    """Pull requests are stored of the last four weeks: what was opened before is unknown, not nothing."""
    made = await task(store, [AROUND.since], [], days(MONDAY - 20 * DAY, 27, 14))
    assert {one.what for one in unusual(made)} == {"pull requests opened"}, "taken for whole, they are a burst"
    assert unusual(made, pulls=DatasetState("pulls", 0, synced_at=NOW, covered_since=covered)) == ()


async def test_the_day_from_which_on_all_is_stored_is_whole_or_unknown(store: Store) -> None:
    """Seven Wednesdays are covered from midnight on; from a minute later the first is not, and six remain."""
    made = await task(store, [AROUND.since], [], [*days(AROUND.since, 84, 1), *days(WEDNESDAY, 1, 25)])
    first = WEDNESDAY - 42 * DAY
    for covered, known in ((first, 7), (first + timedelta(minutes=1), 6)):
        (found,) = unusual(made, pulls=DatasetState("pulls", 0, synced_at=NOW, covered_since=covered))
        assert (found.day, found.known) == (BURST.day, known)
