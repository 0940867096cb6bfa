"""The values that two databases must agree on: what fits into a column, and the one way to write a row down.

Pure. A row is a tuple of whole numbers, text, bytes, numbers with a point and None: truth values are 0 and 1, since
SQLite has no others. Written down, two rows are equal exactly if their bytes are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from enum import Enum
from math import isnan
from typing import TypeAlias

import msgspec

Value: TypeAlias = int | str | bytes | float | None
Row: TypeAlias = tuple[Value, ...]
Key: TypeAlias = tuple[int | str | bytes, ...]

NUL = "\0"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
SHOWN = 60  # characters of a value in a sentence

encode = msgspec.msgpack.Encoder().encode


class Kind(Enum):
    """What a column of the schema holds."""

    SMALL = "a whole number of 16 bits"
    INTEGER = "a whole number of 32 bits"
    BIG = "a whole number of 64 bits"
    BOOLEAN = "0 or 1"
    FLOAT = "a number"
    TEXT = "text"
    BYTES = "bytes"


RANGES = {
    Kind.SMALL: (-(2**15), 2**15 - 1),
    Kind.INTEGER: (-(2**31), 2**31 - 1),
    Kind.BIG: (-(2**63), 2**63 - 1),
    Kind.BOOLEAN: (0, 1),
}


def written(rows: Iterable[Row]) -> bytes:
    """Return the rows as bytes, one after the other, whatever they were read from and however many at a time."""
    return b"".join(map(encode, rows))


class Digest:
    """Counts rows, and sums them up in the order in which they come."""

    def __init__(self) -> None:
        self.rows = 0
        self.hash = hashlib.blake2b(digest_size=16)

    def add(self, count: int, rows: bytes) -> None:
        """Take in `count` rows as `written` returns them."""
        self.rows += count
        self.hash.update(rows)

    @property
    def sum(self) -> str:
        """The checksum of all rows so far, in hexadecimal digits."""
        return self.hash.hexdigest()


def fits(kind: Kind, value: Value) -> bool:
    """Tell whether both databases can keep `value` in a column of this kind; SQLite by itself keeps any in any."""
    if value is None:
        return True
    if kind is Kind.TEXT:
        return isinstance(value, str)
    if kind is Kind.BYTES:
        return isinstance(value, bytes)
    if kind is Kind.FLOAT:
        return isinstance(value, float) and not isnan(value)  # SQLite keeps what is no number as NULL
    least, most = RANGES[kind]
    return isinstance(value, int) and least <= value <= most


def misfit(kinds: Sequence[Kind], row: Row) -> int | None:
    """Return the place of the first value that does not fit its column, None where all do."""
    places = (place for place, (kind, value) in enumerate(zip(kinds, row, strict=True)) if not fits(kind, value))
    return next(places, None)


def without_nul(row: Row) -> Row:
    """Return the row with the replacement character for U+0000 in texts, which PostgreSQL cannot keep.

    The same as Markdown and HTML show for it.
    """
    return tuple(value.replace(NUL, REPLACEMENT) if isinstance(value, str) else value for value in row)


def nul_places(row: Row) -> list[int]:
    """Return the places of texts that hold U+0000."""
    return [place for place, value in enumerate(row) if isinstance(value, str) and NUL in value]


def shown(value: Value | Key) -> str:
    """Return a value or a key for a sentence: bytes in hexadecimal digits, and not more than can be read."""
    if isinstance(value, tuple):
        return ", ".join(map(shown, value))
    text = value.hex() if isinstance(value, bytes) else repr(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
