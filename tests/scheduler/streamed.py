"""A repository whose past comes as webhooks: a store read at one moment, and GitHub as it is at a later one."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from github.client import GitHub
from github.endpoints import Endpoints
from github.errors import Later
from github.reads.repository import RepoRef
from handlers.activity.refresh import refresh
from handlers.delivery import handle_delivery
from handlers.kinds import REFRESH
from reports import gather
from reports.services import Services
from reports.walk import Progress, Reading
from sandbox.clock import Clock, iso
from sandbox.dataset import Dataset
from sandbox.history import Told, rewind, webhooks
from sandbox.load import load
from sandbox.server import Sandbox
from sandbox.things import Issue, Pull, Repository
from sandbox.world import World
from scheduler.plan import RECONCILE, comparison_of
from scheduler.reconcile import reconcile
from storage import installations, queue
from storage.engine import Store
from storage.intake import pack
from storage.queue import Job
from storage.reconciling import Comparison, last_comparisons
from tests.services import services_on

EVERYTHING = ("commits", "issues", "pulls", "releases")
INSTALLATION = 51
TABLES = ("pulls", "reviews", "timeline", "issues", "comments", "commits", "releases", "firsts")


@dataclass
class Stream:
    """The repository as it is, and as it was when the store was read."""

    world: World
    sandbox: Sandbox
    loaded: Repository
    github: GitHub
    services: Services
    since: datetime

    @property
    def ref(self) -> RepoRef:
        return RepoRef(self.loaded.id, self.loaded.owner.login, self.loaded.name)

    async def read_all(self, store: Store) -> None:
        """Read everything that GitHub shows now, as for somebody who asks for the first time."""
        await save_repository(store, self.loaded)

        async def report(_: Progress) -> None:
            """Nobody is told."""

        reading = Reading(store, self.github, self.ref, self.world.clock.now, report)
        while not await gather.extend(reading, EVERYTHING, 10_000):
            pass

    def told(self) -> list[Told]:
        """Return the webhooks since the store was read, in the order of time."""
        found = webhooks(self.loaded, self.sandbox.url, iso(self.since), INSTALLATION)
        return sorted(found, key=lambda one: one.at)

    async def deliver(self, told: Iterable[Told]) -> None:
        """Hand webhooks to their handlers, one after the other."""
        now = self.world.clock.now()
        for place, one in enumerate(told):
            body = pack(one.event, msgspec.json.encode(one.body))
            await handle_delivery(self.services, Job(place, "delivery", f"guid-{place}", body, None, 1, now, 1))

    async def refresh(self) -> None:
        """Run the jobs that webhooks have put for what only GitHub's lists tell; others are passed over."""
        now = self.world.clock.now() + timedelta(hours=1)
        while (job := await queue.claim(self.services.store, now, timedelta(hours=1))) is not None:
            if job.kind == REFRESH:
                await refresh(self.services, job)
            await queue.finish(self.services.store, job, now)

    async def reconcile(self, night: date | None = None) -> dict[str, Comparison]:
        """Compare with GitHub, slice by slice, as the worker would; return what it found by dataset."""
        now = self.world.clock.now()
        key = comparison_of(self.loaded.id, night or now.date())
        job = Job(1, RECONCILE, key, b"", None, 1, now, 1)
        for _ in range(500):
            try:
                await reconcile(self.services, job)
            except Later:
                continue
            break
        store = self.services.store
        found = await store.read(lambda conn: last_comparisons(conn, self.loaded.id))
        return {one.dataset: one for one in found}

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Return every stored row of the repository's activity."""
        return rows_of(self.services.store, self.loaded.id)


@asynccontextmanager
async def stream(file: Path, dataset: Dataset, since: datetime, until: datetime) -> AsyncIterator[Stream]:
    """Yield a store that was read at `since`, beside a GitHub that shows `until`, where its clock stands."""
    world = World(Clock(until))
    world.clock.freeze()
    world.clock.set(until)
    (loaded,) = load(world, [replace(dataset, repo={"full_name": "acme/rocket"})])
    world.add_personal_token("ghp_reader", "quartz-otter")
    store = await Store.open(f"sqlite:///{file}")
    async with Sandbox(world) as sandbox, aiohttp.ClientSession() as session:
        github = GitHub.for_token(session, "ghp_reader", Endpoints.of(sandbox.url), world.clock.now, no_sleep)
        services = services_on(store, now=world.clock.now, github=github)
        here = Stream(world, sandbox, loaded, github, services, since)
        whole = (loaded.threads, loaded.commits, loaded.releases)
        world.clock.set(since)
        show(loaded, rewind(loaded, iso(since)))
        loaded.commits = [one for one in loaded.commits if one.committed_at <= iso(since)]
        loaded.releases = [one for one in loaded.releases if one.created_at <= iso(since)]
        await here.read_all(store)
        world.clock.set(until)
        loaded.threads, loaded.commits, loaded.releases = whole
        loaded.version += 1
        yield here
    await store.close()


def show(loaded: Repository, threads: dict[int, Issue | Pull]) -> None:
    loaded.threads = threads
    loaded.version += 1


async def save_repository(store: Store, loaded: Repository) -> None:
    installation = installations.Installation(INSTALLATION, "acme", 3, "Organization")
    repository = installations.Repository(loaded.id, INSTALLATION, "acme", "rocket", "public", "main")
    await store.write(lambda conn: installations.save_installation(conn, installation))
    await store.write(lambda conn: installations.save_repository(conn, repository))


def rows_of(store: Store, repository_id: int) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of a database with actors by name, since each database numbers them in its own way."""
    connection = sqlite3.connect(store.url.partition(":///")[2])
    connection.row_factory = sqlite3.Row
    names = {row["id"]: (row["key"], row["kind"]) for row in connection.execute("SELECT * FROM actors")}
    found: dict[str, list[dict[str, Any]]] = {}
    for table in TABLES:
        rows = connection.execute(f"SELECT * FROM {table} WHERE repository_id = ?", (repository_id,))
        plain = [{name: named(name, row[name], names) for name in row.keys()} for row in rows]  # noqa: SIM118
        found[table] = sorted(plain, key=str)
    connection.close()
    return found


def named(column: str, value: Any, names: dict[int, tuple[str, str]]) -> Any:
    is_actor = column == "actor_id" or column.endswith(("author_id", "_by_id", "reviewer_id"))
    return names[value] if is_actor and value is not None else value


async def no_sleep(_: float) -> None:
    raise AssertionError("nothing here should have to wait")


def at(year: int, month: int = 1, day: int = 1) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)
