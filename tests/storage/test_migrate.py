"""The migrations build the schema the code was written for, once, whoever starts first, with rows in place."""

from __future__ import annotations

import ast
import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, inspect
from sqlalchemy.engine import Connection as SyncConnection

import storage.schema_access
import storage.schema_analyses
import storage.schema_limits
import storage.schema_managed
import storage.schema_queue
import storage.schema_reports
import storage.schema_traffic
from storage.connection import Connection
from storage.engine import Store
from storage.installations import Installation, Repository, installation, repository, save_unless_over
from storage.migrate import MIGRATIONS, sync_engine, upgrade
from storage.schema import metadata
from storage.version import HEAD, is_current
from tests.storage.conftest import Make

VERSIONS = sorted((MIGRATIONS / "versions").glob("[0-9]*.py"))
SEEDS = Path(__file__).with_name("seeds")  # `0002_traffic.sql` is of the migration `0002_traffic.py`


def test_the_migrated_schema_is_the_one_in_the_code(database: str) -> None:
    engine = sync_engine(database)
    parts = [metadata] if engine.dialect.name == "sqlite" else [metadata, storage.schema_queue.metadata]
    with engine.connect() as connection:
        for part in parts:
            # Procrastinate's tables are its own, and each part is compared with its own tables
            compared = among(part, parts, partitions(connection))
            options = {"compare_type": True, "include_name": compared, "target_metadata": part}
            assert compare_metadata(MigrationContext.configure(connection, opts=options), part) == []
    engine.dispose()


def partitions(connection: SyncConnection) -> set[str]:
    """Return the names of what is a part of another table."""
    if connection.dialect.name == "sqlite":
        return set()
    found = connection.exec_driver_sql("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'")
    return set(found.scalars())


def among(part: MetaData, parts: list[MetaData], partitions: set[str]) -> Callable[[str | None, str, object], bool]:
    """Return Alembic's question whether a table is to be compared with this part of the schema."""
    others = {name for other in parts if other is not part for name in other.tables} | partitions

    def compared(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or (name not in others and not str(name).startswith("procrastinate_"))

    return compared


def test_indexes_over_some_rows_have_the_condition_that_the_code_notes(database: str) -> None:
    engine = sync_engine(database)
    tables = dict(metadata.tables)
    if engine.dialect.name != "sqlite":
        tables |= storage.schema_queue.metadata.tables
    noted = {index.name: index.info.get("where") for table in tables.values() for index in table.indexes}
    found = {
        index["name"]: str(condition)
        for table in tables
        for index in inspect(engine).get_indexes(table)
        for option, condition in index["dialect_options"].items()
        if option.endswith("_where")
    }
    engine.dispose()
    assert {name: simple(text) for name, text in found.items()} == {
        name: simple(text) for name, text in noted.items() if text is not None
    }


def simple(condition: str) -> str:
    """Return a condition as words and values only: each database prints it back in its own way."""
    words = condition.replace("::text", "").replace("= ANY (ARRAY[", "IN (").replace("]", "")
    return "".join(letter for letter in words if letter not in "() ").lower()


async def test_an_empty_database_is_not_current_and_a_migrated_one_is(make: Make) -> None:
    empty = make(False)
    store = await Store.open(empty)
    assert not await store.read(is_current)
    upgrade(empty)
    assert await store.read(is_current)
    await store.close()


def test_migrating_twice_changes_nothing(database: str) -> None:
    upgrade(database)


def test_four_processes_that_start_at_once_migrate_once(make: Make) -> None:
    database = make(False)
    program = f"from storage.migrate import upgrade; upgrade({database!r})"
    root = Path(__file__).parents[2]
    started = [
        subprocess.Popen([sys.executable, "-c", program], cwd=root, stderr=subprocess.PIPE, text=True) for _ in range(4)
    ]
    ends = [(process.communicate()[1], process.returncode) for process in started]
    assert [code for _, code in ends] == [0] * 4, ends


def test_the_version_the_server_expects_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


async def test_a_new_file_is_for_its_owner_only_with_all_that_belongs_to_it(tmp_path: Path) -> None:
    """Its folder may be open to others; whoever copies the file elsewhere decides about it there."""
    file = tmp_path / "new" / "almanac.db"
    before = os.umask(0o022)
    try:
        await asyncio.to_thread(upgrade, f"sqlite:///{file}")
        store = await Store.open(f"sqlite:///{file}")
        await store.write(is_current)
        modes = {each.name: each.stat().st_mode & 0o777 for each in file.parent.iterdir()}
        await store.close()
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("almanac.db", "almanac.db-wal", "almanac.db-shm"), 0o600)


