"""What reports leave out, leave alone and wait for: rules that no number of a report shows."""

from __future__ import annotations

import re
import sqlite3
from datetime import timedelta

import pytest

from reports.sentences import BRANCH_OF_ANSWERS
from sandbox.things import Issue
from tests.stories.conftest import OpenTown
from tests.stories.quarter import reports
from tests.stories.speaking import settings
from tests.stories.test_capture import TOKEN, ticked
from tests.stories.test_reports import MONDAY_NINE, due, followed
from tests.stories.town import LANTERN, STRONGROOM, Town
from tests.stories.visits import installed

MONDAY = "reports:\n  - every: weekly\n"


def part(report: Issue, heading: str) -> str:
    """Return what a report says under a heading."""
    return report.body.partition(f"**{heading}")[2].partition("\n\n**")[0].partition("\n\n<details>")[0]


def named(report: Issue, people: set[str]) -> list[str]:
    """Return whose logins stand in a report."""
    return [login for login in people if re.search(rf"\b{re.escape(login)}\b", report.body)]


async def status(town: Town) -> str:
    return town.answer_to(await town.say("/analytics status"))


# what they leave out


async def test_a_report_waits_for_nobody(town_of: OpenTown) -> None:
    """The one before is an open issue that nobody has answered; no report and no answer says that it waits."""
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        await town.say("/analytics report weekly")
        await due(town)
        (first,) = reports(town)
        asked = town.answer_to(await town.say("/analytics waiting"))
        assert "`#" in asked
        assert f"`#{first.number}`" not in asked
        await due(town, days=7)
        waits = part(reports(town)[-1], "What waits longest")
        assert waits.startswith("** (5 of ")
        assert ", as of 30 Nov 09:0" in waits
        assert f"`#{first.number}`" not in waits


async def test_a_report_of_an_organisation_names_no_persons(town_of: OpenTown) -> None:
    """Whoever is named in the repository that it stands in: of persons in several repositories nothing is said."""
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        monthly = "  - every: monthly\n    on: monday\n    metrics: [authors]\n"
        settings(town, f"reports:\n{monthly}{monthly}    scope: org")
        await followed(town)
        town.sandbox.clock.set(MONDAY_NINE)
        await due(town, days=14)
        own, whole = sorted(reports(town), key=lambda one: one.title)
        assert whole.title.startswith("quartz-labs, November 2026: ")
        people = {one.login for one in town.world.accounts.values() if one.type == "User"}
        assert len(named(own, people)) > 3, "in its own report the repository's authors are named"
        assert not named(whole, people)


async def test_a_report_of_an_organisation_hosts_no_private_pictures(town_of: OpenTown) -> None:
    """`images: hosted` is the word of one repository's owners; for others they do not speak."""
    async with town_of(TICK_TOKEN=TOKEN) as town:
        settings(town, f"images: hosted\n{MONDAY}  - every: monthly\n    on: monday\n    scope: org", STRONGROOM)
        await followed(town)
        town.sandbox.clock.set(MONDAY_NINE)
        await due(town, days=14)
        whole, own = sorted(reports(town, STRONGROOM), key=lambda one: one.title)
        assert whole.title.startswith("quartz-labs, November 2026: ")
        assert "<picture>" in own.body, "its own pictures are hosted"
        assert "<picture>" not in whole.body
        assert town.url not in whole.body


async def test_no_branch_holds_a_reports_pictures_and_it_says_so(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN) as town:
        settings(town, f"images: branch\n{MONDAY}", STRONGROOM)
        await followed(town)
        await due(town)
        (report,) = reports(town, STRONGROOM)
        assert BRANCH_OF_ANSWERS in report.body
        assert "<picture>" not in report.body


async def test_a_burst_is_told_with_what_it_is_measured_by(town_of: OpenTown) -> None:
    """Thirty issues on one Wednesday of the week that the report is about."""
    async with town_of(PUBLIC_URL="") as town:
        for minute in range(30):
            opened = town.world.required(LANTERN).threads[town.open_issue(LANTERN)]
            opened.created_at = opened.updated_at = f"2026-11-11T10:{minute:02}:00Z"
        await town.say("/analytics report now")
        await town.wait(seconds=30)
        (report,) = reports(town)
        (line,) = [one for one in part(report, "Unusual days").splitlines() if "issues opened" in one]
        assert re.fullmatch(r"- Wednesday, 11 Nov 2026: 3\d issues opened, usual \S+ on Wednesdays, n = 12", line), line


