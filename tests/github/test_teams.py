"""Who belongs to a team, as an installation may or may not know."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import aiohttp
import pytest

from github.auth import App
from github.client import GitHub
from github.endpoints import Endpoints
from github.errors import Gone, Refused
from github.reads.active import Shown, shown
from github.reads.teams import is_secret, team_members
from sandbox.build import build
from sandbox.dataset import Dataset
from sandbox.server import Sandbox

MANY = tuple(f"person-{number:03}" for number in range(1, 131))


@asynccontextmanager
async def installed(**permissions: str) -> AsyncIterator[tuple[Sandbox, GitHub]]:
    """Yield a GitHub with teams, and a client of an installation on `acme` with these permissions."""
    world, keys = build([Dataset({"full_name": "acme/rocket", "created_at": "2026-01-02T03:04:05Z"})])
    (installation,) = world.installations.values()
    installation.permissions = {"metadata": "read", **permissions}
    async with Sandbox(world) as sandbox, aiohttp.ClientSession() as session:
        sandbox.hands.create_team("acme", "core", ["Zoe", "ada", "renovate[bot]"])
        sandbox.hands.create_team("acme", "crowd", MANY)
        sandbox.hands.create_team("acme", "empty", [])
        sandbox.hands.create_team("other", "core", ["ben"])
        app = App(keys.client_id, keys.private_key)
        endpoints = Endpoints.of(sandbox.url)
        yield sandbox, GitHub.for_installation(session, app, installation.id, endpoints, sandbox.clock.now, no_sleep)


async def no_sleep(_: float) -> None:
    raise AssertionError("nothing here should have to wait")


async def test_members_are_listed_by_name_whatever_the_spelling_of_the_team() -> None:
    async with installed(members="read") as (_, gh):
        assert await team_members(gh, "Acme", "Core") == ("ada", "renovate[bot]", "Zoe")
        assert await team_members(gh, "acme", "empty") == ()


async def test_a_large_team_is_read_to_its_end() -> None:
    async with installed(members="read") as (sandbox, gh):
        assert await team_members(gh, "acme", "crowd") == MANY
        assert [one.query["per_page"] for one in sandbox.requests if one.path.endswith("/members")] == ["100", "100"]


async def test_without_the_permission_the_refusal_names_it() -> None:
    async with installed(contents="read") as (_, gh):
        with pytest.raises(Refused) as refused:
            await team_members(gh, "acme", "core")
        assert refused.value.permission == "members=read"


@pytest.mark.parametrize(("org", "slug"), [("acme", "nobody"), ("other", "core")])
async def test_a_team_that_is_not_there_or_not_the_installations_is_gone(org: str, slug: str) -> None:
    async with installed(members="read") as (_, gh):
        with pytest.raises(Gone):
            await team_members(gh, org, slug)


async def test_an_installation_sees_that_a_team_is_secret() -> None:
    async with installed(members="read") as (sandbox, gh):
        sandbox.hands.create_team("acme", "quiet", ["ada"], secret=True)
        assert await is_secret(gh, "acme", "quiet")
        assert not await is_secret(gh, "acme", "core")
        with pytest.raises(Gone):
            await is_secret(gh, "acme", "nobody")


async def test_whether_a_team_is_secret_takes_the_same_permission() -> None:
    async with installed(contents="read") as (_, gh):
        with pytest.raises(Refused) as refused:
            await is_secret(gh, "acme", "core")
        assert refused.value.permission == "members=read"


async def test_who_may_see_each_repository_and_its_last_push_are_known_to_the_installation() -> None:
    async with installed() as (sandbox, gh):
        (rocket,) = sandbox.world.repositories.values()
        quiet = sandbox.world.add_repository("acme/quiet")
        quiet.visibility = "internal"
        rocket.pushed_at = "2026-11-20T08:00:00Z"
        found = await shown(gh)
        assert found[rocket.id] == Shown("public", datetime(2026, 11, 20, 8, tzinfo=UTC))
        assert found[quiet.id].visibility == "internal"
        assert set(found) == {rocket.id, quiet.id}
