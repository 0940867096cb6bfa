"""What stands in the comment that answers `/analytics`."""

from __future__ import annotations

import re
import struct
from datetime import timedelta
from statistics import median

import pytest

from analytics.window import parse_iso
from analytics.words import duration
from sandbox.dataset import Row
from tests.stories.town import LANTERN, NOW, Town, lantern, numbers_of

LONGEST = 65_536


def between(rows: list[Row], name: str, days: int) -> list[Row]:
    """Return the rows whose time `name` lies in the last `days` days."""
    return [row for row in rows if row[name] and NOW - timedelta(days=days) <= parse_iso(row[name]) < NOW]


def hours_to_merge(pulls: list[Row]) -> list[float]:
    """Return how long each merged pull request was open."""
    waits = [parse_iso(pull["merged_at"]) - parse_iso(pull["created_at"]) for pull in pulls]
    return [wait.total_seconds() / 3600 for wait in waits if wait >= timedelta(0)]


async def test_the_headline_says_the_true_numbers(town: Town) -> None:
    """`/analytics 90d` begins with what was opened, merged and closed in the last 90 days, counted right."""
    headline, *_ = town.answer_to(await town.say("/analytics 90d")).splitlines()
    rows = lantern()
    opened, merged = between(rows.pulls, "created_at", 90), between(rows.pulls, "merged_at", 90)
    unmerged = [pull for pull in between(rows.pulls, "closed_at", 90) if not pull["merged_at"]]
    # the story's own issue was opened now, and the window ends just before
    issues, closed = between(rows.issues, "created_at", 90), between(rows.issues, "closed_at", 90)
    typical = duration(median(hours_to_merge(merged)))
    assert headline == (
        f"**{len(opened)} pull requests opened, {len(merged)} merged (median {typical}), {len(unmerged)} closed "
        f"unmerged in the last 90 days; {len(issues)} issues opened, {len(closed)} closed.**"
    )


async def test_an_answer_is_read_from_the_top(town: Town) -> None:
    """Finding, table, picture, folded numbers, completeness, hidden key: in this order, in one comment."""
    said = await town.say("/analytics")
    body = town.answer_to(said)
    places = [
        body.index(part)
        for part in ("**", "| last 30 days | before |", "<picture>", "<details><summary>", "</details>", "<sub>", "<!-")
    ]
    assert places == sorted(places)
    assert body.startswith("**")
    assert body.endswith(f"<!-- almanac:answer-{town.repository_id(LANTERN)}-{said.id} -->")
    assert len(body) <= LONGEST
    assert len(town.answers()) == 1


async def test_pictures_are_reached_without_a_login_and_never_change(town: Town) -> None:
    """Light and dark are two PNGs of 1,480 pixels under unguessable addresses that may be kept for ever."""
    body = town.answer_to(await town.say("/analytics time-to-merge 90d"))
    dark, light, *_ = re.findall(r'(?:srcset|src)="([^"]+)"', body)
    assert body.index(f'<source media="(prefers-color-scheme: dark)" srcset="{dark}">') < body.index(light)
    assert dark != light
    for address in (dark, light):
        assert re.fullmatch(re.escape(town.url) + r"/pictures/[\w-]{43}\.png", address)
        async with town.session.get(address) as response:
            data = await response.read()
            assert (response.status, response.content_type) == (200, "image/png")
            assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert struct.unpack(">I", data[16:20]) == (1480,)
        assert len(data) < 60_000


async def test_an_unknown_picture_is_not_found(town: Town) -> None:
    """Nobody learns anything from an address that was never given out."""
    for name in ("A" * 43 + ".png", "A" * 43, "../almanac.db", "x.png"):
        async with town.session.get(f"{town.url}/pictures/{name}") as response:
            assert response.status == 404


async def test_a_picture_says_its_numbers_to_who_cannot_see_it(town: Town) -> None:
    """The alternative text of a picture states its finding and how many it rests on."""
    body = town.answer_to(await town.say("/analytics time-to-merge 90d"))
    alt, *_ = re.findall(r'<img alt="([^"]+)"', body)
    finding = re.match(
        r"\*\*Half of (\d+) pull requests opened in the last 90 days are (merged or closed within [^(]+) \(", body
    )
    assert finding is not None
    assert int(finding[1]) == len(between(lantern().pulls, "created_at", 90))
    assert f"Half of pull requests are {finding[2]}." in alt
    assert f"at the beginning {finding[1]} were followed" in alt


