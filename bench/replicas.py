"""One, two and three servers over one PostgreSQL: what they do a second, of four things, and where the bound lies.

Every server does everything (`ROLES` unset) and gets a third, half or all of the same load, from a generator of its own
process; then `bench.sharing` lets as many capture and answer. The PostgreSQL is the benchmark's own and syncs to disk.
Nothing is pinned: servers, database and generators share the machine's CPUs, and the share of each stands beside what
came of it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench import sharing
from bench.figures import Figure
from bench.serving import ROOT, Serving, at_rest, cpu_seconds, environment, free_port, server
from bench.size import Size
from bot.inbox import PATH
from sandbox.registration import AppKeys, register
from sandbox.world import World
from storage.migrate import upgrade
from storage.urls import libpq
from tests.storage import cluster

MOST = 3
CONNECTIONS = 48  # of all generators together
APART = 10_000_000  # between the numbers of two generators' deliveries
DONE = "SELECT count(*) FROM job_keys WHERE done"
SECRET_KEY = "the same for every replica of this benchmark"


@dataclass(frozen=True)
class Run:
    """What some servers did together, a second.

    meanwhile: jobs that were worked off while webhooks came in · servers, database, load: CPUs that each kept busy.
    """

    taken_in: float
    meanwhile: float
    worked_off: float
    refused: int
    lost: int
    servers: float
    database: float
    load: float


async def loaded(running: list[Serving], folder: Path, seconds: float) -> tuple[float, int, list[str], float]:
    """Load every server at once; return deliveries a second, refused ones, the ids acknowledged, and CPU seconds."""
    begun: list[tuple[asyncio.subprocess.Process, Path]] = []
    for place, one in enumerate(running):
        out = folder / f"acknowledged-{place}"
        command = [
            *(sys.executable, "-m", "bench.load", "--port", str(one.port), "--path", PATH),
            *("--secret-file", str(folder / "secret"), "--out", str(out), "--first", str(1 + place * APART)),
            *("--warm-up", "2", "--seconds", str(seconds), "--connections", str(CONNECTIONS // len(running))),
        ]
        process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, start_new_session=True
        )
        begun.append((process, out))
    await asyncio.sleep(2 + seconds / 2)
    spent = sum(cpu_seconds(process.pid) for process, _ in begun)
    await asyncio.sleep(seconds / 4)
    spent = sum(cpu_seconds(process.pid) for process, _ in begun) - spent
    said = [json.loads((await process.communicate())[0]) for process, _ in begun]
    per_second = sum(one["requests"] / one["seconds"] for one in said)
    refused = sum(sum(one["refused"].values()) for one in said)
    return per_second, refused, [key for _, out in begun for key in out.read_text().split()], spent / (seconds / 4)


async def measured(count: int, address: str, postmaster: int, keys: AppKeys, folder: Path, seconds: float) -> Run:
    """Start so many servers over one database, load them, and let them work for a while."""
    async with AsyncExitStack() as open_ones:
        running = []
        for place in range(count):
            data = folder / f"data-{place}"
            data.mkdir(parents=True)
            given = environment(keys, data, free_port()) | {"DATABASE_URL": address, "SECRET_KEY": SECRET_KEY}
            running.append(await open_ones.enter_async_context(server(given, log=data / "log")))
        for one in running:
            await at_rest(one.process)
        (folder / "secret").write_text(keys.webhook_secret)
        begun = time.perf_counter()
        of_servers, of_database = sum(cpu_seconds(one.process.pid) for one in running), database_seconds(postmaster)
        per_second, refused, acknowledged, load = await loaded(running, folder, seconds)
        passed = time.perf_counter() - begun
        with psycopg.connect(libpq(address), autocommit=True) as connection:
            meanwhile = one_number(connection, DONE) / passed
        of_servers = sum(cpu_seconds(one.process.pid) for one in running) - of_servers
        of_database = database_seconds(postmaster) - of_database
        with psycopg.connect(libpq(address), autocommit=True) as connection:
            before, at = one_number(connection, DONE), time.perf_counter()
            await asyncio.sleep(seconds)
            done = (one_number(connection, DONE) - before) / (time.perf_counter() - at)
            stored = {row[0] for row in connection.execute("SELECT key FROM job_keys WHERE kind = 'delivery'")}
        lost = len(set(acknowledged) - stored)
        return Run(per_second, meanwhile, done, refused, lost, of_servers / passed, of_database / passed, load)


def one_number(connection: psycopg.Connection, query: str) -> int:
    """Return the one number that a query gives."""
    row = connection.execute(query.encode()).fetchone()
    assert row is not None, "a count has one row"
    return int(row[0])


def database_seconds(postmaster: int) -> float:
    """Return the CPU time of PostgreSQL's processes that are alive; each is a session of its own below the first."""
    found = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    return sum(cpu_seconds(int(pid)) for pid in found)


def run(size: Size) -> list[Figure]:
    """Measure one, two and three."""
    keys, seconds = register(World()), 2.0 if size.quick else 12.0
    installations = 2 if size.quick else 48
    figures: list[Figure] = []
    alone: Run | None = None
    with cluster.cluster(durable=True) as folder, tempfile.TemporaryDirectory(prefix="almanac-bench-") as made:
        postmaster = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        for count in range(1, MOST + 1):
            name = f"replicas_{count}"
            cluster.run(folder, f"CREATE DATABASE {name}")
            address = cluster.address(folder, name)
            upgrade(address)
            found = asyncio.run(measured(count, address, postmaster, keys, Path(made) / name, seconds))
            alone = alone or found
            size.tell(f"{count}: {found}")
            figures += of(count, found, alone)
        first: sharing.Shared | None = None
        for count in range(1, MOST + 1):
            name = f"sharing_{count}"
            cluster.run(folder, f"CREATE DATABASE {name}")
            address = cluster.address(folder, name)
            upgrade(address)
            done = asyncio.run(sharing.shared(count, address, Path(made) / name, installations))
            first = first or done
            size.tell(f"{count}: {done}")
            figures += sharing.of(count, done, first)
    return figures


def of(count: int, found: Run, alone: Run) -> list[Figure]:
    """Return the figures of one number of servers, beside those of one."""
    name = f"{count} server{'s' if count > 1 else ''}"
    return [
        Figure(f"{name}: deliveries a second", f"{found.taken_in:,.0f} ({found.taken_in / alone.taken_in:.2f} x)"),
        Figure(f"{name}: jobs worked off a second meanwhile", f"{found.meanwhile:,.0f}"),
        Figure(
            f"{name}: CPUs busy with it: servers, PostgreSQL, generators",
            f"{found.servers:.2f}, {found.database:.2f}, {found.load:.2f}",
        ),
        Figure(
            f"{name}: jobs worked off a second, afterwards",
            f"{found.worked_off:,.0f} ({found.worked_off / max(alone.worked_off, 1e-9):.2f} x)",
        ),
        Figure(f"{name}: acknowledged and missing / refused", f"{found.lost} / {found.refused}", "0", not found.lost),
    ]
