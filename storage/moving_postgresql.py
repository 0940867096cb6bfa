"""PostgreSQL as one side of a move: read through a cursor on the server, written by COPY."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from secrets import randbits
from typing import Any

import msgspec
import psycopg

from storage.moving_plan import Moved
from storage.moving_progress import keep, kept
from storage.moving_sides import MoveError, Side, gathered, quoted
from storage.moving_values import Key, Kind, Row, Value
from storage.urls import libpq, parse

CONSTRAINTS = "constraints"  # under this name the move keeps the foreign keys that it took away
HEAVY_ROWS = 16  # large rows that come from the server at a time
HOLD_PATIENCE = "10s"  # how long it is waited for whoever is writing

FOREIGN_KEYS = """
SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND conparentid = 0 AND conrelid = to_regclass(?) ORDER BY conname
"""
COUNTERS = """
SELECT attname::text, pg_get_serial_sequence(?, attname::text) FROM pg_attribute
WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped
"""


def open_postgresql(url: str, batch: int) -> Side:
    """Connect to the database at `url`; MoveError if it does not answer or keeps text in an encoding of few signs."""
    address = parse(url)
    name = f"the PostgreSQL database {address.database} at {address.host or address.query.get('host') or 'localhost'}"
    try:
        connection = psycopg.connect(libpq(url), autocommit=True, client_encoding="UTF8")
    except psycopg.Error as error:
        raise MoveError(f"{name} does not answer: {error}") from error
    side = PostgresqlSide(connection, name, batch)
    ((encoding,),) = side.ask("SHOW server_encoding")
    if encoding != "UTF8":
        side.close()
        raise MoveError(f"{name} has the encoding {encoding}, which does not hold every text; make one with UTF8")
    return side


class PostgresqlSide:
    """A PostgreSQL database. batch: rows that are read at a time."""

    dialect = "postgresql"
    errors: tuple[type[Exception], ...] = (psycopg.Error,)

    def __init__(self, connection: psycopg.Connection[Row], name: str, batch: int) -> None:
        self.connection = connection
        self.name = name
        self.batch = batch
        ((facts,),) = self.ask("SELECT to_jsonb(d) FROM pg_database AS d WHERE datname = current_database()")
        # in such a database the keys' own indexes have the order that is wanted, elsewhere rows are sorted; versions
        # before 15 know no other provider
        self.is_plain = facts["datcollate"] in {"C", "POSIX"} and facts.get("datlocprovider", "c") == "c"

    def ask(self, sql: str, *given: Value) -> list[tuple[Any, ...]]:
        cursor = self.connection.execute(sql.replace("%", "%%").replace("?", "%s").encode(), given)
        return cursor.fetchall() if cursor.description else []

    def has_table(self, table: str) -> bool:
        return self.ask("SELECT to_regclass(?) IS NOT NULL", table) == [(True,)]

    def is_same(self, other: Side) -> bool:
        """A lock that one of them takes is there for the other in the same database only."""
        if not isinstance(other, PostgresqlSide):
            return False
        number = randbits(62)
        self.ask("SELECT pg_advisory_lock(?)", number)
        try:
            return other.ask("SELECT pg_try_advisory_lock(?)", number) == [(False,)]
        finally:
            for side in (self, other):
                side.ask("SELECT pg_advisory_unlock_all()")

    def batches(self, moved: Moved, after: Key | None = None) -> Iterator[list[Row]]:
        """Rows are those of the moment in which the first is asked for, whatever is written meanwhile."""
        named = [self.ordered(moved, place) for place in moved.key]
        key = ", ".join(named)
        wanted = ", ".join(map(read_as, moved.columns, moved.kinds))
        places = ", ".join(["%s"] * len(named))
        condition = "" if after is None else f"WHERE ({key}) > ({places})"
        sql = f"SELECT {wanted} FROM {moved.source} {condition} ORDER BY {key}"  # noqa: S608 - names of our own tables
        with self.open(), self.connection.cursor(name="moving") as cursor:
            cursor.execute(sql.encode(), after, binary=True)
            if moved.is_heavy:
                cursor.itersize = HEAVY_ROWS
                yield from gathered(cursor, self.batch)
                return
            while rows := cursor.fetchmany(self.batch):
                yield rows

    def ordered(self, moved: Moved, place: int) -> str:
        """Return a column of a key as it is compared: text by the numbers of its characters, as SQLite does."""
        name = f'"{moved.columns[place]}"'
        return f'{name} COLLATE "C"' if moved.kinds[place] is Kind.TEXT and not self.is_plain else name

    @contextmanager
    def open(self) -> Iterator[None]:
        """Be in a transaction, since a cursor lives in one; in that which is open, if one is."""
        if self.connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE:
            with self.connection.transaction():
                yield
        else:
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self.connection.transaction():
            yield

    @contextmanager
    def held(self, tables: Iterable[str]) -> Iterator[None]:
        with self.connection.transaction():
            self.connection.execute(f"SET LOCAL lock_timeout = '{HOLD_PATIENCE}'".encode())
            try:
                # whoever only reads goes on, and nothing that is read from here on can change
                self.connection.execute(f"LOCK TABLE {quoted(tables)} IN SHARE MODE".encode())
            except psycopg.errors.LockNotAvailable as error:
                raise MoveError(f"{self.name} is being written to; stop every server that uses it first") from error
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        with self.connection.transaction():
            self.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            self.ask("SELECT 1")
            yield

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row], *, lenient: bool) -> None:
        if not rows:
            return
        if not lenient:
            self.copy(f'"{table}"', columns, rows)
            return
        try:
            with self.connection.transaction():
                self.copy(f'"{table}"', columns, rows)
        except psycopg.errors.UniqueViolation:
            names = quoted(columns)
            made = f'CREATE TEMPORARY TABLE moving_rows ON COMMIT DROP AS SELECT {names} FROM "{table}" WITH NO DATA'  # noqa: S608
            self.connection.execute(made.encode())
            self.copy("moving_rows", columns, rows)
            taken = f'INSERT INTO "{table}" ({names}) SELECT {names} FROM moving_rows ON CONFLICT DO NOTHING'  # noqa: S608
            self.connection.execute(taken.encode())
            self.connection.execute("DROP TABLE moving_rows")

    def copy(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Write rows by COPY, which is several times as fast as INSERT."""
        with (
            self.connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({quoted(columns)}) FROM STDIN".encode()) as copy,
        ):
            for row in rows:
                copy.write_row(row)

    def delete(self, table: str, columns: Sequence[str], keys: Sequence[Key]) -> None:
        meant = " AND ".join(f'"{column}" = %s' for column in columns)
        with self.connection.cursor() as cursor:
            cursor.executemany(f'DELETE FROM "{table}" WHERE {meant}'.encode(), keys)  # noqa: S608 - likewise

    def loosen(self, tables: Sequence[str]) -> None:
        """Take the foreign keys away and keep what they were; their owner may, and nobody uses the database yet."""
        if kept(self, CONSTRAINTS) is not None:
            return
        found = [row for table in tables for row in self.ask(FOREIGN_KEYS, table)]
        keep(self, CONSTRAINTS, msgspec.msgpack.encode(found))
        for table, name, _ in found:
            self.ask(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')

    def tighten(self, tables: Sequence[str]) -> None:
        """Put the foreign keys back, which looks at every row, and set what numbers rows past the highest."""
        found = msgspec.msgpack.decode(kept(self, CONSTRAINTS) or b"\x90", type=list[tuple[str, str, str]])
        for table, name, definition in found:
            try:
                self.ask(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
            except psycopg.errors.ForeignKeyViolation as error:
                raise MoveError(
                    f"a row of {table} belongs to a row that is not there: {error.diag.message_detail}"
                ) from error
        for table in tables:
            for column, counter in self.ask(COUNTERS, table, table):
                if counter is not None:
                    highest = f'SELECT setval(?::regclass, max("{column}")) FROM "{table}" HAVING max("{column}") > 0'  # noqa: S608
                    self.ask(highest, counter)

    def tune(self, tables: Sequence[str]) -> None:
        """Without this, plans are guesses and an index alone answers nothing until autovacuum has come by."""
        self.ask(f"VACUUM (ANALYZE) {quoted(tables)}")

    def close(self) -> None:
        self.connection.close()


def read_as(column: str, kind: Kind) -> str:
    """Return a column as it is read: truth values as SQLite has them, and no -0.0, which it does not keep."""
    if kind is Kind.BOOLEAN:
        return f'"{column}"::integer'
    return f'"{column}" + 0::double precision' if kind is Kind.FLOAT else f'"{column}"'
