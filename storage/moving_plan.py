"""What is moved from one database to another, in which order: every table of the schema, parents before children."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator, TypeEngine

import storage.schema_access
import storage.schema_managed
import storage.schema_reports
import storage.schema_traffic  # noqa: F401 - the tables of all four join the metadata
from storage.moving_values import Key, Kind, Row, Value
from storage.schema import metadata

# the first that fits counts: a small integer is an integer, too
KINDS: tuple[tuple[type[TypeEngine[Any]], Kind], ...] = (
    (sa.Boolean, Kind.BOOLEAN),
    (sa.SmallInteger, Kind.SMALL),
    (sa.BigInteger, Kind.BIG),
    (sa.Integer, Kind.INTEGER),
    (sa.Float, Kind.FLOAT),
    (sa.Text, Kind.TEXT),
    (sa.LargeBinary, Kind.BYTES),
)


class Writing(Protocol):
    """What writes rows into one database; the caller holds a transaction."""

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row], *, lenient: bool) -> None:
        """Insert rows; `lenient` leaves out those that clash with what is there."""

    def delete(self, table: str, columns: Sequence[str], keys: Sequence[Key]) -> None:
        """Delete the rows whose columns have these values."""

    def ask(self, sql: str, *given: Value) -> list[tuple[Any, ...]]:
        """Run one statement, `?` in it for each value that is given, and return its rows."""


@dataclass(frozen=True)
class Moved:
    """One sequence of rows that is the same in both databases, in the order of its key.

    source: what it is read from, in SQL. tables: those of the schema that it covers.
    """

    name: str
    columns: tuple[str, ...]
    kinds: tuple[Kind, ...]
    key: tuple[int, ...]
    source: str
    tables: tuple[str, ...]

    def key_of(self, row: Row) -> Key:
        """Return the key of a row; no part of one is NULL or has a point."""
        return tuple([row[place] for place in self.key])  # type: ignore[misc]

    @property
    def is_heavy(self) -> bool:
        """Whether a single row may be large, so that rows are counted in bytes."""
        return Kind.BYTES in self.kinds

    def insert(self, target: Writing, rows: Sequence[Row], *, lenient: bool) -> None:
        """Write rows into the target."""
        target.insert(self.name, self.columns, rows, lenient=lenient)

    def delete(self, target: Writing, keys: Sequence[Key]) -> None:
        """Take the rows with these keys out of the target."""
        target.delete(self.name, [self.columns[place] for place in self.key], keys)

    def tidy(self, target: Writing) -> None:
        """Take out of the target what rows that were left out may have left behind."""

    def settle(self, target: Writing) -> None:
        """Make ready for new rows what the target's side does not make ready by itself."""


def kind_of(column: sa.Column[object]) -> Kind:
    """Return what a column holds; TypeError for a type that no move knows yet."""
    kind: TypeEngine[Any] = column.type
    if isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    for known, found in KINDS:
        if isinstance(kind, known):
            return found
    raise TypeError(
        f"{column.table.name}.{column.name} is of the type {kind!r}, which storage.moving_plan does not know"
    )


def whole_table(table: sa.Table) -> Moved:
    """Return a table that is moved as it is."""
    columns = list(table.columns)
    return Moved(
        table.name,
        tuple(column.name for column in columns),
        tuple(map(kind_of, columns)),
        tuple(columns.index(column) for column in table.primary_key),
        f'"{table.name}"',
        (table.name,),
    )


def tables_without(names: Collection[str]) -> tuple[Moved, ...]:
    """Return every table of the schema but those, parents first."""
    return tuple(whole_table(table) for table in metadata.sorted_tables if table.name not in names)
