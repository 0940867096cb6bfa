"""Nights compare what webhooks keep current with GitHub: which repositories, when, how much, and what is gone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from bot.jobs import TIMED
from github.errors import Later
from reports.capture_times import SPREAD, begins
from reports.reconciled import reconciled_sentence
from sandbox.clock import iso
from sandbox.dataset import Dataset
from scheduler import reconcile as module
from scheduler.clock import Clock
from scheduler.plan import RECONCILE, compared_now, comparison_of
from scheduler.reconcile import reconcile
from storage.activity_events import forget_thread
from storage.columns import to_micros
from storage.connection import Connection
from storage.engine import Store
from storage.installations import (
    Installation,
    Repository,
    mark_installation_removed,
    save_installation,
    save_repository,
)
from storage.queue import Job, Wakeup
from storage.reconciling import OVERLAP, begin_comparison, comparison, uncompared
from storage.schema import pulls
from storage.watermarks import Watermark, save_watermark, watermarks
from tests.scheduler.streamed import Stream, stream

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MIDNIGHT = NOON.replace(hour=0)
ids = st.lists(st.integers(1, 2**31), unique=True, max_size=30)


def row(number: int, hours: int, **said: object) -> dict[str, object]:
    at = iso(NOON - DAY + timedelta(hours=hours))
    return {"number": number, "title": f"Number {number}", "state": "open", "author": "opal", "created_at": at, **said}


@pytest.fixture
async def here(database_file: Path) -> AsyncIterator[Stream]:
    """A store that was read at noon yesterday; since then one issue and one pull request came."""
    dataset = Dataset(
        {"full_name": "acme/rocket"},
        pulls=[row(1, -5), row(2, 5)],
        issues=[row(3, -4), row(4, 6), row(5, -3)],
        releases=[{"id": 1, "tag_name": "v1", "name": "v1", "created_at": iso(NOON - 2 * DAY), "published_at": None}],
    )
    async with stream(database_file, dataset, NOON - DAY, NOON) as opened:
        yield opened


@given(ids, st.timedeltas(timedelta(0), DAY - timedelta(seconds=1)))
def test_each_repository_has_its_moment_and_late_on_the_day_it_is_all(wanted: list[int], passed: timedelta) -> None:
    now = MIDNIGHT + passed
    due = {one.key for one in compared_now(now, wanted)}
    assert due == {comparison_of(one, now.date()) for one in wanted if begins(one, now.date()) <= now}
    assert passed < SPREAD or len(due) == len(wanted)
    assert len(compared_now(now, wanted, spread=False)) == len(wanted)
    assert RECONCILE in TIMED


async def test_only_what_somebody_asked_about_and_nobody_looked_at_today_is_compared(store: Store) -> None:
    async def save(conn: Connection) -> None:
        for number in (51, 52):
            await save_installation(conn, Installation(number, f"o{number}", number, "Organization"))
        await mark_installation_removed(conn, 52, NOON)
        for number, of, synced in ((1, 51, MIDNIGHT - DAY), (2, 51, NOON), (3, 51, None), (4, 52, MIDNIGHT - DAY)):
            await save_repository(conn, Repository(number, of, f"o{of}", f"r{number}", "public", "main"))
            if synced is not None:
                await save_watermark(conn, Watermark(number, "pulls", synced, synced, synced))

    await store.write(save)
    assert await store.read(lambda conn: uncompared(conn, RECONCILE, "2026-11-22", MIDNIGHT)) == [1]
    clock = Clock(store, Wakeup(), lambda: NOON)
    put = await clock.tick()
    assert await clock.tick() == 0
    assert await store.read(lambda conn: uncompared(conn, RECONCILE, "2026-11-22", MIDNIGHT)) == []
    assert put > 1


async def test_what_no_webhook_told_is_found_and_counted_once(here: Stream) -> None:
    found = await here.reconcile()
    assert {name: one.missed for name, one in found.items()} == {"commits": 0, "issues": 1, "pulls": 1, "releases": 0}
    assert len(here.rows()["pulls"]) == 2
    before = len(here.sandbox.requests)
    assert await here.reconcile() == found
    assert len(here.sandbox.requests) == before, "the night is over"
    here.world.clock.advance(DAY)
    again = await here.reconcile()
    assert {one.missed for one in again.values()} == {0}


async def test_what_webhooks_told_is_not_counted(here: Stream) -> None:
    await here.deliver(here.told())
    found = await here.reconcile()
    assert {one.missed for one in found.values()} == {0}


async def test_a_row_that_is_different_is_put_right(here: Stream) -> None:
    await here.deliver(here.told())
    wrong = update(pulls).where(pulls.c.number == 2).values(title="Something else", is_draft=True)
    await here.services.store.write(lambda conn: conn.execute(wrong))
    found = await here.reconcile()
    assert found["pulls"].missed == 1
    assert [one["title"] for one in here.rows()["pulls"]] == ["Number 1", "Number 2"]


async def test_what_was_deleted_without_a_word_goes(here: Stream) -> None:
    await here.reconcile()
    del here.loaded.threads[3]
    here.loaded.releases.clear()
    here.loaded.version += 1
    here.world.clock.advance(DAY)
    found = await here.reconcile()
    assert (found["issues"].missed, found["releases"].missed) == (1, 1)
    assert [one["number"] for one in here.rows()["issues"]] == [4, 5]
    assert here.rows()["releases"] == []


@pytest.mark.parametrize("left", [0, 1])
async def test_a_first_response_that_was_deleted_is_none_any_more(here: Stream, left: int) -> None:
    """Webhooks told of the comments and not of the deletion: then the next response is the first, if there is one."""
    answers = [
        here.world.add_comment(here.loaded.threads[3], here.world.account(login), "!") for login in ("jade", "ruby")
    ]
    for place, answer in enumerate(answers):
        answer.created_at = iso(NOON - timedelta(hours=2 - place))
    await here.deliver(here.told())
    await here.reconcile()
    before = next(one for one in here.rows()["issues"] if one["number"] == 3)
    assert before["first_response_by_id"][0] == "jade"
    here.world.clock.advance(DAY)
    for answer in answers[: 2 - left]:
        here.world.delete_comment(answer)
    here.loaded.version += 1
    found = await here.reconcile()
    assert found["issues"].missed == 1
    after = next(one for one in here.rows()["issues"] if one["number"] == 3)
    expected = [("ruby", "person"), to_micros(NOON - timedelta(hours=1))] if left else [None, None]
    assert [after["first_response_by_id"], after["first_response_at"]] == expected
    assert after["comments"] == left


async def test_an_older_list_takes_no_first_response_back(here: Stream) -> None:
    """GitHub's replicas lag behind its webhooks."""
    late = here.world.add_comment(here.loaded.threads[3], here.world.account("jade"), "!")
    await here.deliver(here.told())
    here.world.delete_comment(late)
    here.loaded.threads[3].updated_at = iso(NOON - timedelta(minutes=1))  # the list does not have it yet
    here.loaded.version += 1
    await here.reconcile()
    (stored,) = [one for one in here.rows()["issues"] if one["number"] == 3]
    assert stored["first_response_by_id"][0] == "jade"


