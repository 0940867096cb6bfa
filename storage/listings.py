"""The top-10 lists of referrers and paths, as they stood on each date.

A list is replaced as a whole, per date: what left the list is gone from that date. Names are kept once per repository.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

from sqlalchemy import and_, bindparam, delete, or_, select

from analytics.traffic import Listed
from storage.connection import Connection
from storage.schema_traffic import traffic_lists, traffic_names
from storage.upsert import insert, insert_in

ListKind = Literal["referrers", "paths"]
NAMES_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ListedOn:
    """A line of the list of one UTC date; position 1 is the top, counts speak of the 14 days before."""

    day: date
    position: int
    name: str
    count: int
    uniques: int


async def save_lists(
    conn: Connection, repository_id: int, lists: Mapping[tuple[ListKind, date], Sequence[Listed]]
) -> None:
    """Replace the lists of the given kinds and dates; one that is empty leaves none. Lines are in their order."""
    if not lists:
        return
    ids = await name_ids(conn, repository_id, (line.name for lines in lists.values() for line in lines))
    rows: list[dict[str, Any]] = [
        {
            "repository_id": repository_id,
            "kind": kind,
            "day": day,
            "position": position,
            "name_id": ids[line.name],
            "count": line.count,
            "uniques": line.uniques,
        }
        for (kind, day), lines in sorted(lists.items())
        for position, line in enumerate(lines, 1)
    ]
    below = [
        {"of": repository_id, "of_kind": kind, "on": day, "last": len(lines)} for (kind, day), lines in lists.items()
    ]
    await conn.execute(CUT, below)
    if rows:
        await conn.execute(placing(conn.dialect.name), rows)


async def lists(
    conn: Connection, repository_id: int, kind: ListKind, since: date | None = None, until: date | None = None
) -> list[ListedOn]:
    """Return the lists of the dates in [since, until), each from its top, by date."""
    at = traffic_lists.c
    # the repository is said for both, so that no way of joining them reads the names of others
    same = and_(traffic_names.c.id == at.name_id, traffic_names.c.repository_id == at.repository_id)
    named = traffic_lists.join(traffic_names, same)
    query = select(at.day, at.position, traffic_names.c.text, at.count, at.uniques).select_from(named)
    query = query.where(at.repository_id == repository_id, at.kind == kind)
    if since is not None:
        query = query.where(at.day >= since)
    if until is not None:
        query = query.where(at.day < until)
    return [ListedOn(*row) for row in await conn.execute(query.order_by(at.day, at.position))]


CUT = delete(traffic_lists).where(
    traffic_lists.c.repository_id == bindparam("of"),
    traffic_lists.c.kind == bindparam("of_kind"),
    traffic_lists.c.day == bindparam("on"),
    traffic_lists.c.position > bindparam("last"),
)
FIND = select(traffic_names.c.text, traffic_names.c.id).where(
    traffic_names.c.repository_id == bindparam("of"), traffic_names.c.text.in_(bindparam("texts", expanding=True))
)


@cache
def placing(dialect: str) -> Any:
    """Return the INSERT that puts a line in its place and leaves alone one that stands there already."""
    statement = insert_in(dialect, traffic_lists)
    keys = [column.name for column in traffic_lists.primary_key]
    taken = {name: statement.excluded[name] for name in ("name_id", "count", "uniques")}
    differs = or_(*(traffic_lists.c[name] != value for name, value in taken.items()))
    return statement.on_conflict_do_update(index_elements=keys, set_=taken, where=differs)


async def name_ids(conn: Connection, repository_id: int, names: Iterable[str]) -> dict[str, int]:
    """Return the id of each name, making rows for those that are new in the repository."""
    wanted = sorted(set(names))
    ids = await find(conn, repository_id, wanted)
    new = [name for name in wanted if name not in ids]
    if new:
        values = [{"repository_id": repository_id, "text": name} for name in new]
        keys = ["repository_id", "text"]
        await conn.execute(insert(conn, traffic_names).on_conflict_do_nothing(index_elements=keys), values)
        ids |= await find(conn, repository_id, new)
    return ids


async def find(conn: Connection, repository_id: int, names: Sequence[str]) -> dict[str, int]:
    """Return the ids of the names that are there."""
    ids: dict[str, int] = {}
    for start in range(0, len(names), NAMES_AT_ONCE):
        given = {"of": repository_id, "texts": names[start : start + NAMES_AT_ONCE]}
        ids |= {text: number for text, number in await conn.execute(FIND, given)}  # noqa: C416 - a Result has keys() too
    return ids
