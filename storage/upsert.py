"""`INSERT … ON CONFLICT` is the same sentence in both databases, but SQLAlchemy has it once per dialect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, or_
from sqlalchemy.dialects import sqlite

from storage.connection import Connection


def insert(conn: Connection, table: Table) -> sqlite.Insert:
    """Return the dialect's INSERT, which has `on_conflict_do_nothing`, `on_conflict_do_update` and `excluded`."""
    return insert_in(conn.dialect.name, table)


def insert_in(dialect: str, table: Table) -> sqlite.Insert:
    """Return the INSERT of a dialect by its name, for statements that are made once and kept."""
    if dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - the engine not in use is not imported

    return cast("sqlite.Insert", postgresql.insert(table))  # the same methods without a common base


async def upsert(conn: Connection, table: Table, keys: Iterable[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert `rows` and overwrite those that are there by `keys`; every row names the same columns."""
    if not rows:
        return
    statement = insert(conn, table)
    taken = {name: statement.excluded[name] for name in rows[0] if name not in set(keys)}
    await conn.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=taken), rows)


@cache
def overwriting(dialect: str, table: Table) -> sqlite.Insert:
    """Return an INSERT that overwrites the row with the same primary key, if anything in it differs; made once."""
    statement = insert_in(dialect, table)
    keys = [column.name for column in table.primary_key]
    others = [column.name for column in table.columns if column.name not in keys]
    differs = or_(*(table.c[name].is_distinct_from(statement.excluded[name]) for name in others))
    taken = {name: statement.excluded[name] for name in others}
    return statement.on_conflict_do_update(index_elements=keys, set_=taken, where=differs)
