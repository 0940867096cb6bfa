"""What is refused or found by a move that its other tests do not come to: databases, processes, rows left behind."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.migrate import upgrade
from storage.moving import MoveError, opened
from storage.moving_progress import Progress, advance, progress_of
from tests.storage import cluster
from tests.storage.moves import quiet


def test_one_postgresql_database_under_two_addresses_is_refused(sample: str, fresh: str) -> None:
    upgrade(fresh)
    with pytest.raises(MoveError, match="both addresses lead to the same database"):
        finished(fresh, f"{fresh}&connect_timeout=9")
    assert finished(sample, fresh) > 1000


def test_a_move_between_two_of_a_kind_is_no_mistake(sample: str, fresh: str, postgresql: Path, tmp_path: Path) -> None:
    cluster.run(postgresql, "CREATE DATABASE another TEMPLATE template0")
    another = cluster.address(postgresql, "another")
    try:
        rows = [finished(sample, fresh), finished(fresh, another), finished(sample, f"sqlite:///{tmp_path / 'two.db'}")]
        assert rows[0] == rows[1] == rows[2]
        with opened(sample, another, quiet, verify=True) as moving:
            assert moving.verify().rows == rows[0]
    finally:
        cluster.run(postgresql, "DROP DATABASE another WITH (FORCE)")


def finished(source: str, target: str) -> int:
    with opened(source, target, quiet) as moving:
        moving.copy()
        return moving.finish().rows


def test_a_database_that_cannot_hold_every_text_is_refused(sample: str, postgresql: Path) -> None:
    cluster.run(postgresql, "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    try:
        with pytest.raises(MoveError, match="has the encoding LATIN1"):
            finished(sample, cluster.address(postgresql, "latin"))
    finally:
        cluster.run(postgresql, "DROP DATABASE latin WITH (FORCE)")


def test_a_role_that_may_not_make_tables_is_told(sample: str, fresh: str, postgresql: Path) -> None:
    cluster.run(postgresql, "DROP ROLE IF EXISTS reader")
    cluster.run(postgresql, "CREATE ROLE reader LOGIN")
    with pytest.raises(MoveError, match="the schema of TO cannot be made: permission denied"):
        finished(sample, fresh.replace("postgres@", "reader@"))


def test_of_two_processes_with_one_move_the_second_stops(sample: str, fresh: str) -> None:
    with opened(sample, fresh, quiet) as moving:
        moving.copy()
        here = progress_of(moving.target, "pulls")
        with moving.target.writing():
            advance(moving.target, "pulls", here, Progress(here.after, here.rows + 1))
        with pytest.raises(MoveError, match="another process goes on with this move"), moving.target.writing():
            advance(moving.target, "pulls", here, Progress(here.after, here.rows + 2))
        assert progress_of(moving.target, "pulls").rows == here.rows + 1


def test_payloads_of_jobs_that_were_left_out_are_taken_out(sample: str, tmp_path: Path) -> None:
    """One stands in the way of a job's own, the other belongs to none."""
    target = f"sqlite:///{tmp_path / 'two.db'}"
    with opened(sample, target, quiet) as moving:
        with moving.target.writing():
            moving.target.insert("payloads", ("job_id", "body"), [(2, b"other"), (10**6, b"none's")], lenient=False)
        moving.copy()
        moving.finish()
    with opened(sample, target, quiet, verify=True) as moving:
        moving.verify()
        assert moving.target.ask("SELECT count(*) FROM payloads WHERE job_id = 1000000") == [(0,)]


def test_keys_and_jobs_that_belong_to_nothing_are_taken_out(sample: str, fresh: str) -> None:
    """One key stands in the way of a job's own, the others belong to none."""
    living = ("id", "queue_name", "task_name", "status")
    keys = ("job_id", "kind", "key", "priority", "run_at", "later", "created_at")
    with opened(sample, fresh, quiet) as moving:
        with moving.target.writing():
            moving.target.insert("job_keys", keys, [(10**6, "sync", "lane-2", 5, 0, 0, 0)], lenient=False)
            moving.target.insert("procrastinate_jobs", living, [(10**6 + 1, "later", "sync", "todo")], lenient=False)
        moving.copy()
        moving.finish()
    with opened(sample, fresh, quiet, verify=True) as moving:
        moving.verify()
        for table, column in (("job_keys", "job_id"), ("procrastinate_jobs", "id")):
            assert moving.target.ask(f"SELECT count(*) FROM {table} WHERE {column} >= 1000000") == [(0,)]


def test_a_row_without_its_parent_is_an_error_in_sqlite_too(sample: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(sample.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("DELETE FROM answers WHERE key = (SELECT answer_key FROM answer_parts LIMIT 1)")
    target = f"sqlite:///{tmp_path / 'two.db'}"
    with pytest.raises(MoveError, match=r"row \d+ of answer_parts belongs to a row of answers that is not there"):
        finished(sample, target)
    with closing(sqlite3.connect(tmp_path / "two.db")) as connection:
        assert connection.execute("SELECT count(*) FROM moving").fetchone() > (0,)
