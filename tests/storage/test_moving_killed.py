"""A move whose process is killed goes on where it was, and a database that somebody uses is moved whole."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest

from bench.bulk import Scale, build
from storage.moving import opened
from storage.moving_progress import progress_of
from storage.moving_sides import open_side

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
SCALE = Scale(pulls=3000, reviews=9000, issues=1000, commits=4000)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with some ten thousand rows."""
    path = tmp_path_factory.mktemp("bulk") / "bulk.db"
    build(path, SCALE, now=datetime(2026, 11, 22, 8, tzinfo=UTC))
    return path


def begin(source: str, target: str, *more: str) -> subprocess.Popen[str]:
    """Start the command as people do."""
    command = [sys.executable, "-m", "bot", "migrate-database", source, target, *more]
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def ended(child: subprocess.Popen[str]) -> str:
    """Return what it said, once it has ended well."""
    said, _ = child.communicate(timeout=PATIENCE)
    assert child.returncode == 0, said
    return said


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def copied(target: str, table: str) -> int:
    """Return how many rows of a table have come so far; 0 while there is no schema yet."""
    side = open_side(target)
    try:
        return progress_of(side, table).rows if side.has_table("moving") else 0
    finally:
        side.close()


def equal(source: str, target: str) -> int:
    with opened(source, target, lambda _: None, verify=True) as moving:
        return moving.verify().rows


def test_a_killed_copy_goes_on_and_is_whole_in_the_end(built: Path, fresh: str, tmp_path: Path) -> None:
    source = f"sqlite:///{built}"
    killed = begin(source, fresh, "--batch", "50")
    until(lambda: copied(fresh, "reviews") > 500)
    killed.kill()
    killed.communicate()
    assert killed.returncode == -9
    there = copied(fresh, "reviews")
    assert 500 < there < SCALE.reviews
    said = ended(begin(source, fresh, "--final"))
    assert f"reviews: going on after {there} rows\nreviews: {SCALE.reviews - there} rows in" in said
    assert "Equal: " in said
    rows = equal(source, fresh)
    back = f"sqlite:///{tmp_path / 'back.db'}"
    returning = begin(fresh, back, "--batch", "50")
    until(lambda: (tmp_path / "back.db").exists() and copied(back, "reviews") > 500)
    returning.kill()
    returning.communicate()
    assert 500 < copied(back, "reviews") < SCALE.reviews
    ended(begin(fresh, back, "--final"))
    assert equal(source, back) == rows


def test_a_move_that_is_killed_in_its_last_pass_is_made_again(built: Path, fresh: str) -> None:
    source = f"sqlite:///{built}"
    killed = begin(source, fresh, "--final", "--batch", "50")
    until(lambda: copied(fresh, "actors") > 0)
    with psycopg.connect(fresh) as other, psycopg.connect(fresh, autocommit=True) as looking:
        other.execute("LOCK TABLE payloads IN ACCESS EXCLUSIVE MODE")  # which the last pass comes to in the end
        until(lambda: looking.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone() == (1,))
        killed.kill()
        killed.communicate()
    assert copied(fresh, "reviews") == SCALE.reviews
    ended(begin(source, fresh, "--final"))
    equal(source, fresh)


def test_a_database_that_is_written_to_all_the_time_is_moved_whole(built: Path, fresh: str, tmp_path: Path) -> None:
    path = tmp_path / "used.db"
    with closing(sqlite3.connect(built)) as read, closing(sqlite3.connect(path)) as copy:
        read.backup(copy)
    stop = Event()
    done: list[int] = []

    def use() -> None:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)) as connection:
            while not stop.is_set():
                number = len(done)
                connection.execute(
                    "UPDATE pulls SET title = ? WHERE number = ?", (f"now {number}", 1 + number % SCALE.pulls)
                )
                connection.execute("DELETE FROM reviews WHERE id = ?", (f"PRR_kwDOQ{number * 7:010}",))
                connection.execute(
                    "INSERT INTO actors (login, key, kind) VALUES (?, ?, 'person')", (f"n{number}", f"new-{number}")
                )
                connection.execute("UPDATE actors SET key = key || '.' WHERE id = ?", (1 + number % 300,))
                done.append(number)

    user = Thread(target=use)
    user.start()
    try:
        source = f"sqlite:///{path}"
        said = ended(begin(source, fresh, "--batch", "200"))
        assert "Now stop every server that uses FROM" in said
        before = len(done)
        ended(begin(source, fresh, "--batch", "200"))
        assert len(done) > before > 10
    finally:
        stop.set()
        user.join()
    said = ended(begin(source, fresh, "--final"))
    assert "rows brought" in said
    equal(source, fresh)
