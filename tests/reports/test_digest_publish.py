"""One report, put in place once, although another server takes the work over while this one stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from github.errors import Later
from github.reads.app import AppFacts
from reports.digest_publish import POSTED, POSTING, TAKEN_OVER, ReportPublication
from reports.keys import with_key
from sandbox.dataset import Dataset
from storage.written_reports import WrittenReport, written_report
from tests.reports.reading import NOW, Town, town

BOT = "almanac[bot]"
KEY = "report-7-weekly-2026-w46"
BEGUN = WrittenReport(KEY, 0, "weekly", "2026-W46", "begun", None, None, NOW, NOW)
TITLE = "rocket, week 2026-W46: no clear change"

Check = Callable[[], Awaitable[bool]]


async def ours() -> bool:
    return True


@dataclass
class Place:
    """A repository in which one report is to be put in place: as an issue, or as a comment in a thread."""

    town: Town
    thread: int | None = None

    def publication(self, still_ours: Check = ours, record: WrittenReport = BEGUN) -> ReportPublication:
        """Return a publication as one server makes it."""
        return ReportPublication(
            self.town.store, self.town.github, self.town.ref, replace(record, repository_id=self.town.ref.id),
            self.identity, self.town.world.clock.now, self.sleep, still_ours, self.thread, label=False,
        )  # fmt: skip

    async def put(self, still_ours: Check = ours, record: WrittenReport = BEGUN) -> WrittenReport:
        return await self.publication(still_ours, record).put(TITLE, with_key("The report", KEY))

    async def identity(self) -> AppFacts:
        return AppFacts(None, "almanac", "Almanac")

    async def sleep(self, seconds: float) -> None:
        self.town.pass_time(timedelta(seconds=seconds))

    async def stored(self) -> WrittenReport | None:
        return await self.town.store.read(lambda conn: written_report(conn, KEY))

    def issues(self) -> list[tuple[int, str, str | None]]:
        """Return number, state and its reason of the App's issues."""
        threads = [one for one in self.town.loaded.issues() if one.author and one.author.rest_login == BOT]
        return [(one.number, one.state, one.state_reason) for one in threads]

    def comments(self) -> list[dict[str, Any]]:
        return self.town.sandbox.comments("acme/rocket", 1)

    @property
    def posts(self) -> int:
        return sum(one.method == "POST" for one in self.town.sandbox.requests)


@pytest.fixture
async def place(database_file: Path) -> AsyncIterator[Place]:
    issue = {"number": 1, "title": "Ask", "state": "open", "author": "a", "created_at": "2026-11-01T00:00:00Z"}
    async with town(database_file, Dataset({"full_name": "acme/rocket"}, issues=[issue])) as here:
        here.world.permit("acme/rocket", "quartz-otter", "write")
        here.world.add_personal_token("ghp_reader", BOT)  # the client speaks as the App's account
        yield Place(here)


@dataclass
class Paused:
    """A server that stands still at some look at its lease, while another one writes the report to its end."""

    other: Callable[[], Awaitable[object]]
    at: int
    looks: int = 0

    async def still_ours(self) -> bool:
        self.looks += 1
        if self.looks == self.at:
            await self.other()
            # it saw that the lease was its own just before it stood still, or sees now that it is not
            return self.at == 1
        return self.looks < self.at


async def test_it_is_opened_once_and_noted(place: Place) -> None:
    written = await place.put()
    assert place.issues() == [(2, "open", None)]
    assert await place.stored() == written
    assert (written.number, written.state) == (2, POSTED)
    assert len(place.town.sandbox.requests) == 1


async def test_who_has_lost_the_work_before_it_opens_anything_opens_nothing(place: Place) -> None:
    async def lost() -> bool:
        return False

    with pytest.raises(Later, match=TAKEN_OVER):
        await place.put(lost)
    assert place.posts == 0


async def test_a_server_that_stood_still_before_it_opened_the_issue_takes_its_own_back(place: Place) -> None:
    """The other one found nothing of the first's and opened the issue; then the first went on."""
    paused = Paused(lambda: place.put(record=replace(BEGUN, state=POSTING)), at=1)
    with pytest.raises(Later, match=TAKEN_OVER):
        await place.put(paused.still_ours)
    assert place.issues() == [(2, "open", None), (3, "closed", "not_planned")]
    stored = await place.stored()
    assert stored is not None
    assert (stored.number, stored.state) == (2, POSTED)


async def test_a_server_that_stood_still_after_it_opened_the_issue_keeps_its_own(place: Place) -> None:
    """GitHub did not list it yet when the other one looked: the older of two stays, whoever opened it."""
    paused = Paused(place.put, at=2)
    with pytest.raises(Later, match=TAKEN_OVER):
        await place.put(paused.still_ours)
    assert place.issues() == [(2, "open", None), (3, "closed", "not_planned")]
    stored = await place.stored()
    assert stored is not None
    assert (stored.number, stored.state) == (2, POSTED)


async def test_of_a_thread_the_later_comment_is_deleted(place: Place) -> None:
    place.thread = 1
    paused = Paused(lambda: place.put(record=replace(BEGUN, state=POSTING)), at=1)
    with pytest.raises(Later, match=TAKEN_OVER):
        await place.put(paused.still_ours)
    (only,) = place.comments()
    stored = await place.stored()
    assert stored is not None
    assert (stored.number, stored.comment_id, stored.state) == (1, only["id"], POSTED)


async def test_where_there_is_no_room_nothing_is_noted_as_begun(place: Place) -> None:
    """What has not been tried need not be looked for before the next try."""
    for _ in range(5):
        await place.town.github.post("/repos/acme/rocket/issues/1/comments", {"body": "busy"})
    with pytest.raises(Later):
        await place.publication().put(TITLE, with_key("The report", KEY))
    assert await place.stored() is None
    place.town.pass_time(timedelta(minutes=1))
    before = len(place.town.sandbox.requests)
    await place.put()
    assert [one.method for one in place.town.sandbox.requests[before:]] == ["POST"]


async def test_of_two_that_a_dead_server_left_the_older_is_taken_over(place: Place) -> None:
    await place.put()
    await place.put()
    written = await place.put(record=replace(BEGUN, state=POSTING))
    assert written.number == 2
