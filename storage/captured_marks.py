"""What tells whether traffic, stars or snapshots of repositories came in since the last look, however they came."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select

from storage.connection import Connection
from storage.schema_traffic import captures, imports, snapshots, stars


async def captured_marks(conn: Connection, repository_ids: Collection[int]) -> str:
    """Return what stands for all that was captured, imported or told by webhooks; equal texts: nothing came in."""
    ids = sorted(repository_ids)
    queries = [
        select(captures.c.repository_id, func.max(captures.c.captured_at), func.count()),
        select(imports.c.repository_id, func.max(imports.c.imported_at), func.sum(imports.c.rows)),
        select(snapshots.c.repository_id, func.max(snapshots.c.taken_at), func.sum(snapshots.c.stars)),
        select(
            stars.c.repository_id,
            func.count(stars.c.starred_at),
            func.max(stars.c.starred_at),
            func.count(stars.c.unstarred_at),
            func.max(stars.c.unstarred_at),
        ),
    ]
    found = []
    for query in queries:
        of = query.selected_columns.repository_id
        rows = await conn.execute(query.where(of.in_(ids)).group_by(of).order_by(of))
        found.append([tuple(row) for row in rows])
    return repr(found)
