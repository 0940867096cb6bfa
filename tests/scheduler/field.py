"""A small GitHub with installations in it, a store, and the jobs of time run against both, without a server."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

from bot.clients import Clients
from bot.jobs import TIMED, kinds
from bot.ticking import tick
from bot.worker import Worker
from github.auth import App
from github.budget import Budget
from github.endpoints import Endpoints
from github.turns import OwnTurns
from reports.services import Services
from sandbox.apps import Installation
from sandbox.many import many
from sandbox.server import Sandbox
from sandbox.things import Repository
from sandbox.world import World
from scheduler.clock import Clock
from storage.backlog import to_do
from storage.engine import Store
from storage.queue import Wakeup
from tests.keys import app_key
from tests.services import services_on

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class Field:
    """The world outside, the jobs' services, and what can be seen of both."""

    world: World
    sandbox: Sandbox
    services: Services
    file: Path

    def replica(self, store: Store) -> Field:
        """Return another process' view of the same world and database."""
        return replace(self, services=replace(self.services, store=store, wakeup=Wakeup()))

    async def tick(self) -> int:
        """Tick as somebody outside would, and work until nothing is due."""
        put = await tick(self.services, self.clock())
        await self.work()
        return put

    def clock(self) -> Clock:
        return Clock(self.services.store, self.services.wakeup, self.services.now)

    async def work(self) -> None:
        """Run what is due, as the server's worker does, until nothing is."""
        worker = Worker(
            self.services.store, kinds(self.services), self.services.wakeup, self.services.now, jitter=lambda: 1.0
        )
        self.services.wakeup.set()
        task = asyncio.create_task(worker.work())
        try:
            async with asyncio.timeout(60):
                while await self.left():  # noqa: ASYNC110 - another process may do it
                    await asyncio.sleep(0.01)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await worker.drain(5)

    async def left(self) -> int:
        """Return how many of time's jobs are due or running."""
        return await self.services.store.read(lambda conn: to_do(conn, TIMED, self.services.now()))

    def installation(self, place: int = 0) -> Installation:
        return list(self.world.installations.values())[place]

    def repositories(self, place: int = 0) -> list[Repository]:
        return list(self.world.covered(self.installation(place)))

    def asked(self, what: str) -> list[str]:
        """Return the paths that hold `what` of the requests so far, in order."""
        return [one.path for one in self.sandbox.requests if what in one.path]

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        """Ask the database's file."""
        connection = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)
        try:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query, values)]
        finally:
            connection.close()

    def runs(self) -> list[tuple[str, str, int]]:
        """Return each run's name, state and count of repositories."""
        rows = self.rows("SELECT run, state, repositories FROM capture_runs ORDER BY installation_id, run")
        return [(row["run"], row["state"], row["repositories"]) for row in rows]

    def reason(self) -> str:
        """Return the reason of the latest run."""
        (row,) = self.rows("SELECT reason FROM capture_runs ORDER BY day DESC, run DESC LIMIT 1")
        return str(row["reason"])

    def outcomes(self) -> Mapping[int, list[str]]:
        """Return what became of each repository, in the order of the tries."""
        found: dict[int, list[str]] = {}
        for row in self.rows("SELECT repository_id, outcome FROM captures ORDER BY captured_at"):
            found.setdefault(row["repository_id"], []).append(row["outcome"])
        return found


class Unhurried(Clients):
    """Clients that spend points as if a minute had passed since the last."""

    def new_budget(self, _installation_id: int) -> Budget:
        """Return a budget whose clock is a minute later at each look."""
        return Budget(turns=OwnTurns(clock=count(step=60).__next__))


@asynccontextmanager
async def open_field(
    store: Store, file: Path, repositories: int = 6, installations: int = 1, now: datetime = NOON
) -> AsyncIterator[Field]:
    """Open a world of so many small repositories, spread over so many installations; its clock stands still."""
    world, keys = many(repositories, installations, now=now, key=app_key())
    world.clock.freeze()
    async with Sandbox(world) as sandbox, aiohttp.ClientSession() as session:
        sandbox.limits.points_per_minute = 1_000_000  # time stands still, so every minute is the same one
        endpoints = Endpoints.of(sandbox.url)
        clients = Unhurried(session, App(str(keys.app_id), keys.private_key), endpoints, world.clock.now, no_time)
        services = services_on(store, now=world.clock.now, sleep=no_time)
        services = replace(services, github=clients.installation, as_app=clients.as_app)
        yield Field(world, sandbox, services, file)


async def no_time(_seconds: float) -> None:
    """Let no time pass."""
    await asyncio.sleep(0)
