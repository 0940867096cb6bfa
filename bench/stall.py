"""How long the server's event loop stands still at most while a repository is read and answers are drawn."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from bench.asking import town
from bench.figures import Figure, at_most
from bench.serving import ROOT
from bench.size import Size
from sandbox.build import build
from sandbox.generate import generate

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
QUESTIONS = ("/analytics 90d", "/analytics review-matrix 90d", "/analytics time-to-merge 90d", "/analytics pulls 90d")


@asynccontextmanager
async def probing(port: int) -> AsyncIterator[list[float]]:
    """Measure answers of /healthz while the context lasts; the list is filled at its end."""
    command = (sys.executable, "-m", "bench.probe", str(port))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=pipe, stdout=pipe)
    found: list[float] = []
    try:
        yield found
    finally:
        said, _ = await process.communicate(b"stop")
        found.extend(json.loads(said))


async def measured(size: Size) -> list[Figure]:
    dataset = generate(7, NOW, scale=1 if size.quick else 3)[0]
    seconds = 15 if size.quick else 45
    world, keys = build([dataset], now=NOW)
    with tempfile.TemporaryDirectory(prefix="almanac-bench-") as name:
        async with town(world, keys, dataset.full_name, Path(name)) as place:
            async with probing(place.serving.port) as idle:
                await asyncio.sleep(5)
            size.tell(f"reading {len(dataset.pulls):,} pull requests while answering")
            begun = asyncio.get_running_loop().time()
            answers = 0
            async with probing(place.serving.port) as busy:
                # the first question reads the window; the history behind it is read in the background from then on
                while asyncio.get_running_loop().time() - begun < seconds:
                    await place.ask_often(QUESTIONS[answers % len(QUESTIONS)], 1)
                    answers += 1
            read = sum(one.operation is not None for one in place.sandbox.requests)
    return [
        Figure("answers with pictures / pages read meanwhile", f"{answers} / {read}"),
        Figure("probe at rest: median, 99th percentile, longest", spread(idle)),
        Figure("probe while working: median, 99th percentile", spread(busy, longest=False)),
        at_most("longest stall of the event loop, seen from outside", max(busy), 50, "ms"),
    ]


def spread(taken: list[float], *, longest: bool = True) -> str:
    """Return the middle and the far end of some milliseconds."""
    high = statistics.quantiles(taken, n=100)[98]
    tail = f", {max(taken):.1f}" if longest else ""
    return f"{statistics.median(taken):.1f}, {high:.1f}{tail} ms"


def run(size: Size) -> list[Figure]:
    """Measure at rest, then at work."""
    return asyncio.run(measured(size))
