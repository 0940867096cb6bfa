"""Make a database with one very large repository, the same for the same seed: `python -m bench.bulk FILE`.

It is written straight into the migrated schema, without any of the code that is measured on it.
"""

from __future__ import annotations

import argparse
import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np

from analytics.window import BEGINNING
from storage.migrate import upgrade

REPOSITORY_ID = 1_000_001
INSTALLATION_ID = 51_000_001  # as the sandbox numbers its first
OWNER, NAME = "basalt-works", "quarry"
YEARS = 6
PEOPLE, PROGRAMS = 400, 6
HOUR = 3_600_000_000  # microseconds
DAY = 24 * HOUR
WEEKDAYS = np.array([1.0, 1.1, 1.1, 1.05, 0.9, 0.25, 0.2])  # Monday first
HOURS = np.array([2, 1, 1, 1, 1, 2, 3, 5, 8, 10, 10, 9, 8, 10, 11, 11, 10, 9, 7, 6, 5, 4, 3, 3], dtype=float)
REVIEW_STATES = ("APPROVED", "COMMENTED", "CHANGES_REQUESTED", "DISMISSED")
Ints = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Scale:
    """How many rows of each table."""

    pulls: int = 130_000
    reviews: int = 400_000
    issues: int = 60_000
    commits: int = 200_000


class Maker:
    """Draws believable columns from one seeded generator; times are microseconds since 1970."""

    def __init__(self, seed: int, now: datetime) -> None:
        self.random = np.random.default_rng(seed)
        self.now = micros(now)
        days = YEARS * 365
        first = self.now // DAY - days
        weekday = (np.arange(first, first + days) + 3) % 7  # 1970-01-01 was a Thursday
        growth = np.linspace(0.6, 1.4, days)
        self.days = first + np.arange(days)
        self.day_weights = WEEKDAYS[weekday] * growth
        self.day_weights /= self.day_weights.sum()
        # Zipf: few heavy and many light authors, programs among the heavy ones
        self.weights = 1 / np.arange(1, PEOPLE + PROGRAMS + 1) ** 1.1
        self.weights /= self.weights.sum()

    def times(self, count: int) -> Ints:
        """Return times of work in ascending order, up to now."""
        day = self.random.choice(self.days, count, p=self.day_weights)
        hour = self.random.choice(24, count, p=HOURS / HOURS.sum())
        within = self.random.integers(0, 3600, count) * 1_000_000
        times: Ints = np.sort(np.minimum(day * DAY + hour * HOUR + within, self.now - HOUR))
        return times

    def waits(self, count: int, median_hours: float, sigma: float) -> Ints:
        """Return log-normal durations."""
        hours = np.minimum(self.random.lognormal(np.log(median_hours), sigma, count), 3 * 365 * 24)
        waits: Ints = np.maximum(hours * 3600, 20).astype("int64") * 1_000_000
        return waits

    def people(self, count: int) -> Ints:
        """Return actor ids, from 1."""
        chosen: Ints = self.random.choice(np.arange(1, PEOPLE + PROGRAMS + 1), count, p=self.weights)
        return chosen

    def sizes(self, count: int, median: float) -> Ints:
        return self.random.lognormal(np.log(median), 1.6, count).astype("int64")

    def chance(self, count: int, share: float) -> Any:
        return self.random.random(count) < share

    def known(self, times: Ints, happened: Iterable[Any]) -> list[int | None]:
        """Return times as database values, None where it did not happen or not yet."""
        return [t if is_so and t < self.now else None for t, is_so in zip(times.tolist(), happened, strict=True)]


def either(conditions: Iterable[Any], values: Sequence[Any]) -> list[Any]:
    """Return each value where its condition holds, None elsewhere."""
    return [value if condition else None for condition, value in zip(conditions, values, strict=True)]


def micros(moment: datetime) -> int:
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))


