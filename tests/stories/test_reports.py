"""Reports that write themselves: a quarter of them, what ends them, and who reads what in them."""

from __future__ import annotations

import re
import shutil
import sqlite3
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from analytics.window import parse_iso
from analytics.words import duration
from reports.digest_judged import headline
from reports.table import UNKNOWN
from sandbox.things import Issue
from tests.stories.conftest import OpenTown
from tests.stories.quarter import Past, monday, period_of, reports, rows_of
from tests.stories.speaking import settings, tell
from tests.stories.test_capture import TOKEN, ticked
from tests.stories.town import (
    LANTERN,
    OWNERS,
    STRONGROOM,
    Town,
    lantern,
    listener,
    serving,
)
from tests.stories.visits import colleague

BEGIN = monday("2026-08-17") + timedelta(hours=12)
WEEKS = 13
MONDAY_NINE = monday("2026-11-23") + timedelta(hours=9)


def happened(table: str, name: str, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Return the public repository's rows whose time `name` lies in [since, until), apart from all of the house."""
    rows: list[dict[str, Any]] = getattr(lantern(), table)
    return [row for row in rows if row[name] and since <= parse_iso(row[name]) < until]


def counted(table: str, name: str, since: datetime, until: datetime) -> int:
    """Count them."""
    return len(happened(table, name, since, until))


def reviews_by_others(since: datetime, until: datetime) -> int:
    """Count the reviews by somebody else than the pull request's author, neither of them a deleted account."""
    authors = {row["number"]: row["author"] for row in lantern().pulls}
    pairs = [(row["author"], authors[row["number"]]) for row in happened("reviews", "submitted_at", since, until)]
    return sum(bool(by and of) and by.lower() != of.lower() for by, of in pairs)


def median_to_merge(since: datetime, until: datetime) -> str:
    """Return the median time from opening to the merge of what was merged, in words; of none a dash."""
    hours = [
        (parse_iso(row["merged_at"]) - parse_iso(row["created_at"])) / timedelta(hours=1)
        for row in happened("pulls", "merged_at", since, until)
    ]
    return duration(median(hours)) if hours else UNKNOWN


@pytest.mark.timeout(180)
async def test_a_quarter_of_weekly_reports(town_of: OpenTown, tmp_path: Path, migrated: Path) -> None:
    """13 weeks of activity as webhooks: 13 issues, each with the numbers that a cold look back gives."""
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        past = Past.of(town, BEGIN)
        town.number = town.open_issue(LANTERN)
        said = await town.say("/analytics report weekly on=monday at=09:00 tz=Europe/Berlin")
        assert "Monday 2026-08-24 at 09:00 `Europe/Berlin` (2026-08-24 07:00 UTC)" in town.answer_to(said)
        for week in range(1, WEEKS + 1):
            begin = monday("2026-08-17") + timedelta(weeks=week)
            if week in (1, 10):  # in summer, and in winter
                await past.until(begin + timedelta(hours=6 if week == 1 else 7, minutes=59))
                assert len(reports(town)) == week - 1, "it is not due yet"
            await past.until(begin + timedelta(hours=7 if week < 10 else 8, minutes=1))
            await town.wait(seconds=30)
            assert len(reports(town)) == week

        written = reports(town)
        assert [period_of(one) for one in written] == [f"2026-W{34 + week}" for week in range(WEEKS)]
        assert [one.state for one in written] == ["closed"] * (WEEKS - 1) + ["open"]
        assert all(f"`#{before.number}`" in one.body for before, one in pairwise(written))
        for place, one in enumerate(written):
            since = monday("2026-08-17") + timedelta(weeks=place)
            now, until = rows_of(one.body), since + timedelta(weeks=1)
            merged = counted("pulls", "merged_at", since, until)
            unmerged = counted("pulls", "closed_at", since, until) - merged
            assert now["pull requests opened"].now == str(counted("pulls", "created_at", since, until))
            assert now["merged / closed unmerged"].now == f"{merged} / {unmerged}"
            assert now["median time to merge (merged ones)"].now == median_to_merge(since, until)
            assert now["reviews"].now == str(reviews_by_others(since, until))
            assert now["commits on the default branch"].now == str(counted("commits", "committer_date", since, until))
            asked = int(place == 0)  # the thread in which the reports were asked for; none of these is a report
            opened = counted("issues", "created_at", since, until) + asked
            assert now["issues opened / closed"].now == f"{opened} / {counted('issues', 'closed_at', since, until)}"
            # one was opened on the week's Monday, and closed the one of the Monday before
            left_out = ("", ", 1 report of Almanac left out", ", 2 reports of Almanac left out")[min(place, 2)]
            assert left_out in one.body
            assert bool(left_out) == ("of Almanac left out" in one.body)
        await equal_a_cold_look(town, written, tmp_path, migrated)


async def equal_a_cold_look(town: Town, written: list[Issue], tmp_path: Path, migrated: Path) -> None:
    """Ask a server that has never heard of the repository for the same weeks, and compare tables, findings, titles.

    It is told one thing: which issues are reports, since they count nowhere.
    """
    beside = tmp_path / "cold"
    beside.mkdir()
    shutil.copy(migrated, beside / "almanac.db")
    with sqlite3.connect(beside / "almanac.db") as told:
        told.execute("ATTACH ? AS warm", (str(town.database),))
        told.execute("INSERT INTO written_reports SELECT * FROM warm.written_reports")
    told.close()
    assert town.world.app is not None
    with listener() as listening:
        port = listening.getsockname()[1]
        town.database, town.url = beside / "almanac.db", f"http://127.0.0.1:{port}"
        town.world.app.webhook_url = f"{town.url}/webhooks/github"
        async with serving(town, listening, beside, PUBLIC_URL=""):
            # all history first, as the server that wrote the reports has read it by now
            await town.say("/analytics all")
            for start in range(0, len(written), 5):
                some = written[start : start + 5]
                town.sandbox.clock.advance(timedelta(minutes=30))
                lines = [f"/analytics overview first-review {period_of(one)}" for one in some]
                answers = town.answer_to(await town.say("\n".join(lines))).split("\n\n---\n\n")
                for one, answer in zip(some, answers, strict=True):
                    cold = rows_of(answer)
                    shown = rows_of(one.body)
                    assert shown == {label: cold[label] for label in shown}
                    assert one.body.splitlines()[0] == answer.partition("\n\n")[2].splitlines()[0]
                    assert one.title == f"lantern, week {period_of(one)}: {headline(list(cold.values()))}"


# setting up, changing, stopping


async def due(town: Town, **later: float) -> None:
    """Let the next Monday come, and what is due be written."""
    if town.world.now() < "2026-11-23":
        town.sandbox.clock.set(MONDAY_NINE)
    town.sandbox.clock.advance(timedelta(minutes=1, **later))
    await ticked(town)
    await town.wait(seconds=30)


async def followed(town: Town) -> None:
    """Have the repositories listed and their settings read, as happens once a day."""
    await ticked(town)
    await town.wait(minutes=11)


async def test_the_answer_says_when_where_and_how_to_stop_it(town: Town) -> None:
    said = await town.say("/analytics report monthly pulls on=first", number=town.number)
    assert "is not a weekday or a day of the month" in town.answer_to(said)
    said = await town.say("/analytics report monthly pulls on=3 at=08:30 tz=Asia/Tokyo")
    body = town.answer_to(said)
    assert body.startswith("**A monthly report, on day 3 of each month at 08:30 `Asia/Tokyo`, with `pulls`.** ")
    assert "Thursday 2026-12-03 at 08:30 `Asia/Tokyo` (2026-12-02 23:30 UTC), about November 2026" in body
    assert f"as an issue of `{LANTERN}`, with the label `analytics-report`" in body
    assert "`/analytics report off` stops it" in body
    status = town.answer_to(await town.say("/analytics status"))
    assert "- monthly, on day 3 of each month at 08:30 `Asia/Tokyo`, with `pulls`: the next comes Thursday" in status


async def test_where_a_week_is_not_over_yet_the_report_waits(town: Town) -> None:
    body = town.answer_to(await town.say("/analytics report weekly at=05:00 tz=Asia/Tokyo"))
    assert "Monday 2026-11-23 at 09:00 `Asia/Tokyo` (2026-11-23 00:00 UTC)" in body
    assert "once that is over in UTC" in body


async def test_only_who_may_push_sets_reports_up(town: Town) -> None:
    """A member who may only read asks what there is, and changes nothing; a stranger gets no comment at all."""
    reader = colleague(town)
    for words in ("weekly", "off", "now"):
        said = await town.say(f"/analytics report {words}", reader)
        assert f"Reports are for people to set up who may push to `{LANTERN}`." in town.answer_to(said)
        assert town.reactions(said) == ["-1"]
    assert "No report is set up here." in town.answer_to(await town.say("/analytics report", reader))
    assert town.rows("SELECT * FROM subscriptions") == []
    assert town.jobs("digest") == []
    said = await town.say("/analytics report weekly", "passing-swift")
    assert town.answers_to(said) == []


@pytest.mark.parametrize(
    ("words", "sentence", "near"),
    [
        ("weakly", "is no metric, and no way to say when", "`/analytics report weekly`"),
        ("weekly monthly", "One command sets up one report", "`/analytics report weekly`"),
        ("pulls", "It is not said how often", "`/analytics report weekly pulls`"),
        ("weekly day=monday", "is no key of a report", "`on=monday`"),
        ("weekly on=15", "is not a weekday", "`on="),
        ("weekly tz=Berlin", "is no time zone", "`tz=Europe/Berlin`"),
        ("weekly at=9pm", "is no time of day", "`at=09:00`"),
        ("weekly in=here", "is no place for a report", "`in="),
        ("weekly rolling=yes in=thread", "edits one issue each time", "`rolling=yes`"),
        ("off pulls", "takes no more than", "`/analytics report off`"),
        ("weekly traffic", "is for people who may push, and a report is read by all", "`traffic: everyone"),
        ("weekly paths scope=org", "is for people who may push", ""),
    ],
)
async def test_a_mistake_is_answered_with_what_would_be_right(town: Town, words: str, sentence: str, near: str) -> None:
    said = await town.say(f"/analytics report {words}")
    body = town.answer_to(said)
    assert sentence in body
    assert not near or f"Did you mean {near}" in body
    assert town.rows("SELECT * FROM subscriptions") == []


async def test_off_stops_reports_and_what_is_written_stays(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        await town.say("/analytics report weekly")
        await town.say("/analytics report monthly")
        body = town.answer_to(await town.say("/analytics report off monthly"))
        assert body.startswith("**Reports end:** the monthly one; the others go on.")
        await due(town)
        assert len(reports(town)) == 1
        body = town.answer_to(await town.say("/analytics report off"))
        assert body.startswith("**Reports end:** it; what is written stays as it is.")
        await due(town, days=7)
        assert [one.state for one in reports(town)] == ["open"]


async def test_an_edited_schedule_takes_effect(town_of: OpenTown) -> None:
    """Moved from Monday to Wednesday on Monday morning, before it was due: written on Wednesday, once."""
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        settings(town, "reports:\n  - every: weekly\n    on: monday\n    tz: UTC")
        await followed(town)
        assert "each Monday at 09:00 `UTC`" in town.answer_to(await town.say("/analytics report"))
        settings(town, "reports:\n  - every: weekly\n    on: wednesday\n    at: '10:00'")
        await due(town)
        assert reports(town) == [], "the file is read again before a report is written"
        await due(town, days=2)
        await due(town, days=2)
        assert [period_of(one) for one in reports(town)] == ["2026-W47"]
        settings(town, "reports: off")
        await due(town, days=7)
        assert len(reports(town)) == 1
        assert "No report is set up here." in town.answer_to(await town.say("/analytics report"))


async def test_a_push_that_changes_the_file_is_followed_at_once(town: Town) -> None:
    await town.say("/analytics help")
    settings(town, "reports: weekly")
    repository = town.world.required(LANTERN)
    commit = {"added": [".github/analytics.yml"], "modified": [], "removed": []}
    for commits, wanted in (([{**commit, "added": ["README.md"]}], 0), ([commit], 1)):
        said = {"ref": f"refs/heads/{repository.default_branch}", "after": f"{wanted:040}", "commits": commits}
        await tell(town, "push", repository, repository.owner, said)
        await town.wait(seconds=75)
        assert len(town.rows("SELECT * FROM subscriptions WHERE source = 'file'")) == wanted


async def test_the_file_wins_over_what_was_asked_for_in_a_comment(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        await town.say("/analytics report weekly")
        settings(town, "reports: monthly")
        await town.wait(minutes=2)
        body = town.answer_to(await town.say("/analytics report"))
        assert "rests, as `.github/analytics.yml` says" in body
        refused = town.answer_to(await town.say("/analytics report off"))
        assert "`reports:` in `.github/analytics.yml` says here when reports are written" in refused
        await due(town)
        assert reports(town) == []
        settings(town, "")
        await town.wait(minutes=2)
        assert "weekly, each Monday at 09:00 `UTC`: the next comes" in town.answer_to(
            await town.say("/analytics report")
        )


async def test_the_owners_file_sets_no_reports_up_in_other_repositories(town_of: OpenTown) -> None:
    """Else one line in one file would open an issue a week in every repository there is."""
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        if town.world.repository(OWNERS) is None:
            town.world.add_repository(OWNERS)
        settings(town, "reports: weekly", OWNERS)
        await followed(town)
        await due(town)
        holding = {one.full_name for one in town.world.repositories.values() if reports(town, one.full_name)}
        assert holding == {OWNERS}


# where reports go


async def test_one_issue_is_rewritten_where_that_was_chosen(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        await town.say("/analytics report weekly rolling=yes")
        await due(town)
        (only,) = reports(town)
        assert "week 2026-W47" in only.title
        await due(town, days=7)
        assert reports(town) == [only]
        assert "week 2026-W48" in only.title
        assert only.state == "open"


async def test_a_report_in_a_thread_is_a_comment_each_time(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        body = town.answer_to(await town.say("/analytics report weekly in=thread"))
        assert "as a comment in this thread" in body
        await due(town)
        await due(town, days=7)
        written = [one["body"] for one in town.answers() if "almanac:report-" in one["body"]]
        assert [one.splitlines()[0].partition(":")[0] for one in written] == [
            "### lantern, week 2026-W47",
            "### lantern, week 2026-W48",
        ]
        assert reports(town) == []


async def test_now_writes_the_newest_report_and_again_rewrites_it(town_of: OpenTown) -> None:
    async with town_of(PUBLIC_URL="") as town:
        assert "The report about week 2026-W46 is being written" in town.answer_to(
            await town.say("/analytics report now")
        )
        await town.wait(seconds=30)
        (only,) = reports(town)
        await town.say("/analytics report now")
        await town.wait(seconds=30)
        assert reports(town) == [only]


# who reads what


async def test_a_public_report_names_nobody_and_refers_to_nothing(town_of: OpenTown) -> None:
    async with town_of(PUBLIC_URL="") as town:
        await town.say("/analytics report now")
        await town.wait(seconds=30)
        (report,) = reports(town)
        assert not re.search(r"\bviews\b", report.body)
        outside_code = re.sub(r"```.*?```|`[^`]*`", "", report.body, flags=re.DOTALL)
        assert "What waits longest" in outside_code
        assert "#" not in outside_code, "a number outside code would refer to an issue"
        assert "@" not in outside_code


async def test_a_report_of_the_organisation_holds_nothing_private_where_everybody_reads(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        await ticked(town)
        await town.say("/analytics report weekly scope=org")
        await due(town)
        (report,) = reports(town)
        shown = {one.name for one in town.world.repositories.values() if f"| `{one.name}` |" in report.body}
        assert shown == {"ember", "lantern"}, "the others are counted, as nothing happens there"
        private = {one.name for one in town.world.repositories.values() if one.private}
        assert private
        assert not private & shown
        assert not any(name in report.body for name in private)
        assert report.title.startswith("quartz-labs, week 2026-W47: ")


async def test_traffic_stands_in_a_private_report_only_where_its_owners_say_so(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        settings(town, "reports:\n  - every: weekly\n    traffic: yes", STRONGROOM)
        settings(town, "reports: weekly")
        await followed(town)
        await due(town)
        (private,), (public,) = reports(town, STRONGROOM), reports(town)
        assert re.search(r"\bviews\b", private.body)
        assert not re.search(r"\bviews\b", public.body)


# what ends them


async def test_a_deleted_report_ends_them_quietly_and_the_status_says_so(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        await town.say("/analytics report weekly")
        await due(town)
        (first,) = reports(town)
        await town.sandbox.state.hands.delete_issue(LANTERN, first.number, "quartz-labs")
        await due(town, days=7)
        assert reports(town) == []
        status = town.answer_to(await town.say("/analytics status"))
        assert f"ended 30 Nov 2026, since the report before, `#{first.number}`, cannot be found any more" in status
        assert "`/analytics report weekly` sets them up again." in status
        await town.say("/analytics report weekly")
        await due(town, days=7)
        assert len(reports(town)) == 1


async def test_without_the_permission_they_end_quietly(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        await town.say("/analytics report weekly")
        town.break_("status", "POST", "/repos/*/issues", status=403, body='{"message": "Issues are not for you"}')
        await due(town)
        assert reports(town) == []
        assert {job["state"] for job in town.jobs("digest")} == {"done"}
        status = town.answer_to(await town.say("/analytics status"))
        assert "since GitHub does not let the App write them" in status


async def test_without_the_label_there_is_a_report_all_the_same(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        await town.say("/analytics report weekly")
        town.break_("status", "POST", "/repos/*/labels", status=403, body='{"message": "no labels"}')
        await due(town)
        found = [one for one in town.world.required(LANTERN).issues() if "almanac:report-" in one.body]
        assert [one.labels for one in found] == [()]
