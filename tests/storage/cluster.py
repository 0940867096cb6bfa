"""A PostgreSQL cluster of the tests' own: in a temporary folder, on a Unix socket, gone when the session ends."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

BIN = Path(os.environ.get("ALMANAC_POSTGRESQL", "/usr/lib/postgresql/15/bin"))
USER = "postgres"  # the servers refuse to run as root
START_SECONDS = 30
MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3  # bytes that must be free there: a container gives it 64 MB unless told
NUMBERS = count(1)


def address(folder: Path, database: str) -> str:
    return f"postgresql://{USER}@/{database}?host={folder}"


def found() -> bool:
    return (BIN / "initdb").exists()


def memory() -> Path | None:
    """Return a folder in memory with room for a cluster, where there is one."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


@contextmanager
def cluster(durable: bool = False, in_memory: bool = False) -> Iterator[Path]:
    """Yield the folder of a running cluster's socket.

    Nothing is synced to disk, as nothing here outlives the session, except for who measures what a `durable` one costs.
    `in_memory` keeps its files there if it can: copying a database, as most tests do, takes a tenth of the time.
    """
    folder = Path(tempfile.mkdtemp(prefix="almanac-pg-", dir=memory() if in_memory else None))
    user = USER if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    data = folder / "data"
    try:
        subprocess.run(
            [BIN / "initdb", "-D", data, "-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"],
            check=True, capture_output=True, user=user, cwd=folder,
        )  # fmt: skip
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(folder),
            "shared_buffers": "32MB",
        }
        if in_memory:
            settings["max_wal_size"] = "128MB"
        if not durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [BIN / "postgres", "-D", data, *options], stdout=log, stderr=log, user=user, cwd=folder
            )
        try:
            wait_until_it_answers(folder, server)
            yield folder
        finally:
            server.terminate()
            try:
                server.wait(5)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_until_it_answers(folder: Path, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(address(folder, USER)).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((folder / "log").read_text()) from None
            time.sleep(0.05)
        else:
            return


def run(folder: Path, statement: str) -> None:
    """Run one statement that stands outside any transaction."""
    with psycopg.connect(address(folder, USER), autocommit=True) as connection:
        connection.execute(statement.encode())


def create(folder: Path, name: str, template: str = "migrated") -> None:
    """Make a database as a copy of another, file by file, which leaves nothing in the log to be written once more."""
    run(folder, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")


@contextmanager
def copied(folder: Path) -> Iterator[str]:
    """Yield the address of a migrated database of one's own, which is gone after that."""
    name = f"copy_{next(NUMBERS)}"
    create(folder, name)
    try:
        yield address(folder, name)
    finally:
        run(folder, f"DROP DATABASE {name} WITH (FORCE)")