# when they are written


async def test_a_report_that_is_written_is_not_written_again_by_its_job(town_of: OpenTown) -> None:
    """As after a clock that was set back, its job comes once more, and leaves the issue alone."""
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        await town.say("/analytics report weekly")
        await due(town)
        with sqlite3.connect(town.database) as stored:
            stored.execute("DELETE FROM jobs WHERE kind = 'digest'")
            stored.execute("UPDATE subscriptions SET next_at = next_at - 7 * 86400 * 1000000")
        stored.close()
        asked = len(town.sandbox.requests)
        await ticked(town)
        await town.settled()
        assert [job["state"] for job in town.jobs("digest")] == ["done"]
        written = [one for one in town.requests(asked) if "/issues" in one.path and one.method in ("POST", "PATCH")]
        assert written == []


async def test_reports_wait_while_more_than_half_of_the_hour_is_used_up(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        await town.say("/analytics report weekly")
        town.sandbox.clock.set(MONDAY_NINE - timedelta(minutes=30))
        await town.say("/analytics help")
        for account in town.sandbox.limits._accounts.values():
            account.used = account.limit * 6 // 10
        town.sandbox.clock.set(MONDAY_NINE)
        await due(town)
        assert reports(town) == []
        await town.wait(minutes=15)
        assert reports(town) == []
        await town.wait(minutes=25)
        assert len(reports(town)) == 1


async def test_what_a_report_could_rest_on_is_read_on_afterwards(
    town_of: OpenTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading began with the first report: the history before its own weeks is read while nobody waits."""
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        await town.say("/analytics report weekly")
        assert town.jobs("history") == []
        await due(town)
        (job,) = town.jobs("history")
        assert job["key"] == f"{town.repository_id(LANTERN)}:2026-11-23"


# where they are written


async def test_a_rolling_issue_that_was_closed_is_open_again_with_the_next_report(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        await town.say("/analytics report weekly rolling=yes")
        await due(town)
        (only,) = reports(town)
        only.state, only.closed_at = "closed", town.world.now()
        await due(town, days=7)
        assert [(one.number, one.state) for one in reports(town)] == [(only.number, "open")]
        assert "week 2026-W48" in only.title


async def test_a_report_that_moves_into_a_thread_closes_its_issue(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        await town.say("/analytics report weekly")
        await due(town)
        (issue,) = reports(town)
        await town.say("/analytics report weekly in=thread")
        await town.say("/analytics report now")
        await town.wait(seconds=30)
        assert [
            one["body"].splitlines()[0].partition(":")[0] for one in town.answers() if "report-" in one["body"]
        ] == ["### lantern, week 2026-W47"]
        assert issue.state == "closed"
        rows = town.rows("SELECT number, comment_id IS NULL AS alone FROM written_reports ORDER BY alone")
        assert rows == [{"number": town.number, "alone": 0}, {"number": issue.number, "alone": 1}]


# what ends them


async def test_in_an_archived_repository_they_end_and_say_why(town_of: OpenTown) -> None:
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        await town.say("/analytics report weekly")
        town.sandbox.hands.archive(LANTERN)
        await town.settled()
        await due(town)
        assert reports(town) == []
        town.sandbox.hands.unarchive(LANTERN)
        await town.settled()
        assert "ended 23 Nov 2026, since the repository is archived" in await status(town)


async def test_while_the_app_is_suspended_they_wait(town_of: OpenTown) -> None:
    """Suspended over a Monday: nothing is tried, and the report comes once it is over."""
    async with town_of(TICK_TOKEN=TOKEN, PUBLIC_URL="") as town:
        await town.say("/analytics report weekly")
        town.sandbox.hands.suspend(installed(town))
        await town.settled()
        await due(town)
        await town.wait(hours=5)
        assert town.jobs("digest") == []
        town.sandbox.hands.unsuspend(installed(town))
        await town.settled()
        await ticked(town)
        await town.wait(minutes=2)
        assert len(reports(town)) == 1
