"""How every connection to SQLite is set up, whoever opens it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

PAGE_BYTES = 4096  # storing a compressed delivery costs about the same at 4096, 8192 and 16384
BUSY_MILLISECONDS = 5_000
OWNER_ONLY = 0o600

CONNECTION_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}",
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",  # in WAL mode only FULL survives a power cut with every acknowledged commit
    "PRAGMA secure_delete = OFF",  # some builds overwrite deleted payloads with zeros, at the cost of a second write
    # a checkpoint syncs twice; every 32 MB instead of every 8 lets 11,000 deliveries a second in instead of 5,000
    f"PRAGMA wal_autocheckpoint = {2**25 // PAGE_BYTES}",
    f"PRAGMA journal_size_limit = {2**26}",  # a log that grew while a reader held it back is cut again
    "PRAGMA cache_size = -2000",  # kB per connection; the server is to stay small, the kernel caches the file anyway
)
# These change the file itself, so they run once, when it is made, outside any transaction.
FILE_PRAGMAS = (f"PRAGMA page_size = {PAGE_BYTES}", "PRAGMA journal_mode = WAL")


def make_closed(path: Path) -> None:
    """Make a file that only its owner can read, where there is none, with its folder; one that is there stays as it is.

    SQLite gives the write-ahead log and its index the mode of the file. It holds what is private at GitHub.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):  # it is there, or SQLite says better than the system what is wrong
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY))


def prepare(connection: Any) -> None:
    """Set up a new DBAPI connection, whether sqlite3's or SQLAlchemy's wrapper of aiosqlite."""
    cursor = connection.cursor()
    try:
        for pragma in CONNECTION_PRAGMAS:
            cursor.execute(pragma)
    finally:
        cursor.close()
