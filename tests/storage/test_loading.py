"""What was saved is what the metrics' tables hold; a window gets what it needs without the rest."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics.actors import GHOST, Actor, ActorKind
from analytics.rows import CommentRow, CommitRow, IssueRow, PullRow, ReleaseRow, ReviewRow, TimelineRow
from analytics.tables import COLUMNS, Tables
from analytics.terms import Terms
from analytics.turns import turns_of_pulls
from storage import activity, loading, loading_rows
from storage.engine import Store
from storage.installations import save_repository
from storage.loading import load, load_together
from storage.loading_rows import Wanted
from storage.urls import sqlite_path
from tests.storage.ask import write
from tests.storage.conftest import REPOSITORY

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
SINCE = NOW - 30 * DAY
OPAL, TOPAZ = Actor("Opal", ActorKind.PERSON), Actor("topaz", ActorKind.PERSON)
DRILL = Actor("drill", ActorKind.BOT)


def pull(number: int, created: datetime, closed: datetime | None = None, *, merged: bool = False) -> PullRow:
    return PullRow(
        number=number,
        title="Shore up",
        author=OPAL,
        created_at=created,
        updated_at=closed or created,
        closed_at=closed,
        merged_at=closed if merged else None,
        merged_by=TOPAZ if merged else None,
        is_draft=closed is None,
        ready_at=None if closed is None else created,
        base_ref="main",
        additions=number,
        deletions=None if closed is None else 0,
        changed_files=1,
    )


def issue(number: int, created: datetime, closed: datetime | None = None) -> IssueRow:
    return IssueRow(
        number, "Water", GHOST, created, closed or created, closed, None, 3, closed, TOPAZ if closed else None
    )


def review(number: int, of: int, at: datetime | None, state: str = "APPROVED") -> ReviewRow:
    return ReviewRow(f"PRR_{number}", of, DRILL if number == 3 else TOPAZ, OPAL, state, at)


PULLS = [
    pull(1, NOW - 90 * DAY, NOW - 80 * DAY, merged=True),  # over before the window
    pull(2, NOW - 90 * DAY),  # open since before the window
    pull(3, NOW - 40 * DAY, NOW - 20 * DAY, merged=True),  # ended in the window
    pull(4, NOW - 10 * DAY),
    pull(5, NOW),  # after it
]
REVIEWS = [review(1, 1, NOW - 85 * DAY), review(2, 3, NOW - 25 * DAY, "DISMISSED"), review(3, 4, SINCE, "ODD")]
ISSUES = [issue(11, NOW - 90 * DAY, NOW - 80 * DAY), issue(12, NOW - 90 * DAY), issue(13, NOW - 40 * DAY, SINCE)]
TURNS = [
    TimelineRow("T1", 1, "merged", NOW - 80 * DAY, TOPAZ, None),
    TimelineRow("T2", 3, "review_requested", NOW - 39 * DAY, None, "team:deep"),
]
COMMITS = [
    CommitRow("a" * 40, OPAL, NOW - 61 * DAY, NOW - 60 * DAY, None, None, 2),
    CommitRow("b" * 40, Actor.from_email("mica@quartz.example"), SINCE, SINCE, 10, 2, 1),
]
RELEASES = [
    ReleaseRow("R1", "v1", "One", NOW - 70 * DAY, None, False, True, None),
    ReleaseRow("R2", "v2", "Two", NOW - 5 * DAY, NOW - 5 * DAY, True, False, None),
]


@pytest.fixture
async def filled(store: Store) -> str:
    """The address of a database with a few rows of everything, and the same in a repository nobody asks about."""
    await write(store, save_repository, replace(REPOSITORY, id=8))
    for repository_id in (REPOSITORY.id, 8):
        await write(store, activity.save_pulls, repository_id, PULLS)
        await write(store, activity.save_reviews, repository_id, REVIEWS)
        await write(store, activity.save_issues, repository_id, ISSUES)
        await write(store, activity.save_timeline, repository_id, TURNS)
        await write(store, activity.save_commits, repository_id, COMMITS)
        await write(store, activity.save_releases, repository_id, RELEASES)
    return store.url


def tables(url: str, since: datetime | None = None) -> Tables:
    return Tables.of(load(url, REPOSITORY.id, list(COLUMNS), since, NOW))


def column(frame: Any, name: str) -> list[Any]:
    """Return a column as plain values, None for unknown, sorted as the rows' keys are."""
    key = next(iter(frame.columns))
    ordered = frame.sort_values(key)[name]
    return [None if unknown else value for value, unknown in zip(ordered, ordered.isna(), strict=True)]


