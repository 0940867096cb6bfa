"""How long ago captures came to their end, of all installations that are at work."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from storage import captures
from storage.capture_age import CaptureAge, capture_age
from storage.connection import Connection
from storage.engine import Store
from storage.installations import Installation, save_installation

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HERE = Installation(1, "quartz-labs", 11, "Organization")


async def test_the_oldest_of_the_latest_captures_counts(store: Store) -> None:
    """Each installation by its latest; one without any in 14 days is counted, one that is suspended is not."""
    days_ago = {1: [9, 2], 2: [4, 5], 3: [20], 4: [12], 5: []}

    async def prepare(conn: Connection) -> None:
        for number, days in days_ago.items():
            suspended_at = NOW if number == 4 else None
            await save_installation(conn, replace(HERE, id=number, suspended_at=suspended_at))
            for ago in days:
                at = NOW - timedelta(days=ago)
                run = at.date().isoformat()
                await captures.plan_run(conn, number, run, at.date(), at)
                await captures.end_run(conn, number, run, "done", repositories=1, requests=6, reason=None, now=at)
        # one that was stopped has captured nothing
        await captures.plan_run(conn, 2, "2026-11-20", NOW.date(), NOW)
        await captures.end_run(conn, 2, "2026-11-20", "stopped", repositories=0, requests=0, reason="no", now=NOW)

    assert await store.read(lambda conn: capture_age(conn, NOW)) == CaptureAge(0, 0, None)
    await store.write(prepare)
    assert await store.read(lambda conn: capture_age(conn, NOW)) == CaptureAge(4, 2, NOW - timedelta(days=4))
