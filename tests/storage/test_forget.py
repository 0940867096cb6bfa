"""What was removed long enough ago goes with everything that hangs on it, and nothing else goes."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select

import storage.schema_traffic  # noqa: F401 - its tables join the metadata
from analytics.rows import StarRow
from analytics.traffic import Snapshot
from storage import installations, traffic
from storage.captures import plan_run
from storage.connection import Connection
from storage.engine import Store
from storage.forget import forget_repositories
from storage.imports import Import, count_rows, imports_of, new_import
from storage.installations import Installation
from storage.schema import metadata
from storage.stars import save_stars
from tests.storage.ask import read, write
from tests.storage.conftest import REPOSITORY
from tests.storage.showing import DAY, NOW, TODAY, capture, counts, listing


async def sizes(conn: Connection) -> dict[str, int]:
    """How many rows each table has."""
    tables = metadata.tables.values()
    return {table.name: (await conn.execute(select(func.count()).select_from(table))).scalar_one() for table in tables}


async def fill(store: Store, repository_id: int, installation_id: int) -> None:
    """Save an installation, a repository and a row of everything about its traffic."""
    await write(store, installations.save_installation, Installation(installation_id, "quartz", 1, "User"))
    there = replace(REPOSITORY, id=repository_id, installation_id=installation_id, name=f"mine{repository_id}")
    await write(store, installations.save_repository, there)
    shown = listing(capture({TODAY: (9, 4)}, repository_id=repository_id), "Google", "/quartz/mine")
    shown = replace(shown, view_weeks=counts({TODAY - 13 * DAY: (20, 9)}))
    await write(
        store, traffic.save_capture, shown, installation_id=installation_id, run="r", requests=6, outcome="captured"
    )
    await write(store, traffic.save_snapshot, Snapshot(repository_id, NOW, 1, 1, 1, 1, 1))
    await write(store, save_stars, repository_id, [StarRow(5, NOW)])
    await write(store, plan_run, installation_id, "r", TODAY, NOW)
    await add_import(store, repository_id)


async def add_import(store: Store, repository_id: int, source: str = "traffic.csv") -> int:
    return await write(
        store, new_import, repository_id, format="plain", source=source, sha256="ab" * 32,
        imported_at=NOW, first_day=TODAY - DAY, last_day=TODAY,
    )  # fmt: skip


async def test_a_removed_repository_goes_with_all_its_rows_after_its_grace(store: Store) -> None:
    await fill(store, REPOSITORY.id, 1)
    before = await store.read(sizes)
    await fill(store, 8, 2)
    await write(store, installations.mark_installation_removed, 2, NOW)
    assert await write(store, forget_repositories, NOW, 10) == 0
    assert await write(store, forget_repositories, NOW + DAY, 10) == 2
    assert await store.read(sizes) == before
    assert {name for name, size in before.items() if size} >= {
        *("traffic_days", "traffic_weeks", "traffic_lists", "traffic_names", "captures", "raw_answers", "snapshots"),
        *("stars", "capture_runs", "imports", "repositories", "installations"),
    }


async def test_an_installation_stays_until_its_last_repository_has_gone(store: Store) -> None:
    for repository_id in (8, 9, 10):
        await fill(store, repository_id, 2)
    await write(store, installations.mark_installation_removed, 2, NOW)
    assert [await write(store, forget_repositories, NOW + DAY, 2) for _ in range(3)] == [2, 2, 0]
    assert await read(store, installations.installation, 2) is None
    assert await read(store, installations.repository, REPOSITORY.id) is not None


async def test_a_repository_that_came_back_stays(store: Store) -> None:
    await fill(store, 8, 2)
    await write(store, installations.mark_repositories_removed, [8], NOW)
    await fill(store, 8, 1)
    assert await write(store, forget_repositories, NOW + DAY, 10) == 0
    assert await read(store, installations.repository, 8) is not None


async def test_an_import_is_one_however_often_its_content_comes(store: Store) -> None:
    number = await add_import(store, REPOSITORY.id)
    await write(store, count_rows, number, 30)
    assert await add_import(store, REPOSITORY.id, "copy.csv") == number
    await write(store, count_rows, number, 0)
    assert await read(store, imports_of, REPOSITORY.id) == [
        Import(number, REPOSITORY.id, "plain", "traffic.csv", "ab" * 32, NOW, TODAY - DAY, TODAY, 30)
    ]
    assert await read(store, imports_of, 8) == []
