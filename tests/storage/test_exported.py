"""What only an export reads: stars by person, the log of captures, repositories by name; on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime

from analytics.rows import StarRow
from analytics.traffic import Capture, Count, Traffic
from storage.connection import Connection
from storage.engine import Store
from storage.exported import LoggedCapture, StoredStar, captures_of, repositories_by_name, stars_of
from storage.installations import Repository, mark_repositories_removed, save_repository
from storage.stars import save_stars, unstar
from storage.traffic import save_capture

REPOSITORY = 7
FIRST, SECOND = datetime(2026, 11, 21, 3, tzinfo=UTC), datetime(2026, 11, 22, 3, tzinfo=UTC)


async def test_stars_come_by_person_and_with_their_end(store: Store) -> None:
    async def work(conn: Connection) -> None:
        await save_stars(conn, REPOSITORY, [StarRow(9, FIRST), StarRow(2, FIRST)])
        await unstar(conn, REPOSITORY, 9, SECOND)
        await unstar(conn, REPOSITORY, 5, SECOND)

    await store.write(work)
    assert await store.read(lambda conn: stars_of(conn, REPOSITORY)) == [
        StoredStar(2, FIRST, None), StoredStar(5, None, SECOND), StoredStar(9, FIRST, SECOND),
    ]  # fmt: skip


async def test_captures_come_in_order_and_by_their_utc_date(store: Store) -> None:
    async def work(conn: Connection) -> None:
        for at, outcome, views in ((SECOND, "captured", Traffic(Count(9, 4), {})), (FIRST, "refused", None)):
            capture = Capture(REPOSITORY, at, views, None, None, None, None, None, {})
            reason = None if views else "no permission"
            await save_capture(
                conn, capture, installation_id=1, run=f"{at:%Y-%m-%d}", requests=6, outcome=outcome, reason=reason
            )

    await store.write(work)
    refused = LoggedCapture(FIRST, "2026-11-21", "refused", "no permission", 6, None, None, None, None)
    captured = LoggedCapture(SECOND, "2026-11-22", "captured", None, 6, 9, 4, None, None)
    assert await store.read(lambda conn: captures_of(conn, REPOSITORY)) == [refused, captured]
    day = date(2026, 11, 22)
    assert await store.read(lambda conn: captures_of(conn, REPOSITORY, day)) == [captured]
    assert await store.read(lambda conn: captures_of(conn, REPOSITORY, None, day)) == [refused]


async def test_repositories_come_by_name_without_those_that_were_removed(store: Store) -> None:
    async def work(conn: Connection) -> None:
        for number, owner, name in ((8, "Acme", "hut"), (9, "quartz", "Lantern"), (10, "acme", "gone")):
            await save_repository(conn, Repository(number, 1, owner, name, "public", "main"))
        await mark_repositories_removed(conn, [10], SECOND)

    await store.write(work)
    found = await store.read(repositories_by_name)
    assert [one.full_name for one in found] == ["Acme/hut", "quartz/Lantern", "quartz/mine"]
