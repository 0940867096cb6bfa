"""Fixtures of the stories: one warm pool for all of them, one migrated database to start from, a short patience."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

import bot.app
import bot.worker
import handlers.conversation
import scheduler.clock
from reports.pool import Pool
from storage.migrate import upgrade
from tests.storage import cluster
from tests.stories.drawing_once import DrawingOnce
from tests.stories.on_postgresql import asking_at
from tests.stories.town import Town, numbers_of, open_town

OpenTown = Callable[..., AbstractAsyncContextManager[Town]]


@pytest.fixture(scope="session")
def pool() -> Iterator[Pool]:
    """Start the worker processes once: each story's server finds them warm."""
    made = DrawingOnce()
    yield made
    made.close()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty database with today's schema, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "almanac.db"
    upgrade(f"sqlite:///{path}")
    return path


class SharedPool(Pool):
    """The stories' one pool behind the door of each server: closing a server leaves it open."""

    shared: Pool

    async def warm(self) -> None:
        """It is warm."""

    async def run(self, function: str, task: object) -> object:
        return await self.shared.run(function, task)


@pytest.fixture
def folder(tmp_path: Path, migrated: Path) -> Path:
    """Return a server's data folder with a database of today's schema."""
    shutil.copy(migrated, tmp_path / "almanac.db")
    return tmp_path


@pytest.fixture
def town_of(folder: Path, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> OpenTown:
    """Return `open_town` for this story's folder: `async with town_of(PUBLIC_URL="") as town`."""
    monkeypatch.setattr(SharedPool, "shared", pool, raising=False)
    monkeypatch.setattr(bot.app, "Pool", SharedPool)
    monkeypatch.setattr(bot.worker, "IDLE", 0.02)
    # nothing is caught up behind a story's back
    monkeypatch.setattr(scheduler.clock, "FIRST", 3600.0)
    # no answer is so slow that it needs a sign, except where a story makes it so
    monkeypatch.setattr(handlers.conversation, "QUICK", 600.0)

    def opened(**changed: str) -> AbstractAsyncContextManager[Town]:
        return open_town(folder, **changed)

    return opened


Undisturbed = Callable[[str], Awaitable[str]]
ANSWERS: dict[str, str] = {}


@pytest.fixture
def undisturbed(town_of: OpenTown, migrated: Path, tmp_path: Path) -> Undisturbed:
    """Return `await undisturbed("/analytics …")`: the answer of a town where nothing went wrong."""

    async def answer(words: str) -> str:
        if words not in ANSWERS:
            beside = tmp_path / "undisturbed"
            beside.mkdir()
            shutil.copy(migrated, beside / "almanac.db")
            async with open_town(beside) as town:
                ANSWERS[words] = numbers_of(town.answer_to(await town.say(words)))
        return ANSWERS[words]

    return answer


@pytest.fixture
def postgresql_town(postgresql: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a migrated, empty database on PostgreSQL, which a story's towns are asked about."""
    cluster.create(postgresql, "town")
    address = cluster.address(postgresql, "town")
    monkeypatch.setattr(Town, "asking", asking_at(address))
    yield address
    cluster.run(postgresql, "DROP DATABASE town WITH (FORCE)")


@pytest.fixture
async def town(town_of: OpenTown) -> AsyncIterator[Town]:
    """A town as most installations are: pictures hosted, every permission given."""
    async with town_of() as opened:
        yield opened
