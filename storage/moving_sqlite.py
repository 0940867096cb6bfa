"""SQLite as one side of a move, over the standard library's driver: what it stores is what is read, type by type."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from storage import sqlite
from storage.moving_plan import Moved
from storage.moving_sides import HEAVY_BYTES, MoveError, Side, quoted
from storage.moving_values import Key, Row, Value

BUSY = (5, 6)  # SQLITE_BUSY and SQLITE_LOCKED, with any extension


def open_sqlite(path: Path, batch: int) -> Side:
    """Open the file at `path`, which is not made where it is missing."""
    if not path.is_file():
        raise MoveError(f"there is no SQLite file at {path}")
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        sqlite.prepare(connection)
        # rows may come before their parents; `tighten` looks at all of them in the end
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.Error as error:
        connection.close()
        raise MoveError(f"{path} cannot be read as a SQLite database: {error}") from error
    return SqliteSide(connection, path.absolute(), batch)


class SqliteSide:
    """A SQLite file. batch: rows that are read at a time."""

    dialect = "sqlite"
    errors: tuple[type[Exception], ...] = (sqlite3.Error,)

    def __init__(self, connection: sqlite3.Connection, path: Path, batch: int) -> None:
        self.connection = connection
        self.path = path
        self.batch = batch
        self.name = f"the SQLite file {path}"

    def ask(self, sql: str, *given: Value) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, given).fetchall()

    def has_table(self, table: str) -> bool:
        return bool(self.ask("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", table))

    def is_same(self, other: Side) -> bool:
        return isinstance(other, SqliteSide) and self.path.samefile(other.path)

    def batches(self, moved: Moved, after: Key | None = None) -> Iterator[list[Row]]:
        """Each batch is a read of its own, so that a long copy does not hold back the write-ahead log's end."""
        key = quoted(moved.columns[place] for place in moved.key)
        wanted = f"SELECT {quoted(moved.columns)} FROM {moved.source}"  # noqa: S608 - names of our own tables
        places = ", ".join("?" * len(moved.key))
        end = f"ORDER BY {key} LIMIT {self.batch}"
        while True:
            if after is None:
                cursor = self.connection.execute(f"{wanted} {end}")
            else:
                cursor = self.connection.execute(f"{wanted} WHERE ({key}) > ({places}) {end}", after)
            rows: list[Row] = first_of(cursor) if moved.is_heavy else cursor.fetchall()
            cursor.close()
            if not rows:
                return
            after = moved.key_of(rows[-1])
            yield rows

    @contextmanager
    def writing(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        with self.ending():
            yield

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Commit the open transaction, or take it back if anything fails."""
        try:
            yield
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    @contextmanager
    def held(self, tables: Iterable[str]) -> Iterator[None]:  # noqa: ARG002 - all tables are in one file
        try:
            self.connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in BUSY:
                raise MoveError(f"{self.name} is being written to; stop every server that uses it first") from error
            raise
        with self.ending():
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """The write-ahead log keeps what is written meanwhile, and is cut only afterwards."""
        self.connection.execute("BEGIN")
        with self.ending():
            self.ask("SELECT count(*) FROM sqlite_master")  # the moment is that of the first read
            yield

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row], *, lenient: bool) -> None:
        verb = "INSERT OR IGNORE" if lenient else "INSERT"
        places = ", ".join("?" * len(columns))
        self.connection.executemany(f'{verb} INTO "{table}" ({quoted(columns)}) VALUES ({places})', rows)

    def delete(self, table: str, columns: Sequence[str], keys: Sequence[Key]) -> None:
        meant = " AND ".join(f'"{column}" = ?' for column in columns)
        self.connection.executemany(f'DELETE FROM "{table}" WHERE {meant}', keys)  # noqa: S608 - likewise

    def loosen(self, tables: Sequence[str]) -> None:
        """Nothing is to do: this connection checks no parents."""

    def tighten(self, tables: Sequence[str]) -> None:
        """SQLite numbers new rows after the highest number that is there, whatever was there before."""
        for table in tables:
            for _, row, parent, _ in self.ask(f'PRAGMA foreign_key_check("{table}")'):
                which = "" if row is None else f" {row}"
                raise MoveError(f"row{which} of {table} belongs to a row of {parent} that is not there")

    def tune(self, tables: Sequence[str]) -> None:
        """Nothing is to do: its indexes are what counts, and queries are written for them."""

    def close(self) -> None:
        self.connection.close()


def first_of(rows: Iterator[Row]) -> list[Row]:
    """Return the first rows, as many as there are up to about `HEAVY_BYTES`."""
    taken: list[Row] = []
    size = 0
    while size < HEAVY_BYTES:
        more = list(islice(rows, 1))
        if not more:
            break
        taken += more
        size += sum(len(value) for value in more[0] if isinstance(value, (bytes, str)))
    return taken
