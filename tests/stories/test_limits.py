"""Nobody can make the bot spam: so much an hour for a person, so much for a repository, counted by comments' times."""

from __future__ import annotations

from datetime import timedelta

import pytest

import handlers.limits
from tests.stories.town import AUTHOR, LANTERN, MEMBER, OWNERS, STRANGER, Town
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


async def test_an_edit_that_is_too_much_is_told_above_the_answer_that_stands(town: Town) -> None:
    """One comment changed over and over: the fifth time its answer says so, once, and no comment comes to it."""
    said = await town.say("/analytics help")
    for metric in ("pulls", "issues", "commits"):
        await town.wait(minutes=1)
        await town.edit(said, f"/analytics help {metric}")
    before = town.answer_to(said)
    await town.wait(minutes=1)
    await town.edit(said, "/analytics help authors")
    told = town.answer_to(said)
    assert town.reactions(said) == ["-1"]
    assert told == f"{TOLD.format('13:00')} What stands below was asked before the edit.\n\n---\n\n{before}"
    asked = town.asked
    await town.edit(said, "/analytics help reviews")
    assert town.answer_to(said) == told
    assert [one for one in town.requests(asked) if one.method == "PATCH"] == []
    assert len(town.answers()) == 1
    await town.wait(hours=1)
    await town.edit(said, "/analytics help authors")
    assert "before the edit" not in town.answer_to(said)
    assert town.reactions(said) == ["rocket"]


async def test_whoever_was_told_elsewhere_is_told_above_another_answer_too(town: Town) -> None:
    """An answer that stands under a changed question says so; a new comment does not come a second time."""
    said = await town.say("/analytics help")
    await town.say("/analytics help\n/analytics help pulls\n/analytics help issues")
    told = await town.say("/analytics help")
    assert town.answer_to(told).startswith("You have asked")
    await town.wait(minutes=1)
    await town.edit(said, "/analytics help authors")
    assert town.answer_to(said).startswith("You have asked")
    assert "What stands below was asked before the edit." in town.answer_to(said)


async def test_an_answer_that_was_deleted_does_not_come_back_to_refuse(town: Town) -> None:
    said = await town.say("/analytics help\n/analytics help pulls\n/analytics help issues\n/analytics help commits")
    (answer,) = town.answers_to(said)
    await town.sandbox.delete_comment(answer["id"], MEMBER)
    await town.wait(minutes=1)
    await town.edit(said, "/analytics help authors")
    assert town.answers_to(said) == []
    assert town.reactions(said) == ["-1"]


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


async def test_strangers_get_so_many_thumbs_and_then_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """One person's, and all together; none of it takes from what members may ask."""
    monkeypatch.setattr(handlers.limits, "PERSON_IS_DECLINED", 2)
    monkeypatch.setattr(handlers.limits, "REPOSITORY_DECLINES", 5)
    first = await town.say("/analytics", STRANGER)
    await town.wait(minutes=30)
    await town.say("/analytics", STRANGER)
    before = town.asked
    silent = await town.say("/analytics", STRANGER)
    assert (town.reactions(first), town.reactions(silent), town.requests(before)) == (["-1"], [], [])
    for name in ("one", "two", "three", "four"):
        last = await town.say("/analytics", f"passing-{name}")
        assert town.reactions(last) == ([] if name == "four" else ["-1"])
    assert town.answers() == []
    for _ in range(4):
        assert town.reactions(await town.say("/analytics help")) == ["rocket"]
        await town.wait(seconds=10)  # a burst would leave no room for reactions
    for _ in range(4):
        last = await town.say("/analytics help", colleague(town))
        await town.wait(seconds=10)
    assert town.answer_to(last).startswith(EVERYBODY.format("13:30"))  # seven are seven, whoever was declined
    await town.wait(minutes=30)
    assert town.reactions(await town.say("/analytics", STRANGER)) == ["-1"]


async def test_who_may_only_ask_three_times_is_not_told_of_the_others_limit(town: Town) -> None:
    """The thread's author is declined before: a thumb, and no sentence."""
    for _ in range(3):
        await town.say("/analytics help", AUTHOR)
    fourth = await town.say("/analytics help", AUTHOR)
    assert town.answers_to(fourth) == []
    assert OWNERS not in first_lines(town)
