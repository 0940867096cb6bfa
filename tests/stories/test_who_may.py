"""Who gets an answer, and what the others get."""

from __future__ import annotations

import pytest

from tests.stories.town import AUTHOR, LANTERN, OWNERS, STRANGER, Town

EVERYONE = "who_may: everyone\n"


async def test_a_stranger_gets_a_thumb_and_no_comment(town: Town) -> None:
    """Someone who belongs to nothing here makes no noise for everybody: 👎, and not one read of the repository."""
    before = town.asked
    said = await town.say("/analytics", STRANGER)
    assert town.answers() == []
    assert town.reactions(said) == ["-1"]
    assert town.reads(before) == []


async def test_the_threads_author_may_ask_three_times_an_hour(town: Town) -> None:
    """The fourth question within an hour gets 👎; an hour later it is answered again."""
    asked = []
    for _ in range(4):
        asked.append(await town.say("/analytics help", AUTHOR))
        await town.wait(minutes=1)
    assert [town.reactions(said) for said in asked] == [["rocket"], ["rocket"], ["rocket"], ["-1"]]
    assert town.answers_to(asked[3]) == []
    await town.wait(minutes=57)
    again = await town.say("/analytics help", AUTHOR)
    assert town.reactions(again) == ["rocket"]


async def test_every_edit_of_a_question_is_a_question(town: Town) -> None:
    """One comment edited over and over asks as often as it was edited: the fourth time within an hour gets 👎."""
    said = await town.say("/analytics help pulls", AUTHOR)
    for metric in ("issues", "commits"):
        await town.wait(minutes=1)
        await town.edit(said, f"/analytics help {metric}", login=AUTHOR)
        assert town.reactions(said) == ["rocket"]
    (third,) = town.answers_to(said)
    await town.wait(minutes=1)
    await town.edit(said, "/analytics help authors", login=AUTHOR)
    assert town.reactions(said) == ["-1"]
    (fourth,) = town.answers_to(said)
    assert fourth["body"] == third["body"]


async def test_a_declined_question_does_not_count(town: Town) -> None:
    """Asking in vain does not push the next answer further away: what counts are the three that were answered."""
    for _ in range(3):
        await town.say("/analytics help", AUTHOR)
        await town.wait(minutes=1)
    await town.wait(minutes=37)
    for _ in range(3):
        assert town.reactions(await town.say("/analytics help", AUTHOR)) == ["-1"]
    await town.wait(minutes=21)
    assert town.reactions(await town.say("/analytics help", AUTHOR)) == ["rocket"]


async def test_an_author_elsewhere_is_a_stranger_here(town: Town) -> None:
    """Whoever opened one thread may not ask in another."""
    other = town.open_issue(LANTERN, login="garnet-wren")
    said = await town.say("/analytics", AUTHOR, number=other)
    assert town.answers(number=other) == []
    assert town.reactions(said) == ["-1"]


@pytest.mark.parametrize("repository", [LANTERN, OWNERS])
async def test_a_file_can_let_everyone_ask(town: Town, repository: str) -> None:
    """`who_may: everyone` in `.github/analytics.yml`, the repository's own or its owner's, lets strangers ask."""
    if town.world.repository(repository) is None:
        town.world.add_repository(repository)
    town.world.repository(repository).files[".github/analytics.yml"] = EVERYONE  # type: ignore[union-attr]
    said = await town.say("/analytics help", STRANGER)
    assert town.answer_to(said)
    assert town.reactions(said) == ["rocket"]


@pytest.mark.parametrize("command", ["status", "export", "export pulls json"])
async def test_a_file_opens_neither_the_status_nor_files_to_strangers(town: Town, command: str) -> None:
    """One tells of the installation, the other puts numbers under an address: these are for members always."""
    town.world.required(LANTERN).files[".github/analytics.yml"] = EVERYONE
    for body in (f"/analytics {command}", f"/analytics help\n/analytics {command}"):
        said = await town.say(body, STRANGER)
        assert town.answers_to(said) == []
        assert town.reactions(said) == ["-1"]


async def test_the_repositorys_own_file_goes_before_the_owners(town: Town) -> None:
    """A repository that says nothing about it in its own file stays closed, whatever its owner allows elsewhere."""
    town.world.add_repository(OWNERS)
    town.world.repository(OWNERS).files[".github/analytics.yml"] = EVERYONE  # type: ignore[union-attr]
    town.world.repository(LANTERN).files[".github/analytics.yml"] = "who_may: members\n"  # type: ignore[union-attr]
    assert town.reactions(await town.say("/analytics help", STRANGER)) == ["-1"]


@pytest.mark.parametrize(
    "body",
    [
        "> /analytics\n\nWhat did this say?",
        "```\n/analytics\n```",
        "    /analytics",
        "Try `/analytics` some time.",
        "<!-- /analytics -->",
        "Please /analytics this",
        "/analyticsx",
    ],
)
async def test_what_is_quoted_or_shown_is_not_asked(town: Town, body: str) -> None:
    """Quotes, code, HTML comments and words in the middle of a line never trigger: no comment, no reaction."""
    before = town.asked
    said = await town.say(body)
    assert town.answers() == []
    assert town.reactions(said) == []
    assert town.requests(before) == []


async def test_bots_are_never_answered(town: Town) -> None:
    """A bot with every right may write `/analytics` as often as it likes."""
    town.world.permit(LANTERN, "helpful-loon[bot]", "write")
    before = town.asked
    await town.say("/analytics", "helpful-loon[bot]")
    assert town.answers() == []
    assert town.requests(before) == []


async def test_the_bots_own_answers_are_not_questions(town: Town) -> None:
    """An answer that begins with a command, as help does, starts no conversation with itself."""
    await town.say("/analytics help")
    town.world.permit(LANTERN, "almanac[bot]", "write")
    await town.say("/analytics help", "almanac[bot]")
    assert len(town.answers()) == 2  # help, and what was just said in the App's name
    assert len(town.jobs("delivery")) == 3  # both of them and the first command were delivered
