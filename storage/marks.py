"""What tells whether anything was stored of repositories since the last look; equal texts mean that nothing was."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from storage.connection import Connection
from storage.schema import watermarks

READ = (
    *("repository_id", "dataset", "synced_at", "newest_at", "covered_since", "open_complete_at", "cursor"),
    *("whole_history", "error", "rows", "shape"),
)


async def read_marks(conn: Connection, repository_ids: Collection[int]) -> str:
    """Return what stands for all that was read from GitHub: what each watermark says of reading.

    What webhooks tell meanwhile is left out: the very comment that asks is one of them, and an answer says as of when
    it is.
    """
    query = select(*(watermarks.c[name] for name in READ)).where(watermarks.c.repository_id.in_(sorted(repository_ids)))
    rows = await conn.execute(query.order_by(watermarks.c.repository_id, watermarks.c.dataset))
    return repr([tuple(row) for row in rows])
