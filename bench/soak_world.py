"""What a soak runs in: an organisation whose people ask, read and are captured, beside a loud one that only sends."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench.asking import ANSWER_SECONDS, Town
from bench.browsing import Browser
from bench.serving import resident_megabytes
from sandbox.build import VISITOR
from sandbox.generate import generate
from sandbox.load import load
from sandbox.many import many
from sandbox.registration import AppKeys
from sandbox.world import World

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CAPTURED, OWNERS = 200, 20
COMMANDS = ("/analytics help", "/analytics pulls 30d", "/analytics issues 30d")
ASK_EVERY = 10.0  # seconds: below what GitHub lets an App write in an hour
READ_EVERY = 0.5  # seconds between two pages of one reader
SAMPLE_EVERY = 1.0
# what was worked off has no payload any more, so that few rows are looked at
LEFT = "SELECT count(*) FROM payloads JOIN jobs ON jobs.id = job_id WHERE kind = 'delivery' AND state != 'dead'"
SHOUTS = 4  # commands at once in each of the loud owner's ten repositories
SHOUT_EVERY, SHOUT_RARELY = 60.0, 360.0  # seconds; for hours no oftener than GitHub lets an App write


def world_of(scale: float) -> tuple[World, AppKeys, str]:
    """Return a GitHub with the repository that is asked about, and others whose traffic is captured.

    Of one owner's repositories commands come by the dozen.
    """
    world, keys = many(CAPTURED, OWNERS, now=NOW)
    found = load(world, generate(7, NOW, scale=scale)[:1])[0]
    world.install(found.owner.login)
    world.permit(found.full_name, VISITOR, "write")
    for full_name in loud(world):
        world.permit(full_name, VISITOR, "write")
        repository = world.required(full_name)
        world.open_issue(repository, world.account(VISITOR), "A place to ask")
    return world, keys, found.full_name


def loud(world: World) -> list[str]:
    """Return the repositories of the owner whose people ask by the dozen."""
    first = next(iter(world.repositories.values())).owner.login
    return [one.full_name for one in world.repositories.values() if one.owner.login == first]


@dataclass
class Seen:
    """What people saw, and samples of the server. Seconds; megabytes; bytes."""

    answers: list[float] = field(default_factory=list)
    late: int = 0
    shouted: int = 0
    heard: int = 0
    used: int = 0
    pages: list[float] = field(default_factory=list)
    no_pages: dict[int, int] = field(default_factory=dict)
    resident: list[float] = field(default_factory=list)
    database: list[int] = field(default_factory=list)
    log: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)


async def ask_on(town: Town, seen: Seen, jitter: random.Random) -> None:
    """Ask again and again, each time in the same thread."""
    place = 0
    while True:
        begun = time.perf_counter()
        try:
            seen.answers.append(await town.ask(COMMANDS[place % len(COMMANDS)]))
        except TimeoutError:
            seen.late += 1
            seen.answers.append(ANSWER_SECONDS)
        place += 1
        rest = ASK_EVERY * jitter.uniform(0.7, 1.3) - (time.perf_counter() - begun)
        await asyncio.sleep(max(2.5, rest))


async def shout_on(town: Town, seen: Seen, every: float) -> None:
    """Ask by the dozen at once in all repositories of one owner, again and again."""
    world = town.sandbox.world
    while True:
        for _ in range(SHOUTS):
            for full_name in loud(world):
                (number,) = world.required(full_name).threads
                await town.sandbox.comment(full_name, number, VISITOR, "/analytics help")
                seen.shouted += 1
        await asyncio.sleep(every)


async def read_on(browser: Browser, paths: Sequence[str], seen: Seen) -> None:
    """Read page after page."""
    turn = 0
    while True:
        begun = time.perf_counter()
        got = await browser.get(paths[turn % len(paths)])
        if got.status == 200:
            seen.pages.append(time.perf_counter() - begun)
        else:
            seen.no_pages[got.status] = seen.no_pages.get(got.status, 0) + 1
        turn += 1
        await asyncio.sleep(READ_EVERY)


async def sample_on(town: Town, seen: Seen) -> None:
    """Note memory, sizes and how much waits."""
    database = town.folder / "almanac.db"
    while True:
        seen.resident.append(resident_megabytes(town.serving.process.pid))
        seen.database.append(sum(one.stat().st_size for one in town.folder.glob("almanac.db*")))
        seen.log.append(town.log.stat().st_size)
        seen.waiting.append(await asyncio.to_thread(left, database))
        await asyncio.sleep(SAMPLE_EVERY)


def left(database: Path) -> int:
    """Return how many deliveries are not worked off."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
        return int(connection.execute(LEFT).fetchone()[0])


def missing_of(acknowledged: set[str], database: Path) -> tuple[int, int, int]:
    """Return how many acknowledged deliveries are not stored, how many are stored twice, and how many were given up."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT key, state FROM jobs WHERE kind = 'delivery'").fetchall()
    stored = {key for key, _ in rows}
    dead = sum(state == "dead" for _, state in rows)
    return len(acknowledged - stored), len(rows) - len(stored), dead
