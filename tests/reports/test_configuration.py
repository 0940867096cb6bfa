"""`.github/analytics.yml`, of the repository or of its owner's `.github`: what cannot be used is named."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import aiohttp
import cmarkgfm
import pytest
from hypothesis import given
from hypothesis import strategies as st

from github.client import GitHub
from github.endpoints import Endpoints
from reports.capture_rules import CaptureRules
from reports.configuration import (
    LARGEST,
    OWNERS_REPOSITORY,
    PATH,
    Configuration,
    parse_configuration,
    read_configuration,
    read_owners_configuration,
)
from sandbox.clock import Clock
from sandbox.faults import Fault, Match
from sandbox.server import Sandbox
from sandbox.world import World
from storage.installations import Repository

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
ROCKET = Repository(70_001, 1, "acme", "rocket", "public", "main")
DEFAULT, WIDENED = Configuration(), Configuration(everyone_may=True)


UNREADABLE = "it cannot be read as YAML"


@pytest.mark.parametrize(
    ("text", "configuration"),
    [
        ("who_may: everyone", WIDENED),
        ('{"who_may": "everyone"}', WIDENED),
        ("who_may: members", DEFAULT),
        ("", DEFAULT),
        ("# nothing yet", DEFAULT),
        ("traffic: push", DEFAULT),
        ("traffic: everyone", Configuration(traffic="everyone")),
        ("traffic: off", Configuration(traffic="off")),
        ("traffic: 'off'", Configuration(traffic="off")),
        ("traffic: false", Configuration(traffic="off")),
        ("who_may: everyone\ntraffic: off", Configuration(everyone_may=True, traffic="off")),
    ],
)
def test_what_a_file_says(text: str, configuration: Configuration) -> None:
    assert parse_configuration(text) == configuration


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("who_may: Everyone", "`who_may: Everyone` must be `members` or `everyone`, so `members` holds"),
        ("who_may: [everyone]", "must be `members` or `everyone`, so `members` holds"),
        ("who_may: yes", "`who_may: true` must be"),
        ("who_may:", "`who_may:` must be"),
        ("traffic: on", "`traffic: true` must be `push`, `everyone` or `off`, so `push` holds"),
        ("traffic: nobody", "`traffic: nobody` must be `push`, `everyone` or `off`, so `push` holds"),
        ("traffic: [off]", "must be `push`, `everyone` or `off`, so `push` holds"),
        ("trafic: off", "`trafic` is not known (did you mean `traffic`?)"),
        ("people: hidden", "`people` is not known"),
        ("1: off", "`1` is not known"),
        ("capture:\n  '*': off", "`capture:` counts only in the owner's `.github` repository"),
        ("everyone", "it must have lines such as `traffic: push`; it was not used"),
        ("- who_may: everyone", "it must have lines such as"),
        ("who_may: everyone\n---\nwho_may: everyone", UNREADABLE),
        ("who_may: everyone\n  bad: [indent", f"{UNREADABLE} at line 2"),
        ("since: 2026-13-45\nwho_may: everyone", UNREADABLE),
        ("!!python/object/apply:os.system ['true']", UNREADABLE),
        ("who_may: everyone\nwhat: !custom 1", f"{UNREADABLE} at line 2"),
        ("a: &a everyone\nwho_may: *a", UNREADABLE),
        ("who_may: everyone\n\0", UNREADABLE),
        (
            "traffic: off\nwho_may: everyone\ntraffic: everyone",
            f"{UNREADABLE} at line 3 (`a key that stands there twice`)",
        ),
    ],
)
def test_what_cannot_be_used_is_named_and_widens_nothing(text: str, fault: str) -> None:
    read = parse_configuration(text)
    assert replace(read, faults=()) == DEFAULT
    (only,) = read.faults
    assert fault in only


def test_one_fault_leaves_the_rest_in_force() -> None:
    read = parse_configuration("# ours\nwho_may: 'everyone'\npeople: hidden\ntraffic: nobody\n")
    assert read.everyone_may
    assert len(read.faults) == 2


def test_the_owners_file_says_what_is_captured() -> None:
    read = parse_configuration("capture:\n  '*': daily\n  'old-*': weekly\n  secret-plan: never\n", owners=True)
    assert read.capture == CaptureRules((("*", "daily"), ("old-*", "weekly")))
    assert read.faults == ()
    assert len(read.capture_faults) == 1


def test_all_faults_are_one_harmless_line_that_names_no_pattern() -> None:
    """A pattern may be the name of a private repository, and the line stands in a public thread."""
    hostile = "'@everyone <b>': x\ncapture:\n  secret-plan: never\ntraffic: |\n  several\n  lines\n"
    line = replace(parse_configuration(hostile, owners=True), source="acme/.github").fault_line
    assert line is not None
    assert line.startswith("`.github/analytics.yml` of `acme/.github`: ")
    assert "\n" not in line
    assert "secret-plan" not in line
    assert "1 of its lines under `capture:` cannot be used" in line
    html = cmarkgfm.github_flavored_markdown_to_html(line)
    assert "<b>" not in html
    assert "@everyone" not in re.sub("<code>.*?</code>", "", html)


def test_a_hundred_faults_are_still_a_line() -> None:
    line = replace(parse_configuration("\n".join(f"key{n}: 1" for n in range(100))), source="a/b").fault_line
    assert line is not None
    assert "96 more" in line
    assert len(line) < 500


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


def test_a_file_that_is_too_large_is_not_looked_at() -> None:
    text = "who_may: everyone\n#"
    assert parse_configuration(text + "x" * (LARGEST - len(text))) == WIDENED
    assert refused(text + "x" * (LARGEST - len(text) + 1))


def refused(text: str) -> bool:
    """Tell whether nothing of the text is used, and that is said."""
    read = parse_configuration(text)
    return bool(read.faults) and replace(read, faults=()) == DEFAULT


@given(st.text(max_size=60), st.booleans())
def test_no_text_breaks_it(text: str, owners: bool) -> None:
    read = parse_configuration(text, owners=owners)
    assert not read.everyone_may
    assert read.traffic == "push"
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
        assert await read_configuration(gh, ROCKET) == replace(WIDENED, source="acme/.github")
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
