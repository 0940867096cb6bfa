"""Captures of traffic: many small installations for a day, fewer for a month, some from a GitHub that takes its time.

Time is the sandbox's clock; each day is begun by `POST /tick`, as an outside scheduler would, which makes all captures
of the day due at once. The sandbox is Python too and shares the machine: most of the time is spent on its answers.
"""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp

from bench.figures import Figure
from bench.serving import Serving, at_rest, cpu_seconds, environment, free_port, resident_megabytes, server
from bench.size import Size
from bot.ticking import PATH as TICK
from bot.worker import CAPTURES
from github.turns import CONCURRENT
from sandbox.faults import Fault, Match
from sandbox.many import many
from sandbox.server import Sandbox

BEGIN = datetime(2026, 11, 2, 0, 30, tzinfo=UTC)
WAIT = 60
SAMPLE_SECONDS = 0.5
DAYS_A_YEAR = 365
TRAFFIC = "/traffic/"
REQUESTS = 6  # for a repository and day


@dataclass(frozen=True)
class Shape:
    """How many repositories in how many installations, for how many days; delay: seconds to each answer of traffic."""

    repositories: int
    installations: int
    days: int
    delay: float = 0.0

    @property
    def repository_days(self) -> int:
        return self.repositories * self.days

    def __str__(self) -> str:
        return (
            f"{self.repositories:,} repositories in {self.installations:,} installations, "
            f"{self.days} {'day' if self.days == 1 else 'days'}"
            f"{f', {self.delay} s an answer' if self.delay else ''}"
        )

    @property
    def least_seconds(self) -> float:
        """A day's captures cannot take less: the answers to six requests, and as long a rest, in so many places."""
        waves = -(-REQUESTS // CONCURRENT)
        return self.repositories * waves * self.delay * 2 / CAPTURES


@dataclass
class Found:
    """What one shape gave. seconds: of each simulated day, from its tick until nothing is due · resident: megabytes ·
    refused: requests that GitHub thought came too fast, by the limit they met.
    """

    shape: Shape
    seconds: list[float] = field(default_factory=list)
    resident: list[float] = field(default_factory=list)
    cpu: float = 0.0
    requests: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    missing: int = 0
    bytes_before: int = 0
    bytes_after: int = 0


async def captured(shape: Shape, folder: Path, size: Size) -> Found:
    """Run a server through the days of a shape and look into its database afterwards."""
    found = Found(shape)
    token = secrets.token_hex(16)
    world, keys = many(shape.repositories, shape.installations, now=BEGIN)
    port = free_port()
    async with Sandbox(world, hook_delay=0.0) as sandbox:
        given = environment(keys, folder, port, sandbox) | {"TICK_TOKEN": token}
        if shape.delay:
            sandbox.faults.add(Fault(Match("GET", "/repos/*/*/traffic/*"), "latency", delay=shape.delay, times=None))
        async with server(given, log=folder / "log") as running, aiohttp.ClientSession() as session:
            await at_rest(running.process)
            found.bytes_before = used_bytes(folder)
            spent = cpu_seconds(running.process.pid)
            async with sampled(running, found.resident):
                for day in range(shape.days):
                    begun = time.perf_counter()
                    await work_off(session, port, token)
                    found.seconds.append(time.perf_counter() - begun)
                    if day % 10 == 0:
                        size.tell(f"{shape}: day {day + 1} took {found.seconds[-1]:.1f} s")
                    sandbox.clock.advance(timedelta(days=1))
            found.cpu = cpu_seconds(running.process.pid) - spent
        found.refused = sandbox.limits.broken
        for (_, route, _), count in sandbox.tally.items():
            found.requests["traffic" if TRAFFIC in route else "other"] += count
    found.bytes_after = used_bytes(folder)
    look(found, folder)
    return found


async def work_off(session: aiohttp.ClientSession, port: int, token: str) -> None:
    """Tick, then wait until nothing of it is due any more."""
    headers = {"Authorization": f"Bearer {token}"}
    left = 1
    while left:
        async with session.post(f"http://127.0.0.1:{port}{TICK}?wait={WAIT}", headers=headers) as response:
            response.raise_for_status()
            left = (await response.json())["left"]


@asynccontextmanager
async def sampled(running: Serving, resident: list[float]) -> AsyncIterator[None]:
    """Note the server's resident memory again and again until the context ends."""

    async def sample() -> None:
        while True:
            resident.append(resident_megabytes(running.process.pid))
            await asyncio.sleep(SAMPLE_SECONDS)

    sampling = asyncio.create_task(sample())
    try:
        yield
    finally:
        sampling.cancel()
        await asyncio.gather(sampling, return_exceptions=True)


def used_bytes(folder: Path) -> int:
    """Return the bytes of the database's pages that hold something, its log written back."""
    with closing(sqlite3.connect(folder / "almanac.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        pages, free, each = (
            connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
    return int((pages - free) * each)


def look(found: Found, folder: Path) -> None:
    """Count the captures that are stored, those that are there twice, and those that are not there."""
    with closing(sqlite3.connect(folder / "almanac.db")) as connection:
        found.outcomes.update(dict(connection.execute("SELECT outcome, count(*) FROM captures GROUP BY outcome")))
        counted = connection.execute("SELECT count(*) FROM captures GROUP BY repository_id, day").fetchall()
    found.repeated = sum(count - 1 for (count,) in counted)
    found.missing = found.shape.repository_days - len(counted)


def figures(found: Found) -> list[Figure]:
    """Return what one shape gave, line by line."""
    days, shape, named = found.shape.repository_days, found.shape, str(found.shape)
    outcomes = ", ".join(f"{count:,} {name}" for name, count in sorted(found.outcomes.items()))
    wall = sum(found.seconds)
    early, late = quarter(found.resident, 1), quarter(found.resident, 3)
    stored = (found.bytes_after - found.bytes_before) / days * DAYS_A_YEAR
    longest = max(found.seconds)
    exact = found.missing == found.repeated == 0
    return [
        Figure(f"{named}: captures", outcomes, f"{days:,}, each once", exact),
        Figure("  missing / there twice", f"{found.missing:,} / {found.repeated:,}", "0 / 0", exact),
        six(found.requests["traffic"] / days),
        Figure("  all other requests per repository-day", f"{found.requests['other'] / days:.3f}"),
        Figure("  refused for want of patience", f"{found.refused.total():,}", "0", not found.refused.total()),
        Figure("  seconds per day of captures (longest)", f"{longest:.1f} s"),
        *([floor(shape.least_seconds, longest)] if shape.delay else []),
        Figure("  CPU of the server per repository-day", f"{found.cpu / days * 1000:.1f} ms"),
        Figure("  share of the time in which the server itself worked, not GitHub", f"{found.cpu / wall:.0%}"),
        Figure("  resident memory, second quarter / last quarter", f"{early:.1f} / {late:.1f} MB"),
        Figure("  bytes per repository-year", f"{stored:,.0f}"),
    ]


def floor(least: float, seconds: float) -> Figure:
    """Compare with the time that GitHub's own answers and the rests after them take."""
    return Figure(f"  of these GitHub and the rests take {least:.1f} s", f"{seconds / least:.2f} times that")


def six(per_day: float) -> Figure:
    return Figure("  requests for traffic per repository-day", f"{per_day:.3f}", "6", per_day == 6)


def quarter(samples: list[float], number: int) -> float:
    """Return the largest sample of one quarter of the time, the first being 0."""
    part = samples[len(samples) * number // 4 : max(len(samples) * (number + 1) // 4, 1)]
    return max(part or samples)


async def measured(size: Size) -> list[Figure]:
    wide, deep, slow = Shape(10_000, 500, 1), Shape(500, 25, 30), Shape(1_280, 16, 1, delay=0.15)
    if size.quick:
        wide, deep, slow = Shape(60, 6, 1), Shape(20, 2, 3), Shape(16, 8, 1, delay=0.15)
    with tempfile.TemporaryDirectory(prefix="almanac-bench-") as name:
        found = [await captured(one, Path(tempfile.mkdtemp(dir=name)), size) for one in (wide, deep, slow)]
    return [figure for one in found for figure in figures(one)]


def run(size: Size) -> list[Figure]:
    """Measure all three shapes."""
    return asyncio.run(measured(size))
