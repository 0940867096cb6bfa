"""From spawning the server to its first "ready", and its memory at rest, beside a bare import of its libraries."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.figures import Figure, at_most
from bench.serving import at_rest, environment, free_port, resident_megabytes, server
from bench.size import Size
from sandbox.registration import register
from sandbox.world import World

LIBRARIES = "import aiohttp, sqlalchemy, gidgethub"
# the program says when it is done and then waits, so that its memory can be read from outside like the server's
BARE = f"{LIBRARIES}; print(flush=True); input()"


def bare() -> tuple[float, float]:
    """Return seconds and megabytes of a process that only imports the libraries."""
    begun = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", BARE], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.readline()
        taken = time.perf_counter() - begun
        memory = resident_megabytes(process.pid)
        process.stdin.write(b"\n")
        process.stdin.flush()
    return taken, memory


async def measured(size: Size) -> list[Figure]:
    runs = 2 if size.quick else 7
    keys = register(World())
    starts: list[float] = []
    bares: list[float] = []
    memories: list[float] = []
    bare_memories: list[float] = []
    with tempfile.TemporaryDirectory(prefix="almanac-bench-") as name:
        folder = Path(name)
        fresh = 0.0
        for number in range(runs + 1):
            environ = environment(keys, folder, free_port())
            async with server(environ, log=folder / "log") as running:
                if number == 0:
                    fresh = running.started_in
                    continue
                starts.append(running.started_in)
                await at_rest(running.process)
                memories.append(resident_megabytes(running.process.pid))
            seconds, memory = await asyncio.to_thread(bare)
            bares.append(seconds)
            bare_memories.append(memory)
            size.tell(
                f"ready after {starts[-1]:.2f} s with {memories[-1]:.1f} MB; bare {seconds:.2f} s, {memory:.1f} MB"
            )
    start, bare_start = statistics.median(starts), statistics.median(bares)
    idle, bare_idle = statistics.median(memories), statistics.median(bare_memories)
    return [
        Figure(f"start to ready on an existing database (median of {runs})", f"{start:.2f} s"),
        Figure("start to ready on no database, made by the migrations", f"{fresh:.2f} s"),
        Figure(f"`{LIBRARIES}`", f"{bare_start:.2f} s"),
        at_most("ratio of the starts", start / bare_start, 2, "", 2),
        Figure("resident memory of the server process at rest, pool warm", f"{idle:.1f} MB"),
        Figure(f"resident memory after `{LIBRARIES}`", f"{bare_idle:.1f} MB"),
        at_most("ratio of the memories", idle / bare_idle, 1.3, "", 2),
    ]


def run(size: Size) -> list[Figure]:
    """Measure in turn."""
    return asyncio.run(measured(size))
