"""`/analytics traffic` over a daily series of five years: read, measured and drawn in a warm worker."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from analytics.metrics import all_metrics
from analytics.traffic import Count
from bench.days import counts
from bench.figures import Figure, at_most
from bench.size import Size
from reports.answer import Answer, DatasetState
from reports.compute_task import Task
from reports.pool import Pool
from reports.question import Question
from storage.connection import Connection
from storage.engine import Store
from storage.installations import Installation, Repository, save_installation, save_repository
from storage.migrate import upgrade
from storage.traffic import save_days

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
YEARS = 5
TARGET = 300.0  # milliseconds
GAPS = ((400, 20), (900, 7), (1500, 1))  # days from the beginning, and how many are unknown
REPOSITORY = Repository(7, 1, "quartz-labs", "lantern", "public", "main")


def series() -> dict[date, Count]:
    """Return five years of days, those that are known."""
    days = counts(NOW.date() - timedelta(days=365 * YEARS), 365 * YEARS, GAPS)
    return {day: Count(count, count // 3) for day, count in days.items() if count is not None}


async def measured(size: Size) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="almanac-bench-") as name:
        url = f"sqlite:///{Path(name) / 'almanac.db'}"
        await asyncio.to_thread(upgrade, url)
        store = await Store.open(url)
        try:
            await store.write(fill)
            return await timed(url, 3 if size.quick else 15)
        finally:
            await store.close()


async def fill(connection: Connection) -> None:
    """Store the series, for views and for clones."""
    await save_installation(connection, Installation(1, "quartz-labs", 2, "Organization"))
    await save_repository(connection, REPOSITORY)
    days = series()
    for kind in ("views", "clones"):
        await save_days(connection, REPOSITORY.id, kind, days, NOW.date())


async def timed(url: str, times: int) -> list[Figure]:
    """Ask a warm worker for the whole series, again and again."""
    question = Question.from_words(
        ["traffic", "all"],
        now=NOW,
        repository_id=REPOSITORY.id,
        repository=REPOSITORY.full_name,
        metrics=all_metrics(),
    )
    states = {"traffic": DatasetState("traffic", 0, synced_at=NOW, whole_history=True)}
    task = Task(url, question, NOW, states)
    pool = Pool(1)
    try:
        await pool.warm()
        taken, pictures = [], 0
        for _ in range(times):
            begun = time.perf_counter()
            answer = await pool.run("answer", task)
            taken.append((time.perf_counter() - begun) * 1000)
            assert isinstance(answer, Answer)
            pictures = len(answer.pictures)
    finally:
        pool.close()
    what = f"{365 * YEARS:,} days read, measured and drawn as {pictures} pictures in light and dark (median of {times})"
    return [
        at_most(what, statistics.median(taken), TARGET, "ms", 0),
        Figure("the slowest of them", f"{max(taken):.0f} ms"),
    ]


def run(size: Size) -> list[Figure]:
    """Measure in one worker."""
    return asyncio.run(measured(size))
