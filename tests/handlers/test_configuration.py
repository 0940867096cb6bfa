"""`.github/analytics.yml`, of the repository or of its owner's `.github`: what cannot be read widens nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from github.client import GitHub
from github.endpoints import Endpoints
from handlers.configuration import (
    LARGEST,
    OWNERS_REPOSITORY,
    PATH,
    Configuration,
    parse_configuration,
    read_configuration,
)
from sandbox.clock import Clock
from sandbox.faults import Fault, Match
from sandbox.server import Sandbox
from sandbox.world import World
from storage.installations import Repository

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
ROCKET = Repository(70_001, 1, "acme", "rocket", "public", "main")
DEFAULT, WIDENED = Configuration(), Configuration(everyone_may=True)


@pytest.mark.parametrize(
    ("text", "configuration"),
    [
        ("who_may: everyone", WIDENED),
        ("# ours\nwho_may: 'everyone'\npeople: hidden\n", WIDENED),
        ('{"who_may": "everyone"}', WIDENED),
        ("who_may: members", DEFAULT),
        ("who_may: Everyone", DEFAULT),
        ("who_may: [everyone]", DEFAULT),
        ("who_may: yes", DEFAULT),
        ("everyone", DEFAULT),
        ("- who_may: everyone", DEFAULT),
        ("", DEFAULT),
        ("who_may: everyone\n---\nwho_may: everyone", DEFAULT),
        ("who_may: everyone\n  bad: [indent", DEFAULT),
        ("since: 2026-13-45\nwho_may: everyone", DEFAULT),
        ("!!python/object/apply:os.system ['true']", DEFAULT),
        ("who_may: everyone\nwhat: !custom 1", DEFAULT),
        ("a: &a everyone\nwho_may: *a", DEFAULT),
        ("who_may: everyone\n\0", DEFAULT),
    ],
)
def test_what_a_file_says(text: str, configuration: Configuration) -> None:
    assert parse_configuration(text) == configuration


def bomb(levels: int, width: int, merged: bool) -> str:
    """Return YAML in which each name stands for the one before `width` times."""
    of = "<<" if merged else "x"
    lines = [f"a{n}: &a{n} {{{of}: [{', '.join([f'*a{n - 1}'] * width)}]}}" for n in range(1, levels)]
    return "\n".join(["a0: &a0 {y: 1}", *lines, "who_may: everyone"])


@pytest.mark.parametrize("merged", [True, False])
def test_a_bomb_of_aliases_is_refused_at_the_first(merged: bool) -> None:
    """Forty lines of ten aliases would stand for 10^40 values; this test ends because none is looked up."""
    assert parse_configuration(bomb(40, 10, merged)) == DEFAULT
    assert parse_configuration(bomb(1000, 10, merged)[:LARGEST]) == DEFAULT


@pytest.mark.parametrize("text", ["[" * 20_000, "{a: " * 9_000, "- " * 20_000, "? " * 20_000])
def test_what_is_nested_too_deep_is_refused(text: str) -> None:
    assert parse_configuration(text) == DEFAULT


def test_a_file_that_is_too_large_is_not_looked_at() -> None:
    text = "who_may: everyone\n#"
    assert parse_configuration(text + "x" * (LARGEST - len(text))) == WIDENED
    assert parse_configuration(text + "x" * (LARGEST - len(text) + 1)) == DEFAULT


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    assert parse_configuration(text) in (DEFAULT, WIDENED)


@asynccontextmanager
async def github(**files: str | None) -> AsyncIterator[tuple[GitHub, Sandbox]]:
    """Yield a client of an organisation with `rocket` and `.github`; `rocket=` and `owners=` are their files."""
    world = World(Clock(NOW))
    for name, key in (("rocket", "rocket"), (OWNERS_REPOSITORY, "owners")):
        repository = world.add_repository(f"acme/{name}")
        text = files.get(key)
        if text is not None:
            repository.files[PATH] = text
    world.add_personal_token("ghp_reader", "quartz-otter")
    async with Sandbox(world) as sandbox, aiohttp.ClientSession() as session:
        yield GitHub.for_token(session, "ghp_reader", Endpoints.of(sandbox.url), world.clock.now, no_sleep), sandbox


async def no_sleep(_: float) -> None:
    raise AssertionError("nothing here should have to wait")


async def test_a_repositorys_own_file_counts() -> None:
    async with github(rocket="who_may: everyone") as (gh, sandbox):
        assert await read_configuration(gh, ROCKET) == WIDENED
        assert [one.path for one in sandbox.requests] == [f"/repos/acme/rocket/contents/{PATH}"]


async def test_without_one_the_owners_counts() -> None:
    async with github(owners="who_may: everyone") as (gh, _):
        assert await read_configuration(gh, ROCKET) == WIDENED


async def test_the_repositorys_own_goes_before_the_owners_even_if_it_cannot_be_read() -> None:
    async with github(rocket="who_may: members", owners="who_may: everyone") as (gh, _):
        assert await read_configuration(gh, ROCKET) == DEFAULT
    async with github(rocket="[", owners="who_may: everyone") as (gh, _):
        assert await read_configuration(gh, ROCKET) == DEFAULT


async def test_without_any_the_defaults_hold() -> None:
    async with github() as (gh, _):
        assert await read_configuration(gh, ROCKET) == DEFAULT


async def test_without_permission_the_defaults_hold() -> None:
    async with github(rocket="who_may: everyone") as (gh, sandbox):
        refused = Fault(Match(path="*/contents/*"), "status", status=403, body='{"message": "Resource not accessible"}')
        sandbox.faults.add(refused)
        assert await read_configuration(gh, ROCKET) == DEFAULT
        assert refused.hit == 1
