"""Two versions over one database: the newer one adds, so that the older one works on; what it takes away it says."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.engine import Store
from storage.migrate import MIGRATIONS, NewerError, sync_engine, upgrade
from storage.version import HEAD, floor_of, is_current, number_of
from tests.storage.conftest import Make

FIRST_UNDER_THE_RULE = "0014"
TAKES_AWAY = ("drop_", "alter_", "rename_", "execute", "batch_alter_table")


def migrated_by_a_newer(database: str, revision: str) -> None:
    """Do what a newer version's migration would: add a table and a column that may be empty, and note the revision."""
    engine = sync_engine(database)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE of_tomorrow (id INTEGER PRIMARY KEY)"))
        connection.execute(text("ALTER TABLE repositories ADD COLUMN of_tomorrow INTEGER"))
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    engine.dispose()


@pytest.mark.parametrize("revision", [f"0099_{number_of(HEAD)}", "0099_0012"])
async def test_what_a_newer_version_has_added_to_is_worked_on(make: Make, revision: str) -> None:
    database = make(True)
    migrated_by_a_newer(database, revision)
    store = await Store.open(database)
    assert await store.read(is_current)
    await store.close()
    upgrade(database)  # and this changes nothing: the newer version has done it
    engine = sync_engine(database)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == revision
    engine.dispose()


@pytest.mark.parametrize("revision", ["0099_0098", "0099"])
async def test_what_a_newer_version_has_taken_from_is_left_alone_and_said(make: Make, revision: str) -> None:
    database = make(True)
    migrated_by_a_newer(database, revision)
    store = await Store.open(database)
    assert not await store.read(is_current)
    await store.close()
    with pytest.raises(NewerError, match=f"has the schema {revision} of a newer version.* start the newer version"):
        upgrade(database)


def revisions() -> list[Path]:
    """Return the migrations, oldest first."""
    return sorted((MIGRATIONS / "versions").glob("[0-9]*.py"))


def named(path: Path, name: str) -> str:
    """Return a text that a migration assigns."""
    found = [
        each.value.value
        for each in ast.parse(path.read_text()).body
        if isinstance(each, ast.Assign)
        and isinstance(each.targets[0], ast.Name)
        and each.targets[0].id == name
        and isinstance(each.value, ast.Constant)
    ]
    return str(found[0])


def taken_away(source: str) -> list[str]:
    """Return what a migration's `upgrade` calls that may take something from an older version."""
    functions = [one for one in ast.parse(source).body if isinstance(one, ast.FunctionDef) and one.name != "downgrade"]
    calls = [node.func for one in functions for node in ast.walk(one) if isinstance(node, ast.Call)]
    names = [one.attr for one in calls if isinstance(one, ast.Attribute)]
    return [name for name in names if name.startswith(TAKES_AWAY)]


def test_migrations_only_add_or_say_which_version_is_the_oldest_that_still_runs() -> None:
    """From 0014 on a revision names its floor, and only one that raises it may drop, alter, rename or execute."""
    floors = {path: floor_of(named(path, "revision")) for path in revisions()}
    for before, path in zip(revisions(), revisions()[1:], strict=False):
        revision = named(path, "revision")
        assert named(path, "down_revision") == named(before, "revision")
        assert path.name.startswith(number_of(revision))
        if number_of(revision) < FIRST_UNDER_THE_RULE:
            continue
        assert "_" in revision, f"{path.name}: name the oldest version that still runs, as in {HEAD}"
        if taken_away(path.read_text()):
            assert floors[path] > floors[before], f"{path.name} takes away, so older versions than its floor stop"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("op.drop_column('a', 'b')", ["drop_column"]),
        ("op.alter_column('a', 'b', nullable=False)", ["alter_column"]),
        ("op.rename_table('a', 'b')", ["rename_table"]),
        ("op.execute('DROP TABLE a')", ["execute"]),
        ("op.add_column('a', sa.Column('b', sa.Integer()))", []),
        ("op.create_table('a')", []),
    ],
)
def test_what_takes_away_is_seen(body: str, found: list[str]) -> None:
    source = f"def upgrade() -> None:\n    {body}\n\n\ndef downgrade() -> None:\n    op.drop_table('a')\n"
    assert taken_away(source) == found
