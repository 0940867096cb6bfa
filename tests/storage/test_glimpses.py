"""A few figures of many repositories: those that are known, and nothing for what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from analytics.actors import Actor, ActorKind
from analytics.rows import PullRow
from storage import activity, glimpses, traffic
from storage.engine import Store
from storage.glimpses import Captured
from storage.installations import save_repository
from storage.watermarks import Watermark, save_watermark
from tests.storage.ask import read, write
from tests.storage.conftest import REPOSITORY
from tests.storage.showing import DAY, NOW, TODAY, capture

OTHER = replace(REPOSITORY, id=8, name="other")
MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
IDS = (REPOSITORY.id, OTHER.id, 999)
PULL = PullRow(
    number=1, title="Shore up the shaft", author=Actor("opal", ActorKind.PERSON), created_at=MONDAY, updated_at=MONDAY,
    closed_at=None, merged_at=None, merged_by=None, is_draft=False, ready_at=None, base_ref="main", additions=1,
    deletions=1, changed_files=1,
)  # fmt: skip


async def pulls(store: Store, *rows: PullRow, repository_id: int = REPOSITORY.id) -> None:
    await write(store, activity.save_pulls, repository_id, rows)


async def test_open_pull_requests_are_counted_where_all_of_them_are_stored(store: Store) -> None:
    await write(store, save_repository, OTHER)
    await pulls(store, PULL, replace(PULL, number=2), replace(PULL, number=3, closed_at=MONDAY))
    await pulls(store, PULL, repository_id=OTHER.id)
    assert await read(store, glimpses.open_pulls, IDS) == {}
    await write(store, save_watermark, Watermark(REPOSITORY.id, "pulls", open_complete_at=NOW))
    assert await read(store, glimpses.open_pulls, IDS) == {REPOSITORY.id: 2}
    assert await read(store, glimpses.open_pulls, ()) == {}


async def test_none_open_is_known_to_be_none(store: Store) -> None:
    await write(store, save_watermark, Watermark(REPOSITORY.id, "pulls", open_complete_at=NOW))
    assert await read(store, glimpses.open_pulls, IDS) == {REPOSITORY.id: 0}


async def test_pull_requests_are_counted_by_the_week_they_were_opened_in(store: Store) -> None:
    """The last moment of a week is of that week; what is not stored back to the first week is left out."""
    almost = MONDAY + timedelta(days=7) - timedelta(microseconds=1)
    opened = [MONDAY, almost, MONDAY + timedelta(days=7), MONDAY - timedelta(hours=1), MONDAY + timedelta(days=30)]
    rows = [replace(PULL, number=n, created_at=at, updated_at=at) for n, at in enumerate(opened, start=1)]
    await pulls(store, *rows)
    assert await read(store, glimpses.opened_by_week, IDS, MONDAY, 3) == {}
    late = Watermark(REPOSITORY.id, "pulls", covered_since=MONDAY + timedelta(days=1))
    await write(store, save_watermark, late)
    assert await read(store, glimpses.opened_by_week, IDS, MONDAY, 3) == {}
    await write(store, save_watermark, replace(late, covered_since=MONDAY))
    assert await read(store, glimpses.opened_by_week, IDS, MONDAY, 3) == {REPOSITORY.id: {0: 2, 1: 1}}


async def test_the_latest_capture_that_brought_traffic_counts(store: Store) -> None:
    assert await read(store, glimpses.last_captures, IDS) == {}
    for at, outcome in ((NOW - 2 * DAY, "captured"), (NOW - DAY, "captured"), (NOW, "refused")):
        shown = capture({TODAY - 2 * DAY: (9, 4)}, at=at)
        await write(store, traffic.save_capture, shown, installation_id=1, run="r", requests=6, outcome=outcome)
    assert await read(store, glimpses.last_captures, IDS) == {REPOSITORY.id: Captured(NOW - DAY, 100, 40)}


async def test_a_day_that_nobody_knows_is_missing(store: Store) -> None:
    shown = capture({TODAY - DAY: (9, 4)}, at=NOW)
    await write(store, traffic.save_capture, shown, installation_id=1, run="r", requests=6, outcome="captured")
    found = await read(store, glimpses.daily_views, IDS, TODAY - 20 * DAY)
    assert list(found) == [REPOSITORY.id]
    assert found[REPOSITORY.id] == {TODAY - back * DAY: 9 if back == 1 else 0 for back in range(14)}


async def test_watermarks_of_many_are_read_at_once(store: Store) -> None:
    mark = Watermark(REPOSITORY.id, "pulls", synced_at=NOW)
    await write(store, save_watermark, mark)
    await write(store, save_watermark, replace(mark, dataset="issues"))
    assert await read(store, glimpses.marks_of, IDS, {"pulls"}) == {REPOSITORY.id: {"pulls": mark}}
    assert await read(store, glimpses.marks_of, IDS, ()) == {}


async def test_a_person_may_see_more_repositories_than_a_statement_has_parameters(store: Store) -> None:
    assert await read(store, glimpses.open_pulls, range(70_000)) == {}
