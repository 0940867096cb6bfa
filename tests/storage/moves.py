"""Move a database as the command does, and read what is in a SQLite file without any of its code."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from storage.moving import Report, opened

Tables = dict[str, list[tuple[Any, ...]]]


def quiet(_: str) -> None:
    """Say nothing."""


def tables_of(path: Path) -> Tables:
    """Return all rows of a SQLite file, by table; of a job that is alive, what does not depend on who runs it."""
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {}
        for name in names:
            key = [row[1] for row in connection.execute(f"PRAGMA table_info({name})") if row[5]] or ["1"]
            wanted = "*" if name != "jobs" else (
                "id, kind, key, CASE WHEN state IN ('done', 'dead') THEN state ELSE 'alive' END, lock, priority, "
                "run_at, created_at, attempts, finished_at, error"
            )  # fmt: skip
            query = f"SELECT {wanted} FROM {name} ORDER BY {', '.join(key)}"
            found[name] = connection.execute(query).fetchall()
        return found


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def move(source: str, target: str, *, batch: int = 7, between: Callable[[], None] = lambda: None) -> Report:
    """Move everything, in small batches, with something that happens between the copy and the last pass."""
    with opened(source, target, quiet, batch=batch) as moving:
        moving.copy()
    between()
    with opened(source, target, quiet, batch=batch) as moving:
        moving.copy()
        return moving.finish()
