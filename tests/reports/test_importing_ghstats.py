"""The database of ghstats: what its zeros mean, which rows a run wrote, and databases that are none."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analytics.traffic import Count, Listed
from reports.importing.files import open_source
from reports.importing.ghstats import parse
from reports.importing.imported import Imported, Standing
from reports.importing.sheet import Unreadable
from tests.reports.history import TODAY, on, series

SCHEMA = """
CREATE TABLE repos (id INTEGER PRIMARY KEY, name TEXT NOT NULL, archived BOOLEAN DEFAULT FALSE);
CREATE TABLE repo_stats (
    repo_id INTEGER NOT NULL, date TEXT NOT NULL,
    stars INTEGER NOT NULL DEFAULT 0, forks INTEGER NOT NULL DEFAULT 0,
    watchers INTEGER NOT NULL DEFAULT 0, issues INTEGER NOT NULL DEFAULT 0,
    clones_count INTEGER NOT NULL DEFAULT 0, clones_uniques INTEGER NOT NULL DEFAULT 0,
    views_count INTEGER NOT NULL DEFAULT 0, views_uniques INTEGER NOT NULL DEFAULT 0,
    prs INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (repo_id, date));
CREATE TABLE repo_referrers (
    repo_id INTEGER NOT NULL, date TEXT NOT NULL, referrer TEXT NOT NULL, count INTEGER NOT NULL DEFAULT 0,
    uniques INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (repo_id, date, referrer));
CREATE TABLE repo_popular_paths (
    repo_id INTEGER NOT NULL, date TEXT NOT NULL, path TEXT NOT NULL, title TEXT NOT NULL,
    count INTEGER NOT NULL DEFAULT 0, uniques INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (repo_id, date, path));
