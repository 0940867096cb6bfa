"""What the benchmark of pages runs in: a very large stored repository, many to capture, and one to read meanwhile."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from analytics.traffic import Count
from bench.bulk import NAME, OWNER, REPOSITORY_ID, Scale, build
from bench.days import counts
from sandbox.clock import Clock
from sandbox.generate import generate
from sandbox.load import load
from sandbox.registration import AppKeys, register
from sandbox.traffic_generated import Generated, Habits
from sandbox.world import World
from storage.connection import Connection
from storage.engine import Store
from storage.installations import Installation, Repository, save_installation, save_repositories
from storage.traffic import save_days

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
LARGE = f"{OWNER}/{NAME}"
YEARS = 5
GAPS = ((400, 20), (900, 7), (1500, 1))  # days from the beginning, and how many are unknown
EACH, SEEN = 50, 4  # repositories of one of the many owners, and of how many owners people see them


@dataclass(frozen=True)
class Shape:
    """How large everything is.

    scale: of the large repository · captured: how many repositories are captured meanwhile · people: with accounts of
    their own · read: the scale of what is read meanwhile, as `sandbox.generate` has it.
    """

    scale: Scale
    captured: int
    people: int
    read: float


def stored(folder: Path, shape: Shape, world: World) -> str:
    """Write the database with the large repository, in the installation that it has at GitHub; return its address."""
    file = folder / "almanac.db"
    build(file, shape.scale, now=NOW)
    settle(file, world)
    return f"sqlite:///{file}"


def settle(file: Path, world: World) -> None:
    """Give the installation in a database the number that it has at GitHub."""
    large = world.repository(LARGE)
    assert large is not None, "it is part of the world"
    installed = world.installed_on(large)
    assert installed is not None, "the App is installed there"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE installations SET id = ?", [installed.id])
        connection.execute("UPDATE repositories SET installation_id = ?", [installed.id])


async def fill(url: str, world: World) -> None:
    """Store years of daily traffic of the large repository, and that the others are there."""
    days = counts(NOW.date() - timedelta(days=365 * YEARS), 365 * YEARS, GAPS)
    daily = {day: Count(count, count // 3) for day, count in days.items() if count is not None}

    async def work(connection: Connection) -> None:
        for one in world.installations.values():
            known = Installation(one.id, one.account.login, one.account.id, one.account.type)
            await save_installation(connection, known)
            listed = [
                Repository(each.id, one.id, each.owner.login, each.name, "public", "main")
                for each in world.covered(one)
            ]
            await save_repositories(connection, listed)
        for kind in ("views", "clones"):
            await save_days(connection, REPOSITORY_ID, kind, daily, NOW.date())

    store = await Store.open(url)
    try:
        await store.write(work)
    finally:
        await store.close()


@dataclass(frozen=True)
class Scene:
    """A GitHub with all of it, and the App's keys. people: who may look · later: owners without the App, as yet."""

    world: World
    keys: AppKeys
    people: list[str]
    later: list[str]

    def install_later(self) -> int:
        """Let the other owners install the App; return how many repositories are to be captured by that."""
        for owner in self.later:
            self.world.install(owner)
        return sum(one.owner.login in self.later for one in self.world.repositories.values())


def scene_of(shape: Shape) -> Scene:
    """Make it: everybody may push to the large repository and sees those of two small owners beside."""
    dataset = generate(7, NOW, scale=shape.read)[0]
    world = World(Clock(NOW))
    keys = register(world)
    large = world.add_repository(LARGE, id=REPOSITORY_ID)
    large.traffic = Generated(Habits(3, 60.0, date(2020, 1, 1), runs=5.0))
    world.install(OWNER)
    (read,) = load(world, [dataset])
    world.install(read.owner.login)
    owners = [f"vein-works-{number + 1}" for number in range(SEEN - (-shape.captured // EACH))]
    for number in range(EACH * SEEN + shape.captured):
        one = world.add_repository(f"{owners[number // EACH]}/seam-{number % EACH + 1}")
        one.traffic = Generated(Habits(number + 11, 4.0, date(2025, 1, 1), runs=1.0))
    for owner in owners:
        world.organization(owner)
    seen, later = owners[:SEEN], owners[SEEN:]
    for owner in seen:
        world.install(owner)
    people = [f"reader-{number + 1}" for number in range(shape.people)]
    for number, login in enumerate(people):
        near = {seen[number % SEEN], seen[(number + 1) % SEEN]}
        for repository in world.repositories.values():
            if repository is large or repository is read or repository.owner.login in near:
                world.permit(repository.full_name, login, "write")
    return Scene(world, keys, people, later)
