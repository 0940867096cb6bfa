"""What must be so after any number of crashes: nothing lost, nothing twice, nothing half, the database whole."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from reports.keys import find_key
from sandbox.world import World
from storage.urls import libpq, sqlite_path

WAITING = "This comment becomes the answer"
KEPT = ("captured", "partly")
LEFT = "state IN ('ready', 'waiting', 'running') OR (state = 'scheduled' AND run_at <= {now})"
# every index of ours, each row of the table looked for in it
INDEXES = """
SELECT bt_index_check(index => c.oid, heapallindexed => true)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.amname = 'btree' AND c.relkind = 'i' AND n.nspname = 'public' AND i.indisvalid
"""


@dataclass
class Faults:
    """What was found wrong, each a sentence; empty is right."""

    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """How many of each."""
        return len(self.lost), len(self.twice), len(self.half), len(self.broken)

    def add(self, other: Faults) -> None:
        self.lost += other.lost
        self.twice += other.twice
        self.half += other.half
        self.broken += other.broken


class Database:
    """The server's database as a stranger reads it: `jobs` is one table, or the view that says the same."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.file: Path | None = sqlite_path(url)
        self.jobs = "jobs" if self.file else "job_states"

    def change(self, statement: str) -> None:
        """Change something, as a stranger does."""
        with self.open() as connection:
            connection.execute(statement)
            if self.file is not None:
                connection.commit()

    @contextmanager
    def open(self) -> Iterator[Any]:
        """Hold a connection."""
        if self.file is not None:
            with closing(sqlite3.connect(self.file, timeout=20)) as connection:
                yield connection
        else:
            with psycopg.connect(libpq(self.url), autocommit=True) as connection:
                yield connection

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what a query of ours finds."""
        with self.open() as connection:
            found: list[tuple[Any, ...]] = connection.execute(query).fetchall()
            return found

    def left(self, now: datetime) -> int:
        """Return how many jobs run or are due."""
        micros = int(now.timestamp() * 1_000_000)
        return int(self.rows(f"SELECT count(*) FROM {self.jobs} WHERE {LEFT.format(now=micros)}")[0][0])

    def broken(self) -> list[str]:
        """Return what the database says of itself."""
        if self.file is None:
            with self.open() as connection:
                connection.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
                try:
                    connection.execute(INDEXES).fetchall()
                except psycopg.Error as error:
                    return [str(error)]
            return []
        said = [str(row[0]) for row in self.rows("PRAGMA integrity_check") if row[0] != "ok"]
        return said + [f"a foreign key: {row}" for row in self.rows("PRAGMA foreign_key_check")]


def spoken(world: World) -> tuple[Counter[str], list[str]]:
    """Return how often each hidden key stands at GitHub, and what of the App's own has no key or is unfinished."""
    keys: Counter[str] = Counter()
    odd: list[str] = []
    app = "almanac[bot]"
    for repository in world.repositories.values():
        for number, thread in repository.threads.items():
            texts = [(thread.body, thread.author), *((one.body, one.author) for one in thread.comments)]
            for body, author in texts:
                if author is None or author.rest_login != app:
                    continue
                key = find_key(body)
                place = f"{repository.full_name}#{number}"
                if key is None:
                    odd.append(f"{place}: {body[:80]!r} has no key")
                elif WAITING in body:
                    odd.append(f"{place}: {key} says still that it becomes an answer")
                keys[key or ""] += 1
    return keys, odd


def checked(
    database: Database,
    world: World,
    acknowledged: Sequence[str],
    commands: Collection[str],
    reports: int,
    captured: Collection[tuple[int, str]],
) -> Faults:
    """Compare what was promised with what is there.

    acknowledged: deliveries' ids · commands: their answers' keys, of all time · reports: how many are due so far ·
    captured: repository and day (2026-11-23) that are due.
    """
    found = Faults()
    jobs = database.rows(f"SELECT kind, key, state FROM {database.jobs}")
    states = Counter((kind, key) for kind, key, _ in jobs)
    found.twice += [f"job {one}" for one, times in states.items() if times > 1]
    done = {key: state for kind, key, state in jobs if kind == "delivery"}
    found.lost += [f"delivery {one} is {done.get(one)}" for one in acknowledged if done.get(one) != "done"]
    found.lost += [f"given up: {kind} {key}" for kind, key, state in jobs if state == "dead"]
    keys, odd = spoken(world)
    found.lost += [f"no answer {one}" for one in commands if not keys[one]]
    found.twice += [f"{one} stands {times} times" for one, times in keys.items() if times > 1]
    of_reports = {one for one in keys if one.startswith("report-")}
    found.lost += [f"{reports} reports are due, {len(of_reports)} are there"] if len(of_reports) < reports else []
    found.twice += [f"{reports} reports are due, {len(of_reports)} are there"] if len(of_reports) > reports else []
    found.half += odd
    found.half += [f"{one} belongs to nothing" for one in keys if one and one not in commands and one not in of_reports]
    found.half += [
        f"report {key} is {state}"
        for key, state in database.rows("SELECT key, state FROM written_reports")
        if state not in ("posted", "closed") or key not in of_reports
    ]
    stored = Counter(captures(database))
    found.lost += [f"no capture of {one}" for one in captured if not stored[one]]
    found.twice += [f"{times} captures of {one}" for one, times in stored.items() if times > 1]
    found.broken += database.broken()
    return found


def captures(database: Database) -> list[tuple[int, str]]:
    """Return each capture that brought something: its repository and its day."""
    rows = database.rows("SELECT repository_id, captured_at, outcome FROM captures")
    return [(int(number), day_of(at)) for number, at, outcome in rows if outcome in KEPT]


def day_of(micros: int) -> str:
    return f"{datetime.fromtimestamp(micros / 1_000_000, UTC):%Y-%m-%d}"
