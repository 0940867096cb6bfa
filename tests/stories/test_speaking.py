"""Webhooks that speak, only where they are switched on: one comment each, edited on repeat, and never to a program."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox.clock import parse_iso
from sandbox.things import Pull
from tests.stories.speaking import (
    close_milestone,
    label,
    merged,
    milestone_of,
    publish,
    settings,
    spoken,
    tell_merged,
)
from tests.stories.town import APP, LANTERN, MEMBER, Town
from tests.stories.visits import captured

MERGED = "on:\n  merged: yes\n"
RELEASE = "on:\n  release: yes\n"
MILESTONE = "on:\n  milestone: yes\n"
LABEL = "on:\n  label: analytics\n"
BOTS = "  bots: yes\n"
PROGRAM = "tidy-bot[bot]"


def program(town: Town) -> str:
    """Return the login of a bot that is no App of this story."""
    return town.world.account(PROGRAM, "Bot").rest_login


async def test_nothing_is_said_where_nothing_is_switched_on(town: Town) -> None:
    before = town.asked
    await tell_merged(town, merged(town))
    await publish(town, "v99.0.0")
    await label(town, town.world.thread(LANTERN, town.number), "analytics")
    await close_milestone(town, milestone_of(town, "1.0"))
    assert spoken(town) == []
    assert all(one.method == "GET" or one.path.endswith("access_tokens") for one in town.requests(before))


async def test_a_merged_pull_request_hears_of_its_waits(town: Town) -> None:
    """Its own waits, the median, where it lies among the others and how many those are; what switches it off."""
    settings(town, MERGED)
    pull = merged(town)
    await tell_merged(town, pull)
    ((number, body),) = spoken(town)
    assert number == pull.number
    assert body.startswith("**Merged ")
    others = [
        one
        for one in town.world.required(LANTERN).pulls()
        if one.merged_at and one is not pull and one.author and one.author.type == "User"
        and parse_iso(one.merged_at) > town.sandbox.clock.now() - timedelta(days=90)
    ]  # fmt: skip
    assert f"n = {len(others)} |" in body
    assert "| time to first review |" in body
    assert "| rounds of review |" in body
    assert "synced just now · as of 2026-11-20 12:00 UTC · `on: merged` in `.github/analytics.yml`" in body
    assert body.endswith(f"<!-- almanac:spoken-merged-{town.repository_id(LANTERN)}-{number} -->")


async def test_one_event_is_spoken_of_once_however_often_it_comes(town: Town) -> None:
    settings(town, MERGED)
    pull = merged(town)
    await tell_merged(town, pull, guid="first")
    before = town.asked
    await tell_merged(town, pull, guid="first")
    await tell_merged(town, pull, guid="second")
    assert len(spoken(town)) == 1
    assert town.requests(before) == []


async def test_a_comment_whose_answer_was_lost_is_not_written_twice(town: Town) -> None:
    settings(town, MERGED)
    lost = town.break_("lose_response", "POST", "*/comments", times=1)
    await tell_merged(town, merged(town))
    await town.wait(minutes=2)
    assert lost.hit == 1
    assert len(spoken(town)) == 1


async def test_what_a_program_opened_is_not_spoken_of_unless_that_is_wanted(town: Town) -> None:
    """Where it is, a program's pull request is compared with those of programs."""
    settings(town, MERGED)
    pull = merged(town, author=town.world.account(program(town)))
    await tell_merged(town, pull)
    assert spoken(town) == []
    mine = [one for one in town.world.required(LANTERN).pulls() if one.merged_at][-8:]
    for one in mine:
        one.author = town.world.account(PROGRAM)
    settings(town, MERGED + BOTS)
    again = merged(town, author=town.world.account(PROGRAM))
    await tell_merged(town, again)
    ((number, body),) = spoken(town)
    assert number == again.number
    assert "merged by programs in the 90 days" in body


async def test_who_counts_as_a_program_by_the_owners_word_is_one(town: Town) -> None:
    settings(town, f"{MERGED}bots: [{MEMBER}]\n")
    await tell_merged(town, merged(town, author=town.world.account(MEMBER)))
    assert spoken(town) == []


async def test_a_merge_queue_merges_for_people(town: Town) -> None:
    """Who clicks does not matter: a program that merges what a person wrote is spoken of."""
    settings(town, MERGED)
    await tell_merged(town, merged(town), sender=program(town))
    assert len(spoken(town)) == 1


async def test_the_app_never_speaks_to_itself(town: Town) -> None:
    """Not even where programs are wanted: what it has opened itself, such as a report, stays as it is."""
    settings(town, LABEL + BOTS)
    thread = town.world.thread(LANTERN, town.number)
    thread.author = town.world.account(APP)
    await label(town, thread, "analytics")
    assert spoken(town) == []


async def test_four_are_too_few_to_compare_with(town: Town) -> None:
    settings(town, MERGED)
    pull = merged(town)
    for one in [one for one in town.world.required(LANTERN).pulls() if one.merged_at and one is not pull][4:]:
        one.merged_at = None
    await tell_merged(town, pull)
    assert spoken(town) == []


async def test_the_label_brings_the_overview(town: Town) -> None:
    """In any case of its letters; without traffic, since nobody has asked who may see that."""
    await captured(town)
    settings(town, LABEL)
    await label(town, town.world.thread(LANTERN, town.number), "Analytics")
    ((number, body),) = spoken(town)
    assert number == town.number
    assert "pull requests opened" in body
    assert "| views |" not in body
    assert "| views |" in town.answer_to(await town.say("/analytics"))
    assert f"<!-- almanac:spoken-label-{town.repository_id(LANTERN)}-{number} -->" in body


