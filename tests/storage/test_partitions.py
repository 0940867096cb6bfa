"""On PostgreSQL lists and raw answers lie in partitions, one a year, made ahead of time; nothing is ever refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from analytics.traffic import Capture, Listed
from storage import partitions, traffic
from storage.columns import DAY_MICROS, to_micros
from storage.connection import Connection
from storage.database_facts import database_facts
from storage.engine import Store
from storage.installations import save_repository
from storage.loading_traffic import select
from storage.migrate import upgrade
from storage.moving_postgresql import open_postgresql
from storage.urls import libpq
from storage.version import HEAD, floor_of, number_of
from tests.storage.conftest import REPOSITORY
from tests.storage.test_migrate import VERSIONS, seed

THIS_YEAR = datetime.now(UTC).year  # as the migration sees it
FAR = 2101
"""A year that no migration has made a partition of."""


@pytest.fixture
async def parted(shared: str) -> AsyncIterator[Store]:
    """A store on PostgreSQL with one repository."""
    store = await Store.open(shared)
    await store.write(lambda conn: save_repository(conn, REPOSITORY))
    yield store
    await store.close()


def at(year: int, month: int = 6) -> datetime:
    return datetime(year, month, 15, tzinfo=UTC)


async def captured(store: Store, when: datetime) -> None:
    """Have a capture stored, as every version does, twice."""
    given = Capture(
        REPOSITORY.id, when, None, None, None, None, (Listed("Google", 9, 4),), (Listed("/", 7, 3),), {"views": b"{}"}
    )  # fmt: skip

    async def work(conn: Connection) -> None:
        await traffic.save_capture(conn, given, installation_id=1, run="one", requests=6, outcome="captured")

    await store.write(work)
    await store.write(work)


async def lies(store: Store, table: str) -> dict[str, int]:
    """Return how many rows each partition of a table has, if it has any."""

    async def read(conn: Connection) -> dict[str, int]:
        rows = await conn.execute(text(f"SELECT tableoid::regclass::text, count(*) FROM {table} GROUP BY 1"))
        return {name: count for name, count in rows}  # noqa: C416 - rows

    return await store.read(read)


async def test_a_filled_database_is_parted_without_losing_a_row(fresh: str) -> None:
    """What is stored becomes the first partition; what a wrong clock has put into the far future goes elsewhere."""
    upgrade(fresh, "0015_0013")
    (path,) = [one for one in VERSIONS if one.stem == "0016_years"]
    seed(fresh, path)
    side = open_postgresql(fresh, 10)
    asked = [f"SELECT * FROM {table} ORDER BY 1, 2, 3" for table in partitions.PARTED]
    before = [side.ask(one) for one in asked]
    upgrade(fresh)
    assert [side.ask(one) for one in asked] == before
    year = datetime.now(UTC).year
    for table, here in (("raw_answers", 2), ("traffic_lists", 3)):
        rows = side.ask(f"SELECT tableoid::regclass::text, count(*) FROM {table} GROUP BY 1 ORDER BY 1")
        assert rows == [(f"{table}_other", 1), (f"{table}_to_{year}", here)]
    side.ask("DELETE FROM repositories WHERE id = 76")  # and what belongs to a repository goes with it
    assert [side.ask(one) for one in asked] == [[], []]
    side.close()


async def test_a_server_of_the_version_before_goes_on_while_tables_are_parted(fresh: str) -> None:
    """Its connections are open, and what it sends of these tables is what this version sends."""
    before = "0015_0013"
    upgrade(fresh, before)
    older = await Store.open(fresh)
    await older.write(lambda conn: save_repository(conn, REPOSITORY))
    for day in range(6):  # the driver prepares what it sends often
        await captured(older, at(2026) + timedelta(days=day))
    await asyncio.to_thread(upgrade, fresh)
    assert floor_of(HEAD) <= number_of(before)
    await captured(older, at(2026) + timedelta(days=6))
    assert len(await older.read(lambda conn: traffic.lists(conn, REPOSITORY.id, "paths"))) == 7
    assert await older.read(lambda conn: traffic.raw_answer(conn, REPOSITORY.id, at(2026))) == {"views": b"{}"}
    await older.close()


async def test_what_has_no_partition_is_kept_said_and_moved_once_there_is_one(parted: Store) -> None:
    await captured(parted, at(2026))
    assert await parted.read(partitions.astray) == []
    await captured(parted, at(FAR))
    assert await lies(parted, "raw_answers") == {f"raw_answers_to_{THIS_YEAR}": 1, "raw_answers_other": 1}
    assert await parted.read(partitions.astray) == ["raw_answers", "traffic_lists"]
    assert (await parted.read(database_facts)).astray == ("raw answers", "lists of referrers and paths")
    made = await partitions.make_ahead(parted, at(FAR - 1))
    assert made == [f"{table}_{year}" for table in ("raw_answers", "traffic_lists") for year in (FAR - 1, FAR)]
    assert await lies(parted, "raw_answers") == {f"raw_answers_to_{THIS_YEAR}": 1, f"raw_answers_{FAR}": 1}
    assert await lies(parted, "traffic_lists") == {f"traffic_lists_to_{THIS_YEAR}": 2, f"traffic_lists_{FAR}": 2}
    assert await parted.read(partitions.astray) == []
    await captured(parted, at(FAR, 7))
    assert await lies(parted, "raw_answers") == {f"raw_answers_to_{THIS_YEAR}": 1, f"raw_answers_{FAR}": 2}


async def test_years_are_made_once_by_however_many(parted: Store) -> None:
    made = await asyncio.gather(*(partitions.make_ahead(parted, at(FAR)) for _ in range(4)))
    assert sorted(name for names in made for name in names) == [
        f"{table}_{year}" for table in ("raw_answers", "traffic_lists") for year in (FAR, FAR + 1)
    ]
    assert await partitions.make_ahead(parted, at(FAR)) == ()


async def test_a_year_begins_at_midnight_of_utc(parted: Store) -> None:
    await partitions.make_ahead(parted, at(FAR))
    midnight = datetime(FAR + 1, 1, 1, tzinfo=UTC)
    for moment in (midnight - timedelta(microseconds=1), midnight):
        await captured(parted, moment)
    for table, each in (("raw_answers", 1), ("traffic_lists", 2)):
        assert await lies(parted, table) == {f"{table}_{FAR}": each, f"{table}_{FAR + 1}": each}


async def test_who_uses_a_table_is_not_waited_for_for_ever(parted: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "PATIENCE", "50ms")
    with psycopg.connect(libpq(parted.url)) as somebody:
        somebody.execute("LOCK TABLE raw_answers IN SHARE MODE")
        assert await partitions.make_ahead(parted, at(FAR)) == ()
    assert len(await partitions.make_ahead(parted, at(FAR))) == 4


async def test_of_a_repository_and_a_window_only_its_rows_and_its_years_are_read(parted: Store) -> None:
    for year in (FAR, FAR + 2, FAR + 4):
        await partitions.make_ahead(parted, at(year))
    since, until = to_micros(at(FAR + 1)), to_micros(at(FAR + 2))
    of_one = f"repository_id = {REPOSITORY.id}"
    asked = {
        select("referrers", ["day", "name_id"], [REPOSITORY.id], since, until): ("traffic_lists", (FAR + 1, FAR + 2)),
        select("paths", ["day"], [REPOSITORY.id], None, to_micros(at(2026))): ("traffic_lists", (f"to_{THIS_YEAR}",)),
        f"SELECT body FROM raw_answers WHERE {of_one} AND captured_at = {since}": ("raw_answers", (FAR + 1,)),
        f"DELETE FROM traffic_lists WHERE {of_one} AND kind = 1 AND day = {since // DAY_MICROS} AND position > 3": (
            "traffic_lists", (FAR + 1,),
        ),
    }  # fmt: skip
    with psycopg.connect(libpq(parted.url)) as connection:
        connection.execute("SET enable_seqscan = off")
        for statement, (table, years) in asked.items():
            explained = connection.execute(f"EXPLAIN (FORMAT JSON) {statement}".encode()).fetchone()
            assert explained is not None
            read = [step for step in steps(explained[0][0]["Plan"]) if "Scan" in step["Node Type"]]
            relations = {step["Relation Name"] for step in read if "Relation Name" in step}
            assert relations == {f"{table}_{year}" for year in years}
            assert all("repository_id = " in step.get("Index Cond", "") for step in read if "Index Name" in step)
            assert "Seq Scan" not in {step["Node Type"] for step in read}


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every step of a plan."""
    yield plan
    for inner in plan.get("Plans", ()):
        yield from steps(inner)
