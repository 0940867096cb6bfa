"""The pages over HTTP: what they show, what a form does, and how an open page learns of news."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from sandbox.page.moments import relative
from sandbox.world import World
from tests.sandbox.page_world import NOW, serving, small_world

Client = TestClient[Any, Any]
ISSUE = "/quartz-labs/lantern/issues/1"
PULL = "/quartz-labs/lantern/pull/2"


@pytest.fixture
def world() -> World:
    return small_world()


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    async with serving(world) as server, TestClient(server) as client:
        yield client


async def text(client: Client, path: str, status: int = 200) -> str:
    answer = await client.get(path)
    assert answer.status == status
    return await answer.text()


async def test_the_first_page_lists_every_repository(client: Client) -> None:
    page = await text(client, "/")
    assert 'href="/quartz-labs/lantern"' in page
    assert "1 open issue · 0 open pull requests" in page


async def test_a_repository_opens_at_its_issues(client: Client) -> None:
    answer = await client.get("/quartz-labs/lantern")
    assert answer.url.path == "/quartz-labs/lantern/issues"
    assert "How are we &lt;b&gt;doing&lt;/b&gt;?" in await answer.text()


async def test_pull_requests_are_listed_by_state(client: Client) -> None:
    assert "There is nothing open here" in await text(client, "/quartz-labs/lantern/pulls")
    assert "Add a wick" in await text(client, "/quartz-labs/lantern/pulls?state=closed")


@pytest.mark.parametrize("page", ["0", "-1", "9", "x", "9999999999"])
async def test_a_page_that_does_not_exist_is_the_nearest_one(client: Client, page: str) -> None:
    assert "How are we" in await text(client, f"/quartz-labs/lantern/issues?page={page}")


async def test_a_long_list_is_cut_into_pages(world: World, client: Client) -> None:
    repository = world.repository("quartz-labs/lantern")
    assert repository is not None
    for number in range(30):
        world.open_issue(repository, world.account("mica-lynx"), f"Issue {number}")
    assert "Page 1 of 2" in await text(client, "/quartz-labs/lantern/issues")
    assert "How are we" in await text(client, "/quartz-labs/lantern/issues?page=2")


async def test_a_thread_shows_who_said_what_with_badges_and_reactions(client: Client) -> None:
    page = await text(client, ISSUE)
    assert '<span class="pill">Member</span>' in page
    assert '<span class="pill">bot</span>' in page
    assert 'alt="🚀"' in page
    assert "<strong>31 pull requests merged" in page


async def test_a_merge_is_told_once(client: Client) -> None:
    page = await text(client, PULL)
    assert "merged this pull request" in page
    assert "closed this" not in page
    assert "approved these changes" in page
    assert "<strong>ghost</strong>" in page
    assert "No description provided" in page


async def test_issues_and_pull_requests_find_each_others_address(client: Client) -> None:
    assert (await client.get("/quartz-labs/lantern/issues/2")).url.path == PULL
    assert (await client.get("/quartz-labs/lantern/pull/1")).url.path == ISSUE


@pytest.mark.parametrize(
    "path", ["/quartz-labs/nothing/issues", "/quartz-labs/lantern/issues/99", "/quartz-labs/nothing"]
)
async def test_what_is_missing_is_named(client: Client, path: str) -> None:
    assert "There is no" in await text(client, path, 404)


async def test_a_renamed_repository_is_found_under_its_old_name(world: World, client: Client) -> None:
    repository = world.repository("quartz-labs/lantern")
    assert repository is not None
    world.rename_repository(repository, "lamp")
    assert (await client.get("/quartz-labs/lantern")).url.path == "/quartz-labs/lamp/issues"


async def test_addresses_of_the_api_are_left_to_it(client: Client) -> None:
    for path in ("/repos/issues", "/orgs/quartz-labs", "/user/installations"):
        assert await text(client, path, 404) == "404: Not Found"


async def test_a_comment_is_written_as_the_chosen_person(world: World, client: Client) -> None:
    form = {"login": "quartz-visitor", "body": "/analytics\r\n\r\nplease"}
    answer = await client.post(f"{ISSUE}/comments", data=form, allow_redirects=False)
    comment = world.thread("quartz-labs/lantern", 1).comments[-1]
    assert answer.status == 303
    assert answer.headers["Location"] == f"{ISSUE}?as=quartz-visitor#issuecomment-{comment.id}"
    assert comment.author is world.account("quartz-visitor")
    assert comment.body == "/analytics\n\nplease"
    assert 'value="quartz-visitor" selected' in await text(client, f"{ISSUE}?as=quartz-visitor")


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"login": "quartz-otter", "body": "  \n"}, "needs a text"),
        ({"login": "quartz-otter", "body": "x" * 65_537}, "65,536"),
        ({"login": "nobody-here", "body": "x"}, "nobody called"),
        ({}, "needs a text"),
    ],
)
async def test_a_form_filled_in_wrongly_is_refused_with_a_sentence(
    world: World, client: Client, form: dict[str, str], sentence: str
) -> None:
    before = len(world.comments)
    answer = await client.post(f"{ISSUE}/comments", data=form)
    assert answer.status == 422
    assert sentence in await answer.text()
    assert len(world.comments) == before


async def test_a_comment_is_edited_in_its_authors_name(world: World, client: Client) -> None:
    comment = world.thread("quartz-labs/lantern", 1).comments[0]
    world.clock.advance(timedelta(minutes=5))
    await client.post(f"{ISSUE}/comments/{comment.id}", data={"body": "/analytics pulls"})
    assert comment.body == "/analytics pulls"
    assert "· edited" in await text(client, ISSUE)
    assert (await client.post(f"{PULL}/comments/{comment.id}", data={"body": "x"})).status == 404


async def test_people_to_write_as_are_a_member_the_author_and_an_outsider(client: Client) -> None:
    page = await text(client, ISSUE)
    assert "quartz-otter (member)" in page
    assert "mica-lynx (author of this thread)" in page
    assert "quartz-visitor (outsider)" in page
    assert ">/analytics</textarea>" in page


async def test_an_unchanged_thread_is_304_and_a_changed_one_is_not(world: World, client: Client) -> None:
    first = await client.get(f"{ISSUE}/entries")
    tag = first.headers["ETag"]
    world.clock.advance(timedelta(days=3))
    again = await client.get(f"{ISSUE}/entries", headers={"If-None-Match": tag})
    assert again.status == 304
    assert again.headers["X-Sandbox-Now"] == "2026-11-25T08:00:00Z"
    comment = world.thread("quartz-labs/lantern", 1).comments[0]
    world.react(comment, world.account("almanac[bot]"), "eyes")
    changed = await client.get(f"{ISSUE}/entries", headers={"If-None-Match": tag})
    assert changed.status == 200
    assert 'alt="👀"' in await changed.text()


async def test_the_page_knows_the_tag_of_what_it_shows(client: Client) -> None:
    tag = (await client.get(f"{ISSUE}/entries")).headers["ETag"].strip('"')
    assert f'data-tag="{tag}"' in await text(client, ISSUE)


async def test_nothing_but_the_pages_own_script_may_run(client: Client) -> None:
    policy = (await client.get(ISSUE)).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


async def test_title_and_edit_form_are_escaped(world: World, client: Client) -> None:
    thread = world.thread("quartz-labs/lantern", 1)
    world.add_comment(thread, world.account("quartz-otter"), "</textarea><script>alert(1)</script>")
    page = await text(client, ISSUE)
    assert "<script>alert(1)" not in page
    assert "&lt;/textarea&gt;" in page


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(0), "now"),
        (timedelta(seconds=-5), "now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "yesterday"),
        (timedelta(days=13), "1 week ago"),
        (timedelta(days=30), "on Oct 23"),
        (timedelta(days=400), "on Oct 18, 2025"),
    ],
)
def test_how_long_ago_something_was(passed: timedelta, words: str) -> None:
    moment: datetime = NOW - passed
    assert relative(moment, NOW) == words
