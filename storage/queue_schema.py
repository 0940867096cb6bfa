"""Procrastinate's own tables and functions: made with ours, and brought up to date by the files that it ships.

Procrastinate notes nowhere which of its migrations a database has seen, so `queue_engine` holds the name of the newest.
Nothing here imports Procrastinate: its files are read where they lie.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import Connection

VERSION = text("SELECT version FROM queue_engine")


@cache
def files() -> tuple[Path, ...]:
    """Return the migrations that the installed Procrastinate ships, in the order in which they are to be run."""
    return tuple(sorted((sql() / "migrations").glob("[0-9]*.sql")))


def sql() -> Path:
    """Return the folder of the installed Procrastinate's SQL."""
    spec = find_spec("procrastinate")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("on PostgreSQL the package `procrastinate` runs the jobs, and it is not installed")
    return Path(spec.submodule_search_locations[0]) / "sql"


def create(connection: Connection) -> None:
    """Make Procrastinate's tables and functions as its schema file has them, and note what that is."""
    run(connection, sql() / "schema.sql")
    connection.execute(text("INSERT INTO queue_engine (version) VALUES (:version)"), {"version": files()[-1].stem})


def bring_up(connection: Connection) -> bool:
    """Run the first shipped migration that the database has not seen; False if there is none, or no queue yet.

    One at a time, each to be committed by the caller, who holds the lock of migrations: a new value of an enum can be
    used only once it is committed, and what one file adds the next one uses.
    """
    if not there(connection):
        return False
    seen = connection.execute(VERSION).scalar_one()
    missing = next((file for file in files() if file.stem > seen), None)
    if missing is None:
        return False
    run(connection, missing)
    connection.execute(text("UPDATE queue_engine SET version = :version"), {"version": missing.stem})
    return True


def is_up(connection: Connection) -> bool:
    """Tell whether the database has seen every migration that is shipped; it may have seen those of a newer release."""
    return there(connection) and connection.execute(VERSION).scalar_one() >= files()[-1].stem


def there(connection: Connection) -> bool:
    """Tell whether the database has Procrastinate's tables."""
    return connection.execute(text("SELECT to_regclass('queue_engine')")).scalar() is not None


def run(connection: Connection, file: Path) -> None:
    """Run a file of many statements inside the open transaction."""
    driver = connection.connection.driver_connection
    assert driver is not None, "an open connection has its driver's"
    driver.execute(file.read_bytes())
