"""One answer per command comment, whatever becomes of that comment."""

from __future__ import annotations

from datetime import timedelta

from tests.stories.town import MEMBER, STRANGER, Town


async def test_editing_the_command_edits_its_answer(town: Town) -> None:
    """The answer stays the same comment and answers what is asked now."""
    said = await town.say("/analytics help")
    (first,) = town.answers_to(said)
    await town.edit(said, "/analytics pulls 90d")
    (second,) = town.answers_to(said)
    assert second["id"] == first["id"]
    assert "pull requests opened" in second["body"]
    assert len(town.answers()) == 1


async def test_editing_around_the_command_does_nothing(town: Town) -> None:
    """A corrected typo beside the command asks nothing again: not one request."""
    said = await town.say("How are we dong?\n\n/analytics help")
    before = town.asked
    await town.wait(minutes=1)
    await town.edit(said, "How are we doing?\n\n/analytics  HELP")
    assert town.requests(before) == []


async def test_a_command_can_be_added_later(town: Town) -> None:
    """A plain comment that becomes a command by an edit is answered."""
    said = await town.say("How are we doing?")
    assert town.answers() == []
    await town.wait(minutes=1)
    await town.edit(said, "How are we doing?\n\n/analytics help")
    assert town.answer_to(said)


async def test_a_command_taken_out_is_taken_out_of_the_answer(town: Town) -> None:
    """Two questions, then one: the same comment answers what is left, and its reaction follows."""
    said = await town.say("/analytics puls\n/analytics help")
    assert town.reactions(said) == ["-1"]
    (both,) = town.answers_to(said)
    assert "Did you mean" in both["body"]
    await town.wait(minutes=1)
    await town.edit(said, "/analytics help")
    (one,) = town.answers_to(said)
    assert one["id"] == both["id"]
    assert "Did you mean" not in one["body"]
    assert town.reactions(said) == ["rocket"]


async def test_who_edits_anothers_comment_must_be_able_to_write(town: Town) -> None:
    """The comment's author may ask; that does not let somebody else ask in their name."""
    said = await town.say("Nothing here")
    await town.wait(minutes=1)
    await town.edit(said, "/analytics help", login=STRANGER)
    assert town.answers() == []
    assert town.reactions(said) == ["-1"]


async def test_a_maintainer_may_edit_a_strangers_comment_into_a_command(town: Town) -> None:
    """Whoever may write here asks, whosever comment it is."""
    said = await town.say("What are the numbers?", STRANGER)
    await town.wait(minutes=1)
    await town.edit(said, "/analytics help", login=MEMBER)
    assert town.answer_to(said)


async def test_the_newest_version_wins_whatever_arrives_last(town: Town) -> None:
    """`edited` before `created`, or an old version late: the answer is to what the comment says now."""
    async with town.undelivered() as held:
        said = await town.post("/analytics help")
        town.sandbox.clock.advance(timedelta(minutes=1))
        await town.sandbox.edit_comment(said.id, MEMBER, "/analytics issues 90d")
        town.sandbox.clock.advance(timedelta(minutes=1))
        await town.sandbox.edit_comment(said.id, MEMBER, "/analytics pulls 90d")
    created, old, new = held
    await town.redeliver(new, created, old)
    assert "pull requests opened" in town.answer_to(said)
    assert len(town.answers()) == 1


async def test_two_versions_of_one_second_are_told_apart(town: Town) -> None:
    """GitHub's times are whole seconds; an edit within the second still counts as the newer one."""
    for order in ((0, 1), (1, 0)):
        async with town.undelivered() as held:
            said = await town.post("/analytics help")
            await town.sandbox.edit_comment(said.id, MEMBER, "/analytics pulls 90d")
        await town.redeliver(*(held[place] for place in order))
        assert "pull requests opened" in town.answer_to(said), order
        await town.wait(minutes=1)


async def test_an_edit_that_says_nothing_may_come_before_the_comment(town: Town) -> None:
    """GitHub sometimes sends an `edited` without a change just before `created`: one answer."""
    async with town.undelivered() as held:
        said = await town.post("/analytics help")
        await town.sandbox.edit_comment(said.id, MEMBER, "/analytics help")
    created, edited = held
    await town.redeliver(edited, created)
    assert len(town.answers_to(said)) == 1


async def test_a_deleted_answer_comes_back_when_asked_again(town: Town) -> None:
    """Somebody deletes the answer and edits the command: a new comment, not a failure."""
    said = await town.say("/analytics help")
    (first,) = town.answers_to(said)
    await town.sandbox.delete_comment(first["id"], MEMBER)
    await town.wait(minutes=1)
    await town.edit(said, "/analytics pulls 90d")
    (second,) = town.answers_to(said)
    assert second["id"] != first["id"]


async def test_a_command_deleted_before_it_is_worked_on_is_no_failure(town: Town) -> None:
    """The comment is gone, its delivery comes late: the job ends."""
    async with town.undelivered() as held:
        said = await town.post("/analytics help")
    town.world.delete_comment(town.world.comments[said.id])
    await town.redeliver(*held)
    assert "dead" not in {job["state"] for job in town.jobs("delivery")}
    assert len(town.answers()) <= 1
