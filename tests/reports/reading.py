"""A repository in a small GitHub, a store beside it, and the tables that reading the one into the other leaves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from analytics.tables import COLUMNS, Tables
from github.client import GitHub
from github.endpoints import Endpoints
from github.reads.repository import RepoRef
from reports import gather
from reports.datasets import WALKS
from reports.walk import Progress, Reading
from sandbox.clock import Clock, iso
from sandbox.dataset import Dataset
from sandbox.limits import Limits
from sandbox.load import load as load_into
from sandbox.server import Sandbox
from sandbox.things import Commit, Pull, Repository
from sandbox.world import World
from storage import installations
from storage.engine import Store
from storage.loading import load
from storage.watermarks import Watermark

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = timedelta(days=1)
Report = Callable[[Progress], Awaitable[None]]


@dataclass
class Town:
    """A GitHub with one repository, and a store to read it into."""

    sandbox: Sandbox
    world: World
    loaded: Repository
    github: GitHub
    store: Store
    told: list[Progress] = field(default_factory=list)

    @property
    def ref(self) -> RepoRef:
        return RepoRef(self.loaded.id, "acme", "rocket")

    def reading(self, report: Report | None = None, store: Any = None) -> Reading:
        return Reading(store or self.store, self.github, self.ref, self.world.clock.now, report or self.tell)

    async def tell(self, progress: Progress) -> None:
        self.told.append(progress)

    async def bring(self, edge: datetime, *needs: str) -> dict[str, Watermark]:
        """Bring datasets up to date, all of them where none is named."""
        return await gather.bring(self.reading(), needs or tuple(WALKS), edge)

    async def asked(self, edge: datetime, *needs: str) -> list[str]:
        """Bring datasets up to date; return the operations that took."""
        before = len(self.sandbox.requests)
        await self.bring(edge, *needs)
        return [str(one.operation) for one in self.sandbox.requests[before:]]

    def tables(self) -> dict[str, list[tuple[str, ...]]]:
        """Return every stored row that metrics read, in an order that does not depend on the way they came."""
        return tables_of(self.store.url, self.loaded.id)

    async def move_to(self, file: Path) -> None:
        """Go on with another, empty database."""
        await self.store.close()
        self.store = await Store.open(f"sqlite:///{file}")
        await save_repository(self.store, self.loaded)

    def pass_time(self, step: timedelta) -> None:
        self.world.clock.advance(step)

    def commit(self, sha: str, at: datetime, author: str = "quartz-otter") -> Commit:
        """Add a commit to the default branch, wherever its date puts it."""
        account = self.world.account(author)
        made = Commit(
            sha=sha, repository=self.loaded, author=account, author_email="", authored_at=iso(at), committer=account,
            committer_email="", committed_at=iso(at), parents=(), additions=1,
        )  # fmt: skip
        self.loaded.commits.append(made)
        self.loaded.version += 1
        return made

    def drop(self, *commits: Commit) -> None:
        """Take commits off the branch, as a force push does."""
        for commit in commits:
            self.loaded.commits.remove(commit)
        self.loaded.version += 1

    def merge(self, pull: Pull) -> None:
        """Merge an open pull request now."""
        now = self.world.now()
        pull.state, pull.closed_at, pull.merged_at, pull.updated_at = "closed", now, now, now
        self.loaded.version += 1


def tables_of(url: str, repository_id: int) -> dict[str, list[tuple[str, ...]]]:
    """Return the tables of a database, sorted."""
    frames = Tables.of(load(url, repository_id, list(COLUMNS), None, NOW + 1000 * DAY))
    return {
        name: sorted(tuple(row) for row in getattr(frames, name).astype("string").fillna("").to_numpy().tolist())
        for name in COLUMNS
    }


@asynccontextmanager
async def town(database: Path, dataset: Dataset, limits: Limits | None = None) -> AsyncIterator[Town]:
    """Yield a town at `NOW` with the data set as `acme/rocket`; its clock stands still."""
    world = World(Clock(NOW))
    world.clock.freeze()
    world.clock.set(NOW)
    (loaded,) = load_into(world, [replace(dataset, repo={"full_name": "acme/rocket"})])
    world.add_personal_token("ghp_reader", "quartz-otter")
    store = await Store.open(f"sqlite:///{database}")
    try:
        await save_repository(store, loaded)
        async with Sandbox(world, limits=limits) as sandbox, aiohttp.ClientSession() as session:
            endpoints = Endpoints.of(sandbox.url)
            github = GitHub.for_token(session, "ghp_reader", endpoints, world.clock.now, no_sleep)
            here = Town(sandbox, world, loaded, github, store)
            yield here
            store = here.store
    finally:
        await store.close()


async def save_repository(store: Store, loaded: Repository) -> None:
    installation = installations.Installation(51, "acme", 3, "Organization", None, None)
    repository = installations.Repository(loaded.id, 51, "acme", "rocket", "public", "main")
    await store.write(lambda conn: installations.save_installation(conn, installation))
    await store.write(lambda conn: installations.save_repository(conn, repository))


async def no_sleep(_: float) -> None:
    raise AssertionError("nothing here should have to wait")
