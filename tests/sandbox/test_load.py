"""Data sets become repositories: what the rows leave open, and the real ones whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from sandbox.build import build, start
from sandbox.clock import Clock, iso, parse_iso
from sandbox.dataset import Dataset, read_all
from sandbox.load import load
from sandbox.server import Sandbox
from sandbox.things import Account, Pull, filler
from sandbox.world import World
from tests.sandbox.conftest import NOW, Client

PULLS = """query Pulls($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequests(first: 25, after: $after, orderBy: {field: UPDATED_AT, direction: DESC}) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes {
        id number title state isDraft createdAt updatedAt closedAt mergedAt additions deletions changedFiles baseRefName
        author { __typename login } mergedBy { __typename login } labels(first: 20) { nodes { name } }
        reviews(first: 50) { totalCount pageInfo { hasNextPage endCursor }
          nodes { id state submittedAt author { __typename login } } }
        timelineItems(first: 50, itemTypes: [READY_FOR_REVIEW_EVENT, CONVERT_TO_DRAFT_EVENT, REVIEW_REQUESTED_EVENT,
          REVIEW_REQUEST_REMOVED_EVENT, CLOSED_EVENT, REOPENED_EVENT, MERGED_EVENT]) {
          pageInfo { hasNextPage endCursor }
          nodes { __typename ... on ClosedEvent { id createdAt actor { __typename login } }
            ... on MergedEvent { id createdAt actor { __typename login } } } }
      }
    }
  }
}"""


def loaded(**tables: Any) -> tuple[World, Any]:
    world = World(Clock(NOW))
    (repository,) = load(world, [Dataset({"full_name": "acme/data"}, **tables)])
    return world, repository


def pull(**fields: Any) -> dict[str, Any]:
    return {"number": 1, "title": "A", "state": "open", "created_at": "2026-01-01T00:00:00Z", "author": "a", **fields}


def test_no_author_is_a_deleted_account() -> None:
    _, repository = loaded(pulls=[pull(author=None), pull(number=2, author="ghost")])

    assert [one.author for one in repository.pulls()] == [None, None]


def test_no_draft_is_ready_and_no_update_is_the_last_thing_known() -> None:
    _, repository = loaded(pulls=[pull(draft=None, state="closed", merged_at="2026-01-02T00:00:00Z")])

    (only,) = repository.pulls()
    assert (only.draft, only.updated_at, only.closed_at) == (False, "2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z")


def test_bots_are_known_by_suffix_or_type() -> None:
    rows = [pull(author="x[bot]"), pull(number=2, author="y", author_type="Bot"), pull(number=3, author="z")]
    _, repository = loaded(pulls=rows)

    authors: list[Account] = [one.author for one in repository.pulls()]
    assert [(one.login, one.type, one.rest_login) for one in authors] == [
        ("x", "Bot", "x[bot]"),
        ("y", "Bot", "y[bot]"),
        ("z", "User", "z"),
    ]


def test_who_is_a_member_may_write() -> None:
    _, repository = loaded(pulls=[pull(author="m", author_association="MEMBER"), pull(number=2, author="n")])

    assert (repository.permission_of("M"), repository.permission_of("n")) == ("write", "read")


def test_a_hashed_author_is_an_address_without_an_account() -> None:
    row = {"sha": "c1", "parents": [], "author": "h:0123", "committer": "h:9", "committer_date": "2026-01-01T00:00:00Z"}
    _, repository = loaded(commits=[row])

    (commit,) = repository.commits
    assert (commit.author, commit.author_email, commit.authored_at) == (None, "0123@users.invalid", commit.committed_at)


def test_a_told_closing_is_not_told_twice() -> None:
    closed = pull(state="closed", closed_at="2026-01-03T00:00:00Z")
    told = [{"number": 1, "event": "closed", "created_at": "2026-01-03T00:00:00Z", "actor": "a"}]
    _, repository = loaded(pulls=[closed], timeline=told)

    assert [one.type for one in repository.threads[1].timeline] == ["ClosedEvent"]


def test_rows_of_unknown_threads_are_left_out() -> None:
    stray = {"number": 9, "created_at": "2026-01-01T00:00:00Z"}
    world, _ = loaded(comments=[stray], reviews=[stray], timeline=[{**stray, "event": "closed"}])

    assert world.comments == {}


def test_a_text_of_which_only_the_length_is_known_is_filled() -> None:
    assert [len(filler(length)) for length in (0, 1, 63, 64, 65, 1000)] == [0, 1, 63, 64, 65, 1000]


def test_the_clock_starts_when_the_latest_data_was_taken() -> None:
    sets = [Dataset({"full_name": f"a/{n}", "snapshot_at": f"2026-0{n}-01T00:00:00Z"}) for n in (1, 3, 2)]

    assert start(sets) == parse_iso("2026-03-01T00:00:00Z")
    world, keys = build(sets, now=NOW)
    assert iso(world.clock.now()) == iso(NOW)
    assert keys.private_key not in repr(keys)
    assert [one.account.login for one in world.installations.values()] == ["a"]
    assert world.thread("a/1", 1).title == "A place to ask"


@pytest.mark.parametrize("folder", ["tlswg__tls13-spec", "quicwg__multipath"])
async def test_a_real_repository_is_answered_whole_through_graphql(shared_folder: Path, folder: str) -> None:
    """Counts of the independent `expected.json`; the pages come newest first."""
    expected = msgspec.json.decode((shared_folder / "data" / folder / "expected.json").read_bytes())
    world, keys = build(read_all(shared_folder / "data" / folder))
    (repository,) = world.repositories.values()
    (installation,) = world.installations.values()
    async with Sandbox(world) as sandbox, aiohttp.ClientSession() as session:
        client = Client(session, sandbox, keys)
        token = await client.token(installation)
        nodes: list[Any] = []
        after = None
        while True:
            body = await client.graphql(PULLS, token, owner=repository.owner.login, name=repository.name, after=after)
            page = body["data"]["repository"]["pullRequests"]
            nodes += page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]

    assert len(nodes) == page["totalCount"] == expected["pulls"]["total"]
    assert [one["updatedAt"] for one in nodes] == sorted((one["updatedAt"] for one in nodes), reverse=True)
    assert sum(one["state"] == "MERGED" for one in nodes) == expected["pulls"]["merged"]
    assert sum(one["state"] == "CLOSED" for one in nodes) == expected["pulls"]["closed_unmerged"]
    reviews = sum(one["reviews"]["totalCount"] for one in nodes)
    assert reviews == sum(len(one.reviews) for one in repository.pulls()) > 900


async def test_an_organisations_rows_become_its_repositories(shared_folder: Path) -> None:
    world, _ = build(read_all(shared_folder / "data" / "org__symfony"))

    assert len(world.repositories) == 154
    assert sum(isinstance(one, Pull) for repo in world.repositories.values() for one in repo.threads.values()) == 20_831
    assert len(world.installations) == 1
