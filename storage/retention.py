"""An end for raw answers and for lists of referrers and paths, where it is set: whole years, never days of traffic.

On PostgreSQL a year is a partition, which is dropped with no row read. On SQLite, and where rows of several years
lie in one partition, they are deleted repository by repository.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial

from sqlalchemy import select, text

from storage.columns import DAY_MICROS, to_days
from storage.connection import Connection
from storage.engine import Store
from storage.schema_traffic import dropped
from storage.upsert import insert

AT_ONCE = 3  # repositories whose rows are deleted in one transaction: each may have a year of them
CALLED = {"raw_answers": "raw answers", "traffic_lists": "lists of referrers and paths"}
# the column that a row's date is told from, how many of its units a day has, and what leads its key to it
KEYS = {"raw_answers": ("captured_at", DAY_MICROS, ""), "traffic_lists": ("day", 1, "kind IN (0, 1) AND ")}


@dataclass(frozen=True, slots=True)
class Dropped:
    """What went of a table: partitions by name, and how many rows were deleted one by one."""

    partitions: tuple[str, ...]
    rows: int


def of_each(place: str, condition: str) -> str:
    """Return the condition that a repository `r` has such rows, which is looked up in their key for each by itself.

    As `EXISTS` it may be planned as a join that reads the whole of `place`.
    """
    return f"(SELECT 1 FROM {place} WHERE repository_id = r.id AND {condition} LIMIT 1) IS NOT NULL"  # noqa: S608 - our own names


@dataclass(frozen=True, slots=True)
class Old:
    """The rows of a table before `end`, in its column's units, that lie in `place`: the table, or a partition of it."""

    table: str
    place: str
    end: int

    @property
    def condition(self) -> str:
        """The condition that a row is one of them, in the order of the key."""
        column, _, leading = KEYS[self.table]
        return f"{leading}{column} < {self.end}"

    async def repositories(self, conn: Connection, after: int) -> list[int]:
        """Return the next repositories with such rows; each is looked up in the key."""
        found = (
            f"SELECT id FROM repositories AS r WHERE id > :after AND {of_each(self.place, self.condition)}"  # noqa: S608 - our own names
            f" ORDER BY id LIMIT {AT_ONCE}"
        )
        return list((await conn.execute(text(found), {"after": after})).scalars())

    async def delete(self, conn: Connection, repository_id: int) -> int:
        """Delete those of a repository; return how many they were."""
        rows = f"DELETE FROM {self.place} WHERE repository_id = :of AND {self.condition}"  # noqa: S608 - likewise
        return (await conn.execute(text(rows), {"of": repository_id})).rowcount


def first_kept(years: int, now: datetime) -> date:
    """Return the first date that is kept where `years` whole years before the present one are."""
    return date(max(now.astimezone(UTC).year - years, date.min.year), 1, 1)


async def drop_before(store: Store, table: str, before: date, now: datetime) -> Dropped:
    """Drop what a table has of the dates before `before`, the first of a year, and note that it is gone.

    Nothing goes before something was captured in the year of `now`: a clock that stands wrong by years drops nothing,
    since GitHub answers nobody who signs by it.
    """
    if not await store.read(partial(was_captured_in, year=now.astimezone(UTC).year)):
        return Dropped((), 0)
    end = to_days(before) * KEYS[table][1]
    if store.dialect == "sqlite":
        return Dropped((), await delete_old(store, Old(table, table, end), before, now))
    from storage import partitions  # noqa: PLC0415 - nothing of it is needed on SQLite

    async def whole_years(conn: Connection) -> tuple[list[str], list[str]]:
        there = await partitions.partitions(conn, table)
        gone = [one.name for one in there if one.until is not None and one.until <= end]
        mixed = [one.name for one in there if one.until is None or (one.since is None and end < one.until)]
        for name in gone:
            if await partitions.has_rows(conn, name):
                await note(conn, table, before, now)
            await conn.execute(text(f"DROP TABLE {name}"))
        return gone, mixed

    gone, mixed = await partitions.unless_busy(store, whole_years) or ([], [])
    rows = [await delete_old(store, Old(table, name, end), before, now) for name in mixed]
    return Dropped(tuple(gone), sum(rows))


async def delete_old(store: Store, old: Old, before: date, now: datetime) -> int:
    """Delete rows a few repositories at a time, so that no writer waits long; return how many."""
    total, ids = 0, [-1]
    while ids := await store.read(partial(old.repositories, after=ids[-1])):

        async def work(conn: Connection, ids: Sequence[int] = tuple(ids)) -> int:
            await note(conn, old.table, before, now)
            return sum([await old.delete(conn, one) for one in ids])

        total += await store.write(work)
    return total


async def was_captured_in(conn: Connection, year: int) -> bool:
    """Tell whether any repository's traffic was read in a year or later."""
    begun = to_days(date(year, 1, 1)) * DAY_MICROS
    read = f"captured_at >= {begun} AND outcome IN ('captured', 'partly')"
    found = f"SELECT 1 FROM repositories AS r WHERE {of_each('captures', read)} LIMIT 1"  # noqa: S608 - our own names
    return (await conn.execute(text(found))).first() is not None


async def note(conn: Connection, table: str, before: date, now: datetime) -> None:
    """Note that a table's rows before a date are gone; one that was later before stays."""
    statement = insert(conn, dropped).values(what=table, before=before, dropped_at=now)
    taken = {name: statement.excluded[name] for name in ("before", "dropped_at")}
    await conn.execute(
        statement.on_conflict_do_update(
            index_elements=["what"], set_=taken, where=statement.excluded.before > dropped.c.before
        )
    )


async def all_dropped(conn: Connection) -> list[tuple[str, date]]:
    """Return what was dropped: the table, and the date before which."""
    found = await conn.execute(select(dropped.c.what, dropped.c.before).order_by(dropped.c.what))
    return [(what, before) for what, before in found]


async def kept_since(conn: Connection, table: str) -> date | None:
    """Return the date before which rows of a table were dropped, None if none ever were."""
    found: date | None = (await conn.execute(select(dropped.c.before).where(dropped.c.what == table))).scalar()
    return found
