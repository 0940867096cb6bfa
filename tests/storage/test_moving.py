"""A database moves to the other kind and back, and is what it was, whatever happens on the way."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from storage import queue
from storage.engine import Store
from storage.moving import MoveError, opened
from storage.moving_jobs import plan
from tests.storage import cluster
from tests.storage.conftest import Make
from tests.storage.moves import move, path_of, quiet, tables_of
from tests.storage.sample import HOUR, NOW


def test_the_sample_has_rows_in_every_table_and_values_in_every_column(sampled: Path) -> None:
    """A new table is in the plan by itself; here it must have rows, so that its move is tried."""
    tables = tables_of(sampled)
    assert [name for name, rows in tables.items() if not rows] == []
    unknown = {name: [place for place, values in enumerate(zip(*rows, strict=True)) if set(values) == {None}] for name, rows in tables.items()}  # fmt: skip # noqa: E501
    assert {name: places for name, places in unknown.items() if places} == {}


# what Procrastinate notes while it runs, which of its migrations there were, what GitHub allows within this hour, and
# analyses that are forgotten within two
WITHOUT_ROWS_TO_MOVE = (
    *("analyses", "analysis_parts"),
    *("github_limits", "github_paces", "github_places"),
    *("procrastinate_events", "procrastinate_periodic_defers", "procrastinate_workers"),
    "queue_engine",
)


def test_every_table_of_the_schema_is_in_the_plan(make: Make) -> None:
    url = make(True)
    if url.startswith("sqlite"):
        there = set(tables_of(path_of(url)))
    else:
        with psycopg.connect(url) as connection:
            whole = "relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace"
            there = {name for (name,) in connection.execute(f"SELECT relname FROM pg_class WHERE {whole}".encode())}
    dialect = "sqlite" if url.startswith("sqlite") else "postgresql"
    planned = [table for moved in plan(dialect) for table in moved.tables]
    assert sorted(planned) == sorted(there - {"alembic_version", *WITHOUT_ROWS_TO_MOVE})


def test_a_database_that_moved_to_postgresql_and_back_is_equal_row_for_row(
    sample: str, fresh: str, tmp_path: Path
) -> None:
    back = f"sqlite:///{tmp_path / 'back.db'}"
    there = move(sample, fresh)
    here = move(fresh, back)
    before, after = tables_of(path_of(sample)), tables_of(path_of(back))
    assert sorted(after) == sorted(before)
    for name, rows in before.items():
        assert after[name] == rows, name
    assert there.rows == here.rows == sum(table.source.rows for table in there.tables) > 1000
    assert [table.source.sum for table in there.tables] == [table.target.sum for table in here.tables]
    assert [table.source.sum for table in there.tables] == [table.target.sum for table in there.tables]


def described(url: str) -> set[tuple[str, ...]]:
    """Return every constraint and index of a PostgreSQL database, in its own words."""
    with psycopg.connect(url) as connection:
        constraints = "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        own = " WHERE connamespace = 'public'::regnamespace"
        indexes = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        return set(connection.execute(constraints + own).fetchall() + connection.execute(indexes).fetchall())


def test_postgresql_has_its_foreign_keys_and_indexes_again_and_numbers_new_rows_after_the_old(
    sample: str, fresh: str, postgresql: Path
) -> None:
    move(sample, fresh)
    assert described(fresh) == described(cluster.address(postgresql, "migrated"))
    with psycopg.connect(fresh) as connection:
        assert connection.execute("SELECT reltuples FROM pg_class WHERE relname = 'pulls'").fetchone() == (64,)
        for table in ("actors", "api_tokens", "decisions", "imports", "invitations", "traffic_names"):
            query = f"SELECT max(id), nextval(pg_get_serial_sequence('{table}', 'id')) FROM {table}"
            ((highest, following),) = connection.execute(query.encode()).fetchall()
            assert following == highest + 1, table
        query = "SELECT max(job_id), nextval(pg_get_serial_sequence('procrastinate_jobs', 'id')) FROM job_keys"
        ((highest, following),) = connection.execute(query).fetchall()
        assert following == highest + 1


async def test_jobs_go_on_where_they_are_now(sample: str, fresh: str, tmp_path: Path) -> None:
    """Waiting ones in their order, a running one again, scheduled ones when they are due, and no key twice."""
    back = f"sqlite:///{tmp_path / 'back.db'}"
    kept = tmp_path / "kept.db"
    shutil.copyfile(path_of(sample), kept)
    move(sample, fresh)
    move(fresh, back)
    then = NOW + timedelta(days=3)
    store = await Store.open(f"sqlite:///{kept}")
    await queue.release_expired(store, then)
    expected = await worked_off(store)
    await store.close()
    moved = await Store.open(back)
    again = [queue.NewJob("sync", f"{name}-{number}", b"", None) for name in ("lane", "free") for number in range(5)]
    assert await moved.write(lambda conn: queue.put(conn, again, NOW)) == 0
    assert (await moved.read(queue.counts))["dead"] == 1
    assert await worked_off(moved) == expected
    await moved.close()
    between = await Store.open(fresh)
    assert await between.write(lambda conn: queue.put(conn, again, NOW)) == 0
    assert (await between.read(queue.counts))["dead"] == 1
    assert await worked_off(between) == expected
    await between.close()
    assert len(expected) == 17


async def worked_off(store: Store) -> list[tuple[str, bytes, int]]:
    """Return the jobs in the order in which they are worked on: those that are due, then, days later, the others."""
    done = []
    for now in (NOW, NOW + timedelta(days=3)):
        while (job := await queue.claim(store, now, HOUR)) is not None:
            done.append((job.key, job.payload, job.attempts))
            await queue.finish(store, job, now)
    return done


CORRUPT = """
CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.title := NEW.title || '?'; RETURN NEW; END $$;
CREATE TRIGGER spoil BEFORE INSERT ON issues FOR EACH ROW WHEN (NEW.number = 1003) EXECUTE FUNCTION spoil();
"""


def test_a_row_that_arrives_otherwise_is_an_error_and_the_database_stays_unusable(sample: str, fresh: str) -> None:
    with opened(sample, fresh, quiet) as moving:
        with psycopg.connect(fresh) as connection:
            connection.execute(CORRUPT)
        moving.copy()
        with pytest.raises(MoveError, match=r"issues differs .* at the key 7, 1003;"):
            moving.finish()
        assert moving.target.has_table("moving")


def test_a_row_that_was_changed_afterwards_is_found(sample: str, fresh: str) -> None:
    move(sample, fresh)
    with psycopg.connect(fresh) as connection:
        connection.execute("UPDATE releases SET is_draft = NOT is_draft WHERE repository_id = 7 AND id = 'RE2'")
        connection.execute("DELETE FROM vanished")
    with opened(sample, fresh, quiet, verify=True) as moving, pytest.raises(MoveError) as wrong:
        moving.verify()
    said = str(wrong.value).splitlines()
    assert len(said) == 3
    assert "releases: the first difference is at the key 7, 'RE2'; the source has" in said[1]
    assert "vanished: " in said[2]


def test_a_row_without_its_parent_is_an_error(sample: str, fresh: str) -> None:
    """SQLite lets programs that do not ask for foreign keys leave such rows."""
    with closing(sqlite3.connect(path_of(sample))) as connection, connection:
        connection.execute("DELETE FROM answers WHERE key = (SELECT answer_key FROM answer_parts LIMIT 1)")
    with pytest.raises(MoveError, match="a row of answer_parts belongs to a row that is not there: Key"):
        move(sample, fresh)


def test_text_that_postgresql_cannot_keep_is_replaced_and_named(sample: str, fresh: str) -> None:
    with closing(sqlite3.connect(path_of(sample))) as connection, connection:
        connection.execute("UPDATE configurations SET text = 'a' || char(0) || 'b' WHERE rowid = 5")
    report = move(sample, fresh)
    assert len(report.nul) == 1
    assert report.nul[0].startswith("configurations.text at the key ")
    with psycopg.connect(fresh) as there:
        ((count,),) = there.execute("SELECT count(*) FROM configurations WHERE text = U&'a\\FFFDb'").fetchall()
    assert count == 1


@pytest.mark.parametrize(
    ("spoiled", "said"),
    [
        ("additions = 3000000000", "pulls.additions is 3000000000 at the key 7, 2; a whole number of 32 bits belongs"),
        ("additions = 'many'", "pulls.additions is 'many' at the key 7, 2; a whole number of 32 bits belongs there"),
        ("title = x'ff'", "pulls.title is ff at the key 7, 2; text belongs there"),
    ],
)
def test_a_value_that_only_sqlite_keeps_there_is_named(sample: str, fresh: str, spoiled: str, said: str) -> None:
    with closing(sqlite3.connect(path_of(sample))) as connection, connection:
        connection.execute(f"UPDATE pulls SET {spoiled} WHERE repository_id = 7 AND number = 2")
    with pytest.raises(MoveError, match=said):
        move(sample, fresh)


def test_a_database_that_sorts_as_people_do_is_moved_as_well(
    sample: str, fresh: str, postgresql: Path, tmp_path: Path
) -> None:
    cluster.run(postgresql, "CREATE DATABASE sorted TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'")
    other = cluster.address(postgresql, "sorted")
    back = f"sqlite:///{tmp_path / 'back.db'}"
    try:
        move(sample, other)
        move(other, back)
        move(sample, fresh)
        with opened(fresh, other, quiet, verify=True) as moving:
            moving.verify()
    finally:
        cluster.run(postgresql, "DROP DATABASE sorted WITH (FORCE)")
    before, after = tables_of(path_of(sample)), tables_of(path_of(back))
    assert before == after
