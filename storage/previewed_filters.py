"""What narrows the rows of a table, as SQL of both databases; every value is a bound parameter.

A text fits where it contains what is looked for, in whatever case ASCII letters are written; numbers, days and moments
fit between two ends, both included; yes and no as they are said. What is unknown fits nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Text,
    cast,
    collate,
    func,
    literal,
    select,
    tuple_,
    type_coerce,
)

from storage.columns import Day, Moment
from storage.previewed_catalogue import Table
from storage.previewed_sources import Source
from storage.schema import actors

Test = Literal["contains", "from", "to", "is"]


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on one column. value: a text to contain; a number, date or moment as an end; or yes or no."""

    column: str
    test: Test
    value: Any


def condition(dialect: str, table: Table, source: Source, one: Filter) -> ColumnElement[bool]:
    """Return the condition of one filter, which finds people by their logins."""
    column, cell = table.column(one.column), source.cells[one.column]
    if one.test == "contains":
        if column.is_kind or (column.is_called and one.column not in source.logins):
            said = actors.c.kind if column.is_kind else actors.c.login
            among: ColumnElement[bool] = cell.in_(select(actors.c.id).where(contains(dialect, said, one.value)))
            return among
        return contains(dialect, cell, one.value)
    found: ColumnElement[bool]
    if one.test == "is":
        found = cell.is_(one.value) if dialect != "sqlite" else type_coerce(cell, BigInteger) == int(one.value)
    else:
        # a column of 32 bits must be able to be compared with what is beyond them
        end = literal(one.value, BigInteger) if column.kind == "count" else one.value
        found = cell >= end if one.test == "from" else cell <= end
    return found


def contains(dialect: str, cell: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """Return whether a text is in another; patterns mean nothing, and letters beyond ASCII are as they are."""
    small = "".join(chr(ord(letter) + 32) if "A" <= letter <= "Z" else letter for letter in text)
    if dialect == "sqlite":
        place: ColumnElement[int] = func.instr(func.lower(cell), small)
    else:
        place = func.strpos(func.lower(collated(dialect, cell)), small)
    found: ColumnElement[bool] = place > 0
    return found


def ordered_by(dialect: str, table: Table, source: Source, name: str) -> ColumnElement[Any]:
    """Return what a column is ordered by: a whole number or a text by its letters' numbers; a person by their login."""
    column, cell = table.column(name), source.cells[name]
    if column.is_called and name not in source.logins:
        cell = select(actors.c.key).where(actors.c.id == cell).scalar_subquery()
    if column.kind == "text":
        return collated(dialect, cell)
    if column.kind == "yes-no" and dialect != "sqlite":
        return cast(cast(cell, Integer), BigInteger)
    return type_coerce(cell, BigInteger) if isinstance(cell.type, Day | Moment) or column.kind == "yes-no" else cell


def collated(dialect: str, cell: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a text that is compared letter by letter, whatever the database's language is; SQLite's are so."""
    return cell if dialect == "sqlite" else collate(type_coerce(cell, Text), "C")


def following(
    order: ColumnElement[Any], keys: Sequence[ColumnElement[Any]], at: Sequence[Any], *, down: bool
) -> ColumnElement[bool]:
    """Return the condition of what comes after a place. at: the values of `order` and of `keys` there."""
    here, there = tuple_(order, *keys), tuple_(*map(literal, at))
    further: ColumnElement[bool] = here < there if down else here > there
    return further
