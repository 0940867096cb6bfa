"""GraphQL reports limits, overload and refusals as successes: what the client makes of them."""

from __future__ import annotations

import pytest

from github.client import GitHub
from github.errors import Gone, Overloaded, QueryFailed, Refused
from tests.github.fake import Clock, Drops, FakeGitHub, Hangs, Says


async def test_a_graphql_answer_is_counted_in_points(gh: GitHub, fake: FakeGitHub) -> None:
    limit = {"cost": 3, "remaining": 4990, "resetAt": "2026-11-22T09:00:00Z"}
    fake.on("POST", "/graphql", Says({"data": {"rateLimit": limit, "viewer": {"login": "x"}}}))
    data = await gh.graphql("query($a: Int) { viewer { login } }", {"a": 1})
    assert data["viewer"] == {"login": "x"}
    assert fake.heard[0].content == {"query": "query($a: Int) { viewer { login } }", "variables": {"a": 1}}
    assert (gh.usage.points, gh.usage.graphql_requests, gh.usage.remaining) == (3, 1, 4990)


async def test_a_graphql_rate_limit_arrives_as_success(gh: GitHub, fake: FakeGitHub, clock: Clock) -> None:
    reset = str(int(clock.now().timestamp()) + 20)
    used_up = {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}
    limited = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
    fake.on("POST", "/graphql", Says(limited, 200, used_up), Says({"data": {"viewer": None}}))
    assert await gh.graphql("{ viewer { login } }", {}) == {"viewer": None}
    assert clock.sleeps == [21.0]


@pytest.mark.parametrize(
    "answer",
    [
        Says(status=502),
        Says(b"<html>", 504),
        Says({"data": {"repository": {}}, "errors": [{"type": "RESOURCE_LIMITS_EXCEEDED", "message": "too much"}]}),
        Says({"data": None, "errors": [{"message": "Something went wrong while executing your query. …"}]}),
    ],
)
async def test_too_much_at_once_asks_for_less(gh: GitHub, fake: FakeGitHub, answer: Says) -> None:
    fake.on("POST", "/graphql", answer)
    with pytest.raises(Overloaded):
        await gh.graphql("{ viewer { login } }", {})
    assert len(fake.heard) == 1


async def test_a_graphql_time_out_asks_for_less(hasty: GitHub, fake: FakeGitHub) -> None:
    fake.on("POST", "/graphql", Hangs())
    with pytest.raises(Overloaded):
        await hasty.graphql("{ viewer { login } }", {})


async def test_a_broken_connection_repeats_a_query_as_it_is(gh: GitHub, fake: FakeGitHub) -> None:
    fake.on("POST", "/graphql", Drops(), Says({"data": {"viewer": {"login": "x"}}}))
    assert await gh.graphql("{ viewer { login } }", {}) == {"viewer": {"login": "x"}}


async def test_other_graphql_errors_are_told_apart(gh: GitHub, fake: FakeGitHub) -> None:
    for kind, expected in (("NOT_FOUND", Gone), ("FORBIDDEN", Refused), ("undefinedField", QueryFailed)):
        fake.on("POST", "/graphql", Says({"data": None, "errors": [{"type": kind, "message": "no"}]}))
        with pytest.raises(expected):
            await gh.graphql("{ viewer { login } }", {})


@pytest.mark.parametrize(
    ("kind", "field"), [("NOT_FOUND", None), ("FORBIDDEN", "timelineItems"), ("FORBIDDEN", "author")]
)
async def test_a_row_we_may_not_see_is_a_hole_in_the_answer(
    gh: GitHub, fake: FakeGitHub, kind: str, field: str | None
) -> None:
    """One row, or one field of a row, that is null must not take the whole repository with it."""
    path = ["repository", "pullRequests", "nodes", 0, *([field] if field else [])]
    data = {"repository": {"pullRequests": {"nodes": [None, {"number": 2}]}}}
    fake.on("POST", "/graphql", Says({"data": data, "errors": [{"type": kind, "message": "no", "path": path}]}))
    assert await gh.graphql("{ repository { id } }", {}) == data


async def test_a_list_of_a_row_that_we_may_not_see_is_not_taken_for_an_empty_one(gh: GitHub, fake: FakeGitHub) -> None:
    path = ["repository", "pullRequests", "nodes", 0, "reviews"]
    data = {"repository": {"pullRequests": {"nodes": [{"number": 1, "reviews": None}]}}}
    error = {"type": "FORBIDDEN", "message": "Resource not accessible by integration", "path": path}
    fake.on("POST", "/graphql", Says({"data": data, "errors": [error]}))
    with pytest.raises(Refused, match="not accessible"):
        await gh.graphql("{ repository { id } }", {})