async def test_a_late_delivery_of_what_went_brings_nothing_back(here: Stream) -> None:
    told = here.told()
    await here.deliver(told)
    (gone,) = [one for one in told if one.event == "issues"]
    number = gone.body["issue"]["number"]
    at = datetime.fromisoformat(gone.at)
    await here.services.store.write(lambda conn: forget_thread(conn, here.loaded.id, "issues", number, at))
    await here.deliver(told)
    assert number not in [one["number"] for one in here.rows()["issues"]]


async def test_it_reaches_back_to_the_earliest_change_that_was_told(here: Stream) -> None:
    """A delivery that was asked for again may tell of days ago; the list has its thread by when it last changed."""
    mark = Watermark(here.loaded.id, "pulls", NOON, NOON, told_since=NOON - 3 * DAY, reconciled_at=NOON - DAY)
    begun = await here.services.store.write(lambda conn: begin_comparison(conn, mark, NOON.date(), NOON))
    assert begun.edge == NOON - 3 * DAY - OVERLAP
    marks = await here.services.store.read(lambda conn: watermarks(conn, here.loaded.id))
    assert marks["pulls"].told_since is None


async def test_people_go_first(here: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where half of the hour is spent it rests, and goes on where it stood."""
    here.sandbox.limits.graphql = 2
    job = Job(1, RECONCILE, comparison_of(here.loaded.id, NOON.date()), b"", None, 1, NOON, 1)
    with pytest.raises(Later, match="half of the hourly limit"):
        await reconcile(here.services, job)
    here.sandbox.limits.graphql = 5000
    here.world.clock.advance(timedelta(hours=1))
    monkeypatch.setattr(module, "SLICE", 1)
    found = await here.reconcile(NOON.date())
    assert sum(one.missed for one in found.values()) == 2


async def test_the_night_counts_as_a_sync(here: Stream) -> None:
    await here.reconcile()
    marks = await here.services.store.read(lambda conn: watermarks(conn, here.loaded.id))
    assert {mark.synced_at for mark in marks.values()} == {NOON}
    assert {mark.reconciled_at for mark in marks.values()} == {NOON}
    row = await here.services.store.read(lambda conn: comparison(conn, here.loaded.id, "pulls", NOON.date()))
    assert row is not None
    assert row.finished_at == NOON


async def test_status_has_a_sentence_about_it(here: Stream) -> None:
    found = list((await here.reconcile()).values())
    said = reconciled_sentence(found, NOON + timedelta(hours=3))
    assert said is not None
    assert "webhooks had missed 2, which are right now (issues 1, pull requests 1)." in said
    assert reconciled_sentence([], NOON) is None
