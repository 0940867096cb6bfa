"""How a row that arrives meets the row that is there, so that any order and repetition of saves ends the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, case, func, or_

from storage.connection import Connection
from storage.upsert import insert


async def save_newest(
    conn: Connection,
    table: Table,
    rows: Sequence[dict[str, Any]],
    *,
    fill: Sequence[str] = (),
    earliest: Sequence[tuple[str, ...]] = (),
) -> None:
    """Save `rows` by (repository_id, number); what has the later `updated_at` wins, column by column.

    fill: columns that some sources leave out, whose None never erases a known value ·
    earliest: groups of columns that go together, of which the one with the earliest known first column wins, whatever
    `updated_at` says (when something first happened does not change with time).
    """
    if not rows:
        return
    statement = insert(conn, table)
    old, new = table.c, statement.excluded
    keys = ("repository_id", "number")
    is_newer = new.updated_at >= old.updated_at
    taken: dict[str, ColumnElement[Any]] = {}
    for name in rows[0]:
        if name not in keys:
            taken[name] = case((is_newer, new[name]), else_=old[name])
    for name in fill:
        known = func.coalesce(new[name], old[name])
        taken[name] = case((is_newer, known), else_=func.coalesce(old[name], new[name]))
    for group in earliest:
        first = group[0]
        is_earlier = and_(new[first].is_not(None), or_(old[first].is_(None), new[first] < old[first]))
        taken |= {name: case((is_earlier, new[name]), else_=old[name]) for name in group}
    await conn.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=taken), rows)


async def save_earliest(conn: Connection, table: Table, keys: Sequence[str], at: str, rows: Sequence[Any]) -> None:
    """Save `rows` by `keys`, keeping the earliest time `at` of each."""
    if rows:
        statement = insert(conn, table)
        earlier = statement.excluded[at] < table.c[at]
        taken = {at: statement.excluded[at]}
        await conn.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=taken, where=earlier), rows)
