"""Permissions that are missing, installations that end, repositories that move."""

from __future__ import annotations

import re

from bot.worker import LOOKS_AGAIN
from tests.stories.town import LANTERN, MEMBER, STRONGROOM, Town


async def test_a_missing_permission_is_named(town: Town) -> None:
    """Without contents:read a private repository shows no commits: the rest is answered, the missing one is named."""
    (installation,) = town.world.installations.values()
    del installation.permissions["contents"]
    number = town.open_issue(STRONGROOM)
    said = await town.say("/analytics 90d", repository=STRONGROOM, number=number)
    body = town.answer_to(said)
    assert "pull requests opened" in body
    assert "commits are unknown" in body.splitlines()[0].lower()
    assert "commits not readable: " in body
    assert "it needs the permission contents=read" in body
    assert "synced just now" in body
    assert not re.search(r"commits[^|]*\| 0 ", body)
    assert town.reactions(said) == ["rocket"]
    assert "dead" not in {job["state"] for job in town.jobs()}


async def test_a_metric_without_its_permission_says_so(town: Town) -> None:
    """`/analytics commits` cannot be answered at all: no zero is made up for what could not be read."""
    (installation,) = town.world.installations.values()
    del installation.permissions["contents"]
    number = town.open_issue(STRONGROOM)
    body = town.answer_to(await town.say("/analytics commits 90d", repository=STRONGROOM, number=number))
    assert body.startswith("**Commits are unknown: GitHub did not let the App read them.**")
    assert "it needs the permission contents=read" in body
    assert "0 commits" not in body


async def test_a_suspended_installation_ends_its_jobs(town: Town) -> None:
    """Suspended between asking and answering: no crash, no dead job, no comment."""
    async with town.undelivered() as held:
        await town.post("/analytics help")
    (installation,) = town.world.installations.values()
    town.sandbox.hands.suspend(installation)
    await town.redeliver(*held)
    for _ in range(LOOKS_AGAIN):  # GitHub is believed once it has said so for minutes
        await town.wait(minutes=5)
    assert town.answers() == []
    assert {job["state"] for job in town.jobs("delivery")} == {"done"}
    town.sandbox.hands.unsuspend(installation)
    await town.settled()
    assert town.answer_to(await town.say("/analytics help"))


async def test_an_uninstalled_app_ends_its_jobs(town: Town) -> None:
    """Uninstalled with questions and history still in the queue: all of it ends quietly."""
    await town.say("/analytics pulls 30d")
    async with town.undelivered() as held:
        await town.post("/analytics help")
    (installation,) = town.world.installations.values()
    town.sandbox.hands.uninstall(installation)
    await town.redeliver(*held)
    for _ in range(LOOKS_AGAIN):
        await town.wait(minutes=61)
    assert len(town.answers()) == 1
    assert {job["state"] for job in town.jobs()} == {"done"}


async def test_a_renamed_repository_keeps_its_numbers(town: Town) -> None:
    """The numeric id is the key: under its new name the repository needs one page, not its whole history again."""
    first = town.answer_to(await town.say("/analytics pulls 90d"))
    town.sandbox.hands.rename_repository(LANTERN, "lighthouse")
    await town.wait(minutes=11)
    before = town.asked
    said = await town.say("/analytics pulls 90d", repository="quartz-labs/lighthouse")
    body = town.answer_to(said)
    assert body.splitlines()[0] == first.splitlines()[0]
    assert "quartz-labs/lighthouse" in body
    assert town.reads(before).count("Pulls") == 1


async def test_a_job_asked_under_the_old_name_is_answered(town: Town) -> None:
    """Renamed between asking and answering: GitHub redirects, and the answer arrives where the thread is now."""
    async with town.undelivered() as held:
        said = await town.post("/analytics pulls 90d")
    town.sandbox.hands.rename_repository(LANTERN, "lighthouse")
    await town.redeliver(*held)
    said.repository = "quartz-labs/lighthouse"
    assert "pull requests opened" in town.answer_to(said)
    assert town.reactions(said) == ["rocket"]


async def test_two_repositories_do_not_mix(town: Town) -> None:
    """What was read of one repository never shows in another's answer."""
    number = town.open_issue(STRONGROOM, MEMBER)
    one = town.answer_to(await town.say("/analytics pulls 90d"))
    other = town.answer_to(await town.say("/analytics pulls 90d", repository=STRONGROOM, number=number))
    assert one.splitlines()[0] != other.splitlines()[0]
    assert "quartz-labs/lantern" not in other