def build(path: Path, scale: Scale = Scale(), *, seed: int = 7, now: datetime) -> None:
    """Write the database to `path`, which must not exist, as of `now`: 6 years of work, everything synced at `now`."""
    if path.exists():
        raise FileExistsError(f"{path} exists; name a new file")
    upgrade(f"sqlite:///{path}")
    make = Maker(seed, now)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # nothing is lost if this is cut short: the file is made again
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -200000")
        connection.execute("BEGIN")
        save_people(connection)
        pulls = save_pulls(connection, make, scale)
        save_reviews(connection, make, scale, pulls)
        save_issues(connection, make, scale)
        save_commits(connection, make, scale)
        save_firsts(connection)
        save_watermarks(connection, make)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def insert(connection: sqlite3.Connection, table: str, size: int, **columns: Any) -> None:
    """Write `size` rows column by column; a column that is one value has it in every row."""
    places = ", ".join("?" * (len(columns) + 1))
    names = ", ".join(("repository_id", *columns))
    cells = [column if isinstance(column, list) else repeat(column, size) for column in columns.values()]
    rows = zip(repeat(REPOSITORY_ID, size), *cells, strict=True)
    connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)


def save_people(connection: sqlite3.Connection) -> None:
    """Heavy authors come first; every tenth of the first sixty is a program."""
    connection.execute(
        "INSERT INTO installations (id, account_login, account_id, account_type) VALUES (?, ?, 42, 'Organization')",
        (INSTALLATION_ID, OWNER),
    )
    connection.execute(
        "INSERT INTO repositories (id, installation_id, owner, name, key, visibility, default_branch, archived) "
        "VALUES (?, ?, ?, ?, ?, 'public', 'main', 0)",
        (REPOSITORY_ID, INSTALLATION_ID, OWNER, NAME, f"{OWNER}/{NAME}"),
    )
    for number in range(1, PEOPLE + PROGRAMS + 1):
        program = number % 10 == 4 and number <= 10 * PROGRAMS
        login = f"machine-{number}" if program else f"person-{number:03}"
        actor = (number, login, login, "bot" if program else "person")
        connection.execute("INSERT INTO actors (id, login, key, kind) VALUES (?, ?, ?, ?)", actor)


def save_pulls(connection: sqlite3.Connection, make: Maker, scale: Scale) -> tuple[Ints, Ints]:
    """Write pull requests and their timeline; return creation times and authors by number - 1."""
    count = scale.pulls
    created, authors, mergers = make.times(count), make.people(count), make.people(count).tolist()
    ended = created + make.waits(count, 20, 2.2)
    closed = make.known(ended, make.chance(count, 0.985))
    merged = either(make.chance(count, 0.82), closed)
    ready = np.where(make.chance(count, 0.12), np.minimum(created + make.waits(count, 8, 1.2), ended), created)
    readies = make.known(ready, repeat(True, count))
    updated = np.minimum(ended + make.waits(count, 0.2, 1.5), make.now).tolist()
    numbers = list(range(1, count + 1))
    insert(
        connection,
        "pulls",
        count,
        number=numbers,
        title=[f"Change the layer under vein {number}" for number in numbers],
        author_id=authors.tolist(),
        created_at=created.tolist(),
        updated_at=updated,
        closed_at=closed,
        merged_at=merged,
        merged_by_id=either(merged, mergers),
        is_draft=[at is None for at in readies],
        ready_at=readies,
        base_ref="main",
        additions=make.sizes(count, 30).tolist(),
        deletions=make.sizes(count, 10).tolist(),
        changed_files=(make.sizes(count, 3) + 1).tolist(),
        labels="[]",
        last_at=updated,
    )
    turns = [
        (f"{kind}_{number}", number, kind, at, who)
        for number, who, begin, end, is_merged in zip(numbers, mergers, readies, closed, merged, strict=True)
        for kind, at in (("review_requested", begin), ("merged" if is_merged else "closed", end))
        if at is not None
    ]
    turn = dict(zip(("id", "number", "kind", "at", "actor_id"), map(list, zip(*turns, strict=True)), strict=True))
    insert(connection, "timeline", len(turns), **turn)
    return created, authors