def test_all_history_holds_every_row_before_its_end(filled: str) -> None:
    found = tables(filled)
    assert column(found.pulls, "number") == [1, 2, 3, 4]
    assert column(found.reviews, "number") == [1, 3, 4]
    assert column(found.timeline, "number") == [1, 3]
    assert column(found.issues, "number") == [11, 12, 13]
    assert column(found.commits, "sha") == ["a" * 40, "b" * 40]
    assert column(found.releases, "tag") == ["v1", "v2"]


def test_a_window_holds_what_moved_in_it_and_what_is_open(filled: str) -> None:
    found = tables(filled, SINCE)
    assert column(found.pulls, "number") == [2, 3, 4]
    assert column(found.reviews, "number") == [3, 4]
    assert column(found.timeline, "number") == [3]
    assert column(found.issues, "number") == [12, 13]
    assert column(found.commits, "sha") == ["b" * 40]
    assert column(found.releases, "tag") == ["v1", "v2"]


@pytest.mark.parametrize("since", [NOW - 7 * DAY, SINCE, None])
async def test_whose_turn_it_is_does_not_hang_on_the_window(store: Store, since: datetime | None) -> None:
    """Opened 90 days ago, reviewed 85 days ago: the author's turn, whether 7 days are looked at or all history."""
    await write(store, activity.save_pulls, REPOSITORY.id, [replace(pull(2, NOW - 90 * DAY), is_draft=False), PULLS[0]])
    await write(
        store, activity.save_reviews, REPOSITORY.id, [review(1, 1, NOW - 85 * DAY), review(2, 2, NOW - 85 * DAY)]
    )
    found = Tables.of(load(store.url, REPOSITORY.id, ["pulls", "reviews", "timeline", "comments"], since, NOW))
    turns = turns_of_pulls(found, NOW)
    assert (turns.number.tolist(), turns.author_s.tolist()) == ([2], [True])
    assert column(found.reviews, "number") == ([1, 2] if since is None else [2])


async def test_older_reviews_are_read_only_where_turns_are_asked_for_and_none_twice(store: Store) -> None:
    reviews = [review(1, 2, NOW - 85 * DAY), review(2, 3, NOW - 35 * DAY), review(4, 3, NOW - 25 * DAY)]
    await write(store, activity.save_pulls, REPOSITORY.id, PULLS)
    await write(store, activity.save_reviews, REPOSITORY.id, reviews)
    counted = Tables.of(load(store.url, REPOSITORY.id, ["reviews"], SINCE, NOW))
    assert column(counted.reviews, "number") == [3]
    followed = Tables.of(load(store.url, REPOSITORY.id, ["reviews", "comments"], SINCE, NOW))
    assert column(followed.reviews, "number") == [2, 3, 3]
    together = load_together(store.url, [REPOSITORY.id], ["reviews", "comments"], SINCE, NOW)
    assert sorted(together.columns["reviews"]["number"].tolist()) == [2, 3, 3]


def test_values_come_through_unchanged_and_the_unknown_stays_unknown(filled: str) -> None:
    found = tables(filled)
    assert column(found.pulls, "created_at") == [row.created_at for row in PULLS[:4]]
    assert column(found.pulls, "merged_at") == [NOW - 80 * DAY, None, NOW - 20 * DAY, None]
    assert column(found.pulls, "merged_by") == ["topaz", None, "topaz", None]
    assert column(found.pulls, "author") == ["Opal"] * 4
    assert column(found.pulls, "author_kind") == ["person"] * 4
    assert column(found.pulls, "is_draft") == [False, True, False, True]
    assert column(found.pulls, "additions") == [1, 2, 3, 4]
    assert column(found.pulls, "deletions") == [0, None, 0, None]
    assert column(found.reviews, "reviewer") == ["topaz", "topaz", "drill"]
    assert column(found.reviews, "reviewer_kind") == ["person", "person", "bot"]
    assert column(found.reviews, "state") == ["APPROVED", "DISMISSED", None]
    assert column(found.issues, "author") == ["ghost"] * 3
    assert column(found.issues, "first_response_at") == [NOW - 80 * DAY, None, SINCE]
    assert column(found.timeline, "kind") == ["merged", "review_requested"]
    assert column(found.timeline, "actor") == ["topaz", None]
    assert column(found.timeline, "subject") == [None, "team:deep"]
    assert column(found.commits, "author_kind") == ["person", "email"]
    assert column(found.commits, "additions") == [None, 10]
    assert column(found.releases, "published_at") == [None, NOW - 5 * DAY]


