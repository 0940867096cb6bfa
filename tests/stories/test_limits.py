"""Nobody can make the bot spam: so much an hour for a person, so much for a repository, counted by comments' times."""

from __future__ import annotations

from datetime import timedelta

import pytest

import handlers.limits
from tests.stories.town import AUTHOR, LANTERN, MEMBER, OWNERS, Town
from tests.stories.visits import COLLEAGUE, colleague

TOLD = "You have asked as much as may be asked within an hour; there are answers again from {} UTC on."
EVERYBODY = (
    "This repository has been asked as much as may be asked within an hour; there are answers again from {} UTC on."
)
EMBER = "quartz-labs/ember"


@pytest.fixture(autouse=True)
def smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a story reach the limits in a few comments."""
    monkeypatch.setattr(handlers.limits, "PERSON_MAY_ASK", 4)
    monkeypatch.setattr(handlers.limits, "REPOSITORY_MAY_BE_ASKED", 7)


def first_lines(town: Town) -> list[str]:
    return [one["body"].splitlines()[0] for one in town.answers()]


async def test_who_asks_too_much_is_told_once_and_then_gets_thumbs(town: Town) -> None:
    """Two commands in a comment are two; the fifth within an hour is too many, until the first is an hour old."""
    await town.say("/analytics help\n/analytics help pulls")
    await town.wait(minutes=10)
    await town.say("/analytics help\n/analytics help issues")
    told = await town.say("/analytics help")
    assert town.answer_to(told).startswith(TOLD.format("13:00"))
    assert town.reactions(told) == ["-1"]
    await town.wait(minutes=5)
    silent = await town.say("/analytics help")
    assert town.answers_to(silent) == []
    assert town.reactions(silent) == ["-1"]
    await town.wait(minutes=44)
    assert town.answers_to(await town.say("/analytics help")) == []
    await town.wait(minutes=1)
    assert town.reactions(await town.say("/analytics help")) == ["rocket"]


async def test_others_and_other_repositories_are_not_concerned(town: Town) -> None:
    for _ in range(5):
        await town.say("/analytics help")
        await town.wait(seconds=10)  # a burst would leave no room for reactions
    assert town.reactions(await town.say("/analytics help", colleague(town))) == ["rocket"]
    elsewhere = await town.say("/analytics help", repository=EMBER, number=town.open_issue(EMBER))
    assert town.reactions(elsewhere) == ["rocket"]


async def test_a_repository_has_a_limit_for_all_together(town: Town) -> None:
    for login in (MEMBER, colleague(town)):
        for _ in range(4):
            said = await town.say("/analytics help", login)
            await town.wait(seconds=10)  # a burst would leave no room for reactions
    assert town.reactions(said) == ["-1"]
    assert town.answer_to(said).startswith(EVERYBODY.format("13:00"))
    silent = await town.say("/analytics help", COLLEAGUE)
    assert town.answers_to(silent) == []


async def test_edits_count_and_leave_the_last_answer_standing(town: Town) -> None:
    """One comment changed over and over: the fifth time there is a thumb, and what was answered stays."""
    said = await town.say("/analytics help")
    for metric in ("pulls", "issues", "commits"):
        await town.wait(minutes=1)
        await town.edit(said, f"/analytics help {metric}")
    before = town.answer_to(said)
    await town.wait(minutes=1)
    await town.edit(said, "/analytics help authors")
    assert town.reactions(said) == ["-1"]
    assert town.answer_to(said) == before


async def test_a_command_that_an_edit_leaves_alone_does_not_count_again(town: Town) -> None:
    said = await town.say("/analytics help\n/analytics help pulls\n/analytics help issues")
    await town.wait(minutes=1)
    await town.edit(said, "/analytics help\n/analytics help pulls\n/analytics help commits")
    assert town.reactions(said) == ["rocket"]
    await town.wait(minutes=1)
    await town.edit(said, "/analytics help\n/analytics help pulls\n/analytics help authors")
    assert town.reactions(said) == ["-1"]


async def test_what_an_outage_held_back_is_answered_as_it_would_have_been(town: Town) -> None:
    """Five hours of questions arrive in one minute, the newest first: each counts in its own hour."""
    async with town.undelivered() as held:
        asked = []
        for _ in range(6):
            asked.append(await town.post("/analytics help"))
            town.sandbox.clock.advance(timedelta(minutes=50))
    await town.redeliver(*reversed(held))
    assert not [said for said in asked if town.answer_to(said).startswith("You have asked")]


async def test_in_whatever_order_they_come_no_hour_has_more_answers_than_it_may(town: Town) -> None:
    async with town.undelivered() as held:
        asked = []
        for _ in range(6):
            asked.append(await town.post("/analytics help"))
            town.sandbox.clock.advance(timedelta(minutes=5))
    await town.redeliver(*reversed(held))
    told = [line for line in first_lines(town) if line.startswith("You have asked")]
    assert len(town.answers()) - len(told) == 4
    assert 1 <= len(told) <= 2


async def test_a_delivery_that_is_worked_on_twice_counts_once(town: Town) -> None:
    """GitHub stumbles over the reply: the job comes again, and the question is one."""
    for _ in range(3):
        await town.say("/analytics help")
    town.break_("status", "POST", f"/repos/{LANTERN}/issues/{town.number}/comments", times=1)
    said = await town.say("/analytics help")
    await town.wait(minutes=2)
    assert town.reactions(said) == ["rocket"]
    rows = town.rows("SELECT commands FROM askings WHERE comment_id = ?", said.id)
    assert rows == [{"commands": 1}]


async def test_who_may_only_ask_three_times_is_not_told_of_the_others_limit(town: Town) -> None:
    """The thread's author is declined before: a thumb, and no sentence."""
    for _ in range(3):
        await town.say("/analytics help", AUTHOR)
    fourth = await town.say("/analytics help", AUTHOR)
    assert town.answers_to(fourth) == []
    assert OWNERS not in first_lines(town)
