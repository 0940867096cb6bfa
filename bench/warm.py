"""An answer from a repository of 130,000 pull requests and 400,000 reviews that is stored and fresh."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.asking import town
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
            window = await place.ask_often(WINDOW, times)
            history = await place.ask_often(HISTORY, history_times)
            lists = sum(is_read(one) for one in place.sandbox.requests)
    return [
        Figure(
            f"{scale.pulls:,} pull requests, {scale.reviews:,} reviews: the first answer of a new server",
            f"{first:.2f} s",
        ),
        at_most(f"`{WINDOW}`, from comment to answer (median of {times})", statistics.median(window), 0.7, "s", 2),
        Figure("the slowest of them", f"{max(window):.2f} s"),
        at_most(f"`{HISTORY}`, whole history (median of {history_times})", statistics.median(history), 2, "s", 2),
        Figure("requests that read activity from GitHub, of all answers", str(lists), "0", lists == 0),
    ]


def is_read(request: RequestRecord) -> bool:
    """Tell a request that reads a repository's activity, by GraphQL or REST, from the writing of answers."""
    if request.operation is not None:
        return True
    return request.method == "GET" and request.path.startswith("/repos/")


def run(size: Size) -> list[Figure]:
    """Ask again and again."""
    return asyncio.run(measured(size))