async def test_another_label_brings_nothing(town: Town) -> None:
    settings(town, LABEL)
    await label(town, town.world.thread(LANTERN, town.number), "bug")
    assert spoken(town) == []


async def test_a_label_that_a_program_puts_brings_nothing_ever(town: Town) -> None:
    settings(town, LABEL + BOTS)
    await label(town, town.world.thread(LANTERN, town.number), "analytics", sender=program(town))
    assert spoken(town) == []


async def test_the_label_put_on_again_edits_the_comment(town: Town) -> None:
    """At once nothing is new; later the same comment is brought up to date, with pictures of its own only."""
    settings(town, LABEL)
    thread = town.world.thread(LANTERN, town.number)
    await label(town, thread, "analytics")
    ((_, first),) = spoken(town)
    await label(town, thread, "analytics")
    assert spoken(town) == [(town.number, first)]
    await town.wait(minutes=11)
    await label(town, thread, "analytics")
    ((_, second),) = spoken(town)
    assert second != first
    kept = town.rows("SELECT address FROM pictures WHERE answer_key LIKE 'spoken-%'")
    assert kept
    assert all(row["address"] in second for row in kept)


async def test_a_comment_that_somebody_deleted_stays_deleted(town: Town) -> None:
    settings(town, LABEL)
    thread = town.world.thread(LANTERN, town.number)
    await label(town, thread, "analytics")
    (comment,) = town.answers()
    await town.sandbox.delete_comment(comment["id"], MEMBER)
    await town.wait(minutes=11)
    await label(town, thread, "analytics")
    assert spoken(town) == []


async def test_the_label_on_a_pull_request_brings_its_own_waits_too(town: Town) -> None:
    settings(town, LABEL)
    pull = next(one for one in reversed(town.world.required(LANTERN).pulls()) if one.state == "open" and not one.draft)
    await label(town, pull, "analytics")
    ((number, body),) = spoken(town)
    assert number == pull.number
    assert body.startswith("**Opened ")
    assert "pull requests opened" in body


async def test_a_release_is_spoken_of_where_its_last_pull_request_was_merged(town: Town) -> None:
    settings(town, RELEASE)
    inside = merged(town)
    await publish(town, "v99.0.0")
    ((number, body),) = spoken(town)
    assert number == inside.number
    assert body.startswith("**`v99.0.0` holds ")
    assert " after `" in body  # the release before
    assert "| lines changed | pull requests |" in body
    assert inside.author is not None
    assert f"`{inside.author.login}` (" in body
    assert "@" not in body


@pytest.mark.parametrize("people", ["anonymous", "hidden"])
async def test_nobody_is_named_where_nobody_is_to_be(town: Town, people: str) -> None:
    """How many there were is said all the same."""
    settings(town, f"{RELEASE}people: {people}\n")
    merged(town)
    await publish(town, "v99.0.0", sender=program(town))
    ((_, body),) = spoken(town)
    people_there = {one.login for one in town.world.accounts.values() if one.type == "User"}
    assert not [login for login in people_there if f"`{login}`" in body]
    assert " by " in body.split("**")[1]


async def test_a_release_that_holds_nothing_is_not_spoken_of(town: Town) -> None:
    """Two releases of one commit: the second brings nothing new."""
    merged(town)
    await publish(town, "v98.0.0")
    settings(town, RELEASE)
    await town.wait(minutes=1)
    await publish(town, "v99.0.0", new=False)
    assert spoken(town) == []


async def test_a_milestone_is_spoken_of_where_its_last_work_ended(town: Town) -> None:
    settings(town, MILESTONE)
    repository = town.world.required(LANTERN)
    closed = [one for one in repository.issues() if one.closed_at and one.author and one.author.type == "User"][-6:]
    pulls: list[Pull] = [
        one for one in repository.pulls() if one.merged_at and one.author and one.author.type == "User"
    ][-5:]
    still_open = [one for one in repository.issues() if one.state == "open"][:2]
    await close_milestone(town, milestone_of(town, "1.0 @everyone #1", *closed, *pulls, *still_open))
    ((number, body),) = spoken(town)
    last = max([*closed, *pulls], key=lambda one: (one.closed_at or "", one.number))
    assert number == last.number
    assert body.startswith("**Milestone `1.0 @everyone #1` closed: 6 issues closed, 5 pull requests merged and 2 left ")
    assert ", 40 d after it was opened, 24 h before it was due" in body
    assert "| issues: time to close |" in body
    assert "| pull requests: time to merge |" in body


async def test_an_empty_milestone_is_not_spoken_of(town: Town) -> None:
    settings(town, MILESTONE)
    await close_milestone(town, milestone_of(town, "1.0"))
    assert spoken(town) == []


async def test_where_github_does_not_let_it_write_nothing_comes_of_it(town: Town) -> None:
    """A locked thread: it is not tried again, and the job is done."""
    settings(town, MERGED)
    locked = town.break_("status", "POST", "*/comments", status=403)
    await tell_merged(town, merged(town))
    await town.wait(hours=1)
    assert locked.hit == 1
    assert [job["state"] for job in town.jobs("speak")] == ["done"]
