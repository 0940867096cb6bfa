"""Thousands of repositories: made in a moment, answered without growing."""

from __future__ import annotations

import tracemalloc
from datetime import timedelta

import aiohttp
import pytest

from sandbox.limits import Limits
from sandbox.many import many
from sandbox.server import Sandbox
from tests.sandbox.conftest import NOW, Client


async def test_every_installation_has_its_share() -> None:
    world, keys = many(30, 7, now=NOW)

    assert len(world.repositories) == len({one.full_name for one in world.repositories.values()}) == 30
    assert sorted(len(world.covered(one)) for one in world.installations.values()) == [4, 4, 4, 4, 4, 5, 5]
    assert {one.account.type for one in world.installations.values()} == {"Organization"}
    assert {one.visibility for one in world.repositories.values()} == {"public", "private"}
    async with Sandbox(world, keep_requests=5) as sandbox, aiohttp.ClientSession() as session:
        client = Client(session, sandbox, keys)
        installation = next(iter(world.installations.values()))
        token = await client.token(installation)
        listed = (await client.get("/installation/repositories", token)).body
        for one in listed["repositories"]:
            for _ in range(4):
                reply = await client.get(f"/repos/{one['full_name']}/traffic/views", token)
                assert reply.status == 200
        assert listed["total_count"] == 5
        assert len(sandbox.requests) <= 10
        assert sandbox.tally["GET", "/repos/{owner}/{repo}/traffic/views", 200] == 20


def test_each_installation_needs_a_repository() -> None:
    with pytest.raises(ValueError, match="needs a repository"):
        many(3, 4, now=NOW)


def test_a_thousand_repositories_stay_small_however_often_they_are_asked() -> None:
    """Less than 3 kB each, and nothing more after 30 days of a hundred of them."""
    tracemalloc.start()
    try:
        world, _ = many(1_000, 50, now=NOW)
        made = tracemalloc.get_traced_memory()[0]
        some = list(world.repositories.values())[:100]
        grown = []
        for number in range(30):
            for repository in some[number % 10 :: 10]:
                assert repository.traffic is not None
                repository.traffic.answer("views", "week", NOW + timedelta(days=number))
            grown.append(tracemalloc.get_traced_memory()[0] - made)
    finally:
        tracemalloc.stop()

    assert made < 3_000 * 1_000
    assert max(grown) < 1_500_000


async def test_points_are_counted_however_many_come_in_one_moment(world: object) -> None:
    limits = Limits(points_per_minute=3)
    from sandbox.callers import Caller  # noqa: PLC0415
    from sandbox.errors import Refusal  # noqa: PLC0415

    who = Caller("installation/1", "installation ID 1")
    for _ in range(3):
        limits.admit_secondary(who, "core", 1, False, NOW)
    with pytest.raises(Refusal):
        limits.admit_secondary(who, "core", 1, False, NOW + timedelta(seconds=59))
    limits.admit_secondary(who, "core", 3, False, NOW + timedelta(seconds=60))
