"""Who may ask about other repositories: those whom the thread's answers as members, others by each owner's word."""

from __future__ import annotations

import pytest

from tests.stories.test_elsewhere import EMBER, FILE, first_line, known
from tests.stories.town import AUTHOR, LANTERN, STRANGER, Town
from tests.stories.visits import captured, colleague

EVERYONE = "who_may: everyone\n"
FOR_MEMBERS = (
    f"`{EMBER}` answers its members and collaborators; `who_may: everyone` in its `.github/analytics.yml` would let "
    "everybody ask about it."
)


@pytest.mark.parametrize("key", ["in", "vs"])
@pytest.mark.parametrize("login", [STRANGER, AUTHOR])
async def test_that_one_repository_answers_everybody_opens_no_other(town: Town, key: str, login: str) -> None:
    """A stranger, or the thread's author: the other repository's own file says whether it answers them."""
    town.world.required(LANTERN).files[FILE] = EVERYONE
    await known(town, EMBER)
    said = await town.say(f"/analytics pulls 90d {key}={EMBER}", login)
    assert first_line(town, said) == FOR_MEMBERS
    assert town.reactions(said) == ["-1"]
    town.world.required(EMBER).files[FILE] = EVERYONE
    await town.wait(minutes=1)  # there was no file before: it is looked for again after a minute
    assert "pull requests opened" in first_line(town, await town.say(f"/analytics pulls 90d {key}={EMBER}", login))


@pytest.mark.parametrize("metric", ["pulls", "traffic"])
async def test_all_together_are_for_a_stranger_those_that_answer_everybody(town: Town, metric: str) -> None:
    await captured(town)
    town.world.required(LANTERN).files[FILE] = f"{EVERYONE}traffic: everyone\n"
    town.world.required(EMBER).files[FILE] = "traffic: everyone\n"
    body = town.answer_to(await town.say(f"/analytics {metric} all scope=org", STRANGER))
    assert "over 1 repository of quartz-labs, public ones only" in body
    if metric == "pulls":
        opened = len(town.world.required(LANTERN).pulls())
        assert body.startswith(f"**{opened} pull requests opened")
        assert "only repositories that whoever asked may ask about are counted" in body
    town.world.required(EMBER).files[FILE] = f"{EVERYONE}traffic: everyone\n"
    body = town.answer_to(await town.say(f"/analytics {metric} all scope=org", STRANGER))
    assert "over 2 repositories of quartz-labs" in body


async def test_whoever_collaborates_there_may_ask_about_it_here(town: Town) -> None:
    """A stranger here, who triages there; to read what is public is no permission that somebody was given."""
    town.world.required(LANTERN).files[FILE] = EVERYONE
    await known(town, EMBER)
    town.world.permit(EMBER, STRANGER, "triage")
    assert "pull requests opened" in first_line(town, await town.say(f"/analytics pulls 90d in={EMBER}", STRANGER))
    town.world.permit(EMBER, STRANGER, "read")
    assert first_line(town, await town.say(f"/analytics pulls 90d in={EMBER}", STRANGER)) == FOR_MEMBERS


async def test_a_collaborator_here_may_ask_about_the_others(town: Town) -> None:
    await known(town, EMBER)
    said = await town.say(f"/analytics pulls 90d in={EMBER}", colleague(town))
    assert "pull requests opened" in first_line(town, said)
