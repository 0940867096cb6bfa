"""Webhooks a second, beside Probot: signed bodies of 14 kB over 64 connections, server and generator on a CPU each.

Ours has every delivery on disk before it answers; Probot keeps nothing. The worker runs: the comments hold no command,
so each job ends after a look.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import statistics
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from bench import probot
from bench.figures import Figure, at_least
from bench.serving import ROOT, Serving, at_rest, cpu_seconds, environment, free_port, pinned, server, serving
from bench.size import Size
from bot.inbox import PATH
from sandbox.registration import AppKeys, register
from sandbox.world import World

SERVER_CPU, LOAD_CPU = {0}, {1}


@dataclass(frozen=True)
class Run:
    """What one run gave."""

    per_second: float
    acknowledged: frozenset[str]
    refused: int
    cpu: float
    """Microseconds of CPU that each delivery cost the server, in all of its threads and processes."""
    worked_off: int = 0
    """How many of the deliveries the worker had done when the server had stopped."""

    def __str__(self) -> str:
        return f"{self.per_second:,.0f}/s, {self.cpu:.0f} us of CPU each"


@dataclass(frozen=True)
class Bench:
    """How long and often to measure, and with which keys."""

    keys: AppKeys
    folder: Path
    warm_up: float
    seconds: float

    async def ours(self, number: int) -> tuple[Run, int]:
        """Measure a fresh server on a fresh database; return how many acknowledged deliveries are missing from it."""
        data = self.folder / f"data-{number}"
        data.mkdir()
        port = free_port()
        async with server(environment(self.keys, data, port), log=data / "log", cpus=SERVER_CPU) as running:
            run = await self.measure(running)
        with closing(sqlite3.connect(data / "almanac.db")) as connection:
            stored = dict(connection.execute("SELECT key, state FROM jobs WHERE kind = 'delivery'"))
        done = sum(state == "done" for state in stored.values())
        return replace(run, worked_off=done), len(run.acknowledged - stored.keys())

    async def theirs(self, installed: probot.Probot) -> Run:
        port = free_port()
        given = probot.environment(self.keys.app_id, self.keys.private_key, self.keys.webhook_secret, PATH, port)
        log = self.folder / "probot.log"
        async with serving(installed.command, given, port, "/ping", log=log, cpus=SERVER_CPU) as running:
            return await self.measure(running)

    async def measure(self, running: Serving) -> Run:
        """Load a server that has come to rest."""
        await at_rest(running.process)
        secret, out = self.folder / "secret", self.folder / "acknowledged"
        secret.write_text(self.keys.webhook_secret)
        command = [
            *(sys.executable, "-m", "bench.load", "--port", str(running.port), "--path", PATH),
            *("--secret-file", str(secret), "--out", str(out)),
            *("--warm-up", str(self.warm_up), "--seconds", str(self.seconds)),
        ]
        with pinned(LOAD_CPU):
            process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
        before = cpu_seconds(running.process.pid)
        said, _ = await process.communicate()
        spent = cpu_seconds(running.process.pid) - before
        if process.returncode:
            raise RuntimeError("the load generator failed; the reason stands above")
        found = json.loads(said)
        per_second = found["requests"] / found["seconds"]
        acknowledged = frozenset(out.read_text().split())
        return Run(per_second, acknowledged, sum(found["refused"].values()), spent / len(acknowledged) * 1e6)


async def measured(size: Size) -> list[Figure]:
    installed = probot.installed()
    runs, seconds = (1, 1.5) if size.quick else (5, 4.0)
    ours: list[Run] = []
    theirs: list[Run] = []
    missing = 0
    with tempfile.TemporaryDirectory(prefix="almanac-bench-") as folder:
        bench = Bench(register(World()), Path(folder), 2.0, seconds)
        for number in range(runs):
            run, lost = await bench.ours(number)
            ours.append(run)
            missing += lost
            size.tell(f"run {number + 1} of {runs}: ours {run}")
            if installed is not None:
                theirs.append(await bench.theirs(installed))
                size.tell(f"run {number + 1} of {runs}: Probot {theirs[-1]}")
    acknowledged, refused = sum(len(run.acknowledged) for run in ours), sum(run.refused for run in ours)
    figures = [
        Figure(f"deliveries a second, on disk before the answer (median of {runs})", f"{per_second(ours):,.0f}"),
        Figure("CPU of the server per delivery", f"{cpu(ours):,.0f} us"),
        Figure(
            "acknowledged / of these missing in the database", f"{acknowledged:,} / {missing}", "none", missing == 0
        ),
        Figure("of these worked off by the time the server had stopped", f"{sum(run.worked_off for run in ours):,}"),
        Figure("refused", str(refused), "none", refused == 0),
    ]
    if installed is None:
        return [*figures, Figure("beside Probot", "not measured: it could not be installed (node, npm)")]
    name = f"Probot {installed.version} on Node {installed.node}"
    return [
        *figures,
        Figure(f"{name}, which keeps nothing", f"{per_second(theirs):,.0f}"),
        Figure("CPU of Probot per delivery", f"{cpu(theirs):,.0f} us"),
        at_least(f"ratio to {name}", per_second(ours) / per_second(theirs), 1.0, ""),
    ]


def per_second(runs: list[Run]) -> float:
    return statistics.median(run.per_second for run in runs)


def cpu(runs: list[Run]) -> float:
    return statistics.median(run.cpu for run in runs)


def run(size: Size) -> list[Figure]:
    """Measure both in turn."""
    return asyncio.run(measured(size))
