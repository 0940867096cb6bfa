"""One repository among 20,000 on PostgreSQL, beside the same repository alone in a database of its own.

The repository has three years of daily traffic and 1,000 pull requests and reviews; every other is a copy of it under
another number, so that the store has 20 million of the latter. Days are stored in the order of days, as captures bring
them, so that a repository's lie far apart; activity in the order of repositories, as it is read. It is captured on one
day in 14 only: with daily lists of referrers and paths there would be 438 million rows of them alone, more than this
benchmark may take of a disk and of time.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from analytics.traffic import Capture, Count, Listed, Traffic
from bench.asking import Town, town
from bench.bulk import INSTALLATION_ID, NAME, OWNER, REPOSITORY_ID, Scale, build
from bench.figures import Figure, at_most
from bench.size import Size
from sandbox.build import VISITOR
from sandbox.clock import Clock
from sandbox.registration import register
from sandbox.world import World
from storage import traffic
from storage.connection import Connection
from storage.engine import Store
from storage.urls import libpq
from tests.storage import cluster

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
REPOSITORIES, FEW = 20_000, 200
YEARS, APART = 3, 14  # days between two captures
SCALE = Scale(pulls=350, reviews=650, issues=0, commits=0)
NAMES_EACH = 1_000  # numbers of names that each copy has for its own
COMMANDS = ("/analytics 90d", "/analytics traffic all")
ASKED, CAPTURED = 7, 300
IN_ORDER_OF_DAYS = ("traffic_days", "traffic_weeks", "traffic_lists", "captures")
AS_READ = ("pulls", "reviews", "firsts", "watermarks", "snapshots")


def shown(at: datetime, repository_id: int = REPOSITORY_ID) -> Capture:
    """Return what GitHub would show of a busy repository at a moment."""
    days = {at.date() - timedelta(days=back): Count(40 + back * 3, 9 + back) for back in range(APART)}
    lists = [tuple(Listed(f"{kind}-{place}", 90 - place, 30 - place) for place in range(10)) for kind in ("site", "/p")]
    counts = Traffic(Count(900, 200), days)
    return Capture(repository_id, at, counts, counts, None, None, lists[0], lists[1], {})


async def save(store: Store, given: Capture) -> None:
    """Store one capture as the server does."""

    async def work(conn: Connection) -> None:
        run = f"{given.captured_at:%Y-%m-%d}"
        await traffic.save_capture(
            conn, given, installation_id=INSTALLATION_ID, run=run, requests=6, outcome="captured"
        )

    await store.write(work)


async def captured(address: str) -> None:
    """Store three years of traffic of the one repository."""
    store = await Store.open(address)
    for back in range(YEARS * 365, -1, -APART):
        await save(store, shown(NOW - timedelta(days=back)))
    await store.close()


def columns(connection: psycopg.Connection, table: str) -> list[str]:
    """Return a table's columns."""
    query = "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position"
    return [name for (name,) in connection.execute(query, (table,))]


def copied(connection: psycopg.Connection, table: str, first: int, last: int, order: str = "") -> None:
    """Copy the one repository's rows of a table under the numbers from `first` to `last` after its own."""
    changed = {
        "repository_id": "repository_id + n", "name_id": f"name_id + n * {NAMES_EACH}",
    }  # fmt: skip
    if table == "traffic_names":
        changed["id"] = f"id + n * {NAMES_EACH}"
    names = columns(connection, table)
    chosen = ", ".join(changed.get(name, f'"{name}"') for name in names)
    into = ", ".join(f'"{name}"' for name in names)
    connection.execute(
        f"INSERT INTO {table} ({into}) SELECT {chosen} FROM {table}, generate_series({first}, {last}) n "
        f"WHERE repository_id = {REPOSITORY_ID} {order}".encode()
    )


@contextmanager
def bare(connection: psycopg.Connection, table: str) -> Iterator[None]:
    """Take a table's keys and indexes away inside and make them again at the end, as rows come by the million."""
    of = "conrelid = %s::regclass AND contype IN ('p', 'u')"
    keys = connection.execute(
        f"SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE {of}".encode(), (table,)
    ).fetchall()
    named = [name for name, _ in keys]
    indexes = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname <> ALL(%s)", (table, named)
    ).fetchall()
    for name, _ in keys:
        connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'.encode())
    for name, _ in indexes:
        connection.execute(f'DROP INDEX "{name}"'.encode())
    yield
    for name, definition in keys:
        connection.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'.encode())
    for _, definition in indexes:
        connection.execute(definition.encode())


