"""One suite, every database: a test asks for `store` or `database` and is run on each; it never names one."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from storage.engine import Store
from storage.installations import Repository, save_repository
from tests.storage import cluster
from tests.storage.sample import make_sample

REPOSITORY = Repository(7, 1, "quartz", "mine", "public", "main")

Make = Callable[[bool], str]
numbers = count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """Return a function that makes a fresh database, migrated or empty, and returns its address."""
    if request.param == "sqlite":

        def make_file(migrated: bool) -> str:
            path = tmp_path / f"{next(numbers)}.db"
            if migrated:
                shutil.copyfile(request.getfixturevalue("empty_database"), path)
            return f"sqlite:///{path}"

        yield make_file
        return
    folder = request.getfixturevalue("postgresql")
    made: list[str] = []

    def make_database(migrated: bool) -> str:
        made.append(f"test_{next(numbers)}")
        cluster.create(folder, made[-1], "migrated" if migrated else "template0")
        return cluster.address(folder, made[-1])

    yield make_database
    for name in made:
        cluster.run(folder, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(make: Make) -> str:
    """The address of a migrated, empty database."""
    return make(True)


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    """An open store with one repository in it."""
    opened = await Store.open(database)
    await opened.write(lambda conn: save_repository(conn, REPOSITORY))
    yield opened
    await opened.close()


@pytest.fixture
async def jobs_store(database: str) -> AsyncIterator[Store]:
    """An open store whose jobs can be worked on, on each engine."""
    opened = await Store.open(database)
    yield opened
    await opened.close()


@pytest.fixture
def file(tmp_path: Path, empty_database: Path) -> str:
    """The address of a migrated, empty SQLite file."""
    path = tmp_path / "jobs.db"
    shutil.copyfile(empty_database, path)
    return f"sqlite:///{path}"


@pytest.fixture
async def embedded(file: str) -> AsyncIterator[Store]:
    """An open store of the embedded engine."""
    opened = await Store.open(file)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def sampled(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Path:
    """A file with rows in every table, to copy."""
    path = tmp_path_factory.mktemp("sample") / "sample.db"
    shutil.copyfile(empty_database, path)
    asyncio.run(make_sample(f"sqlite:///{path}"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def sample(sampled: Path, tmp_path: Path) -> str:
    """The address of a SQLite database of the test's own, with rows in every table."""
    return f"sqlite:///{shutil.copyfile(sampled, tmp_path / 'sample.db')}"


@pytest.fixture
def fresh(postgresql: Path) -> Iterator[str]:
    """The address of a new PostgreSQL database without a schema."""
    cluster.create(postgresql, "fresh", "template0")
    yield cluster.address(postgresql, "fresh")
    cluster.run(postgresql, "DROP DATABASE fresh WITH (FORCE)")


@pytest.fixture
def shared(postgresql: Path) -> Iterator[str]:
    """The address of a migrated, empty database of the engine that processes share."""
    name = f"test_{next(numbers)}"
    cluster.create(postgresql, name)
    yield cluster.address(postgresql, name)
    cluster.run(postgresql, f"DROP DATABASE {name} WITH (FORCE)")
