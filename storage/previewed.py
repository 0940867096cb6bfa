"""Rows of one repository's tables as people look at them and take them away: sorted, narrowed, some at a time.

Everything is done by the database, within one repository, and no more rows are held than are asked for. Pages follow
each other by what stands at their ends, so that the thousandth costs what the first does. What is unknown comes last,
whichever way is sorted.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, func, literal_column, select

from analytics.terms import DEFAULT_TERMS, Terms
from storage.connection import Connection
from storage.engine import Store
from storage.previewed_catalogue import TABLES, Column, Table
from storage.previewed_filters import Filter, condition, following, ordered_by
from storage.previewed_people import Called, fits
from storage.previewed_sources import OF, source

Row = tuple[Any, ...]
CHUNK = 1_000  # rows of a file at a time


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of which table, and in what order.

    terms: how people are called, and who is a bot · sort: a column, the table's own where it is empty · down: the
    largest first.
    """

    repository_id: int
    table: Table
    filters: tuple[Filter, ...] = ()
    sort: str = ""
    down: bool = True
    terms: Terms = DEFAULT_TERMS

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that are shown."""
        return self.table.shown(self.terms.people)

    @property
    def sorted_by(self) -> str:
        return self.sort or self.table.sort


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands in an order. known: whether it has a value in the column that is sorted by."""

    known: bool
    at: tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows in order, and the places of the first and the last, None where nothing is before or after."""

    rows: tuple[Row, ...]
    before: Place | None
    after: Place | None


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows there are, and from when to when; None where nothing says it."""

    rows: int
    first: Any
    last: Any


def sortable(table: Table, terms: Terms) -> tuple[str, ...]:
    """Return the columns that may be sorted by: by people only where they are named, since an order tells names."""
    named = terms.people == "names"
    return tuple(one.name for one in table.shown(terms.people) if not one.is_kind and (named or not one.person))


async def page(
    conn: Connection, wanted: Wanted, size: int, place: Place | None = None, *, backwards: bool = False
) -> Page:
    """Return the rows after a place, or those before it; from the beginning without one."""
    found = await read(conn, wanted, size + 1, place, backwards=backwards)
    more, found = len(found) > size, found[:size]
    if backwards:
        found = found[::-1]
    rows = await shown(conn, wanted, found, Called(wanted.repository_id, wanted.terms))
    earlier = more if backwards else place is not None
    later = place is not None if backwards else more
    return Page(
        tuple(rows),
        found[0].place if found and earlier else None,
        found[-1].place if found and later else None,
    )


async def chunks(store: Store, wanted: Wanted, size: int = CHUNK) -> AsyncIterator[list[Row]]:
    """Yield all rows, some at a time, in the table's own order; each time is a transaction of its own.

    So whoever reads slowly holds no connection. A row that is stored meanwhile may or may not be among them, and
    moves no other.
    """
    wanted = replace(wanted, sort="", down=True)
    called, place = Called(wanted.repository_id, wanted.terms), None

    async def work(conn: Connection) -> tuple[list[Row], Place | None]:
        found = await read(conn, wanted, size, place)
        last = found[-1].place if len(found) == size else None
        return await shown(conn, wanted, found, called), last

    while True:
        rows, place = await store.read(work)
        if rows:
            yield rows
        if place is None:
            return


@dataclass(frozen=True, slots=True)
class Found:
    cells: Row
    place: Place


async def read(
    conn: Connection, wanted: Wanted, size: int, place: Place | None, *, backwards: bool = False
) -> list[Found]:
    """Return rows from a place on as they are stored, those whose order is unknown after the others."""
    parts: list[Literal[True, False]] = [False, True] if backwards else [True, False]
    if place is not None:
        parts = parts[parts.index(place.known) :]
    found: list[Found] = []
    for known in parts:
        start = place.at if place is not None and place.known is known else None
        query = part(conn.dialect.name, wanted, start, known=known, down=wanted.down is not backwards)
        width = len(wanted.columns)
        rows = await conn.execute(query.limit(size - len(found)), {"of": wanted.repository_id})
        found += [Found(tuple(row[:width]), Place(known, tuple(row[width:]))) for row in rows]
        if len(found) >= size:
            break
    return found


def conditions(dialect: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return the conditions of the filters: people who are not named are found by what they are called instead."""
    table, of, named = wanted.table, source(wanted.table.name), wanted.terms.people == "names"
    return [
        condition(dialect, table, of, one)
        if named or not table.column(one.column).person
        else fits(dialect, of, wanted.terms, one)
        for one in wanted.filters
    ]


def part(
    dialect: str,
    wanted: Wanted,
    start: Sequence[Any] | None,
    *,
    known: bool,
    down: bool,
) -> Select[Any]:
    """Return the SELECT of the rows whose order is known, or of those where it is not."""
    table, of = wanted.table, source(wanted.table.name)
    order = ordered_by(dialect, table, of, wanted.sorted_by)
    keys = [ordered_by(dialect, table, of, name) for name in of.keys if name != wanted.sorted_by]
    places = [order, *keys] if known else (keys or [order])
    query: Select[Any] = select(*(of.cells[column.name] for column in wanted.columns), *places).select_from(of.rows)
    query = query.where(of.scope, *conditions(dialect, wanted))
    stored = of.cells[wanted.sorted_by]
    query = query.where(stored.is_not(None) if known else stored.is_(None))
    if start is not None:
        query = query.where(following(places[0], places[1:], start, down=down))
    return query.order_by(*(place.desc() if down else place.asc() for place in places))


async def shown(conn: Connection, wanted: Wanted, found: Sequence[Found], called: Called) -> list[Row]:
    """Return rows as they are shown: persons by what they are called."""
    of, columns = source(wanted.table.name), wanted.columns
    logins = {place for place, column in enumerate(columns) if column.name in of.logins}
    kinds = {place for place, column in enumerate(columns) if column.is_kind}
    people = {place for place, column in enumerate(columns) if column.is_called} - logins
    if not (people or logins or kinds):
        return [one.cells for one in found]
    await called.learn(
        conn,
        (one.cells[place] for one in found for place in people | kinds),
        (one.cells[place] for one in found for place in logins),
    )
    rows = []
    for one in found:
        cells = list(one.cells)
        for place in people:
            cells[place] = called.by_id[cells[place]] if cells[place] is not None else None
        for place in kinds:
            cells[place] = called.kinds[cells[place]]
        for place in logins:
            cells[place] = called.login(cells[place])
        rows.append(tuple(cells))
    return rows


async def count(conn: Connection, wanted: Wanted, most: int) -> int:
    """Return how many rows there are, `most` at most."""
    of = source(wanted.table.name)
    query: Select[Any] = select(literal_column("1")).select_from(of.rows)
    query = query.where(of.scope, *conditions(conn.dialect.name, wanted)).limit(most)
    counted = select(func.count()).select_from(query.subquery("counted"))
    return int((await conn.execute(counted, {"of": wanted.repository_id})).scalar_one())


async def size(conn: Connection, repository_id: int, table: Table) -> Size:
    """Return how many rows a table has, and from when to when."""
    of = source(table.name)
    cell = of.cells[table.spans]
    query = select(func.count(), func.min(cell), func.max(cell)).select_from(of.rows).where(of.scope)
    rows, first, last = (await conn.execute(query, {"of": repository_id})).one()
    return Size(rows, first, last)


__all__ = ["OF", "TABLES", "Page", "Place", "Row", "Size", "Wanted", "chunks", "count", "page", "size", "sortable"]