def multiplied(address: str, repositories: int, size: Size) -> None:
    """Make all the other repositories."""
    with psycopg.connect(libpq(address), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # every row refers to a repository that is there
        connection.execute("SET maintenance_work_mem = '256MB'")
        names = columns(connection, "repositories")
        changed = {"id": "id + n", "name": "name || n", "key": "key || n"}
        connection.execute(
            f"INSERT INTO repositories ({', '.join(names)}) SELECT {', '.join(changed.get(one, one) for one in names)} "
            f"FROM repositories, generate_series(1, {repositories - 1}) n".encode()
        )
        for table in ("traffic_names", *AS_READ):
            with bare(connection, table):
                copied(connection, table, 1, repositories - 1)
            size.tell(f"{table}: there")
        for table in IN_ORDER_OF_DAYS:
            day = {"traffic_weeks": "week"}.get(table, "day")
            with bare(connection, table):
                copied(connection, table, 1, repositories - 1, f"ORDER BY {day}, n")
            size.tell(f"{table}: there")
        connection.execute("VACUUM (ANALYZE)")


def touch(address: str) -> None:
    """Leave the marks of a sync that found nothing new, so that no answer is shared."""
    with psycopg.connect(libpq(address), autocommit=True) as connection:
        query = "UPDATE watermarks SET synced_at = synced_at + 1 WHERE repository_id = %s"
        connection.execute(query, (REPOSITORY_ID,))


async def asked(alone: str, among: str, folder: Path, times: int) -> dict[str, tuple[list[float], list[float]]]:
    """Ask each command of both stores in turns; return the seconds of each answer, alone and among all."""
    found: dict[str, tuple[list[float], list[float]]] = {command: ([], []) for command in COMMANDS}
    async with AsyncExitStack() as open_ones:
        towns: list[tuple[Town, str]] = []
        for name, address in (("alone", alone), ("among", among)):
            (folder / name).mkdir()
            world = World(Clock(NOW))
            keys = register(world)
            world.add_repository(f"{OWNER}/{NAME}", id=REPOSITORY_ID)
            world.install(OWNER)
            world.permit(f"{OWNER}/{NAME}", VISITOR, "write")
            place = town(world, keys, f"{OWNER}/{NAME}", folder / name, DATABASE_URL=address)
            towns.append((await open_ones.enter_async_context(place), address))
        for number in range(times + 1):
            for command, taken in found.items():
                for (place_of, address), seconds in zip(towns, taken, strict=True):
                    await asyncio.to_thread(touch, address)
                    passed = (await place_of.ask_often(command, 1))[0]
                    if number:  # the first is a cold one
                        seconds.append(passed)
    return found


async def stored(address: str, repositories: int) -> float:
    """Return how many captures are stored a second, each of another repository, one after another."""
    store = await Store.open(address)
    begun = time.perf_counter()
    for number in range(CAPTURED):
        given = shown(NOW + timedelta(days=1), REPOSITORY_ID + number * (repositories // CAPTURED or 1) % repositories)
        await save(store, given)
    passed = time.perf_counter() - begun
    await store.close()
    return CAPTURED / passed


def sizes(address: str) -> list[Figure]:
    """Return how many rows each large table has, and what a row takes with its indexes."""
    tables = ("traffic_days", "traffic_lists", "pulls", "reviews")
    with psycopg.connect(libpq(address), autocommit=True) as connection:
        figures = []
        for table in tables:
            # a table that is parted takes no room itself, its partitions do
            size = f"coalesce((SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('{table}')), 0)"
            own = f"pg_total_relation_size('{table}') + {size}"
            row = connection.execute(f"SELECT count(*), {own} FROM {table}".encode()).fetchone()
            assert row is not None, "a count has one row"
            figures.append(Figure(f"{table}: rows, bytes a row with indexes", f"{row[0]:,}, {row[1] / row[0]:.0f}"))
        whole = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        assert whole is not None, "a size has one row"
        return [*figures, Figure("the whole database", f"{whole[0] / 1e9:.1f} GB")]


def run(size: Size) -> list[Figure]:
    """Make both stores, and ask in turns."""
    if not cluster.found():
        return [Figure("many", f"not measured: there is no PostgreSQL in {cluster.BIN}")]
    repositories, times = (FEW, 1) if size.quick else (REPOSITORIES, ASKED)
    with tempfile.TemporaryDirectory(prefix="almanac-bench-") as name, cluster.cluster(durable=True) as folder:
        file = Path(name) / "alone.db"
        build(file, SCALE, now=NOW)
        cluster.run(folder, "CREATE DATABASE alone")
        alone, among = cluster.address(folder, "alone"), cluster.address(folder, "among")
        for last in ((), ("--final",)):
            words = ("-m", "bot", "migrate-database", f"sqlite:///{file}", alone, *last)
            subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
        asyncio.run(captured(alone))
        cluster.run(folder, "CREATE DATABASE among TEMPLATE alone")
        begun = time.perf_counter()
        multiplied(among, repositories, size)
        size.tell(f"{repositories:,} repositories, made in {time.perf_counter() - begun:.0f} s")
        found = asyncio.run(asked(alone, among, Path(name), times))
        figures = []
        for command, (by_itself, with_others) in found.items():
            one, many = statistics.median(by_itself), statistics.median(with_others)
            figures.append(
                Figure(f"`{command}`: alone, among {repositories:,} (median of {times})", f"{one:.3f}, {many:.3f} s")
            )
            figures.append(at_most(f"`{command}`: among all / alone", many / one, 1.5, ""))
        rate = asyncio.run(stored(among, repositories))
        return [*figures, Figure("captures stored a second, one after another", f"{rate:.0f}"), *sizes(among)]
