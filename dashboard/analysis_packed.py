"""The rows of an analysis as parts to be stored: one SQLite file, compressed piece by piece, no more than one held."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

PIECE = 4 * 2**20  # bytes of the file in one part
NAME = "packed.db"


def packed(database: Path) -> Path:
    """Write a database as it is now into one file beside it, which only its user can enter; return its path."""
    path = database.with_name(NAME)
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("VACUUM INTO ?", (str(path),))
    return path


def parts(path: Path) -> Iterator[bytes]:
    """Yield a file in compressed parts."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield zlib.compress(piece)


def unpacked(part: bytes, path: Path) -> None:
    """Add one part to a file; raises ValueError for what is no part."""
    unpacking = zlib.decompressobj()
    piece = unpacking.decompress(part, PIECE)
    if not unpacking.eof and unpacking.unconsumed_tail:
        raise ValueError("a part of an analysis is larger than any that is written")
    with path.open("ab") as file:
        file.write(piece)
