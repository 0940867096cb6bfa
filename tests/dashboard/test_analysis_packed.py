"""The rows of an analysis in parts: put together again they are the same database."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import pytest

from dashboard import analysis_packed
from dashboard.analysis_packed import packed, parts, unpacked

ROWS = [(number, f"pull request {number}") for number in range(2_000)]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "read.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE pulls (number INTEGER PRIMARY KEY, title TEXT)")
        connection.executemany("INSERT INTO pulls VALUES (?, ?)", ROWS)
    return path


def test_a_database_of_many_parts_comes_out_whole(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analysis_packed, "PIECE", 10_000)
    copy = tmp_path / "copy.db"
    made = list(parts(packed(database)))
    for part in made:
        unpacked(part, copy)
    assert len(made) > 3
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT * FROM pulls ORDER BY number").fetchall() == ROWS
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_unfolds_into_more_than_a_part_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis_packed, "PIECE", 10_000)
    with pytest.raises(ValueError, match="larger than any that is written"):
        unpacked(zlib.compress(bytes(100_000)), tmp_path / "copy.db")
