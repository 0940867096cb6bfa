"""`/analytics export`: a link to the numbers as a file, for a day, as long as they may be shown."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import msgspec
import pytest

from tests.stories.conftest import OpenTown
from tests.stories.town import LANTERN, STRONGROOM, Town
from tests.stories.visits import captured, colleague, installed

FILE = ".github/analytics.yml"
LINK = re.compile(r"\]\((\S+/exports/[\w-]{43})\)")


@dataclass
class Fetched:
    status: int
    headers: Mapping[str, str]
    body: bytes


async def fetch(town: Town, address: str) -> Fetched:
    async with town.session.get(address) as response:
        return Fetched(response.status, response.headers, await response.read())


def link(body: str) -> str:
    """Return the one link to a file in an answer."""
    (only,) = LINK.findall(body)
    return str(only)


async def exported(town: Town, words: str, repository: str = LANTERN) -> str:
    """Ask for a file; return its link."""
    return link(town.answer_to(await town.say(f"/analytics export {words}", repository=repository)))


async def test_a_zip_holds_one_csv_for_each_table(town: Town) -> None:
    """The names are those of the command line's files, and the counts those of the answer."""
    answer = town.answer_to(await town.say("/analytics pulls 90d"))
    said = await town.say("/analytics export pulls 90d csv")
    body = town.answer_to(said)
    assert body.startswith("[pulls of `quartz-labs/lantern`, last 90 days, as CSV](http://127.0.0.1:")
    assert "can be fetched for 24 hours by whoever has this link." in body
    got = await fetch(town, link(body))
    assert got.status == 200
    assert got.headers["Content-Type"] == "application/zip"
    assert got.headers["Content-Disposition"] == ('attachment; filename="quartz-labs-lantern-pulls-2026-11-20.zip"')
    assert got.headers["Cache-Control"] == "private, no-store"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    with zipfile.ZipFile(io.BytesIO(got.body)) as file:
        assert "pulls.facts.csv" in file.namelist()
        facts = dict(list(csv.reader(io.StringIO(file.read("pulls.facts.csv").decode())))[1:])
    assert answer.startswith(f"**{facts['opened']} pull requests opened")
    assert town.reactions(said) == ["rocket"]


async def test_json_is_what_the_command_line_writes(town: Town) -> None:
    got = await fetch(town, await exported(town, "pulls issues 90d json"))
    assert got.headers["Content-Type"] == "application/json"
    found = msgspec.json.decode(got.body)
    assert set(found) == {"schema", "repository", "question", "window", "as_of", "completeness", "metrics"}
    assert set(found["metrics"]) == {"pulls", "issues"}
    assert found["repository"]["full_name"] == LANTERN
    assert found["as_of"] == "2026-11-20T12:00:00Z"
    assert found["completeness"]["datasets"]["pulls"]["synced_at"] == "2026-11-20T12:00:00Z"


async def test_a_narrowed_file_says_so_in_its_link_and_inside(town: Town) -> None:
    body = town.answer_to(await town.say("/analytics export pulls 90d base=main vs=year"))
    assert body.startswith(
        "[pulls of `quartz-labs/lantern`, last 90 days, only base=main, compared with a year before, as CSV]("
    )
    with zipfile.ZipFile(io.BytesIO((await fetch(town, link(body))).body)) as file:
        said = dict(list(csv.reader(io.StringIO(file.read("about.csv").decode())))[1:])
    assert said["question.filters.base"] == "main"
    assert said["question.against.kind"] == "year"
    assert said["as_of"] == "2026-11-20T12:00:00Z"


async def test_fetching_asks_github_nothing(town: Town) -> None:
    address = await exported(town, "pulls 90d")
    before = town.asked
    assert (await fetch(town, address)).status == 200
    assert town.requests(before) == []


async def test_after_a_day_and_at_any_other_address_there_is_nothing(town: Town) -> None:
    address = await exported(town, "pulls")
    made_up = await fetch(town, address[:-3] + "abc")
    await town.wait(hours=23, minutes=59)
    assert (await fetch(town, address)).status == 200
    await town.wait(minutes=1)
    late = await fetch(town, address)
    assert (late.status, late.body) == (made_up.status, made_up.body) == (404, b"404: Not Found")
    assert (await fetch(town, f"{town.url}/exports/short")).status == 404


async def test_what_went_private_is_there_no_more(town: Town) -> None:
    address = await exported(town, "pulls")
    town.sandbox.hands.privatize(LANTERN)
    await town.settled()
    assert (await fetch(town, address)).status == 404


