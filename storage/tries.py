"""When each repository was last tried, last read, and last read whole."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

from sqlalchemy import ScalarSelect, select

from storage.captures import READ, Outcome
from storage.connection import Connection
from storage.schema_installed import repositories
from storage.schema_traffic import captures

WHOLE: tuple[Outcome, ...] = ("captured",)


@dataclass(frozen=True, slots=True)
class Tries:
    """UTC dates of a repository's last try, whatever came of it, of the last that brought traffic, and all of it."""

    tried: date
    read: date | None
    whole: date | None


async def last_tries(conn: Connection, installation_id: int) -> dict[int, Tries]:
    """Return when the repositories that an installation sees were last tried, by id; one never tried is missing.

    A repository that moved here keeps what was tried elsewhere.
    """
    days = newest(get_args(Outcome)), newest(READ), newest(WHOLE)
    seen = select(repositories.c.id, *days).where(repositories.c.installation_id == installation_id)
    rows = await conn.execute(seen.where(repositories.c.removed_at.is_(None)))
    return {one_id: Tries(tried, read, whole) for one_id, tried, read, whole in rows if tried is not None}


def newest(outcomes: Collection[str]) -> ScalarSelect[Any]:
    """Return the UTC date of a repository's latest capture that ended in one of these ways."""
    of = captures.c.repository_id == repositories.c.id
    found = select(captures.c.day).where(of, captures.c.outcome.in_(outcomes))
    return found.order_by(captures.c.captured_at.desc()).limit(1).scalar_subquery()
