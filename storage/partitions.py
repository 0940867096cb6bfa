"""The partitions of raw answers and of lists on PostgreSQL, one a year: which there are, and the next ahead of time.

What has none, since a clock stood wrong or nobody made one, goes into the partition `other`: nothing is ever refused.
Once the year of such rows is made they move there. Imported for that database only.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

import structlog
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from storage.columns import DAY_MICROS, to_days
from storage.connection import Connection
from storage.engine import Store

LOCK = 4_217_060_894  # any number that only whoever makes and drops partitions uses
LOCK_NOT_AVAILABLE = "55P03"
PATIENCE = "5s"  # nobody waits longer behind a partition that waits for its place
BOUNDS = re.compile(r"FOR VALUES FROM \('?(MINVALUE|-?\d+)'?\) TO \('?(-?\d+)'?\)")
# the tables that are parted, the column that a row's year is told from, and how many of its units a day has
PARTED = {"raw_answers": ("captured_at", DAY_MICROS), "traffic_lists": ("day", 1)}
LISTED = text(
    "SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits AS i"
    " JOIN pg_class AS c ON c.oid = i.inhrelid WHERE i.inhparent = to_regclass(:parent) ORDER BY c.relname"
)

T = TypeVar("T")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Partition:
    """A partition of the rows in [since, until), in the units of its column; since is None for whatever is before.

    until is None for the partition of what has no other.
    """

    name: str
    since: int | None
    until: int | None

    def has(self, value: int) -> bool:
        """Tell whether rows of this value belong here by its bounds."""
        return self.until is not None and value < self.until and (self.since is None or self.since <= value)


def begin(table: str, year: int) -> int:
    """Return where a year begins, in the units of a table's column."""
    return to_days(date(year, 1, 1)) * PARTED[table][1]


async def partitions(conn: Connection, table: str) -> list[Partition]:
    """Return a table's partitions by name."""
    found = []
    for name, bounds in await conn.execute(LISTED, {"parent": table}):
        ends = BOUNDS.fullmatch(bounds)
        if ends is None:
            found.append(Partition(name, None, None))
        else:
            since, until = ends.groups()
            found.append(Partition(name, None if since == "MINVALUE" else int(since), int(until)))
    return found


async def make_ahead(store: Store, now: datetime) -> Sequence[str]:
    """Make the partitions of this year and the next where they are missing; return the names of the new ones.

    Nothing is done while somebody else is at it, or where a table is in use for longer than some seconds.
    """
    return await unless_busy(store, lambda conn: make_missing(conn, now)) or ()


async def unless_busy(store: Store, work: Callable[[Connection], Awaitable[T]]) -> T | None:
    """Run `work` as `store.write` does, patiently but not for ever, and only where nobody else is at partitions.

    None where it was not to be, and nothing is changed then.
    """

    async def alone(conn: Connection) -> T | None:
        await conn.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
        free = (await conn.execute(text(f"SELECT pg_try_advisory_xact_lock({LOCK})"))).scalar_one()
        return await work(conn) if free else None

    try:
        return await store.write(alone)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        log.warning("a table was in use, so its partitions are left as they are until the next time")
        return None


async def make_missing(conn: Connection, now: datetime) -> list[str]:
    """Make what `make_ahead` says."""
    made: list[str] = []
    years = (now.astimezone(UTC).year, now.astimezone(UTC).year + 1)
    for table in PARTED:
        there = await partitions(conn, table)
        missing = [year for year in years if not any(one.has(begin(table, year)) for one in there)]
        made.extend([await make(conn, table, year) for year in missing])
    return made


async def make(conn: Connection, table: str, year: int) -> str:
    """Make the partition of a year and move there what is its own among what had none; return its name."""
    column, name, other = PARTED[table][0], f"{table}_{year}", f"{table}_other"
    since, until = begin(table, year), begin(table, year + 1)
    # in the order in which whoever stores a capture takes them; no row may come to the others meanwhile
    await conn.execute(text("LOCK TABLE repositories IN SHARE ROW EXCLUSIVE MODE"))
    await conn.execute(text(f"LOCK TABLE {other} IN ACCESS EXCLUSIVE MODE"))
    await conn.execute(text(f"CREATE TABLE {name} (LIKE {table})"))
    own = f"DELETE FROM {other} WHERE {column} >= {since} AND {column} < {until} RETURNING *"  # noqa: S608 - our own names
    await conn.execute(text(f"WITH own AS ({own}) INSERT INTO {name} SELECT * FROM own"))  # noqa: S608 - likewise
    await conn.execute(text(f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ({since}) TO ({until})"))
    return name


async def astray(conn: Connection) -> list[str]:
    """Return the tables with rows of a year that has no partition of its own."""
    return [table for table in PARTED if await has_rows(conn, f"{table}_other")]


async def has_rows(conn: Connection, table: str) -> bool:
    """Tell whether a table has any row."""
    return bool((await conn.execute(text(f"SELECT EXISTS (SELECT 1 FROM {table})"))).scalar_one())  # noqa: S608 - our own names
