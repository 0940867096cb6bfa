"""Releases and stars of a whole organisation, and releases that are asked about with a filter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from analytics.actors import Actor, ActorKind
from analytics.filters import Filters
from analytics.rows import CommitRow, PullRow, ReleaseRow, StarRow
from analytics.window import Window
from reports import compute
from reports.answer import DatasetState, Section
from reports.compute_task import Task
from reports.question import Question
from storage import activity
from storage.engine import Store
from storage.installations import Repository, save_repository
from storage.stars import save_stars
from tests.storage.ask import write

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
AMBER, QUIET, BASALT = 7, 8, 9
OPAL, TOPAZ = (Actor(login, ActorKind.PERSON) for login in ("opal", "topaz"))


@pytest.fixture
async def database(store: Store) -> str:
    """Three repositories: both busy ones merge 20 days ago, `amber` releases 2 days later, `basalt` 12 days later.

    Whoever releases wrote no pull request; `quiet` has none at all.
    """
    for number, name in ((AMBER, "amber"), (QUIET, "quiet"), (BASALT, "basalt")):
        await write(store, save_repository, Repository(number, 1, "quartz", name, "public", "main"))
        await write(
            store, save_stars, number, [StarRow(100 * number + place, NOW - place * DAY) for place in range(1, number)]
        )
    for number, later in ((AMBER, 2), (BASALT, 12)):
        merged = NOW - 20 * DAY
        pulls = [
            PullRow(
                place,
                "Shore up",
                author,
                merged - DAY,
                merged,
                merged,
                merged,
                TOPAZ,
                False,
                merged - DAY,
                "main",
                1,
                0,
                1,
            )
            for place, author in enumerate((OPAL, TOPAZ), 1)
        ]
        released = merged + later * DAY
        bump = CommitRow(f"{number:040x}", Actor("drill", ActorKind.BOT), released, released, 1, 1, 1)
        await write(store, activity.save_pulls, number, pulls)
        await write(store, activity.save_commits, number, [bump])
        await write(
            store, activity.save_releases, number,
            [ReleaseRow(f"R{number}", "v1", "v1", released, released, False, False, bump.sha)],
        )  # fmt: skip
    return store.url


def section(url: str, metric: str, *together: int, **asked: Any) -> Section:
    question = Question(
        (metric,), Window.last(30, NOW), AMBER, "quartz/amber", whole_organisation=bool(together), **asked
    )
    states = {
        name: DatasetState(name, 0, synced_at=NOW, whole_history=True)
        for name in ("pulls", "commits", "releases", "stars")
    }
    (found,) = compute.answer(Task(url, question, NOW, states, pictures=False, together=together)).sections
    return found


def test_a_release_of_one_repository_releases_nothing_of_another(database: str) -> None:
    found = section(database, "releases", AMBER, QUIET, BASALT)
    assert list(found.now.samples["lead_hours"]) == [2 * 24, 2 * 24, 12 * 24, 12 * 24]
    assert found.now.facts["releases"] == 2
    assert found.now.facts["median_days_between"] is None, "each repository has but one"


def test_whose_pull_requests_are_asked_about_leaves_the_releases_as_they_are(database: str) -> None:
    found = section(database, "releases", filters=Filters(authors=("opal",)))
    assert (found.now.facts["merged_n"], found.now.facts["lead_time_n"]) == (1, 1)
    assert found.now.facts["lead_time_median_hours"] == 2 * 24
    assert found.now.notes == ()


def test_stars_of_an_organisation_are_those_of_its_repositories_together(database: str) -> None:
    alone, both = section(database, "stars"), section(database, "stars", AMBER, QUIET, BASALT)
    assert alone.now.facts["starred"] == AMBER - 1
    assert (both.now.facts["starred"], both.now.facts["stars"]) == (6 + 7 + 8, 21)
    assert both.finding.startswith("21 new stars")
