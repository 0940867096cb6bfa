"""Bring a database's schema up to date. The only importer of Alembic: the server asks `storage.version` instead."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from storage import queue_schema, sqlite, version
from storage.urls import libpq, parse, sqlite_path

MIGRATIONS = Path(__file__).parent / "migrations"
POSTGRESQL_LOCK = 4_217_060_893  # any number that only Almanac's migrations use
WAIT_SECONDS = 60.0  # how long a second process waits for the first


class NewerError(Exception):
    """The database belongs to a newer version, which has taken away what this one uses."""


def upgrade(url: str, revision: str = "head") -> None:
    """Run every migration up to `revision` that the database has not seen, all in one transaction.

    On PostgreSQL those that the installed Procrastinate ships are run after ours.

    A second process waits for the first. Creates SQLite's file and folder where they are missing. A database that a
    newer version has migrated stays as it is. Raises ValueError for an address that is none, NewerError for a database
    that has no more what this version uses, sqlalchemy.exc.OperationalError if the database cannot be reached or stays
    locked for a minute.
    """
    engine = sync_engine(url)
    try:
        with locked(engine) as connection:
            if not has_been_migrated_by_a_newer_one(connection):
                config = Config()
                config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
                config.attributes["connection"] = connection
                command.upgrade(config, revision)
        more = True
        while more:
            more = bring_up(engine)
    finally:
        engine.dispose()


def has_been_migrated_by_a_newer_one(connection: Connection) -> bool:
    """Tell whether there is nothing to do, since a newer version has done it; raises NewerError, see `upgrade`."""
    found = version.revision(connection)
    if version.is_newer(found) and not version.serves(found):
        raise NewerError(
            f"the database has the schema {found} of a newer version, on which this one, {version.HEAD}, no longer "
            "runs; start the newer version"
        )
    return version.is_newer(found)


def bring_up(engine: Engine) -> bool:
    """Run the next of Procrastinate's own migrations, in a transaction of its own; False if there is none."""
    if engine.dialect.name == "sqlite":
        return False
    with locked(engine) as connection:
        return queue_schema.bring_up(connection)


def sync_engine(url: str) -> Engine:
    """Return a blocking engine for `url`; SQLite's file is made with its page size and write-ahead log."""
    path = sqlite_path(url)
    if path is None:
        # the string keeps its password only if it is passed as a URL, not as printed text
        return create_engine(parse(libpq(url)), poolclass=NullPool)
    sqlite.make_closed(path)
    address = parse(url).set(drivername="sqlite+pysqlite")
    engine = create_engine(address, poolclass=NullPool, connect_args={"isolation_level": None})
    event.listen(engine, "connect", lambda connection, _: sqlite.prepare(connection))
    return engine


@contextmanager
def locked(engine: Engine) -> Iterator[Connection]:
    """Yield a connection inside a transaction that no other migration can enter; commit it at the end."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            make_file(connection)
            with_patience(connection, "BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": POSTGRESQL_LOCK})
        yield connection
        connection.commit()


def make_file(connection: Connection) -> None:
    """Give a new file its page size and its write-ahead log; on a file that has them this changes nothing."""
    for pragma in sqlite.FILE_PRAGMAS:
        with_patience(connection, pragma)


def with_patience(connection: Connection, statement: str) -> None:
    """Execute `statement`, trying again while another process holds the file: a change of journal mode never waits."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            connection.exec_driver_sql(statement)
        except OperationalError as error:
            if "locked" not in str(error.orig) or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
