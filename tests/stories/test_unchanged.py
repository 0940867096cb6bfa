"""An edit is answered for what it changed: the other commands' answers stay as they were published."""

from __future__ import annotations

from tests.stories.town import PICTURE_ADDRESS, WAITING, Town

BETWEEN = "\n\n---\n\n"


def parts(body: str) -> list[str]:
    """Return the parts of an answer, without the hidden key."""
    return body.rpartition("\n\n<!--")[0].split(BETWEEN)


async def test_only_the_changed_command_is_answered_anew(town: Town) -> None:
    """The first answer stays word for word, its age and its pictures' addresses included; nothing of it is asked."""
    said = await town.say("/analytics pulls 90d\n/analytics help vs")
    first, _ = parts(town.answer_to(said))
    await town.wait(minutes=30)
    before = town.asked
    await town.edit(said, "/analytics pulls 90d\n/analytics help in")
    again, changed = parts(town.answer_to(said))
    assert again == first
    assert "in=OWNER/REPO" in changed
    assert town.reads(before) == []


async def test_the_pictures_of_what_stays_are_still_there(town: Town) -> None:
    said = await town.say("/analytics pulls 90d\n/analytics issues 90d")
    pulls, issues = (set(PICTURE_ADDRESS.findall(part)) for part in parts(town.answer_to(said)))
    assert pulls
    assert issues
    await town.wait(minutes=1)
    await town.edit(said, "/analytics help\n/analytics pulls 90d")
    assert set(PICTURE_ADDRESS.findall(town.answer_to(said))) == pulls
    stored = {f"/pictures/{row['address']}.png" for row in town.rows("SELECT address FROM pictures")}
    assert stored == pulls


async def test_a_removed_command_goes_and_the_others_move_up(town: Town) -> None:
    said = await town.say("/analytics help pulls\n/analytics pulls 90d\n/analytics help vs")
    first, _, third = parts(town.answer_to(said))
    await town.wait(minutes=1)
    await town.edit(said, "/analytics help vs\n/analytics help pulls")
    assert parts(town.answer_to(said)) == [third, first]


async def test_a_mistake_that_stays_keeps_its_thumb(town: Town) -> None:
    said = await town.say("/analytics puls\n/analytics help")
    await town.wait(minutes=1)
    await town.edit(said, "/analytics puls\n/analytics help vs")
    assert town.reactions(said) == ["-1"]
    assert "Did you mean" in town.answer_to(said)


async def test_what_was_changed_back_is_asked_again(town: Town) -> None:
    """Only the last published version is kept: a command that was gone is a new one."""
    said = await town.say("/analytics pulls 90d")
    (first,) = parts(town.answer_to(said))
    await town.wait(minutes=1)
    await town.edit(said, "/analytics help")
    await town.wait(minutes=30)
    await town.edit(said, "/analytics pulls 90d")
    (again,) = parts(town.answer_to(said))
    assert "as of 2026-11-20 12:31 UTC" in again
    assert again != first


async def test_an_answer_that_somebody_deleted_comes_back_with_what_did_not_change(town: Town) -> None:
    said = await town.say("/analytics pulls 90d\n/analytics help vs")
    (comment,) = town.answers_to(said)
    first, _ = parts(comment["body"])
    await town.sandbox.delete_comment(comment["id"], "visitor")
    await town.wait(minutes=1)
    await town.edit(said, "/analytics pulls 90d\n/analytics help in")
    assert parts(town.answer_to(said))[0] == first


async def test_an_edit_that_github_interrupts_ends_as_it_would_have(town: Town) -> None:
    """The new text could not be put in place at once: the next try puts it there, and nothing twice."""
    said = await town.say("/analytics pulls 90d\n/analytics help vs")
    first, _ = parts(town.answer_to(said))
    await town.wait(minutes=1)
    town.break_("status", "PATCH", "/repos/*/issues/comments/*", times=4)
    await town.edit(said, "/analytics pulls 90d\n/analytics help in")
    await town.wait(minutes=20)
    body = town.answer_to(said)
    assert WAITING not in body
    assert parts(body)[0] == first
    assert "in=OWNER/REPO" in parts(body)[1]
    assert len(town.answers()) == 1
