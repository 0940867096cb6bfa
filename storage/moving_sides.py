"""A database as a move sees it: read in the order of keys, written in batches, held still; one class for each kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from storage.moving_plan import Moved, Writing
from storage.moving_values import Key, Row, Value
from storage.urls import sqlite_path

BATCH = 5000  # rows read, or written in one transaction
HEAVY_BYTES = 4_000_000  # of large rows, no more than about so much is held at a time


class MoveError(Exception):
    """Why nothing is moved, or no further: a sentence for who runs the move."""


class Side(Writing, Protocol):
    """One of the two databases, over a connection of its own. Nothing is in a transaction unless it says so."""

    dialect: str
    name: str
    """What it is called in a sentence, without a password."""
    errors: tuple[type[Exception], ...]
    """What its driver raises."""

    def ask(self, sql: str, *given: Value) -> list[tuple[Any, ...]]:
        """Run one statement, `?` in it for each value that is given, and return its rows."""

    def has_table(self, table: str) -> bool:
        """Tell whether there is a table of this name."""

    def is_same(self, other: Side) -> bool:
        """Tell whether the other is this very database."""

    def batches(self, moved: Moved, after: Key | None = None) -> Iterator[list[Row]]:
        """Yield all rows, or those after a key, in the order of their keys: text by its characters' numbers."""

    def writing(self) -> AbstractContextManager[None]:
        """Do what follows in one transaction."""

    def held(self, tables: Iterable[str]) -> AbstractContextManager[None]:
        """Let nobody else write meanwhile, and read what follows as of the moment in which that began.

        Raises MoveError if it cannot be held since somebody is writing.
        """

    def snapshot(self) -> AbstractContextManager[None]:
        """Read what follows as of the moment in which this began, and hold back nobody who writes."""

    def loosen(self, tables: Sequence[str]) -> None:
        """Let rows come before their parents until `tighten`; inside `writing`, and again after each connection."""

    def tighten(self, tables: Sequence[str]) -> None:
        """Check that every row has its parents, and let new rows be numbered after those that are there.

        Raises MoveError naming what has no parent.
        """

    def tune(self, tables: Sequence[str]) -> None:
        """Let the database look at what has come, so that it reads it well from the first question on."""

    def close(self) -> None:
        """Close the connection."""


def open_side(url: str, batch: int = BATCH) -> Side:
    """Open the database at `url`, which must be there; MoveError if it is not, or does not answer."""
    path = sqlite_path(url)
    if path is not None:
        from storage.moving_sqlite import open_sqlite  # noqa: PLC0415 - the other's driver is not needed

        return open_sqlite(path, batch)
    from storage.moving_postgresql import open_postgresql  # noqa: PLC0415 - likewise

    return open_postgresql(url, batch)


def quoted(names: Iterable[str]) -> str:
    """Return names for a statement, with a comma between two."""
    return ", ".join(f'"{name}"' for name in names)


def gathered(rows: Iterable[Row], most: int) -> Iterator[list[Row]]:
    """Yield rows in lists of at most `most`, and of about `HEAVY_BYTES` of bytes and text."""
    held: list[Row] = []
    size = 0
    for row in rows:
        held.append(row)
        size += sum(len(value) for value in row if isinstance(value, (bytes, str)))
        if size >= HEAVY_BYTES or len(held) >= most:
            yield held
            held, size = [], 0
    if held:
        yield held
