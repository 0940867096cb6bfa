"""`.github/analytics.yml`, of the repository or of its owner's `.github`: what cannot be used is named."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.terms import Hours, Terms
from github.client import GitHub
from github.endpoints import Endpoints
from reports.configuration import (
    LARGEST,
    OWNERS_REPOSITORY,
    PATH,
    Configuration,
    parse_configuration,
    read_configuration,
    read_owners_configuration,
)
from reports.yaml_lines import MOST_NODES
from sandbox.clock import Clock
from sandbox.faults import Fault, Match
from sandbox.server import Sandbox
from sandbox.world import World
from storage.installations import Repository

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
ROCKET = Repository(70_001, 1, "acme", "rocket", "public", "main")
DEFAULT, WIDENED = Configuration(), Configuration(everyone_may=True)


UNREADABLE = "it cannot be read as YAML"
HIDDEN = Configuration(terms=Terms(people="hidden"), traffic="off", traffic_unsure=True)


@pytest.mark.parametrize(
    ("text", "configuration"),
    [
        ("who_may: everyone", WIDENED),
        ('{"who_may": "everyone"}', WIDENED),
        ("who_may: members", DEFAULT),
        ("", DEFAULT),
        ("# nothing yet", DEFAULT),
        ("hours:\nbots:\ncapture:", DEFAULT),
        ("traffic: push", DEFAULT),
        ("traffic: everyone", Configuration(traffic="everyone")),
        ("traffic: off", Configuration(traffic="off")),
        ("traffic: 'off'", Configuration(traffic="off")),
        ("traffic: false", Configuration(traffic="off")),
        ("who_may: everyone\ntraffic: off", Configuration(everyone_may=True, traffic="off")),
        ("people: anonymous", Configuration(terms=Terms(people="anonymous"))),
        ("images: text", Configuration(images="text")),
        ("bots: [Acme-CI, 'helper[bot]', 42, acme-ci]", Configuration(terms=Terms(bots=("acme-ci", "helper", "42")))),
        ("merge_markers: ['[Merged by Bors]']", Configuration(terms=Terms(merge_markers=("[Merged by Bors]",)))),
        ("language: pt-br", Configuration(terms=Terms(language="pt_BR"))),
        ("language: zh_TW", Configuration(terms=Terms(language="zh_Hant_TW"))),
        ("language: sr-ba", Configuration(terms=Terms(language="sr_Cyrl_BA"))),
        ("language: no", Configuration(terms=Terms(language="no"))),
        ("targets: {merge: 7d, close: 1.5w}", Configuration(terms=Terms(targets={"merge": 168, "close": 252}))),
        (
            "targets: {first_review: 24 hours, merge: 2 days}",
            Configuration(terms=Terms(targets={"first_review": 24, "merge": 48})),
        ),
        ("hours: {}", Configuration(terms=Terms(hours=Hours()))),
        ("hours: {from: 8:30, to: 24:00}", Configuration(terms=Terms(hours=Hours(begin=510, end=1440)))),
        ("hours: {days: sun-thu}", Configuration(terms=Terms(hours=Hours(days=(0, 1, 2, 3, 6))))),
        ("hours: {days: [fri, mon]}", Configuration(terms=Terms(hours=Hours(days=(0, 4))))),
        (
            "hours:\n  timezone: Europe/Berlin\n  holidays: DE-BE\n  dates: [2026-12-31, 2026-12-24]",
            Configuration(
                terms=Terms(hours=Hours("Europe/Berlin", holidays="DE-BE", dates=("2026-12-24", "2026-12-31")))
            ),
        ),
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
    assert refused(bomb(40, 10, merged))
    assert refused(bomb(1000, 10, merged)[:LARGEST])


@pytest.mark.parametrize("text", ["[" * 20_000, "{a: " * 9_000, "- " * 20_000, "? " * 20_000])
def test_what_is_nested_too_deep_is_refused(text: str) -> None:
    assert refused(text)


def test_what_has_more_keys_and_values_than_anybody_writes_is_refused() -> None:
    read = parse_configuration(f"who_may: everyone\nbots: [{'x,' * MOST_NODES}]")
    assert read.faults == (
        "line 2: it cannot be read as YAML (`it has more than 5,000 keys and values`) and was not used",
    )
    assert not read.everyone_may


def test_a_file_that_is_too_large_is_not_looked_at() -> None:
    text = "who_may: everyone\n#"
    assert parse_configuration(text + "x" * (LARGEST - len(text))) == WIDENED
    assert refused(text + "x" * (LARGEST - len(text) + 1))


def refused(text: str) -> bool:
    """Tell whether nothing of the text is used, and that is said."""
    read = parse_configuration(text)
    return bool(read.faults) and replace(read, faults=()) == HIDDEN


@given(st.text(max_size=60), st.booleans())
def test_no_text_breaks_it(text: str, owners: bool) -> None:
    read = parse_configuration(text, owners=owners)
    assert not read.everyone_may
    assert read.traffic == ("push" if not read.faults else read.traffic)
    assert read.traffic != "everyone"
    assert "\n" not in (read.fault_line or "")


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
        assert await read_configuration(gh, ROCKET) == replace(WIDENED, source="acme/rocket")
        assert [one.path for one in sandbox.requests] == [f"/repos/acme/rocket/contents/{PATH}"]


async def test_without_one_the_owners_counts() -> None:
    async with github(owners="who_may: everyone") as (gh, _):
        assert await read_configuration(gh, ROCKET) == replace(WIDENED, source="acme/.github", owners=True)
        assert await read_owners_configuration(gh, "acme") == replace(WIDENED, source="acme/.github")


async def test_the_repositorys_own_goes_before_the_owners_even_if_it_cannot_be_read() -> None:
    async with github(rocket="who_may: members", owners="who_may: everyone") as (gh, _):
        assert await read_configuration(gh, ROCKET) == replace(DEFAULT, source="acme/rocket")
    async with github(rocket="[", owners="who_may: everyone") as (gh, _):
        read = await read_configuration(gh, ROCKET)
        assert not read.everyone_may
        assert read.faults


async def test_without_any_the_defaults_hold() -> None:
    async with github() as (gh, _):
        assert await read_configuration(gh, ROCKET) == DEFAULT


async def test_without_permission_the_defaults_hold() -> None:
    async with github(rocket="who_may: everyone") as (gh, sandbox):
        refused = Fault(Match(path="*/contents/*"), "status", status=403, body='{"message": "Resource not accessible"}')
        sandbox.faults.add(refused)
        assert await read_configuration(gh, ROCKET) == DEFAULT
        assert refused.hit == 1
