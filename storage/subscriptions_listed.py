"""The periodic reports of a whole installation, and the newest that was written of each."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from storage.connection import Connection
from storage.schema_installed import repositories
from storage.schema_reports import subscriptions, written_reports
from storage.subscriptions import Subscription
from storage.written_reports import WrittenReport


async def subscriptions_in(conn: Connection, installation_id: int) -> list[tuple[str, Subscription]]:
    """Return every subscription of repositories that an installation sees, ended ones too, and whose it is."""
    joined = select(repositories.c.owner, repositories.c.name, subscriptions).join(
        subscriptions, subscriptions.c.repository_id == repositories.c.id
    )
    seen = joined.where(repositories.c.installation_id == installation_id, repositories.c.removed_at.is_(None))
    ordered = seen.order_by(repositories.c.key, subscriptions.c.source, subscriptions.c.slot)
    return [(f"{row[0]}/{row[1]}", Subscription(*row[2:])) for row in await conn.execute(ordered)]


async def newest_reports(conn: Connection, repository_ids: Collection[int]) -> dict[tuple[int, str], WrittenReport]:
    """Return the newest report that GitHub has, by repository and which of its reports it is."""
    table = written_reports
    query = select(table).where(table.c.repository_id.in_(repository_ids), table.c.number.is_not(None))
    ordered = query.order_by(table.c.created_at, table.c.period)
    found = (WrittenReport(**row) for row in (await conn.execute(ordered)).mappings())
    return {(one.repository_id, one.slot): one for one in found}
