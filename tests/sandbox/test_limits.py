"""Rate limits by the sandbox's clock: the hour's requests, bursts, and content."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from sandbox.apps import Installation
from sandbox.faults import Fault, Match
from sandbox.limits import Limits
from sandbox.server import Sandbox
from sandbox.world import World
from tests.sandbox.conftest import NOW, Client

ROCKET = "/repos/acme/rocket"
COMMENTS = "/repos/acme/secret/issues/1/comments"


async def test_every_answer_says_what_is_left_of_the_hour(client: Client, token: str) -> None:
    first = (await client.get(ROCKET, token)).headers
    second = (await client.get(ROCKET, token)).headers

    assert (first["X-RateLimit-Limit"], first["X-RateLimit-Resource"]) == ("5000", "core")
    assert int(first["X-RateLimit-Remaining"]) - int(second["X-RateLimit-Remaining"]) == 1
    assert int(second["X-RateLimit-Used"]) + int(second["X-RateLimit-Remaining"]) == 5000
    assert int(first["X-RateLimit-Reset"]) == int((NOW + timedelta(hours=1)).timestamp())


async def test_a_used_up_hour_is_refused_until_it_is_over(client: Client, sandbox: Sandbox, acme: Installation) -> None:
    sandbox.limits.core = 2
    token = await client.token(acme)
    for _ in range(2):
        assert (await client.get(ROCKET, token)).status == 200

    refused = await client.get(ROCKET, token)
    assert (refused.status, refused.headers["X-RateLimit-Remaining"]) == (403, "0")
    assert refused.body["message"] == f"API rate limit exceeded for installation ID {acme.id}."

    sandbox.clock.advance(timedelta(hours=1))
    assert (await client.get(ROCKET, await client.token(acme))).status == 200


async def test_each_installation_has_its_own_hour(
    client: Client, sandbox: Sandbox, acme: Installation, elsewhere: Installation
) -> None:
    one, other = await client.token(acme), await client.token(elsewhere)
    await client.get(ROCKET, one)
    sandbox.limits.use_up(f"installation/{acme.id}")

    assert (await client.get(ROCKET, one)).status == 403
    assert (await client.get(ROCKET, other)).status == 200


async def test_asking_for_the_limits_costs_nothing(client: Client, token: str) -> None:
    await client.get(ROCKET, token)
    for _ in range(3):
        reply = await client.get("/rate_limit", token)

    assert reply.body["resources"]["core"]["used"] == 1
    assert reply.body["rate"]["remaining"] == 4999


@pytest.mark.parametrize(("repositories", "limit"), [(20, 5000), (23, 5150), (400, 12500)])
async def test_the_limit_grows_with_the_repositories(
    client: Client, world: World, acme: Installation, repositories: int, limit: int
) -> None:
    """50 more for each over 20, at most 12,500; acme has three to begin with."""
    for number in range(repositories - 3):
        world.add_repository(f"acme/more-{number}")

    reply = await client.get(ROCKET, await client.token(acme))

    assert int(reply.headers["X-RateLimit-Limit"]) == limit


async def test_nobody_has_sixty_requests_an_hour(client: Client) -> None:
    assert (await client.get(ROCKET)).headers["X-RateLimit-Limit"] == "60"


@pytest.mark.parametrize("status", [403, 429])
async def test_eighty_comments_a_minute_are_enough(client: Client, sandbox: Sandbox, token: str, status: int) -> None:
    sandbox.limits.secondary_status = status
    for _ in range(80):
        assert (await client.post(COMMENTS, token, body="again")).status == 201

    refused = await client.post(COMMENTS, token, body="again")
    assert (refused.status, refused.headers["Retry-After"]) == (status, "60")
    assert "secondary rate limit" in refused.body["message"]
    assert "content creation" in refused.body["message"]
    assert (await client.get(ROCKET, token)).status == 200

    sandbox.clock.advance(timedelta(minutes=1))
    assert (await client.post(COMMENTS, token, body="again")).status == 201


async def test_five_hundred_comments_an_hour_are_enough(client: Client, sandbox: Sandbox, token: str) -> None:
    sandbox.limits.content_per_hour = 3
    for _ in range(3):
        sandbox.clock.advance(timedelta(minutes=2))
        assert (await client.post(COMMENTS, token, body="again")).status == 201

    sandbox.clock.advance(timedelta(minutes=2))
    assert (await client.post(COMMENTS, token, body="again")).status == 403
    assert Limits().content_per_hour == 500


async def test_reading_costs_one_point_and_writing_five_of_900_a_minute(
    client: Client, sandbox: Sandbox, token: str
) -> None:
    sandbox.limits.points_per_minute = 11
    assert (await client.post(COMMENTS, token, body="five")).status == 201
    assert (await client.post(COMMENTS, token, body="ten")).status == 201
    assert (await client.get(ROCKET, token)).status == 200

    refused = await client.get(ROCKET, token)
    assert refused.status == 403
    assert "secondary rate limit" in refused.body["message"]
    assert int(refused.headers["X-RateLimit-Remaining"]) > 0
    assert Limits().points_per_minute == 900


async def test_too_many_at_once_are_refused(client: Client, sandbox: Sandbox, token: str) -> None:
    """With two slow ones under way a third is refused; once they are answered it is welcome."""
    sandbox.limits.concurrent = 2
    sandbox.faults.add(Fault(Match(path="/repos/acme/secret"), "latency", delay=0.3, times=2))

    slow = [asyncio.create_task(client.get("/repos/acme/secret", token)) for _ in range(2)]
    await asyncio.sleep(0.1)
    refused = await client.get(ROCKET, token)

    assert (refused.status, "secondary rate limit" in refused.body["message"]) == (403, True)
    assert [reply.status for reply in await asyncio.gather(*slow)] == [200, 200]
    assert (await client.get(ROCKET, token)).status == 200
    assert Limits().concurrent == 100


async def test_latency_does_not_hold_others_up(client: Client, sandbox: Sandbox, token: str) -> None:
    sandbox.faults.add(Fault(Match(path="/repos/acme/secret"), "latency", delay=0.2))

    slow = asyncio.create_task(client.get("/repos/acme/secret", token))
    quick = await client.get(ROCKET, token)

    assert quick.status == 200
    assert not slow.done()
    assert (await slow).status == 200


async def test_a_graphql_query_is_charged_by_points(client: Client, sandbox: Sandbox, token: str) -> None:
    reply = await client.post("/graphql", token, query="{ rateLimit { cost remaining used limit resetAt nodeCount } }")

    assert reply.body["data"]["rateLimit"] == {
        "cost": 1,
        "remaining": 4999,
        "used": 1,
        "limit": 5000,
        "resetAt": "2026-11-22T09:00:00Z",
        "nodeCount": 0,
    }
    assert (reply.headers["X-RateLimit-Resource"], reply.headers["X-RateLimit-Remaining"]) == ("graphql", "4999")


async def test_graphql_points_used_up_are_an_error_with_status_200(
    client: Client, sandbox: Sandbox, token: str
) -> None:
    sandbox.limits.graphql = 1
    query = "{ viewer { login } }"
    assert "data" in (await client.post("/graphql", token, query=query)).body

    reply = await client.post("/graphql", token, query=query)
    assert (reply.status, reply.headers["X-RateLimit-Remaining"]) == (200, "0")
    assert reply.body["errors"][0]["type"] == "RATE_LIMITED"
    assert "data" not in reply.body


async def test_graphql_has_a_pace_of_its_own(client: Client, sandbox: Sandbox, token: str) -> None:
    sandbox.limits.graphql_per_minute = 1
    query = "{ viewer { login } }"
    await client.post("/graphql", token, query=query)

    assert (await client.post("/graphql", token, query=query)).status == 403
    assert (await client.get(ROCKET, token)).status == 200
    assert Limits().graphql_per_minute == 2000
