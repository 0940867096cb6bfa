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
from typing import NamedTuple

from bench.asking import town
from bench.figures import Figure, at_most
from bench.serving import ROOT, Serving
from bench.size import Size
from sandbox.build import build
from sandbox.generate import generate

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
QUESTIONS = ("/analytics 90d", "/analytics review-matrix 90d", "/analytics time-to-merge 90d", "/analytics pulls 90d")


class Probe(NamedTuple):
    """How long one answer took, and how much of that was waiting for a CPU; milliseconds."""

    took: float
    waited: float


@asynccontextmanager
async def probing(serving: Serving) -> AsyncIterator[list[Probe]]:
    """Measure answers of /healthz while the context lasts; the list is filled at its end."""
    command = (sys.executable, "-m", "bench.probe", str(serving.port), str(serving.process.pid))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=pipe, stdout=pipe)
    found: list[Probe] = []
    try:
        yield found
    finally:
        said, _ = await process.communicate(b"stop")
        found.extend(Probe(*pair) for pair in json.loads(said))


async def measured(size: Size) -> list[Figure]:
    dataset = generate(7, NOW, scale=1 if size.quick else 3)[0]
    seconds = 15 if size.quick else 45
    world, keys = build([dataset], now=NOW)
    with tempfile.TemporaryDirectory(prefix="almanac-bench-") as name:
        async with town(world, keys, dataset.full_name, Path(name)) as place:
            async with probing(place.serving) as idle:
                await asyncio.sleep(5)
            size.tell(f"reading {len(dataset.pulls):,} pull requests while answering")
            begun = asyncio.get_running_loop().time()
            answers = 0
            async with probing(place.serving) as busy:
                # the first question reads the window; the history behind it is read in the background from then on
                while asyncio.get_running_loop().time() - begun < seconds:
                    await place.ask_often(QUESTIONS[answers % len(QUESTIONS)], 1)
                    answers += 1
            read = sum(one.operation is not None for one in place.sandbox.requests)
    return [
        Figure("answers with pictures / pages read meanwhile", f"{answers} / {read}"),
        Figure("probe at rest: median, 99th percentile, longest", spread(idle)),
        Figure("probe while working: median, 99th percentile, longest", spread(busy)),
        at_most("longest stall of the event loop, without waiting for a CPU", stall(busy), 50, "ms"),
        Figure("the same at rest", f"{stall(idle):.1f} ms"),
    ]


def spread(probes: list[Probe]) -> str:
    """Return the middle and the far end, as seen from outside."""
    taken = [probe.took for probe in probes]
    return f"{statistics.median(taken):.1f}, {statistics.quantiles(taken, n=100)[98]:.1f}, {max(taken):.1f} ms"


def stall(probes: list[Probe]) -> float:
    return max(probe.took - probe.waited for probe in probes)


def run(size: Size) -> list[Figure]:
    """Measure at rest, then at work."""
    return asyncio.run(measured(size))
