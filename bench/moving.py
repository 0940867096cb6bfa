"""Millions of rows from SQLite to PostgreSQL and back: rows a second, how long the source is held, memory."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.bulk import Scale, build
from bench.figures import Figure
from bench.size import Size
from tests.storage import cluster

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
MANY = Scale(pulls=400_000, reviews=1_000_000, issues=200_000, commits=500_000)
FEW = Scale(pulls=2_000, reviews=5_000, issues=1_000, commits=2_500)


@dataclass(frozen=True)
class Run:
    """What one run of the command said and took. memory: its peak in MB."""

    said: str
    seconds: float
    memory: float

    def found(self, pattern: str) -> float:
        """Return the number that the command said at this place."""
        match = re.search(pattern, self.said)
        assert match is not None, self.said
        return float(match[1])


def run_command(log: Path, *words: str) -> Run:
    """Run the command to its end in a process of its own."""
    begun = time.perf_counter()
    with log.open("wb") as said:
        child = os.posix_spawn(
            sys.executable, [sys.executable, "-m", "bot", "migrate-database", *words], os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, said.fileno(), 1)],
        )  # fmt: skip
        _, status, used = os.wait4(child, 0)
    assert status == 0, log.read_text()
    return Run(log.read_text(), time.perf_counter() - begun, used.ru_maxrss / 1024)


def moved(log: Path, source: str, target: str, way: str) -> list[Figure]:
    """Copy, then hand over; return the figures of one direction."""
    copied = run_command(log, source, target)
    final = run_command(log, source, target, "--final")
    rows = copied.found(r"Copied (\d+) rows")
    copying = copied.seconds - copied.found(r"comparing took ([\d.]+) s")
    held = final.found(r"held for ([\d.]+) s")
    return [
        Figure(f"{way}: {rows:,.0f} rows, copied in", f"{copying:.1f} s"),
        Figure(f"{way}: rows a second", f"{rows / copying:,.0f}"),
        Figure(f"{way}: the source is held for", f"{held:.1f} s"),
        Figure(f"{way}: memory of the command, at most", f"{max(copied.memory, final.memory):.0f} MB"),
    ]


def run(size: Size) -> list[Figure]:
    """Measure both ways; without PostgreSQL on this machine there is nothing to measure."""
    if not cluster.found():
        return [Figure("moving", f"not measured: there is no PostgreSQL in {cluster.BIN}")]
    with tempfile.TemporaryDirectory(prefix="almanac-bench-") as name, cluster.cluster() as folder:
        file, back, log = (Path(name) / each for each in ("there.db", "back.db", "log"))
        size.tell("making the database")
        build(file, FEW if size.quick else MANY, now=NOW)
        cluster.run(folder, "CREATE DATABASE moved")
        address = cluster.address(folder, "moved")
        size.tell("to PostgreSQL, which syncs nothing to disk, and back")
        there = moved(log, f"sqlite:///{file}", address, "to PostgreSQL")
        return [*there, *moved(log, address, f"sqlite:///{back}", "back to SQLite")]