def save_reviews(connection: sqlite3.Connection, make: Maker, scale: Scale, pulls: tuple[Ints, Ints]) -> None:
    """Write reviews, several of one pull request and none of another; some come after its end, as they do."""
    count = scale.reviews
    created, authors = pulls
    reviewed = np.sort(make.random.integers(0, scale.pulls, count))
    at = np.minimum(created[reviewed] + make.waits(count, 6, 1.8), make.now - HOUR)
    states = make.random.choice(len(REVIEW_STATES), count, p=[0.45, 0.4, 0.12, 0.03]).tolist()
    insert(
        connection,
        "reviews",
        count,
        id=[f"PRR_kwDOQ{number:010}" for number in range(count)],
        number=(reviewed + 1).tolist(),
        reviewer_id=make.people(count).tolist(),
        author_id=authors[reviewed].tolist(),
        state=[REVIEW_STATES[state] for state in states],
        submitted_at=at.tolist(),
    )


def save_issues(connection: sqlite3.Connection, make: Maker, scale: Scale) -> None:
    """Write issues, numbered after the pull requests."""
    count = scale.issues
    created = make.times(count)
    closed = make.known(created + make.waits(count, 200, 2.4), make.chance(count, 0.9))
    answered = make.known(created + make.waits(count, 12, 2), make.chance(count, 0.85))
    last = [max(begin, end or 0) for begin, end in zip(created.tolist(), closed, strict=True)]
    insert(
        connection,
        "issues",
        count,
        number=list(range(scale.pulls + 1, scale.pulls + count + 1)),
        title="Water in the shaft",
        author_id=make.people(count).tolist(),
        created_at=created.tolist(),
        updated_at=last,
        closed_at=closed,
        comments=make.random.poisson(3, count).tolist(),
        first_response_at=answered,
        first_response_by_id=either(answered, make.people(count).tolist()),
        labels="[]",
        last_at=last,
    )


def save_commits(connection: sqlite3.Connection, make: Maker, scale: Scale) -> None:
    """Write commits; their names are spread over all values and never the same twice."""
    count = scale.commits
    at = make.times(count)
    insert(
        connection,
        "commits",
        count,
        sha=[f"{number * 0x9E3779B97F4A7C15 % 2**64:040x}" for number in range(count)],
        author_id=make.people(count).tolist(),
        authored_at=(at - make.waits(count, 3, 1.5)).tolist(),
        committed_at=at.tolist(),
        additions=make.sizes(count, 30).tolist(),
        deletions=make.sizes(count, 10).tolist(),
        parents=np.where(make.chance(count, 0.3), 2, 1).tolist(),
    )


def save_firsts(connection: sqlite3.Connection) -> None:
    connection.execute(
        "INSERT INTO firsts (repository_id, actor_id, first_at) SELECT repository_id, actor_id, min(at) FROM ("
        "SELECT repository_id, author_id AS actor_id, created_at AS at FROM pulls UNION ALL "
        "SELECT repository_id, author_id, created_at FROM issues UNION ALL "
        "SELECT repository_id, reviewer_id, submitted_at FROM reviews UNION ALL "
        "SELECT repository_id, author_id, committed_at FROM commits) GROUP BY repository_id, actor_id"
    )


def save_watermarks(connection: sqlite3.Connection, make: Maker) -> None:
    """Everything was read to its beginning and is fresh."""
    datasets = ["pulls", "issues", "commits", "releases"]
    insert(
        connection,
        "watermarks",
        len(datasets),
        dataset=datasets,
        synced_at=make.now,
        newest_at=make.now,
        covered_since=micros(BEGINNING),
        open_complete_at=make.now,
        whole_history=True,
        rows=[connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in datasets],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--now", type=datetime.fromisoformat, default=datetime(2026, 11, 22, 8, tzinfo=UTC))
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    begun = time.perf_counter()
    build(given.file, seed=given.seed, now=given.now)
    print(f"{given.file}: {given.file.stat().st_size / 1e6:.0f} MB in {time.perf_counter() - begun:.1f} s")


if __name__ == "__main__":
    main()
