"""Delete for good what was removed long enough ago, with everything that hangs on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select

from storage.configurations import forget_files
from storage.connection import Connection
from storage.schema_installed import installations, repositories
from storage.schema_managed import capture_orders, decisions, invitations
from storage.schema_traffic import capture_runs


async def forget_repositories(conn: Connection, before: datetime, limit: int) -> int:
    """Delete at most `limit` repositories removed before that moment, then such installations that have none left.

    A repository of an installation that was removed before then goes, too, whatever its own row says. Its rows of every
    table go with it, as do an installation's runs, what it had set, and who decided what there. Returns how many
    repositories and installations went; call again until it is 0. A repository that came back has no time of removal
    and stays.
    """
    ended = select(installations.c.id).where(installations.c.removed_at < before)
    old = select(repositories.c.id).where(
        or_(repositories.c.removed_at < before, repositories.c.installation_id.in_(ended))
    )
    oldest = old.order_by(repositories.c.removed_at, repositories.c.id).limit(limit)
    forgotten = (await conn.execute(delete(repositories).where(repositories.c.id.in_(oldest)))).rowcount
    left = select(repositories.c.id).where(repositories.c.installation_id == installations.c.id)
    over = select(installations.c.id).where(installations.c.removed_at < before, ~left.exists())
    gone = list((await conn.execute(over.order_by(installations.c.id).limit(limit))).scalars())
    await end_installations(conn, gone)
    await forget_files(conn, before)
    return forgotten + len(gone)


async def end_installations(conn: Connection, gone: Sequence[int]) -> None:
    """Delete installations that have no repositories any more, with what stands of them in tables of their own."""
    if not gone:
        return
    await conn.execute(delete(capture_runs).where(capture_runs.c.installation_id.in_(gone)))
    for table in (capture_orders, decisions, invitations):
        await conn.execute(delete(table).where(table.c.installation_id.in_(gone)))
    await conn.execute(delete(installations).where(installations.c.id.in_(gone)))
    if conn.dialect.name != "sqlite":
        from storage import github_limits  # noqa: PLC0415 - nothing of it is needed on SQLite

        await github_limits.forget(conn, gone)
