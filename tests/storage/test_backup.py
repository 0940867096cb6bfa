"""A backup is the database as of one moment, from either kind, into either; what is damaged restores nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.backup import back_up, restore
from storage.backup_seal import TABLE, check, seal
from storage.engine import Store
from storage.migrate import upgrade
from storage.moving import MoveError
from storage.moving_sides import open_side
from storage.version import MOVING
from tests.storage.moves import Tables, move, path_of, quiet, tables_of
from tests.storage.sample import NOW


def but_seal(tables: Tables) -> Tables:
    return {name: rows for name, rows in tables.items() if name != TABLE}


def test_what_is_restored_is_what_was_backed_up(sample: str, tmp_path: Path) -> None:
    made, there = tmp_path / "backups" / "one.db", tmp_path / "there.db"
    sealed, report = back_up(sample, made, NOW, quiet)
    assert sealed.rows > 1000
    assert report.rows > 1000
    assert made.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in made.parent.iterdir()] == ["one.db"]
    again, _ = restore(made, f"sqlite:///{there}", quiet)
    assert again == sealed
    assert tables_of(there) == but_seal(tables_of(made)) == tables_of(path_of(sample))


def test_postgresql_is_backed_up_into_the_same_file_and_restored_into_either(
    sample: str, fresh: str, tmp_path: Path
) -> None:
    first, second, there = tmp_path / "first.db", tmp_path / "second.db", tmp_path / "there.db"
    back_up(sample, first, NOW, quiet)
    restore(first, fresh, quiet)
    back_up(fresh, second, NOW, quiet)
    # of U+0000, which PostgreSQL cannot keep, the sample has none that its twin in the first file has
    restore(second, f"sqlite:///{there}", quiet)
    assert tables_of(there) == but_seal(tables_of(second))
    assert {name: len(rows) for name, rows in tables_of(there).items()} == {
        name: len(rows) for name, rows in tables_of(path_of(sample)).items()
    }


# the schema's version is not copied, and payloads are told of with their jobs
NOT_TOLD = ("alembic_version", "payloads")
ACTOR = "INSERT INTO actors (id, login, key, kind) VALUES (?, 'meanwhile', ?, 'person')"
FIRST = "INSERT INTO firsts (repository_id, actor_id, first_at) SELECT id, ?, 1 FROM repositories"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_who_writes_meanwhile_is_not_held_back_and_nothing_of_it_is_in_the_backup(
    kind: str, sample: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Somebody writes after each table; a row without the actor that it refers to would come with the tables after."""
    url = sample
    if kind == "postgresql":
        url = request.getfixturevalue("fresh")
        move(sample, url)
    made = tmp_path / "made.db"
    written: list[int] = []

    def write(_: str) -> None:
        number = 1_000_000 + len(written)
        side = open_side(url)
        with side.writing():
            side.ask(ACTOR, number, f"meanwhile{number}")
            side.ask(FIRST, number)
        side.close()
        written.append(number)

    sealed, _ = back_up(url, made, NOW, write)
    assert len(written) > 10
    assert sealed == check(made)
    tables = tables_of(made)
    assert [row for row in tables["actors"] if row[1] == "meanwhile"] == []
    assert [row for row in tables["firsts"] if row[1] in written] == []


async def test_a_store_opens_on_what_was_restored(sample: str, tmp_path: Path) -> None:
    back_up(sample, tmp_path / "made.db", NOW, quiet)
    url = f"sqlite:///{tmp_path / 'there.db'}"
    restore(tmp_path / "made.db", url, quiet)
    upgrade(url)
    store = await Store.open(url)
    await store.close()
    with closing(sqlite3.connect(tmp_path / "there.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute(f"SELECT 1 FROM sqlite_master WHERE name IN ('moving', '{TABLE}')").fetchall() == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_restore_that_was_broken_off_goes_on_and_no_server_starts_before(
    kind: str, sample: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    made, told = tmp_path / "made.db", []
    url = request.getfixturevalue("fresh") if kind == "postgresql" else f"sqlite:///{tmp_path / 'there.db'}"
    back_up(sample, made, NOW, quiet)

    def stop(said: str) -> None:
        told.append(said)
        if len(told) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(made, url, stop)
    side = open_side(url)
    assert side.has_table(MOVING)
    again: list[str] = []
    sealed, _ = restore(made, url, again.append)
    assert not side.has_table(MOVING)
    side.close()
    assert len(again) == len([table for table in sealed.tables.values() if table.rows]) - 5 - len(NOT_TOLD)


def refused(made: Path, tmp_path: Path) -> str:
    with pytest.raises(MoveError) as caught:
        restore(made, f"sqlite:///{tmp_path / 'there.db'}", quiet)
    assert not (tmp_path / "there.db").exists()
    return str(caught.value)


def test_a_changed_row_a_lost_row_and_a_broken_page_are_noticed(sample: str, tmp_path: Path) -> None:
    made = tmp_path / "made.db"
    back_up(sample, made, NOW, quiet)
    whole = made.read_bytes()
    for statement in ("UPDATE pulls SET additions = 1234 WHERE number = 3", "DELETE FROM pulls WHERE number = 3"):
        with closing(sqlite3.connect(made)) as connection, connection:
            connection.execute(statement)
        assert "pulls not as when the backup was made; nothing was restored" in refused(made, tmp_path)
        made.write_bytes(whole)
    check(made)
    made.write_bytes(whole[: len(whole) // 2])
    assert "is damaged" in refused(made, tmp_path)
    middle = len(whole) // 2 // 4096 * 4096
    made.write_bytes(whole[:middle] + bytes(4096) + whole[middle + 4096 :])
    assert "is damaged" in refused(made, tmp_path)
    made.write_text("no database at all")
    assert "is no backup at all" in refused(made, tmp_path)


def test_nothing_is_replaced(sample: str, tmp_path: Path) -> None:
    made = tmp_path / "made.db"
    back_up(sample, made, NOW, quiet)
    with pytest.raises(MoveError, match="a backup replaces none"):
        back_up(sample, made, NOW, quiet)
    with pytest.raises(MoveError, match="is not empty"):
        restore(made, sample, quiet)


def test_one_of_an_older_version_is_brought_up_to_date_first(tmp_path: Path) -> None:
    old, there = tmp_path / "old.db", tmp_path / "there.db"
    upgrade(f"sqlite:///{old}", "0015")
    with closing(sqlite3.connect(old)) as connection, connection:
        row = "(id, account_login, account_id, account_type) VALUES (1, 'quartz', 4, 'User')"
        connection.execute(f"INSERT INTO installations {row}")
    seal(old, NOW, "0015", "an older one")
    before = old.read_bytes()
    restore(old, f"sqlite:///{there}", quiet)
    assert [row[:2] for row in tables_of(there)["installations"]] == [(1, "quartz")]
    assert old.read_bytes() == before


def test_one_of_a_newer_version_is_refused(sample: str, tmp_path: Path) -> None:
    made = tmp_path / "made.db"
    back_up(sample, made, NOW, quiet)
    with closing(sqlite3.connect(made)) as connection, connection:
        connection.execute(f"DROP TABLE {TABLE}")
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
    seal(made, NOW, "0999", "a newer one")
    assert "was made by a newer version, with the schema 0999" in refused(made, tmp_path)
