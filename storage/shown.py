"""What the dashboard may show at all: nothing that was removed, and nothing of an installation that is suspended."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select

from storage.connection import Connection
from storage.installations import Installation, Repository, first, read, read_installation
from storage.schema_installed import installations, repositories

OPEN = (installations.c.removed_at.is_(None), installations.c.suspended_at.is_(None))


def shown(condition: ColumnElement[bool]) -> Select[Any]:
    """Return the statement of the newest match that may be shown."""
    joined = select(repositories).join(installations, installations.c.id == repositories.c.installation_id)
    present = joined.where(condition, *OPEN, repositories.c.removed_at.is_(None))
    return present.order_by(repositories.c.id.desc()).limit(1)


# one statement each, whatever there is: how long it takes tells nobody whether a name is that of something
BY_ID = shown(repositories.c.id == bindparam("of"))
BY_NAME = shown(repositories.c.key == bindparam("of"))


async def open_repository(conn: Connection, repository_id: int) -> Repository | None:
    """Return a repository that may be shown, or None."""
    return await first(conn, BY_ID, repository_id)


async def open_repository_by_name(conn: Connection, owner: str, name: str) -> Repository | None:
    """Return the repository that has this name now, in any case, if it may be shown, or None."""
    return await first(conn, BY_NAME, f"{owner}/{name}".lower())


async def open_repositories(
    conn: Connection, within: Collection[int] | None, single: Collection[int]
) -> list[Repository]:
    """Return the repositories of these installations and these single ones, by name; `within` None is all of them."""
    joined = select(repositories).join(installations, installations.c.id == repositories.c.installation_id)
    query = joined.where(*OPEN, repositories.c.removed_at.is_(None)).order_by(repositories.c.key, repositories.c.id)
    if within is not None:
        query = query.where(repositories.c.installation_id.in_(within) | repositories.c.id.in_(single))
    return [read(row) for row in (await conn.execute(query)).mappings()]


async def open_installations(
    conn: Connection, within: Collection[int] | None, single: Collection[int]
) -> list[Installation]:
    """Return these installations and those of these repositories, by the account's login; None is all of them."""
    query = select(installations).where(*OPEN).order_by(installations.c.account_login, installations.c.id)
    if within is not None:
        held = select(repositories.c.installation_id).where(
            repositories.c.id.in_(single), repositories.c.removed_at.is_(None)
        )
        query = query.where(installations.c.id.in_(within) | installations.c.id.in_(held))
    return [read_installation(row) for row in (await conn.execute(query)).mappings()]
