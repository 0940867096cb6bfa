"""How far a move has come, kept in the database that it fills, in the same transactions as the rows.

The table is there from a move's first step to its last: while it is, no server starts on that database.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from storage.moving_plan import Writing
from storage.moving_sides import MoveError, Side
from storage.moving_values import Key
from storage.version import MOVING

CREATE = {
    "sqlite": f"CREATE TABLE {MOVING} (name TEXT PRIMARY KEY, value BLOB NOT NULL)",
    "postgresql": f"CREATE TABLE {MOVING} (name text PRIMARY KEY, value bytea NOT NULL)",
}
HEADER = "move"
SAME_BYTES = f"UPDATE {MOVING} SET value = ? WHERE name = ? AND value = ? RETURNING 1"  # noqa: S608 - our own name


class Header(msgspec.Struct, frozen=True):
    """What is moved. source: what the database is called that is read; revision: of the schema of both."""

    source: str
    revision: str


@dataclass(frozen=True, slots=True)
class Progress:
    """after: the key of the last row that was copied; rows: how many were; is_whole: there were no more then."""

    after: Key | None = None
    rows: int = 0
    is_whole: bool = False


def create(side: Side, header: Header) -> None:
    """Note that a move begins."""
    side.ask(CREATE[side.dialect])
    keep(side, HEADER, msgspec.msgpack.encode(header))


def header_of(side: Side) -> Header | None:
    """Return what is being moved into the database, None where no move is unfinished."""
    value = kept(side, HEADER) if side.has_table(MOVING) else None
    return None if value is None else msgspec.msgpack.decode(value, type=Header)


def drop(side: Side) -> None:
    """Note that the move is over."""
    side.ask(f"DROP TABLE {MOVING}")


def kept(side: Writing, name: str) -> bytes | None:
    """Return what is kept under a name."""
    found = side.ask(f"SELECT value FROM {MOVING} WHERE name = ?", name)  # noqa: S608 - our own name
    value = found[0][0] if found else None
    assert value is None or isinstance(value, bytes), "the column's type"
    return value


def keep(side: Writing, name: str, value: bytes) -> None:
    """Keep something under a new name."""
    side.ask(f"INSERT INTO {MOVING} (name, value) VALUES (?, ?)", name, value)  # noqa: S608 - likewise


def progress_of(side: Writing, name: str) -> Progress:
    """Return how far a table has come."""
    value = kept(side, f"table {name}")
    return Progress() if value is None else read(value)


def advance(side: Writing, name: str, before: Progress, after: Progress) -> None:
    """Note how far a table has come; MoveError if another process did so since `before`."""
    place = f"table {name}"
    if before == Progress() and kept(side, place) is None:
        keep(side, place, write(after))
    elif not side.ask(SAME_BYTES, write(after), place, write(before)):
        raise MoveError("another process goes on with this move; let it come to its end")


def write(progress: Progress) -> bytes:
    """Return the progress as it is kept."""
    return msgspec.msgpack.encode((progress.after, progress.rows, progress.is_whole))


def read(value: bytes) -> Progress:
    """Return the progress that was kept."""
    after, rows, is_whole = msgspec.msgpack.decode(value)
    return Progress(None if after is None else tuple(after), rows, is_whole)