async def test_an_answer_keeps_the_plain_median_of_the_merged_ones(town: Town) -> None:
    """The comment says the median of what was merged, beside the one that counts open pull requests, too."""
    body = town.answer_to(await town.say("/analytics time-to-merge 90d"))
    merged = between(lantern().pulls, "merged_at", 90)
    plain = duration(median(hours_to_merge(merged)))
    assert f"Half of {len(hours_to_merge(merged))} merged pull requests were in within {plain}" in body


@pytest.mark.parametrize("words", ["12w", "84d", "2026-08-28T12:00:00Z..2026-11-20T12:00:00Z"])
async def test_twelve_weeks_are_84_days(town: Town, words: str) -> None:
    """A period can be written in weeks, in days or as two moments."""
    body = town.answer_to(await town.say(f"/analytics pulls {words}"))
    opened, merged = between(lantern().pulls, "created_at", 84), between(lantern().pulls, "merged_at", 84)
    assert body.startswith(f"**{len(opened)} pull requests opened, {len(merged)} merged")


async def test_the_last_day_of_two_dates_still_counts(town: Town) -> None:
    """`2026-08-01..2026-08-31` is the whole of August."""
    body = town.answer_to(await town.say("/analytics pulls 2026-08-01..2026-08-31"))
    pulls = lantern().pulls
    opened = [pull for pull in pulls if pull["created_at"].startswith("2026-08")]
    merged = [pull for pull in pulls if (pull["merged_at"] or "").startswith("2026-08")]
    assert body.startswith(f"**{len(opened)} pull requests opened, {len(merged)} merged")


async def test_help_names_every_command_and_metric(town: Town) -> None:
    """`/analytics help` needs nothing from GitHub and says who may ask what."""
    before = town.asked
    said = await town.say("/analytics help")
    body = town.answer_to(said)
    for name in ("overview", "pulls", "time-to-merge", "review-matrix", "authors", "commits", "issues"):
        assert f"`{name}`" in body
    assert "three times an hour" in body
    assert town.reads(before) == []
    assert town.reactions(said) == ["rocket"]


async def test_a_misspelt_metric_gets_the_nearest_one(town: Town) -> None:
    """A mistake is answered with what was meant, how it is written, and 👎; GitHub is asked for nothing."""
    before = town.asked
    said = await town.say("/analytics time-to-marge")
    assert "Did you mean `time-to-merge`?" in town.answer_to(said)
    assert "Usage: `/analytics" in town.answer_to(said)
    assert town.reactions(said) == ["-1"]
    assert town.reads(before) == []


async def test_several_commands_are_answered_in_one_comment(town: Town) -> None:
    """Three commands of one comment: one comment with three parts; one mistake among them makes it 👎."""
    said = await town.say("Let us see.\n\n/analytics pulls\n/analytics help\n\n/analytics nonsense\n")
    parts = town.answer_to(said).split("\n\n---\n\n")
    assert len(town.answers()) == 1
    assert len(parts) == 3
    assert "pull requests opened" in parts[0]
    assert "three times an hour" in parts[1]
    assert "`nonsense`" in parts[2]
    assert town.reactions(said) == ["-1"]


async def test_a_pull_requests_thread_works_as_an_issues_does(town: Town) -> None:
    """The same question in a pull request's thread gets the same answer."""
    number = max(pull["number"] for pull in lantern().pulls)
    in_issue = town.answer_to(await town.say("/analytics pulls 90d"))
    in_pull = await town.say("/analytics pulls 90d", number=number)
    assert numbers_of(town.answer_to(in_pull)) == numbers_of(in_issue)
    assert town.reactions(in_pull) == ["rocket"]
    assert len(town.answers(number=number)) == 1


async def test_every_metric_answers(town: Town) -> None:
    """Each metric, asked by its name, is answered with a finding in bold."""
    for name in ("authors", "commits", "issues", "overview", "pulls", "review-matrix", "time-to-merge"):
        said = await town.say(f"/analytics {name} all")
        assert town.answer_to(said).startswith("**"), name
        assert town.reactions(said) == ["rocket"], name
        await town.wait(minutes=1)
