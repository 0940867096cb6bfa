"""What a repository's owners set is in every answer: who is named, what a bot is, how pictures come, what is wrong."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from reports.sentences import TEXT_CHOSEN
from tests.stories.conftest import OpenTown
from tests.stories.town import LANTERN, OWNERS, STRONGROOM, Town
from tests.stories.visits import colleague

FILE = ".github/analytics.yml"


def write(town: Town, text: str, repository: str = LANTERN) -> None:
    """Put a settings file on a repository's default branch; where there was none, that is seen a minute later."""
    town.sandbox.clock.advance(timedelta(minutes=1))
    if town.world.repository(repository) is None:
        town.world.add_repository(repository)
    town.world.required(repository).files[FILE] = text


def people(town: Town, repository: str = LANTERN) -> set[str]:
    pulls = town.world.required(repository).pulls()
    return {pull.author.login for pull in pulls if pull.author is not None and pull.author.type == "User"}


@pytest.mark.parametrize("repository", [LANTERN, OWNERS])
@pytest.mark.parametrize("setting", ["anonymous", "hidden"])
async def test_persons_are_shown_as_the_owners_say(town: Town, setting: str, repository: str) -> None:
    """In words, tables, pictures and what stands for them; the repository's own file, or its owner's."""
    question = "/analytics authors review-matrix commits 1y"
    body = town.answer_to(await town.say(question))
    assert [login for login in people(town) if login in body]
    write(town, f"people: {setting}\n", repository)
    body = town.answer_to(await town.say(question))
    assert not [login for login in people(town) if login in body]
    assert ("person 1" in body) == (setting == "anonymous")


async def test_further_bots_are_out_by_default(town: Town) -> None:
    """Somebody whom the owners call a bot counts as one, and the answer says how many are left out."""
    pulls = town.world.required(LANTERN).pulls()
    busiest = max(people(town), key=lambda login: sum(one.author.login == login for one in pulls if one.author))
    before = town.answer_to(await town.say("/analytics authors all"))
    assert busiest in before
    write(town, f"bots: [{busiest}]\n")
    after = town.answer_to(await town.say("/analytics authors all"))
    assert busiest not in after.split("<details>")[0]


async def test_numbers_are_written_as_the_owners_write_them(town: Town) -> None:
    """Words stay English; only how numbers and dates are written changes."""
    question = "/analytics commits 1y"
    english = town.answer_to(await town.say(question))
    assert re.search(r"\d,\d{3}\b", english)
    write(town, "language: de\n")
    german = town.answer_to(await town.say(question))
    assert re.search(r"\d\.\d{3}\b", german)
    assert not re.search(r"\d,\d{3}\b", german)


async def test_pictures_stand_as_text_where_the_owners_say_so(town: Town) -> None:
    write(town, "images: text\n")
    body = town.answer_to(await town.say("/analytics time-to-merge 90d"))
    assert "/pictures/" not in body
    assert TEXT_CHOSEN in body
    assert town.rows("SELECT address FROM pictures") == []


async def test_a_private_repositorys_pictures_are_hosted_where_its_owners_say_so(town: Town) -> None:
    """An address that nobody can guess is enough for them."""
    write(town, "images: hosted\n", STRONGROOM)
    number = town.open_issue(STRONGROOM)
    said = await town.say("/analytics time-to-merge 90d", repository=STRONGROOM, number=number)
    assert "/pictures/" in town.answer_to(said)


async def test_hosted_needs_an_address(town_of: OpenTown) -> None:
    async with town_of(PUBLIC_URL="") as town:
        write(town, "images: hosted\n")
        body = town.answer_to(await town.say("/analytics time-to-merge 90d"))
        assert "no public address is configured for pictures" in body


async def test_a_mistake_in_the_file_is_said_once_with_its_line(town: Town) -> None:
    """To somebody who belongs here, in the next answer of any kind; then not again until it is another one."""
    write(town, "people: anonymous\ntrafic: off\n")
    stranger = town.answer_to(await town.say("/analytics pulls", "idle-heron"))
    assert "trafic" not in stranger
    first = town.answer_to(await town.say("/analytics pulls\n/analytics issues", colleague(town)))
    assert first.count("`trafic` is not known") == 1
    assert "line 2" in first
    assert "trafic" not in town.answer_to(await town.say("/analytics pulls"))
    write(town, "people: anonymous\ntraffic: of\n")
    assert "line 2" in town.answer_to(await town.say("/analytics pulls"))


async def test_what_held_before_a_mistake_stays_in_force(town: Town) -> None:
    write(town, "people: hidden\n")
    await town.say("/analytics authors 1y")
    write(town, "people: hiden\n")
    body = town.answer_to(await town.say("/analytics authors 1y"))
    assert not [login for login in people(town) if login in body]
    assert "Until that is corrected, the version of" in body


async def test_the_status_lists_every_mistake(town: Town) -> None:
    write(town, "".join(f"key{n}: 1\n" for n in range(6)))
    for _ in range(2):  # not only once, as in other answers
        body = town.answer_to(await town.say("/analytics status"))
        assert f"**6 mistakes in `.github/analytics.yml` of `{LANTERN}`**" in body
        assert all(f"- line {n + 1}: `key{n}` is not known" in body for n in range(6))
    body = town.answer_to(await town.say("/analytics commits"))
    assert "is not known" not in body  # somebody was told


async def test_no_name_in_a_private_file_of_the_owners_reaches_a_public_thread(town: Town) -> None:
    write(town, "extends: secret-plan\n", OWNERS)
    town.world.required(OWNERS).visibility = "private"
    body = town.answer_to(await town.say("/analytics commits"))
    assert "`.github/analytics.yml` of its owner: line 1: `extends` must be another repository" in body
    assert "secret" not in body
    assert "secret" not in town.answer_to(await town.say("/analytics status"))
