"""Stars, newest first, page by page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from analytics.rows import StarRow
from github.client import GitHub
from github.errors import Gone
from github.reads.repository import RepoRef
from github.reads.stars import StarPage, star_pages
from tests.github.fake import FakeGitHub, Heard, Says
from tests.github.graphs import at

REPO = RepoRef(7, "harbour", "quay")


def edge(user_id: int | None, day: int) -> dict[str, Any]:
    return {"starredAt": at(day), "node": {"databaseId": user_id}}


def answer(edges: list[Any], heard: Heard, number: int = 7) -> Says:
    given = heard.content["variables"]
    start = int(given["after"] or 0)
    page = edges[start : start + given["first"]]
    end = start + len(page)
    info = {"hasNextPage": end < len(edges), "endCursor": str(end) if page else None}
    found = {"totalCount": len(edges), "pageInfo": info, "edges": page}
    return Says({"data": {"repository": {"databaseId": number, "stargazers": found}}})


async def read(gh: GitHub, fake: FakeGitHub, edges: list[Any], after: str | None = None) -> list[StarPage]:
    fake.on("POST", "/graphql", lambda heard: answer(edges, heard))
    return [page async for page in star_pages(gh, REPO, after=after)]


async def test_a_star_is_an_account_and_a_time(gh: GitHub, fake: FakeGitHub) -> None:
    (page,) = await read(gh, fake, [edge(5, 9), edge(6, 2)])
    first, second = datetime(2026, 10, 9, tzinfo=UTC), datetime(2026, 10, 2, tzinfo=UTC)
    assert page.stars == (StarRow(5, first), StarRow(6, second))
    assert (page.total, page.has_next, page.oldest_starred_at) == (2, False, second)


async def test_all_pages_are_read_and_reading_can_go_on_at_their_ends(gh: GitHub, fake: FakeGitHub) -> None:
    edges = [edge(number, 28 - number // 10) for number in range(250)]
    pages = await read(gh, fake, edges)
    assert [len(page.stars) for page in pages] == [100, 100, 50]
    resumed = await read(gh, fake, edges, after=pages[0].end_cursor)
    assert [star.user_id for page in resumed for star in page.stars] == list(range(100, 250))


async def test_a_repository_without_stars_has_one_empty_page(gh: GitHub, fake: FakeGitHub) -> None:
    (page,) = await read(gh, fake, [])
    assert (page.stars, page.total, page.has_next, page.oldest_starred_at) == ((), 0, False, None)


async def test_accounts_that_are_not_shown_are_left_out(gh: GitHub, fake: FakeGitHub) -> None:
    (page,) = await read(gh, fake, [None, {"starredAt": at(3), "node": None}, edge(None, 3), edge(5, 2)])
    assert [star.user_id for star in page.stars] == [5]
    assert page.total == 4


async def test_another_repository_under_the_name_is_not_taken_for_it(gh: GitHub, fake: FakeGitHub) -> None:
    fake.on("POST", "/graphql", lambda heard: answer([edge(5, 2)], heard, number=8))
    with pytest.raises(Gone, match="another repository"):
        async for _ in star_pages(gh, REPO):
            pass
