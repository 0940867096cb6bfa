"""A mistake, a refusal or an outage does not undo what a repository has set; a mistake is said once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from analytics.terms import Terms
from github.client import GitHub
from github.endpoints import Endpoints
from github.errors import Later
from reports.absent import MOST, Absent
from reports.configuration import OWNERS_REPOSITORY, PATH, Configuration
from reports.configured import configuration_for, note_said, owners_configuration_for
from reports.services import Services
from sandbox.clock import Clock
from sandbox.faults import Fault, Match
from sandbox.server import Sandbox
from sandbox.world import World
from storage.engine import Store
from storage.installations import Repository
from tests.services import services_on

NOW = datetime(2026, 11, 3, 8, tzinfo=UTC)
ROCKET = Repository(70_001, 1, "acme", "rocket", "public", "main")
HOUR = timedelta(hours=1)


@dataclass
class House:
    """An organisation with `rocket`, `.github` and `settings`, whose files change."""

    world: World
    sandbox: Sandbox
    services: Services
    github: GitHub

    def write(self, text: str | None, name: str = "rocket") -> None:
        repository = self.world.repository(f"acme/{name}")
        assert repository is not None
        if text is None:
            repository.files.pop(PATH, None)
        else:
            repository.files[PATH] = text

    async def ask(self) -> Configuration:
        return await configuration_for(self.services, self.github, ROCKET)

    async def after(self, text: str | None) -> Configuration:
        """Change the file of `rocket`, let an hour pass and ask."""
        self.write(text)
        self.world.clock.advance(HOUR)
        return await self.ask()

    def fail(self, status: int) -> Fault:
        fault = Fault(Match(path="*/contents/*"), "status", times=None, status=status, body='{"message": "no"}')
        self.sandbox.faults.add(fault)
        return fault


@pytest.fixture
async def house(store: Store) -> AsyncIterator[House]:
    world = World(Clock(NOW))
    world.clock.freeze()
    for name in ("rocket", OWNERS_REPOSITORY, "settings"):
        world.add_repository(f"acme/{name}")
    world.add_personal_token("ghp_reader", "quartz-otter")

    async def wait(seconds: float) -> None:
        world.clock.advance(timedelta(seconds=seconds))

    async with Sandbox(world) as sandbox, aiohttp.ClientSession() as session:
        github = GitHub.for_token(session, "ghp_reader", Endpoints.of(sandbox.url), world.clock.now, wait)
        yield House(world, sandbox, services_on(store, now=world.clock.now, github=github), github)


async def test_the_last_version_without_a_mistake_holds_as_a_whole(house: House) -> None:
    good = await house.after("who_may: everyone\npeople: anonymous")
    assert (good.faults, good.held_since) == ((), None)
    house.world.clock.advance(timedelta(days=4))  # the version's day is that on which it was first there
    assert await house.ask() == good
    bad = await house.after("who_may: members\npeople: anonymus\nimages: text")
    assert (bad.everyone_may, bad.terms, bad.images) == (True, Terms(people="anonymous"), "auto")
    assert bad.fault_line == (
        "`.github/analytics.yml` of `acme/rocket`: "
        "line 2: `people: anonymus` must be `names`, `anonymous` or `hidden`. "
        "Until that is corrected, the version of 3 Nov 2026 holds."
    )
    mended = await house.after("who_may: members\npeople: hidden")
    assert mended == Configuration(terms=Terms(people="hidden"), source="acme/rocket")


@pytest.mark.parametrize("broken", ["[", "a: *b", "x" * 70_000, "who_may: every\0one", "- 1"])
async def test_what_held_survives_a_file_that_cannot_be_read(house: House, broken: str) -> None:
    await house.after("traffic: off")
    held = await house.after(broken)
    assert (held.traffic, held.terms.people) == ("off", "names")
    assert len(held.faults) == 1


async def test_without_one_before_what_is_right_holds(house: House) -> None:
    read = await house.after("who_may: everyone\ntraffic: nobody")
    assert (read.everyone_may, read.traffic, read.held_since) == (True, "off", None)


async def test_a_file_that_is_deleted_is_taken_back(house: House) -> None:
    await house.after("who_may: everyone")
    assert await house.after(None) == Configuration()
    assert not (await house.after("who_may: every")).everyone_may


async def test_a_mistake_is_said_once_and_again_when_the_file_has_changed(house: House) -> None:
    assert not (await house.after("traffic: off")).unsaid
    first = await house.after("traffic: of")
    assert first.unsaid
    assert (await house.ask()).unsaid
    await note_said(house.services, ROCKET, first)
    again = await house.after("traffic: of")
    assert (again.unsaid, again.faults) == (False, first.faults)
    changed = await house.after("traffic: of\n# so there")
    assert changed.unsaid
    await note_said(house.services, ROCKET, changed)
    assert not (await house.after("traffic: of\n# so there")).unsaid
    await note_said(house.services, ROCKET, await house.after("traffic: off"))  # nothing to say: nothing to note


@pytest.mark.parametrize("between", ["traffic: off", None])
async def test_a_mistake_that_comes_back_is_said_again(house: House, between: str | None) -> None:
    await note_said(house.services, ROCKET, await house.after("traffic: of"))
    assert not (await house.after("traffic: of")).unsaid
    await house.after(between)
    assert (await house.after("traffic: of")).unsaid


async def test_a_file_with_half_a_character_can_be_told_from(house: House) -> None:
    read = await house.after('traffic: off\nlanguage: "\\ud800"')
    assert [fault[:7] for fault in read.faults] == ["line 2:"]
    assert await house.ask() == read


async def test_a_file_that_has_not_changed_costs_one_request_that_says_so(house: House) -> None:
    await house.after("traffic: off")
    before = house.github.usage.copy()
    assert (await house.ask()).traffic == "off"
    used = house.github.usage.since(before)
    assert (used.requests, used.not_modified) == (1, 1)


async def test_where_github_refuses_to_show_the_file_what_was_read_holds(house: House) -> None:
    await house.after("traffic: off")
    fault = house.fail(403)
    house.world.clock.advance(timedelta(days=40))
    assert (await house.ask()).traffic == "off"
    assert fault.hit == 1


async def test_a_repository_that_is_not_seen_for_a_while_has_deleted_nothing(house: House) -> None:
    """GitHub answers 404 for what it does not show, whatever the reason."""
    await house.after("traffic: off")
    for path in ("*/contents/*", "/repos/acme/rocket"):
        fault = Fault(Match(path=path), "status", times=None, status=404, body='{"message": "Not Found"}')
        house.sandbox.faults.add(fault)
    assert (await house.ask()).traffic == "off"
    house.sandbox.faults.clear()
    assert (await house.after("traffic: of")).traffic == "off"


async def test_where_github_always_refused_the_defaults_hold(house: House) -> None:
    house.write("traffic: off")
    house.fail(403)
    assert await house.ask() == Configuration()


async def test_while_github_is_down_what_was_read_holds_for_a_day(house: House) -> None:
    await house.after("traffic: off")
    house.fail(502)
    house.world.clock.advance(timedelta(hours=22))
    assert (await house.ask()).traffic == "off"
    house.world.clock.advance(timedelta(hours=3))
    with pytest.raises(Later):
        await house.ask()


async def test_while_github_is_down_a_file_that_was_not_there_is_known_too(house: House) -> None:
    house.write("who_may: everyone", OWNERS_REPOSITORY)
    await house.after(None)
    house.fail(502)
    assert (await house.ask()).everyone_may


async def test_the_owners_file_has_the_same_memory(house: House) -> None:
    house.write("traffic: off\ncapture:\n  '*': weekly", OWNERS_REPOSITORY)
    assert (await house.ask()).traffic == "off"
    house.write("traffic: secret-word\ncapture:\n  secret-plan: never", OWNERS_REPOSITORY)
    read = await house.ask()
    assert (read.traffic, read.source, len(read.faults)) == ("off", "acme/.github", 2)
    assert "secret" not in " ".join(read.faults)
    owners = await owners_configuration_for(house.services, house.github, 1, "acme")
    assert owners.capture.patterns == (("*", "weekly"),)
    assert "`capture.secret-plan: never`" in owners.faults[1]


async def test_another_installation_has_another_memory(house: House) -> None:
    await house.after("traffic: off")
    house.write("traffic: of")
    other = Repository(70_001, 2, "acme", "rocket", "public", "main")
    assert (await configuration_for(house.services, house.github, other)).traffic_unsure
    found = await house.ask()
    assert (found.traffic, found.traffic_unsure) == ("off", False)


async def test_the_same_words_mean_another_thing_in_the_owners_file(house: House) -> None:
    house.write("capture: weekly", OWNERS_REPOSITORY)
    assert (await house.ask()).faults == ()
    elsewhere = await house.after("capture: weekly")
    assert elsewhere.faults == ("line 1: `capture:` counts only in the owner's `.github` repository",)
    assert elsewhere.capture.patterns == ()


async def test_a_file_that_is_not_there_is_looked_for_once_a_minute(house: House) -> None:
    """Two repositories are looked at for each answer; for a minute nobody asks again, then both are."""
    assert await house.ask() == Configuration()
    assert looks(house) == ["rocket", ".github"]
    for seconds in (0, 59):
        house.world.clock.advance(timedelta(seconds=seconds))
        assert await house.ask() == Configuration()
    assert len(looks(house)) == 2
    house.world.clock.advance(timedelta(seconds=1))
    await house.ask()
    assert len(looks(house)) == 4


async def test_many_repositories_look_for_their_owners_file_once(house: House) -> None:
    for number in range(5):
        name = f"part-{number}"
        house.world.add_repository(f"acme/{name}")
        await configuration_for(house.services, house.github, replace(ROCKET, id=80 + number, name=name))
    assert looks(house).count(".github") == 1
    assert len(looks(house)) == 6


async def test_a_new_file_holds_a_minute_later_and_its_changes_at_once(house: House) -> None:
    await house.ask()
    house.write("traffic: off")
    assert (await house.ask()).traffic == "push"
    house.world.clock.advance(timedelta(minutes=1))
    assert (await house.ask()).traffic == "off"
    house.write("traffic: everyone")
    assert (await house.ask()).traffic == "everyone"


async def test_what_one_installation_did_not_find_says_nothing_to_another(house: House) -> None:
    await house.ask()
    await configuration_for(house.services, house.github, replace(ROCKET, installation_id=2))
    assert looks(house) == ["rocket", ".github"] * 2


async def test_an_outage_is_not_taken_for_absence(house: House) -> None:
    fault = house.fail(503)
    with pytest.raises(Later):
        await house.ask()
    fault.times = 0
    house.write("traffic: off")
    assert (await house.ask()).traffic == "off"


def test_only_so_many_absent_files_are_remembered() -> None:
    absent = Absent()
    for number in range(MOST + 1):
        absent.note((1, f"acme/part-{number}"), NOW)
    assert len(absent.looked_at) == MOST
    assert not absent.holds((1, "acme/part-0"), NOW)
    assert absent.holds((1, f"acme/part-{MOST}"), NOW)


def looks(house: House) -> list[str]:
    """Return the repositories whose file was asked for, one for each request."""
    return [one.path.split("/")[3] for one in house.sandbox.requests if "/contents/" in one.path]