INSERT INTO repos (id, name) VALUES (7, 'quartz/lantern'), (3, 'Quartz/compass');
"""


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        yield connection


def stats(database: sqlite3.Connection, day: str, number: int = 7, **columns: object) -> None:
    names = ["repo_id", "date", *columns]
    marks = ", ".join("?" * len(names))
    values = [number, f"{day}T00:00:00Z", *columns.values()]
    database.execute(f"INSERT INTO repo_stats ({', '.join(names)}) VALUES ({marks})", values)


def listed(database: sqlite3.Connection, day: str, *lines: tuple[str, int, int]) -> None:
    database.executemany(
        "INSERT INTO repo_referrers (repo_id, date, referrer, count, uniques) VALUES (7, ?, ?, ?, ?)",
        [(f"{day}T00:00:00Z", *line) for line in lines],
    )


def read(database: sqlite3.Connection) -> Imported:
    (one,) = parse(database, "ghstats.db", TODAY)
    return one


def test_a_zero_without_an_answer_is_unknown(database: sqlite3.Connection) -> None:
    stats(database, "2024-08-01", views_count=5, views_uniques=2)
    stats(database, "2024-08-02", clones_count=3, clones_uniques=1, stars=4)
    one = read(database)
    assert (one.repository, one.repository_id) == ("quartz/lantern", 7)
    assert one.views == series(d20240801=(5, 2))
    assert one.clones == series(d20240802=(3, 1))
    assert one.standings == {}


def test_a_list_or_a_runs_counters_prove_an_answer(database: sqlite3.Connection) -> None:
    stats(database, "2024-08-01", views_count=5, views_uniques=2)
    stats(database, "2024-08-20", stars=9, watchers=9, forks=2, issues=3, prs=1)
    stats(database, "2024-07-10", stars=1)
    listed(database, "2024-08-14", ("Google", 4, 2), ("github.com", 9, 1), ("Bing", 4, 3))
    one = read(database)
    days = [on("2024-08-01") + timedelta(days=place) for place in range(20)]
    assert list(one.views) == list(one.clones) == days
    assert one.views[days[0]] == Count(5, 2)
    assert {*list(one.views.values())[1:], *one.clones.values()} == {Count(0, 0)}
    assert one.referrers == {
        on("2024-08-14"): (Listed("github.com", 9, 1), Listed("Bing", 4, 3), Listed("Google", 4, 2))
    }
    at = datetime(2024, 8, 20, tzinfo=UTC)
    assert one.standings == {on("2024-08-20"): Standing(at, 9, 2, None, 3, 1)}


def test_issues_count_pull_requests_too_unless_those_are_told_apart(database: sqlite3.Connection) -> None:
    stats(database, "2024-08-20", stars=9, watchers=9, issues=3)
    stats(database, "2024-08-21", stars=9, watchers=9, issues=-1, prs=1)
    found = read(database).standings
    assert [(one.stars, one.open_issues, one.open_pulls) for one in found.values()] == [(9, None, None)] * 2


def test_a_database_from_before_pull_requests_were_counted_is_read(database: sqlite3.Connection) -> None:
    database.execute("ALTER TABLE repo_stats DROP COLUMN prs")
    stats(database, "2024-08-20", stars=9, watchers=9, views_count=1, views_uniques=1)
    assert read(database).views[on("2024-08-20")] == Count(1, 1)


def test_repositories_come_by_name(database: sqlite3.Connection) -> None:
    stats(database, "2024-08-01", views_count=5, views_uniques=2)
    stats(database, "2024-08-01", number=3, views_count=5, views_uniques=2)
    stats(database, "2024-08-01", number=99, views_count=5, views_uniques=2)
    found = parse(database, "ghstats.db", TODAY)
    assert [(one.repository, one.repository_id) for one in found] == [
        (None, 99), ("Quartz/compass", 3), ("quartz/lantern", 7),
    ]  # fmt: skip


def test_a_bad_row_is_named_by_table_and_row(database: sqlite3.Connection) -> None:
    stats(database, "2024-08-01", views_count=1, views_uniques=2)
    stats(database, "someday", views_count=1, views_uniques=1)
    stats(database, "2024-08-03", clones_count="many")
    listed(database, "2024-08-04", ("", 1, 1))
    with pytest.raises(Unreadable) as caught:
        parse(database, "ghstats.db", TODAY)
    ways = "2024-11-18 or 2024-11-18T00:00:00Z"
    assert [fault.partition(": ")[2] for fault in caught.value.faults] == [
        "table repo_stats, row 1: views_uniques (2) is more than views_count (1); are the columns in the right order?",
        "table repo_stats, row 3: clones_count is 'many', which is not a count",
        f"table repo_stats, row 2: date is 'somedayT00:00:00Z', which is not a date such as {ways}",
        "table repo_referrers, row 1: referrer is empty",
    ]


def test_another_database_is_refused(database: sqlite3.Connection, tmp_path: Path) -> None:
    database.executescript("DROP TABLE repo_popular_paths; ALTER TABLE repo_referrers RENAME COLUMN uniques TO people")
    with pytest.raises(Unreadable) as caught:
        parse(database, "ghstats.db", TODAY)
    assert caught.value.faults == (
        "ghstats.db: this is not a database of ghstats: it has no column uniques of table repo_referrers",
        "ghstats.db: this is not a database of ghstats: it has no table repo_popular_paths",
    )
    (tmp_path / "some.db").write_bytes(b"not a database")
    (tmp_path / "broken.db").write_bytes(b"SQLite format 3\0" + bytes(2000))
    for name, sentence in (("some.db", "this is not a SQLite database"), ("broken.db", "SQLite cannot read this")):
        with pytest.raises(Unreadable, match=sentence):
            open_source("ghstats", tmp_path / name, TODAY)


def test_what_is_only_in_the_write_ahead_log_is_read_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "ghstats.db"
    with closing(sqlite3.connect(path)) as writing:
        writing.execute("PRAGMA journal_mode=WAL")
        writing.executescript(SCHEMA)
        stats(writing, "2024-08-01", views_count=5, views_uniques=2)
        writing.commit()
        before = path.read_bytes()
        source, (one,) = open_source("ghstats", path, TODAY)
        assert one.views == series(d20240801=(5, 2))
        assert path.read_bytes() == before
    assert (source.format, source.name, len(source.sha256)) == ("ghstats", "ghstats.db", 64)
