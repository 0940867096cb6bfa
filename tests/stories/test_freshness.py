"""How little GitHub is asked: nothing within ten minutes, one page afterwards, and the past while nobody waits."""

from __future__ import annotations

from collections import Counter

import msgspec

from sandbox.clock import iso
from sandbox.things import Commit, Pull
from tests.stories.town import LANTERN, NOW, Town, lantern

QUESTION = "/analytics pulls issues commits 90d"


async def whole(town: Town) -> None:
    """Let the background read everything."""
    for _ in range(60):
        await town.wait(seconds=2)
        marks = town.marks()
        if len(marks) == 4 and all(mark["whole_history"] for mark in marks.values()):
            return
    raise AssertionError(f"the history was not read: {town.marks()}")


async def test_within_ten_minutes_github_is_asked_nothing(town: Town) -> None:
    """A second question, and one about another metric of the same data, are answered from what is stored."""
    await town.say(QUESTION)
    before = town.asked
    await town.say(QUESTION)
    assert town.reads(before) == []
    await whole(town)
    await town.wait(minutes=5)
    before = town.asked
    await town.say("/analytics all")
    assert town.reads(before) == []


async def test_later_one_page_of_each_is_enough(town: Town) -> None:
    """After eleven minutes: exactly one newest-first page of every dataset that the question needs."""
    await town.say(QUESTION)
    await whole(town)
    await town.wait(minutes=11)
    before = town.asked
    await town.say(QUESTION)
    assert Counter(town.reads(before)) == {"Pulls": 1, "Issues": 1, "Commits": 1}
    (page,) = town.requests(before, "Pulls")
    variables = msgspec.json.decode(page.body)["variables"]
    assert variables["after"] is None
    assert variables["states"] == ["OPEN", "CLOSED", "MERGED"]


async def test_a_merge_in_between_is_seen(town: Town) -> None:
    """A pull request that was open at the first question and is merged at the second counts as merged."""
    first = town.answer_to(await town.say("/analytics pulls 90d"))
    found = town.world.repository(LANTERN)
    assert found is not None
    pull = next(one for one in found.pulls() if one.state == "open")
    await town.wait(minutes=11)
    merge(town, pull)
    await town.wait(minutes=1)
    second = town.answer_to(await town.say("/analytics pulls 90d"))
    assert numbers(second)["merged"] == numbers(first)["merged"] + 1
    assert numbers(second)["open at the end"] == numbers(first)["open at the end"] - 1


async def test_history_is_completed_while_nobody_waits(town: Town) -> None:
    """Who is new is unknown until every beginning is known; it says so, and some time later the number is there."""
    first = town.answer_to(await town.say("/analytics authors 90d"))
    assert "newcomers unknown until the whole history" in first
    await whole(town)
    second = town.answer_to(await town.say("/analytics authors 90d"))
    assert "newcomers unknown" not in second
    stored = {name: town.rows(f"SELECT count(*) AS n FROM {name} WHERE repository_id = ?", repository(town))
              for name in ("pulls", "issues", "commits", "reviews")}  # fmt: skip
    rows = lantern()
    assert stored["pulls"][0]["n"] == len(rows.pulls)
    assert stored["commits"][0]["n"] == len(rows.commits)
    assert stored["issues"][0]["n"] == len(rows.issues) + 1  # and the story's own


async def test_the_background_leaves_half_of_the_hour_to_people(town: Town) -> None:
    """Once half of the points are spent the background rests, until the next hour."""
    town.sandbox.limits.graphql = 14
    await town.say("/analytics pulls 30d")
    for _ in range(10):
        await town.wait(seconds=3)
    spent = sum(one.cost for one in town.requests() if one.operation)
    assert not town.marks()["pulls"]["whole_history"]
    assert spent <= 7 + 4 * 4  # a slice that began within its half may end
    before = town.asked
    await town.wait(minutes=11)
    assert town.reads(before) == []
    town.sandbox.limits.graphql = 5000
    await town.wait(minutes=50)
    await whole(town)


async def test_a_crash_in_the_background_goes_on_at_its_page(town: Town) -> None:
    """A page that was read is never read again, however often the connection breaks."""
    await town.say("/analytics pulls 30d")
    town.break_("drop", operation="Pulls", probability=0.3, times=20)
    await whole(town)
    given = [
        msgspec.json.encode(msgspec.json.decode(one.body)["variables"])
        for one in town.requests()
        if one.operation in {"Pulls", "Commits", "Issues", "Releases"} and one.status == 200
    ]
    assert max(Counter(given).values()) == 1


async def test_rewritten_commits_are_right_after_the_next_look(town: Town) -> None:
    """A force push drops commits and a merge of an old branch adds ones dated weeks ago: both are counted right."""
    await town.say("/analytics commits 90d")
    await whole(town)
    found = town.world.repository(LANTERN)
    assert found is not None
    recent = [one for one in found.commits if one.committed_at >= "2026-09"]
    dropped = recent[:3]
    template = found.commits[0]
    added = [old_commit(template, f"{place:040x}", f"2026-10-0{place + 1}T10:00:00Z") for place in range(5)]
    found.commits = [one for one in found.commits if one not in dropped] + added
    found.version += 1
    await town.wait(minutes=11)
    body = town.answer_to(await town.say("/analytics commits 90d"))
    expected = sum("2026-08-22T12:11" <= one.committed_at < "2026-11-20T12:2" for one in found.commits)
    assert f"{expected} of {expected} commits" in body
    (stored,) = town.rows("SELECT count(*) AS n FROM commits WHERE repository_id = ?", found.id)
    assert stored["n"] == len(found.commits)


def repository(town: Town) -> int:
    return town.repository_id(LANTERN)


def merge(town: Town, pull: Pull) -> None:
    """Merge a pull request now."""
    now = iso(town.sandbox.clock.now())
    town.world.change_thread(pull, town.world.account("visitor"), {"state": "closed"})
    pull.merged_at, pull.merged_by = now, town.world.account("visitor")
    assert now > iso(NOW)


def old_commit(like: Commit, sha: str, at: str) -> Commit:
    return Commit(
        sha=sha, repository=like.repository, author=like.author, author_email=like.author_email, authored_at=at,
        committer=like.committer, committer_email=like.committer_email, committed_at=at, parents=(),
    )  # fmt: skip


def numbers(body: str) -> dict[str, int]:
    """Read the counts of a pulls headline."""
    headline = body.splitlines()[0].strip("*.").replace(" in the last 90 days", "")
    parts = [part.strip().split(" ", 1) for part in headline.replace(";", ",").split(",")]
    return {rest.removesuffix("."): int(count) for count, rest in parts if count.isdigit()}
