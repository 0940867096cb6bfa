"""Saves in any order and as often as they come leave the same tables."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, select
from sqlalchemy.exc import IntegrityError

from analytics.actors import GHOST, Actor, ActorKind
from analytics.rows import CommentRow, CommitRow, IssueRow, PullRow, ReleaseRow, ReviewRow, TimelineRow
from storage import activity, schema
from storage.connection import Connection
from storage.engine import Store
from storage.installations import save_repository
from tests.storage.ask import read, write
from tests.storage.conftest import REPOSITORY

DAY = datetime(2026, 11, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
OPAL, TOPAZ = Actor("Opal", ActorKind.PERSON), Actor("topaz", ActorKind.PERSON)
ids = count(1000)

PULL = PullRow(
    number=1, title="Shore up the shaft", author=OPAL, created_at=DAY, updated_at=DAY, closed_at=None, merged_at=None,
    merged_by=None, is_draft=True, ready_at=None, base_ref="main", additions=10, deletions=2, changed_files=1,
    labels=("safety", "naïve, \"quoted\""),
)  # fmt: skip
ISSUE = IssueRow(
    number=2, title="Water", author=OPAL, created_at=DAY, updated_at=DAY, closed_at=None, state_reason=None, comments=0,
    first_response_at=None, first_response_by=None,
)  # fmt: skip
REVIEW = ReviewRow("PRR_1", 1, TOPAZ, OPAL, "COMMENTED", DAY + HOUR)
COMMIT = CommitRow("a" * 40, OPAL, DAY, DAY + HOUR, 5, None, 1)


async def rows(conn: Connection, table: Table, repository_id: int = REPOSITORY.id) -> list[dict[str, Any]]:
    keys = list(table.primary_key.columns)
    query = select(table).where(table.c.repository_id == repository_id).order_by(*keys)
    found = (await conn.execute(query)).mappings()
    return [{name: value for name, value in row.items() if name != "repository_id"} for row in found]


async def only(store: Store, table: Table) -> dict[str, Any]:
    (row,) = await read(store, rows, table)
    return row


async def save(store: Store, how: Callable[..., Any], *given: Any) -> None:
    await write(store, how, REPOSITORY.id, given)


async def logins(store: Store) -> dict[int, str]:
    async def work(conn: Connection) -> dict[int, str]:
        return {row.id: row.login for row in await conn.execute(select(schema.actors))}

    return await store.read(work)


async def test_a_pull_request_is_kept_with_everything_it_says(store: Store) -> None:
    merged = replace(PULL, merged_at=DAY + HOUR, closed_at=DAY + HOUR, merged_by=TOPAZ, updated_at=DAY + 2 * HOUR)
    await save(store, activity.save_pulls, merged)
    row = await only(store, schema.pulls)
    known = await logins(store)
    assert (known[row["author_id"]], known[row["merged_by_id"]]) == ("Opal", "topaz")
    assert (row["created_at"], row["merged_at"], row["last_at"]) == (DAY, DAY + HOUR, DAY + 2 * HOUR)
    assert (row["is_draft"], row["additions"], row["labels"]) == (True, 10, '["safety", "na\\u00efve, \\"quoted\\""]')


async def test_an_older_version_never_overwrites_a_newer_one(store: Store) -> None:
    await save(store, activity.save_pulls, replace(PULL, title="new", updated_at=DAY + HOUR))
    await save(store, activity.save_pulls, replace(PULL, title="old"))
    assert (await only(store, schema.pulls))["title"] == "new"


async def test_a_reopened_pull_request_is_open_again(store: Store) -> None:
    await save(store, activity.save_pulls, replace(PULL, closed_at=DAY))
    await save(store, activity.save_pulls, replace(PULL, updated_at=DAY + HOUR))
    assert (await only(store, schema.pulls))["closed_at"] is None


async def test_a_source_that_leaves_sizes_out_does_not_erase_them(store: Store) -> None:
    await save(store, activity.save_pulls, replace(PULL, ready_at=DAY + HOUR))
    sparse = replace(PULL, updated_at=DAY + HOUR, additions=None, deletions=None, changed_files=None, ready_at=None)
    await save(store, activity.save_pulls, sparse)
    row = await only(store, schema.pulls)
    assert (row["additions"], row["deletions"], row["changed_files"]) == (10, 2, 1)
    assert row["ready_at"] == DAY + HOUR


async def test_the_same_person_in_another_spelling_is_the_same_actor(store: Store) -> None:
    await save(store, activity.save_pulls, PULL, replace(PULL, number=3, author=Actor("OPAL", ActorKind.PERSON)))
    authors = {row["author_id"] for row in await read(store, rows, schema.pulls)}
    assert len(authors) == 1


async def test_a_program_once_known_stays_one(store: Store) -> None:
    machine, looks_like_a_person = Actor("drill", ActorKind.BOT), Actor("Drill", ActorKind.PERSON)
    for author in (looks_like_a_person, machine, looks_like_a_person):
        await save(store, activity.save_commits, replace(COMMIT, author=author))

    async def kinds(conn: Connection) -> list[str]:
        return list((await conn.execute(select(schema.actors.c.kind))).scalars())

    assert await store.read(kinds) == ["bot"]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
async def test_a_review_goes_from_pending_to_submitted_to_dismissed_and_never_back(
    store: Store, order: tuple[int, ...]
) -> None:
    versions = [replace(REVIEW, state="PENDING", submitted_at=None), REVIEW, replace(REVIEW, state="DISMISSED")]
    for version in order:
        await save(store, activity.save_reviews, versions[version])
    row = await only(store, schema.reviews)
    assert (row["state"], row["submitted_at"]) == ("DISMISSED", DAY + HOUR)


async def test_the_first_response_is_the_earliest_one_ever_seen(store: Store) -> None:
    for hours, who in ((5, TOPAZ), (3, GHOST), (None, None), (4, TOPAZ)):
        at = None if hours is None else DAY + hours * HOUR
        await save(store, activity.save_issues, replace(ISSUE, first_response_at=at, first_response_by=who))
    row = await only(store, schema.issues)
    assert row["first_response_at"] == DAY + 3 * HOUR
    assert (await logins(store))[row["first_response_by_id"]] == "ghost"


async def test_turns_comments_and_releases_are_kept_once(store: Store) -> None:
    turn = TimelineRow("T1", 1, "review_requested", DAY, OPAL, "topaz")
    comment = CommentRow("C1", 1, True, TOPAZ, DAY, 120)
    release = ReleaseRow("R1", "v1.0", "One", DAY, None, False, True, None)
    for _ in range(2):
        await save(store, activity.save_timeline, turn, replace(turn, id="T2", actor=None, subject=None))
        await save(store, activity.save_comments, comment, replace(comment, body_length=130))
        await save(store, activity.save_releases, release, replace(release, published_at=DAY + HOUR, is_draft=False))
    assert [row["id"] for row in await read(store, rows, schema.timeline)] == ["T1", "T2"]
    assert (await only(store, schema.comments))["body_length"] == 130
    assert (await only(store, schema.releases))["published_at"] == DAY + HOUR


async def test_a_commit_keeps_its_sizes_and_may_be_linked_to_an_account_later(store: Store) -> None:
    await save(store, activity.save_commits, replace(COMMIT, author=Actor.from_email("opal@quartz.example")))
    await save(store, activity.save_commits, replace(COMMIT, additions=None, deletions=7))
    row = await only(store, schema.commits)
    assert (await logins(store))[row["author_id"]] == "Opal"
    assert (row["additions"], row["deletions"]) == (5, 7)


async def test_commits_that_left_the_branch_are_dropped(store: Store) -> None:
    old, kept, gone = (
        replace(COMMIT, sha=sha * 40, committed_at=DAY + hours * HOUR) for sha, hours in (("a", 0), ("b", 1), ("c", 2))
    )
    await save(store, activity.save_commits, old, kept, gone)
    edge = DAY + HOUR
    assert await read(store, activity.count_commits, REPOSITORY.id, edge) == 2
    assert await write(store, activity.drop_commits_except, REPOSITORY.id, edge, {kept.sha}) == 1
    assert [row["sha"][0] for row in await read(store, rows, schema.commits)] == ["a", "b"]


async def test_the_first_contribution_of_each_is_the_earliest_of_any_kind(store: Store) -> None:
    await save(store, activity.save_pulls, replace(PULL, created_at=DAY + 9 * HOUR))
    await save(store, activity.save_reviews, REVIEW, replace(REVIEW, id="PRR_2", submitted_at=DAY + 2 * HOUR))
    await save(store, activity.save_issues, replace(ISSUE, created_at=DAY + 8 * HOUR))
    await save(store, activity.save_commits, replace(COMMIT, committed_at=DAY + 7 * HOUR))
    known = await logins(store)
    firsts = {known[row["actor_id"]]: row["first_at"] for row in await read(store, rows, schema.firsts)}
    assert firsts == {"Opal": DAY + 7 * HOUR, "topaz": DAY + HOUR}


async def test_saving_nothing_is_nothing(store: Store) -> None:
    for how in (
        *(activity.save_pulls, activity.save_reviews, activity.save_timeline, activity.save_issues),
        *(activity.save_comments, activity.save_commits, activity.save_releases),
    ):
        await save(store, how)
    assert await logins(store) == {}


async def test_rows_of_an_unknown_repository_are_refused(store: Store) -> None:
    with pytest.raises(IntegrityError):
        await write(store, activity.save_pulls, 404, [PULL])


hours = st.integers(0, 50).map(lambda number: DAY + number * HOUR)
people = st.sampled_from([OPAL, TOPAZ, GHOST, Actor("drill", ActorKind.BOT)])
pull_versions = st.builds(
    replace,
    st.just(PULL),
    title=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5),
    updated_at=hours,
    closed_at=st.none() | hours,
    merged_at=st.none() | hours,
    ready_at=st.none() | hours,
    is_draft=st.booleans(),
    number=st.integers(1, 2),
)
issue_versions = st.builds(
    replace,
    st.just(ISSUE),
    updated_at=hours,
    closed_at=st.none() | hours,
    comments=st.integers(0, 9),
    number=st.integers(1, 2),
    first_response_at=st.none() | hours,
)


async def saved(store: Store, how: Callable[..., Any], table: Table, batches: Sequence[Sequence[Any]]) -> list[Any]:
    """Save batches in a repository of their own; return the table and everyone's first contribution."""
    repository_id = next(ids)
    await write(store, save_repository, replace(REPOSITORY, id=repository_id))
    for batch in batches:
        await write(store, how, repository_id, batch)
    return [await read(store, rows, each, repository_id) for each in (table, schema.firsts)]


def same_as_once(
    database: str, how: Callable[..., Any], table: Table, versions: Sequence[Any], order: list[Any]
) -> None:
    """Save `versions` one by one by time, and in `order` in one go; both tables are the same."""

    async def compare() -> None:
        store = await Store.open(database)
        try:
            one_by_one = [[version] for version in sorted(versions, key=lambda row: row.updated_at)]
            first, second = await saved(store, how, table, one_by_one), await saved(store, how, table, [order])
            assert first == second
        finally:
            await store.close()

    asyncio.run(compare())


often = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def several(versions: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Versions of few things, no two of one thing with the same time of update."""
    return st.lists(versions, unique_by=lambda row: (row.number, row.updated_at), min_size=1, max_size=6)


@often
@pytest.mark.parametrize(
    ("how", "table", "versions"),
    [(activity.save_pulls, schema.pulls, pull_versions), (activity.save_issues, schema.issues, issue_versions)],
    ids=["pull requests", "issues"],
)
@given(data=st.data())
def test_any_order_and_repetition_ends_the_same(
    database: str, how: Callable[..., Any], table: Table, versions: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    found = data.draw(several(versions))
    order = data.draw(st.permutations(found + found))
    same_as_once(database, how, table, found, order)
