"""What seals a backup: of every table in the file how many rows it has, and one sum of them. Any version reads it."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import msgspec

from storage.moving_sides import MoveError, quoted

TABLE = "backup"
ROWS = 1000  # read at a time
HEAVY_ROWS = 16  # of tables with bytes


class Sum(msgspec.Struct, frozen=True):
    """How many rows a table has, and SHA-256 of them in the order of their key."""

    rows: int
    sha256: str


class Seal(msgspec.Struct, frozen=True):
    """When a backup was made, of what, with which revision of the schema, and what it holds by table."""

    made_at: datetime
    source: str
    revision: str
    tables: dict[str, Sum]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


def seal(path: Path, now: datetime, revision: str, source: str) -> Seal:
    """Write into a finished backup what it holds, and make it one file without a write-ahead log."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        made = Seal(now, source, revision, sums(connection))
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"CREATE TABLE {TABLE} (seal BLOB NOT NULL)")
        connection.execute(f"INSERT INTO {TABLE} (seal) VALUES (?)", (msgspec.json.encode(made),))  # noqa: S608 - our own name
        connection.execute("COMMIT")
    return made


def check(path: Path) -> Seal:
    """Read a backup to its last row and return its seal; MoveError if it is none, or not as it was sealed."""
    if not path.is_file():
        raise MoveError(f"there is no file at {path}")
    damaged = MoveError(f"{path} is damaged, or is no backup at all; nothing was restored")
    # the file is not changed, and may lie where nothing can be written
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        try:
            found = connection.execute(f"SELECT seal FROM {TABLE}").fetchall()  # noqa: S608 - our own name
            if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                raise damaged
            sealed = msgspec.json.decode(found[0][0], type=Seal)
            there = sums(connection)
        except (sqlite3.DatabaseError, msgspec.MsgspecError, LookupError, UnicodeDecodeError) as error:
            raise damaged from error
    different = sorted(name for name in {*there, *sealed.tables} if there.get(name) != sealed.tables.get(name))
    if different:
        raise MoveError(
            f"{path} is damaged: {', '.join(different)} not as when the backup was made; nothing was restored"
        )
    return sealed


def sums(connection: sqlite3.Connection) -> dict[str, Sum]:
    """Return rows and sum of every table but the seal's own."""
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    return {name: sum_of(connection, name) for (name,) in found if name != TABLE and not name.startswith("sqlite_")}


def sum_of(connection: sqlite3.Connection, table: str) -> Sum:
    """Go through a table once, in the order of its key, or as it lies where it has none."""
    columns = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
    key = quoted(row[1] for row in sorted((row for row in columns if row[5]), key=lambda row: int(row[5])))
    cursor = connection.execute(
        f'SELECT {quoted(row[1] for row in columns)} FROM "{table}" ORDER BY {key or "rowid"}'  # noqa: S608 - names of the file's own
    )
    at_once = HEAVY_ROWS if any(row[2] == "BLOB" for row in columns) else ROWS
    digest, count = hashlib.sha256(), 0
    while rows := cursor.fetchmany(at_once):
        count += len(rows)
        for row in rows:
            digest.update(msgspec.msgpack.encode(row))
    return Sum(count, digest.hexdigest())