async def test_a_new_file_has_the_page_size_and_the_write_ahead_log(embedded: Store) -> None:
    async def pragmas(conn: Connection) -> list[object]:
        names = ("page_size", "journal_mode", "synchronous", "foreign_keys")
        return [(await conn.exec_driver_sql(f"PRAGMA {name}")).scalar() for name in names]

    assert await embedded.read(pragmas) == [4096, "wal", 2, 1]


def columns_without_default(source: str) -> list[str]:
    """Return the columns that a migration adds to a table with rows in it as NOT NULL without a server default."""
    found = []
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        if call.func.attr != "add_column":
            continue
        for column in call.args:
            if isinstance(column, ast.Call):
                given = {keyword.arg: keyword.value for keyword in column.keywords}
                nullable = given.get("nullable")
                refuses_null = isinstance(nullable, ast.Constant) and nullable.value is False
                if refuses_null and "server_default" not in given:
                    found.append(ast.unparse(column.args[0]))
    return found


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_no_migration_adds_a_column_that_stored_rows_cannot_have(path: Path) -> None:
    assert columns_without_default(path.read_text()) == []


def test_the_rule_about_columns_notices_one() -> None:
    bad = 'op.add_column("pulls", sa.Column("milestone", sa.Text(), nullable=False))'
    good = 'op.add_column("pulls", sa.Column("milestone", sa.Text(), nullable=False, server_default=""))'
    assert columns_without_default(bad) == ["'milestone'"]
    assert columns_without_default(good) == []


def seed(database: str, path: Path) -> None:
    """Store the rows that belong to a migration: those of the schema before it, which it must carry over."""
    engine = sync_engine(database)
    with engine.begin() as connection:
        for statement in (SEEDS / f"{path.stem}.sql").read_text().split(";\n"):
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_each_later_migration_has_rows_to_carry_over_and_runs_over_them(make: Make) -> None:
    database = make(False)
    upgrade(database, VERSIONS[0].stem.split("_")[0])
    for path in VERSIONS[1:]:
        seed(database, path)
        upgrade(database, path.stem.split("_")[0])
    upgrade(database)


def test_each_seed_belongs_to_a_migration() -> None:
    assert {path.stem for path in SEEDS.iterdir()} == {path.stem for path in VERSIONS[1:]}


async def test_traffic_finds_the_rows_of_before_as_they_were(make: Make) -> None:
    """What 0001 stored is there unchanged after 0002, and what nobody had said then is unknown."""
    database = make(False)
    upgrade(database, "0001")
    seed(database, VERSIONS[1])
    upgrade(database)
    store = await Store.open(database)
    pit = await store.read(lambda conn: repository(conn, 72))
    basalt = await store.read(lambda conn: installation(conn, 12))
    await store.close()
    assert pit == Repository(72, 12, "basalt", "Pit", "private", "trunk", archived=True, removed_at=at(1763900000))
    assert pit.node_id is None
    assert basalt == Installation(12, "basalt", 4300, "User", suspended_at=at(1763800000))
    assert (basalt.permissions, basalt.listed_at) == (None, None)


async def test_of_what_ended_before_nobody_knows_who_told(make: Make) -> None:
    """What 0002 stored is there unchanged after 0003; a later look may take such an end back."""
    database = make(False)
    upgrade(database, "0002")
    seed(database, VERSIONS[2])
    upgrade(database)
    store = await Store.open(database)
    slate = await store.read(lambda conn: installation(conn, 13))
    assert slate is not None
    assert (slate.removed_at, slate.removed_by, slate.permissions) == (at(1764000000), None, {"administration": "read"})
    assert await store.write(lambda conn: save_unless_over(conn, slate))
    await store.close()


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
