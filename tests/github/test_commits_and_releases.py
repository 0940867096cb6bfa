"""Commits of the default branch, and releases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from analytics.actors import GHOST, Actor, ActorKind
from analytics.rows import CommitRow, ReleaseRow
from github.client import GitHub
from github.reads.commits import commit_author, commit_pages
from github.reads.releases import release_pages
from github.reads.repository import RepoRef
from tests.github.fake import FakeGitHub
from tests.github.graphs import Graph, at

REPO = RepoRef(7, "o", "r")


def commit(sha: str, parents: int = 1) -> dict[str, Any]:
    return {
        "oid": sha, "authoredDate": "2026-10-03T02:00:00+02:00", "committedDate": at(2), "additions": 10,
        "deletions": 4,
        "parents": {"totalCount": parents}, "author": {"name": "A", "email": "a@b.example", "user": {"login": "ada"}},
    }  # fmt: skip


async def test_a_commit_becomes_a_row(gh: GitHub, fake: FakeGitHub) -> None:
    """A merge keeps the lines GitHub gives it; author dates may lie after committer dates."""
    fake.on("POST", "/graphql", Graph(commits=[commit("c0ffee", 2)]))
    since, until = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    (page,) = [page async for page in commit_pages(gh, REPO, since=since, until=until)]
    committed, authored = datetime(2026, 10, 2, tzinfo=UTC), datetime(2026, 10, 3, tzinfo=UTC)
    assert page.commits == (CommitRow("c0ffee", Actor("ada", ActorKind.PERSON), authored, committed, 10, 4, 2),)
    given = fake.heard[0].content["variables"]
    assert (given["since"], given["until"]) == ("2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z")


async def test_history_is_read_a_hundred_commits_at_a_time(gh: GitHub, fake: FakeGitHub) -> None:
    graph = Graph(commits=[commit(f"{number:040x}") for number in range(250)])
    fake.on("POST", "/graphql", graph)
    pages = [page async for page in commit_pages(gh, REPO)]
    assert [len(page.commits) for page in pages] == [100, 100, 50]
    assert pages[0].total == 250


async def test_an_empty_repository_has_one_empty_page(gh: GitHub, fake: FakeGitHub) -> None:
    fake.on("POST", "/graphql", Graph(commits=None))
    (page,) = [page async for page in commit_pages(gh, REPO)]
    assert (page.commits, page.has_next, page.total) == ((), False, 0)


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ({"name": "A", "email": "a@b.example", "user": {"login": "ada"}}, Actor("ada", ActorKind.PERSON)),
        ({"name": "A", "email": " A@B.example ", "user": None}, Actor.from_email("a@b.example")),
        (
            {"name": "x", "email": "49699333+dependabot[bot]@users.noreply.github.com", "user": None},
            Actor("dependabot", ActorKind.BOT),
        ),
        (
            {"name": "x", "email": "quartz[bot]@users.noreply.ghe.example.org", "user": None},
            Actor("quartz", ActorKind.BOT),
        ),
        ({"name": "A", "email": "", "user": None}, Actor.from_email("A")),
        ({"name": None, "email": None, "user": None}, GHOST),
        (None, GHOST),
    ],
)
def test_a_commit_is_by_the_account_or_by_the_hash_of_an_address(
    author: dict[str, Any] | None, expected: Actor
) -> None:
    assert commit_author(author) == expected


async def test_a_release_becomes_a_row(gh: GitHub, fake: FakeGitHub) -> None:
    given = {"createdAt": at(1), "isPrerelease": False}
    nodes = [
        given | {"id": "E1", "tagName": "v2", "name": "Two", "publishedAt": at(2), "isDraft": False,
                 "tagCommit": {"oid": "abc"}},
        given | {"id": "E2", "tagName": "v1", "name": None, "publishedAt": None, "isDraft": True, "tagCommit": None},
    ]  # fmt: skip
    fake.on("POST", "/graphql", Graph(releases=nodes))
    (page,) = [page async for page in release_pages(gh, REPO)]
    first, second = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 2, tzinfo=UTC)
    assert page.releases == (
        ReleaseRow("E1", "v2", "Two", first, second, is_prerelease=False, is_draft=False, commit_sha="abc"),
        ReleaseRow("E2", "v1", "v1", first, None, is_prerelease=False, is_draft=True, commit_sha=None),
    )
