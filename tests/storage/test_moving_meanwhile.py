"""What happens to the source while it is copied, and to the copy when it is broken off."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from storage.moving import MoveError, opened
from storage.moving_plan import Moved
from storage.moving_progress import progress_of
from storage.moving_values import Key, Row
from tests.storage.moves import move, path_of, quiet


def test_what_is_written_to_sqlite_while_it_is_copied_comes_with_the_last_pass(sample: str, fresh: str) -> None:
    def meanwhile() -> None:
        with closing(sqlite3.connect(path_of(sample))) as connection, connection:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("DELETE FROM repositories WHERE id = 7")
            connection.execute("UPDATE issues SET title = 'changed'")
            # these two trade what no two may have
            connection.execute("UPDATE actors SET key = 'x' WHERE id = 1")
            connection.execute("UPDATE actors SET key = (SELECT key FROM actors WHERE id = 1) || id WHERE id = 2")
            connection.execute("INSERT INTO actors (id, login, key, kind) VALUES (-5, 'new', 'new', 'person')")
            connection.execute("UPDATE jobs SET state = 'dead', finished_at = 1 WHERE kind = 'sync' AND key = 'free-4'")

    report = move(sample, fresh, between=meanwhile)
    assert report.changed > 100
    with opened(sample, fresh, quiet, verify=True) as moving:
        assert moving.verify().rows == report.rows


def test_what_is_written_to_postgresql_while_it_is_copied_comes_with_the_last_pass(
    sample: str, fresh: str, tmp_path: Path
) -> None:
    move(sample, fresh)

    def meanwhile() -> None:
        with psycopg.connect(fresh) as connection:
            connection.execute("DELETE FROM repositories WHERE id = 7")
            connection.execute("UPDATE actors SET key = key || '!'")
            connection.execute("INSERT INTO actors (id, login, key, kind) VALUES (-5, 'new', 'new', 'person')")

    back = f"sqlite:///{tmp_path / 'back.db'}"
    report = move(fresh, back, between=meanwhile)
    assert report.changed > 50
    with opened(fresh, back, quiet, verify=True) as moving:
        assert moving.verify().rows == report.rows


def test_catching_up_brings_what_was_written_so_far(sample: str, fresh: str) -> None:
    with opened(sample, fresh, quiet) as moving:
        moving.copy()
        with closing(sqlite3.connect(path_of(sample))) as connection, connection:
            connection.execute("UPDATE pulls SET title = 'other' WHERE repository_id = 7")
        assert moving.catch_up().changed == 40
        assert moving.catch_up().changed == 0


def test_rows_that_clash_since_the_source_went_on_are_left_to_the_last_pass(sample: str, fresh: str) -> None:
    """An actor's key goes to another one whose row has not been copied yet."""
    with opened(sample, fresh, quiet, batch=3) as moving:
        with moving.target.writing():
            moving.target.insert("actors", ("id", "login", "key", "kind"), [(10**6, "o", "plain0", "p")], lenient=False)
        moving.copy()
        moving.finish()
    with opened(sample, fresh, quiet, verify=True) as moving:
        moving.verify()


def test_nobody_writes_to_the_source_during_the_last_pass(sample: str, fresh: str, tmp_path: Path) -> None:
    with opened(sample, fresh, quiet) as moving, moving.source.held(moving.tables):
        other = sqlite3.connect(path_of(sample), timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()
    move(sample, fresh)
    with (
        opened(fresh, f"sqlite:///{tmp_path / 'back.db'}", quiet) as moving,
        moving.source.held(moving.tables),
        psycopg.connect(fresh, options="-c lock_timeout=50ms") as connection,
        pytest.raises(psycopg.errors.LockNotAvailable),
    ):
        connection.execute("DELETE FROM actors")


def test_a_source_that_somebody_writes_to_cannot_be_held(sample: str, fresh: str) -> None:
    with opened(sample, fresh, quiet) as moving:
        moving.copy()
        with closing(sqlite3.connect(path_of(sample), isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            moving.source.ask("PRAGMA busy_timeout = 50")
            with pytest.raises(MoveError, match="is being written to; stop every server"):
                moving.finish()


def test_a_copy_goes_on_where_it_was(sample: str, fresh: str) -> None:
    with opened(sample, fresh, quiet, batch=5) as moving:
        moving.source.batches = breaking_off(moving.source.batches)  # type: ignore[method-assign]
        with pytest.raises(KeyboardInterrupt):
            moving.copy()
    said: list[str] = []
    with opened(sample, fresh, said.append, batch=5) as moving:
        there = sum(progress_of(moving.target, pair[0].name).rows for pair in moving.pairs)
        rest = moving.copy()
        report = moving.finish()
    assert "pulls: going on after 15 rows" in said
    assert there + rest == report.rows
    assert report.changed == 0


def breaking_off(batches: Callable[..., Iterator[list[Row]]]) -> Callable[..., Iterator[list[Row]]]:
    """Return what reads a side's rows, and is interrupted after the third batch of pull requests."""

    def read(moved: Moved, after: Key | None = None) -> Iterator[list[Row]]:
        for place, rows in enumerate(batches(moved, after)):
            if moved.name == "pulls" and place == 3:
                raise KeyboardInterrupt
            yield rows

    return read