async def test_what_was_uninstalled_is_there_no_more(town: Town) -> None:
    address = await exported(town, "pulls")
    town.sandbox.hands.uninstall(installed(town))
    await town.settled()
    assert (await fetch(town, address)).status == 404


async def test_traffic_that_was_switched_off_is_there_no_more(town: Town) -> None:
    """As the configuration is known by then: whoever asked last has had it read."""
    await captured(town)
    address = await exported(town, "traffic")
    assert (await fetch(town, address)).status == 200
    town.world.required(LANTERN).files[FILE] = "traffic: off\n"
    town.sandbox.clock.advance(timedelta(minutes=1))  # where there was none, it is seen a minute later
    await town.say("/analytics pulls")
    assert (await fetch(town, address)).status == 404


async def test_whom_the_file_names_depends_on_what_is_set_when_it_is_fetched(town: Town) -> None:
    address = await exported(town, "authors 1y json")
    logins = {pull.author.login for pull in town.world.required(LANTERN).pulls() if pull.author}
    named = (await fetch(town, address)).body
    assert [login for login in logins if f'"{login}"'.encode() in named]
    town.world.required(LANTERN).files[FILE] = "people: anonymous\n"
    town.sandbox.clock.advance(timedelta(minutes=1))  # where there was none, it is seen a minute later
    await town.say("/analytics pulls")
    body = (await fetch(town, address)).body
    assert not [login for login in logins if f'"{login}"'.encode() in body]
    assert b"person 1" in body


async def test_who_may_not_see_traffic_gets_no_file_of_it(town: Town) -> None:
    await captured(town)
    said = await town.say("/analytics export traffic", colleague(town))
    assert town.answer_to(said).startswith("Traffic is for people who may push")
    assert LINK.search(town.answer_to(said)) is None
    assert town.reactions(said) == ["-1"]


async def test_a_private_repository_has_no_file_under_an_address(town: Town) -> None:
    """Unless its owners say so: `images: hosted` means that an address nobody can guess is enough."""
    said = await town.say("/analytics export pulls 90d json", repository=STRONGROOM, number=town.open_issue(STRONGROOM))
    body = town.answer_to(said)
    assert body.startswith("Files of what not everybody may see are put under no address here;")
    assert f"python -m bot report {STRONGROOM} --since 2026-08-22T12:00:00Z" in body
    assert "--metric pulls --format json" in body
    assert LINK.search(body) is None
    town.world.required(STRONGROOM).files[FILE] = "images: hosted\n"
    town.sandbox.clock.advance(timedelta(minutes=1))  # where there was none, it is seen a minute later
    number = town.open_issue(STRONGROOM)
    said = await town.say("/analytics export pulls 90d json", repository=STRONGROOM, number=number)
    address = link(town.answer_to(said))
    assert (await fetch(town, address)).status == 200
    town.world.required(STRONGROOM).files[FILE] = "images: text\n"
    await town.say("/analytics pulls", repository=STRONGROOM, number=number)
    assert (await fetch(town, address)).status == 404


async def test_without_an_address_the_command_line_is_named(town_of: OpenTown) -> None:
    async with town_of(PUBLIC_URL="") as town:
        body = town.answer_to(await town.say("/analytics export pulls 90d"))
        assert body.startswith("No public address is configured that a file could be fetched from;")
        assert "--metric pulls --format csv" in body


async def test_a_whole_organisations_numbers_are_a_file_too(town: Town) -> None:
    """In a public thread of public repositories; when one of them goes private the whole sum goes."""
    await captured(town)
    address = await exported(town, "pulls all scope=org json")
    found = msgspec.json.decode((await fetch(town, address)).body)
    public = [one for one in town.world.repositories.values() if not one.private]
    assert found["metrics"]["pulls"]["facts"]["opened"] == sum(len(one.pulls()) for one in public)
    town.sandbox.hands.privatize("quartz-labs/ember")
    await town.settled()
    assert (await fetch(town, address)).status == 404


async def test_an_edit_takes_its_file_along(town: Town) -> None:
    said = await town.say("/analytics export pulls\n/analytics export issues")
    first, second = LINK.findall(town.answer_to(said))
    await town.wait(minutes=1)
    await town.edit(said, "/analytics export issues\n/analytics help")
    assert (await fetch(town, first)).status == 404
    assert (await fetch(town, second)).status == 200
    assert link(town.answer_to(said)) == second


@pytest.mark.parametrize("method", ["HEAD", "POST"])
async def test_a_file_is_made_only_for_who_fetches_it(town: Town, method: str) -> None:
    async with town.session.request(method, await exported(town, "pulls")) as response:
        assert response.status == 405
