"""An answer from a repository of 130,000 pull requests and 400,000 reviews that is stored and fresh."""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bench.asking import Town, town
from bench.bulk import NAME, OWNER, REPOSITORY_ID, Scale, build
from bench.figures import Figure, at_most
from bench.size import Size
from sandbox.build import VISITOR
from sandbox.clock import Clock
from sandbox.registration import register
from sandbox.state import RequestRecord
from sandbox.world import World

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
WINDOW, HISTORY = "/analytics 90d", "/analytics all"
OTHERS = ("contents", "traffic", "collaborators")
SMALL = Scale(pulls=5_000, reviews=15_000, issues=2_000, commits=8_000)


async def measured(size: Size) -> list[Figure]:
    scale, times, history_times = (SMALL, 3, 1) if size.quick else (Scale(), 15, 5)
    with tempfile.TemporaryDirectory(prefix="almanac-bench-") as name:
        folder = Path(name)
        size.tell(f"making {scale.pulls:,} pull requests and {scale.reviews:,} reviews")
        await asyncio.to_thread(build, folder / "almanac.db", scale, now=NOW)
        world = World(Clock(NOW))
        keys = register(world)
        world.add_repository(f"{OWNER}/{NAME}", id=REPOSITORY_ID)
        world.install(OWNER)
        world.permit(f"{OWNER}/{NAME}", VISITOR, "write")
        async with town(world, keys, f"{OWNER}/{NAME}", folder) as place:
            size.tell(f"asking {WINDOW} {times + 1} times, then {HISTORY}")
            first = await place.ask(WINDOW)
            again = await place.ask(WINDOW)
            window = await anew(place, WINDOW, times)
            history = await anew(place, HISTORY, history_times)
            lists = sum(is_read(one) for one in place.sandbox.requests)
    quarter = f"`{WINDOW}`, computed, from comment to answer (median of {times})"
    whole = f"`{HISTORY}`, computed, whole history (median of {history_times})"
    return [
        Figure(
            f"{scale.pulls:,} pull requests, {scale.reviews:,} reviews: the first answer of a new server",
            f"{first:.2f} s",
        ),
        Figure("the same asked again within a minute, nothing stored in between", f"{again:.2f} s"),
        at_most(quarter, statistics.median(window), 0.7, "s", 2),
        Figure("the slowest of them", f"{max(window):.2f} s"),
        at_most(whole, statistics.median(history), 2, "s", 2),
        Figure("requests that read activity from GitHub, of all answers", str(lists), "0", lists == 0),
    ]


async def anew(place: Town, comment: str, times: int) -> list[float]:
    """Ask the same again and again, each time after something was stored, so that no answer is shared."""
    taken = []
    for _ in range(times):
        await asyncio.to_thread(touch, place.folder / "almanac.db")
        taken += await place.ask_often(comment, 1)
    return taken


def touch(path: Path) -> None:
    """Leave the marks of a sync that found nothing new, a microsecond after the last."""
    with closing(sqlite3.connect(path, timeout=10)) as connection, connection:
        connection.execute("UPDATE watermarks SET synced_at = synced_at + 1")


def is_read(request: RequestRecord) -> bool:
    """Tell a request that reads a repository's activity from captures of traffic, settings, permissions and writing."""
    if request.operation is not None:
        return request.operation != "Snapshots"
    below = request.path.removeprefix(f"/repos/{OWNER}/{NAME}/")
    return request.method == "GET" and below != request.path and below.split("/")[0] not in OTHERS


def run(size: Size) -> list[Figure]:
    """Ask again and again."""
    return asyncio.run(measured(size))
