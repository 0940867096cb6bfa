"""Snapshots of many repositories: holes are left out, failures are unknown, limits are waited for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from analytics.traffic import Snapshot
from github.client import GitHub
from github.errors import Later
from github.reads.repository import facts
from github.reads.snapshots import listed_snapshot, snapshots
from tests.github.fake import Answer, Clock, Drops, FakeGitHub, Heard, Says

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LIMIT = {"cost": 1, "remaining": 4000, "resetAt": "2026-11-22T09:00:00Z"}


def node(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "databaseId": number, "stargazerCount": 5, "forkCount": 0, "watchers": {"totalCount": 2},
        "issues": {"totalCount": 7}, "pullRequests": {"totalCount": 1},
    } | changes  # fmt: skip


def nodes(
    heard: Heard, make: Callable[[int], dict[str, Any] | None] = node, errors: list[dict[str, Any]] | None = None
) -> Says:
    """Answer with one node for each id asked for, `R_7` having the number 7."""
    found = [make(int(one.removeprefix("R_"))) for one in heard.content["variables"]["ids"]]
    return Says({"data": {"rateLimit": LIMIT, "nodes": found}} | ({"errors": errors} if errors else {}))


def ids(*numbers: int) -> list[str]:
    return [f"R_{number}" for number in numbers]


async def test_a_repository_is_seen_with_its_numbers(gh: GitHub, fake: FakeGitHub) -> None:
    fake.on("POST", "/graphql", nodes)
    assert await snapshots(gh, ids(7), NOON) == [
        Snapshot(7, NOON, stars=5, forks=0, watchers=2, open_issues=7, open_pulls=1)
    ]


async def test_a_hundred_are_asked_for_at_once_and_each_once(gh: GitHub, fake: FakeGitHub) -> None:
    fake.on("POST", "/graphql", nodes)
    found = await snapshots(gh, [*ids(*range(1, 251)), "R_1"], NOON)
    assert [one.repository_id for one in found] == list(range(1, 251))
    assert [len(heard.content["variables"]["ids"]) for heard in fake.heard] == [100, 100, 50]
    assert gh.usage.points == 3


async def test_nobody_is_asked_about_nothing(gh: GitHub, fake: FakeGitHub) -> None:
    assert await snapshots(gh, [], NOON) == []
    assert fake.heard == []


async def test_what_is_not_shown_is_left_out_or_unknown(gh: GitHub, fake: FakeGitHub) -> None:
    """A deleted repository is null, something that is no repository has nothing, a forbidden number is null."""
    shown = {1: None, 2: {}, 3: node(3, issues=None, watchers=None), 4: node(4, databaseId=None)}
    errors = [
        {"type": "NOT_FOUND", "path": ["nodes", 0], "message": "Could not resolve to a node"},
        {"type": "FORBIDDEN", "path": ["nodes", 2, "issues"], "message": "Resource not accessible by integration"},
    ]
    fake.on("POST", "/graphql", lambda heard: nodes(heard, shown.__getitem__, errors))
    assert await snapshots(gh, ids(1, 2, 3, 4), NOON) == [
        Snapshot(3, NOON, stars=5, forks=0, watchers=None, open_issues=None, open_pulls=1)
    ]


@pytest.mark.parametrize(
    "failure",
    [
        Says({"message": "Not Found"}, 404),
        Says({"message": "Resource not accessible by integration"}, 403),
        Says({"errors": [{"message": "Field 'nodes' doesn't exist on type 'Query'"}]}),
        Says({"data": None}),
        Says({"data": {"nodes": None}}),
        Says([]),
        Says({"message": "Not Implemented"}, 501),
        Drops(),
    ],
)
async def test_where_graphql_fails_snapshots_are_unknown(gh: GitHub, fake: FakeGitHub, failure: Answer) -> None:
    fake.on("POST", "/graphql", failure)
    with capture_logs() as lines:
        assert await snapshots(gh, ids(1, 2), NOON) == []
    assert failure == Says({"data": {"nodes": None}}) or any(line["log_level"] == "warning" for line in lines)


async def test_what_was_read_before_a_failure_is_kept(gh: GitHub, fake: FakeGitHub) -> None:
    fake.on("POST", "/graphql", nodes, Says({"message": "Not Found"}, 404))
    assert len(await snapshots(gh, ids(*range(150)), NOON)) == 100


@pytest.mark.parametrize(
    "limited",
    [
        Says(
            {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]},
            headers={"retry-after": "3600"},
        ),
        Says({"message": "You have exceeded a secondary rate limit"}, 403, {"retry-after": "3600"}),
    ],
)
async def test_a_limit_is_no_failure(gh: GitHub, fake: FakeGitHub, limited: Says) -> None:
    fake.on("POST", "/graphql", nodes, limited)
    with pytest.raises(Later) as raised:
        await snapshots(gh, ids(*range(150)), NOON)
    assert raised.value.until == gh.now() + timedelta(hours=1)


@pytest.mark.parametrize("refusal", [Says({"message": "Bad Gateway"}, 502), Says({"errors": [{"type": "TIMEOUT"}]})])
async def test_a_page_too_heavy_is_made_smaller(gh: GitHub, fake: FakeGitHub, clock: Clock, refusal: Says) -> None:
    sizes: list[int] = []

    def answer(heard: Heard) -> Answer:
        sizes.append(len(heard.content["variables"]["ids"]))
        return nodes(heard) if sizes[-1] <= 12 else refusal

    fake.on("POST", "/graphql", answer)
    found = await snapshots(gh, ids(*range(40)), NOON)
    assert [one.repository_id for one in found] == list(range(40))
    assert sizes == [40, 25, 12, 12, 12, 4]
    assert clock.sleeps == []


async def test_an_outage_ends_the_asking(gh: GitHub, fake: FakeGitHub) -> None:
    fake.on("POST", "/graphql", Says({"message": "Bad Gateway"}, 502))
    assert await snapshots(gh, ids(*range(100)), NOON) == []
    assert [len(heard.content["variables"]["ids"]) for heard in fake.heard] == [100, 50, 25, 12, 6, 3, 1]


def test_the_list_of_repositories_says_something_too() -> None:
    """REST's watchers are stars and its open issues count pull requests: neither is taken for what it is called."""
    said = {
        "id": 7, "name": "quay", "full_name": "harbour/quay", "stargazers_count": 5, "watchers_count": 5,
        "forks_count": 0, "open_issues_count": 9,
    }  # fmt: skip
    assert listed_snapshot(facts(said), NOON) == Snapshot(
        7, NOON, stars=5, forks=0, watchers=None, open_issues=None, open_pulls=None
    )
    assert listed_snapshot(facts({"id": 7, "name": "quay", "full_name": "harbour/quay"}), NOON) is None
