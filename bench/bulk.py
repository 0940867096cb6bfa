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
from pathlib import Path
from typing import Any

import numpy as np

from storage.migrate import upgrade

REPOSITORY_ID = 1_000_001
INSTALLATION_ID = 1001
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
        return np.sort(np.minimum(day * DAY + hour * HOUR + within, self.now - HOUR))

    def waits(self, count: int, median_hours: float, sigma: float) -> Ints:
        """Return log-normal durations."""
        hours = np.minimum(self.random.lognormal(np.log(median_hours), sigma, count), 3 * 365 * 24)
        return np.maximum(hours * 3600, 20).astype("int64") * 1_000_000

    def people(self, count: int) -> Ints:
        """Return actor ids, from 1."""
        return self.random.choice(np.arange(1, PEOPLE + PROGRAMS + 1), count, p=self.weights)

    def sizes(self, count: int, median: float) -> Ints:
        return self.random.lognormal(np.log(median), 1.6, count).astype("int64")

    def chance(self, count: int, share: float) -> Any:
        return self.random.random(count) < share

    def known(self, times: Ints, happened: Any) -> list[int | None]:
        """Return times as database values, None where it did not happen or not yet."""
        return [t if is_so and t < self.now else None for t, is_so in zip(times.tolist(), happened, strict=True)]


def micros(moment: datetime) -> int:
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))


def build(path: Path, scale: Scale = Scale(), *, seed: int = 7, now: datetime) -> None:  # noqa: B008 - a frozen value
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


def insert(connection: sqlite3.Connection, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    places = ", ".join("?" * len(columns.split(", ")))
    connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)


def save_people(connection: sqlite3.Connection) -> None:
    """Heavy authors come first; every tenth of the first sixty is a program."""
    logins = []
    for number in range(1, PEOPLE + PROGRAMS + 1):
        program = number % 10 == 4 and number <= 10 * PROGRAMS
        login = f"machine-{number}" if program else f"person-{number:03}"
        logins.append((number, login, login, "bot" if program else "person"))
    insert(
        connection,
        "installations",
        "id, account_login, account_id, account_type",
        [(INSTALLATION_ID, OWNER, 42, "Organization")],
    )
    columns = "id, installation_id, owner, name, key, visibility, default_branch, archived"
    repository = (REPOSITORY_ID, INSTALLATION_ID, OWNER, NAME, f"{OWNER}/{NAME}", "public", "main", 0)
    insert(connection, "repositories", columns, [repository])
    insert(connection, "actors", "id, login, key, kind", logins)


def save_pulls(connection: sqlite3.Connection, make: Maker, scale: Scale) -> tuple[Ints, Ints]:
    """Write pull requests and their timeline; return creation times and authors by number - 1."""
    count = scale.pulls
    created, authors = make.times(count), make.people(count)
    ended = created + make.waits(count, 20, 2.2)
    ends, merges = make.chance(count, 0.985), make.chance(count, 0.82)
    closed = make.known(ended, ends)
    merged = [at if is_merged else None for at, is_merged in zip(closed, merges, strict=True)]
    mergers = make.people(count).tolist()
    draft = make.chance(count, 0.12)
    ready = np.where(draft, np.minimum(created + make.waits(count, 8, 1.2), ended), created)
    readies = make.known(ready, np.ones(count, dtype=bool))
    updated = np.minimum(np.maximum(ended, created) + make.waits(count, 0.2, 1.5), make.now)
    last = [max(c, u, e or 0) for c, u, e in zip(created.tolist(), updated.tolist(), closed, strict=True)]
    sizes = [make.sizes(count, 30).tolist(), make.sizes(count, 10).tolist(), (make.sizes(count, 3) + 1).tolist()]
    columns = (
        "repository_id, number, title, author_id, created_at, updated_at, closed_at, merged_at, merged_by_id, is_draft, "
        "ready_at, base_ref, additions, deletions, changed_files, labels, last_at"
    )
    numbers = range(1, count + 1)
    insert(
        connection,
        "pulls",
        columns,
        (
            (REPOSITORY_ID, n, f"Change the layer under vein {n}", *rest[:5], rest[6] if rest[4] else None, *rest[7:9])
            + ("main", *rest[9:12], "[]", rest[12])
            for n, *rest in zip(
                numbers, authors.tolist(), created.tolist(), updated.tolist(), closed, merged, closed, mergers,
                [int(at is None) for at in readies], readies, *sizes, last, strict=True,
            )
        ),
    )  # fmt: skip
    turns = (
        (REPOSITORY_ID, f"{kind}_{n}", n, kind, at, who, None)
        for n, who, begin, end, is_merged in zip(numbers, mergers, readies, closed, merges, strict=True)
        for kind, at in (("review_requested", begin), ("merged" if is_merged else "closed", end))
        if at is not None
    )
    insert(connection, "timeline", "repository_id, id, number, kind, at, actor_id, subject", turns)
    return created, authors


