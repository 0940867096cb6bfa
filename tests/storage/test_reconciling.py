"""How far each night's comparison has come: the same on every database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from storage.connection import Connection
from storage.currency import note_told
from storage.engine import Store
from storage.installations import Installation, save_installation
from storage.queue import NewJob, put
from storage.reconciling import (
    OVERLAP,
    Comparison,
    add_page,
    begin_comparison,
    comparison,
    finish_comparison,
    forget_comparisons,
    last_comparisons,
    uncompared,
)
from storage.watermarks import Watermark, save_watermark, watermarks
from tests.storage import ask
from tests.storage.ask import write
from tests.storage.conftest import REPOSITORY

ID = REPOSITORY.id
NIGHT = date(2026, 11, 22)
MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)
NOW = MIDNIGHT + timedelta(hours=2)
HOUR = timedelta(hours=1)
KIND = "reconcile"


@pytest.fixture
async def mark(store: Store) -> Watermark:
    """Issues that were read yesterday; a webhook told of a change before that."""
    read = MIDNIGHT - 9 * HOUR
    found = Watermark(ID, "issues", synced_at=read, newest_at=read, covered_since=read)
    await write(store, save_installation, Installation(REPOSITORY.installation_id, "quartz", 1, "Organization"))
    await write(store, save_watermark, found)
    await store.write(lambda conn: note_told(conn, ID, "issues", read - HOUR))
    return (await ask.read(store, watermarks, ID))["issues"]


async def due(store: Store) -> list[int]:
    return await ask.read(store, uncompared, KIND, "2026-11-22", MIDNIGHT)


async def test_a_night_is_begun_once_goes_on_page_by_page_and_ends(store: Store, mark: Watermark) -> None:
    assert await due(store) == [ID]
    begun = await write(store, begin_comparison, mark, NIGHT, NOW)
    edge = MIDNIGHT - 10 * HOUR - OVERLAP
    assert begun == Comparison("issues", NIGHT, 0, 0, NOW, edge, None, None), "back to what a webhook told of"
    assert (await ask.read(store, watermarks, ID))["issues"].told_since is None
    assert await write(store, begin_comparison, mark, NIGHT, NOW + HOUR) == begun

    for missed, total, cursor in ((2, 2, "page 2"), (1, 3, None)):
        await write(store, add_page, ID, begun, compared=100, missed=missed, cursor=cursor)
        at = await ask.read(store, comparison, ID, "issues", NIGHT)
        assert at is not None
        assert (at.missed, at.cursor, at.finished_at) == (total, cursor, None)
    assert await ask.read(store, last_comparisons, ID) == []

    await write(store, finish_comparison, ID, begun, NOW + HOUR, 204)
    (last,) = await ask.read(store, last_comparisons, ID)
    assert (last.compared, last.missed, last.finished_at) == (200, 3, NOW + HOUR)
    after = (await ask.read(store, watermarks, ID))["issues"]
    assert (after.synced_at, after.newest_at, after.reconciled_at, after.rows) == (NOW, NOW, NOW, 204)
    assert await due(store) == []


async def test_what_was_ordered_or_cannot_be_read_is_not_due(store: Store, mark: Watermark) -> None:
    async def order(conn: Connection) -> None:
        await put(conn, [NewJob(KIND, f"{ID}:2026-11-22", b"", None)], NOW)

    suspended = Installation(REPOSITORY.installation_id, "quartz", 1, "Organization", suspended_at=NOW)
    await write(store, save_installation, suspended)
    assert await due(store) == []
    await write(store, save_installation, Installation(suspended.id, "quartz", 1, "Organization"))
    assert await due(store) == [mark.repository_id]
    await store.write(order)
    assert await due(store) == []
    assert await ask.read(store, uncompared, KIND, "2026-11-23", MIDNIGHT + 24 * HOUR) == [ID]


async def test_nights_long_past_are_forgotten(store: Store, mark: Watermark) -> None:
    for days in range(3):
        await write(store, begin_comparison, mark, NIGHT - timedelta(days=days), NOW)
    assert await write(store, forget_comparisons, NIGHT) == 2
    assert await ask.read(store, comparison, ID, "issues", NIGHT) is not None
    assert await ask.read(store, comparison, ID, "issues", NIGHT - timedelta(days=1)) is None
