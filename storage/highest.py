"""Keep the maximum ever seen of each count, for itself: GitHub lowers earlier days in later answers.

The maximum is taken in the database, in one statement for all rows, so any order and repetition of saves ends the same,
and a row is written only if something in it rises.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, case, func, or_

from analytics.traffic import SETTLING, Count, Kind
from storage.connection import Connection
from storage.schema_traffic import COUNTS, traffic_days, traffic_weeks
from storage.upsert import insert_in

# a kind's columns: how often, by how many, and until when its days were covered
COLUMNS: Mapping[Kind, tuple[str, str, str]] = {
    "views": ("views", "view_uniques", "views_seen"),
    "clones": ("clones", "clone_uniques", "clones_seen"),
}
SEEN = ("views_seen", "clones_seen")
SETTLED = timedelta(days=SETTLING)

Known = Mapping[Kind, Mapping[date, Count]]


async def save_highest_days(
    conn: Connection, repository_id: int, known: Known, seen_on: date | None, import_id: int | None = None
) -> int:
    """Save what is known of days, of one kind or both, and return how many rows changed.

    seen_on: the UTC date of the answer; None settles the days, as history from elsewhere does.
    """
    rows: dict[date, dict[str, Any]] = {}
    for kind, days in known.items():
        count, uniques, seen = COLUMNS[kind]
        for day, value in days.items():
            row = rows.setdefault(day, blank_day(repository_id, day, import_id))
            settled = day + SETTLED
            row |= {count: value.count, uniques: value.uniques, seen: min(settled, seen_on or settled)}
    return await save(conn, traffic_days, rows)


async def save_highest_weeks(conn: Connection, repository_id: int, known: Known) -> int:
    """Save what is known of whole weeks by their Monday, of one kind or both; return how many rows changed."""
    rows: dict[date, dict[str, Any]] = {}
    for kind, weeks in known.items():
        count, uniques, _ = COLUMNS[kind]
        for week, value in weeks.items():
            empty = {"repository_id": repository_id, "week": week, **dict.fromkeys(COUNTS)}
            rows.setdefault(week, empty).update({count: value.count, uniques: value.uniques})
    return await save(conn, traffic_weeks, rows)


def blank_day(repository_id: int, day: date, import_id: int | None) -> dict[str, Any]:
    """Return a day of which nothing is known."""
    return {"repository_id": repository_id, "day": day, **dict.fromkeys(COUNTS + SEEN), "import_id": import_id}


async def save(conn: Connection, table: Table, rows: Mapping[date, dict[str, Any]]) -> int:
    """Write the rows in the order of their days, so that two transactions of PostgreSQL never wait in a circle."""
    if not rows:
        return 0
    ordered = [rows[day] for day in sorted(rows)]
    options = {"preserve_rowcount": True}  # of an INSERT it is not kept otherwise
    return (await conn.execute(raising(conn.dialect.name, table), ordered, execution_options=options)).rowcount


@cache
def raising(dialect: str, table: Table) -> Any:
    """Return the INSERT that lets each number of a row only rise; made once per database and table."""
    statement = insert_in(dialect, table)
    old, new = table.c, statement.excluded
    rising = [name for name in (*COUNTS, *SEEN) if name in old]
    taken: dict[str, ColumnElement[Any]] = {
        name: case((rises(old[name], new[name]), new[name]), else_=old[name]) for name in rising
    }
    if "import_id" in old:
        counted = or_(*(rises(old[name], new[name]) for name in COUNTS))
        taken["import_id"] = case((counted, func.coalesce(new.import_id, old.import_id)), else_=old.import_id)
    keys = [column.name for column in table.primary_key]
    something = or_(*(rises(old[name], new[name]) for name in rising))
    return statement.on_conflict_do_update(index_elements=keys, set_=taken, where=something)


def rises(old: ColumnElement[Any], new: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that a number is higher than the one that is there, or the first known."""
    return or_(new > old, and_(old.is_(None), new.is_not(None)))