def save_reviews(connection: sqlite3.Connection, make: Maker, scale: Scale, pulls: tuple[Ints, Ints]) -> None:
    created, authors = pulls
    reviewed = np.sort(make.random.integers(0, scale.pulls, scale.reviews))
    reviewers = make.people(scale.reviews)
    at = np.minimum(created[reviewed] + make.waits(scale.reviews, 6, 1.8), make.now - HOUR)
    states = make.random.choice(len(REVIEW_STATES), scale.reviews, p=[0.45, 0.4, 0.12, 0.03]).tolist()
    rows = (
        (REPOSITORY_ID, f"PRR_kwDOQ{n:010}", number, reviewer, author, REVIEW_STATES[state], submitted)
        for n, number, reviewer, author, state, submitted in zip(
            range(scale.reviews), (reviewed + 1).tolist(), reviewers.tolist(), authors[reviewed].tolist(), states, at.tolist(),
            strict=True,
        )
    )  # fmt: skip
    insert(connection, "reviews", "repository_id, id, number, reviewer_id, author_id, state, submitted_at", rows)


def save_issues(connection: sqlite3.Connection, make: Maker, scale: Scale) -> None:
    count = scale.issues
    created, authors, helpers = make.times(count), make.people(count), make.people(count)
    closed = make.known(created + make.waits(count, 200, 2.4), make.chance(count, 0.9))
    answered = make.known(created + make.waits(count, 12, 2), make.chance(count, 0.85))
    comments = make.random.poisson(3, count).tolist()
    columns = (
        "repository_id, number, title, author_id, created_at, updated_at, closed_at, comments, first_response_at, "
        "first_response_by_id, labels, last_at"
    )
    rows = (
        (REPOSITORY_ID, scale.pulls + n, f"Water in shaft {n}", author, opened, max(opened, end or 0), end, said, reply)
        + (who if reply else None, "[]", max(opened, end or 0))
        for n, author, opened, end, said, reply, who in zip(
            range(1, count + 1),
            authors.tolist(),
            created.tolist(),
            closed,
            comments,
            answered,
            helpers.tolist(),
            strict=True,
        )
    )
    insert(connection, "issues", columns, rows)


def save_commits(connection: sqlite3.Connection, make: Maker, scale: Scale) -> None:
    count = scale.commits
    at, authors = make.times(count), make.people(count)
    authored = at - make.waits(count, 3, 1.5)
    parents = np.where(make.chance(count, 0.3), 2, 1).tolist()
    columns = "repository_id, sha, author_id, authored_at, committed_at, additions, deletions, parents"
    numbers = (
        np.arange(count, dtype="uint64") * np.uint64(0x9E3779B97F4A7C15)
    ).tolist()  # spread, never the same twice
    rows = (
        (REPOSITORY_ID, f"{number:040x}", *rest)
        for number, *rest in zip(
            numbers, authors.tolist(), authored.tolist(), at.tolist(), make.sizes(count, 30).tolist(),
            make.sizes(count, 10).tolist(), parents, strict=True,
        )
    )  # fmt: skip
    insert(connection, "commits", columns, rows)


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
    columns = "repository_id, dataset, synced_at, newest_at, covered_since, open_complete_at, whole_history, rows"
    beginning = micros(datetime(2005, 1, 1, tzinfo=UTC))
    rows = []
    for dataset, table in (("pulls", "pulls"), ("issues", "issues"), ("commits", "commits"), ("releases", "releases")):
        (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        rows.append((REPOSITORY_ID, dataset, make.now, make.now, beginning, make.now, 1, count))
    insert(connection, "watermarks", columns, rows)


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