@pytest.mark.parametrize("since", [None, SINCE])
def test_first_contributions_look_at_all_history_even_for_a_window(filled: str, since: datetime | None) -> None:
    found = tables(filled, since)
    firsts = dict(zip(column(found.firsts, "actor"), column(found.firsts, "first_at"), strict=True))
    assert firsts == {
        "Opal": NOW - 90 * DAY,
        "topaz": NOW - 85 * DAY,
        "drill": SINCE,
        "ghost": NOW - 90 * DAY,
        COMMITS[1].author.login: SINCE,
    }


def test_an_empty_repository_has_empty_tables(database: str) -> None:
    found = tables(database)
    assert {name: len(getattr(found, name)) for name in COLUMNS} == dict.fromkeys(COLUMNS, 0)


def test_only_the_asked_tables_are_read(filled: str) -> None:
    assert list(load(filled, REPOSITORY.id, ["commits"], None, NOW)) == ["commits"]


@pytest.mark.parametrize("table", ["pulls", "reviews", "issues", "commits", "timeline", "comments", "titles"])
def test_a_window_is_found_through_indexes(file: str, table: str) -> None:
    sql = loading_rows.select(table, Wanted(REPOSITORY.id, 10, 20))
    connection = sqlite3.connect(str(sqlite_path(file)))
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    connection.close()
    assert not [step for step in plan if step.startswith("SCAN")]
    assert any("ix_" in step for step in plan)
    if table in ("pulls", "issues"):
        assert any(f"ix_{table}_open" in step for step in plan), plan


def test_loading_needs_neither_pandas_nor_sqlalchemys_engine() -> None:
    program = (
        "import sys, storage.loading; print([m for m in ('pandas', 'numpy', 'sqlalchemy.orm') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


async def test_all_rows_of_a_repository_are_counted_whenever_they_are_dated(filled: str) -> None:
    """Expected: the pull requests before, in and after any window; nothing of another repository."""
    assert loading.count(filled, [REPOSITORY.id], "pulls") == len(PULLS)
    assert loading.count(filled, [REPOSITORY.id], "commits") == len(COMMITS)
    assert loading.count(filled, [404], "pulls") == 0
    with pytest.raises(ValueError, match="no table"):
        loading.count(filled, [REPOSITORY.id], "pulls; DROP TABLE pulls")


def said(number: int, of: int, by: Actor, at: datetime, *, on_pull: bool = False) -> CommentRow:
    return CommentRow(f"IC_{number}", of, on_pull, by, at, 0)


@pytest.mark.parametrize("order", [1, -1])
async def test_who_was_the_first_to_respond_hangs_on_the_bots_of_the_question(store: Store, order: int) -> None:
    """A bot that GitHub takes for a person answered first: it is stored so, and judged when it is asked.

    The issue's author, a bot of GitHub's, and whoever writes on a pull request of that number are no response either.
    """
    quick, slow = Actor("Acme-CI", ActorKind.PERSON), replace(ISSUES[0], author=OPAL, closed_at=None)
    asked = NOW - 20 * DAY
    rows = [
        replace(slow, number=21, first_response_at=asked, first_response_by=quick),
        replace(slow, number=22, first_response_at=asked, first_response_by=TOPAZ),
        replace(slow, number=23, first_response_at=asked, first_response_by=quick),
    ]
    comments = [
        said(1, 21, quick, asked),
        said(2, 21, OPAL, asked + 1 * DAY),
        said(3, 21, DRILL, asked + 2 * DAY),
        said(4, 21, TOPAZ, asked + 3 * DAY, on_pull=True),
        said(5, 21, TOPAZ, asked + 4 * DAY),
        said(6, 22, TOPAZ, asked),
        said(7, 23, quick, asked),
    ]
    await write(store, activity.save_issues, REPOSITORY.id, rows)
    for comment in comments[::order] * 2:
        await write(store, activity.save_comments, REPOSITORY.id, [comment])

    def answered(*bots: str) -> list[Any]:
        terms = Terms(bots=bots)
        one = Tables.of(load(store.url, REPOSITORY.id, ["issues"], None, NOW, terms=terms))
        both = Tables.of(load_together(store.url, [REPOSITORY.id], ["issues"], None, NOW, terms=terms).columns)
        found = column(one.issues, "first_response_at")
        assert column(both.issues, "first_response_at") == found
        return found

    assert answered() == [asked, asked, asked]
    assert answered("nobody-here") == [asked, asked, asked]
    assert answered("acme-ci[bot]") == [asked + 4 * DAY, asked, None]
    assert answered("acme-ci", "topaz") == [None, None, None]
