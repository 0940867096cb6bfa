"""What breaks in a PostgreSQL around a server that lives on: its disk, its process, its leave to write, its locks."""

from __future__ import annotations

import asyncio
import os
import random
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench.crash_faults import LASTS, LOCKED, SEED, Troubles, may_mount, measured
from bench.figures import Figure
from bench.size import Size
from storage.migrate import upgrade
from storage.urls import libpq
from tests.storage import cluster

DISK = 512  # MB that the cluster lies on
BALLAST = 1024**2  # bytes that are written at once to fill it
WRITES = "-c default_transaction_read_only=off"


class TroublesOfPostgreSQL(Troubles):
    """The same for a server whose database is a process of its own, in `cluster_folder`."""

    def __init__(self, size: Size, url: str, folder: Path, cluster_folder: Path) -> None:
        super().__init__(size, url, folder, SEED)
        self.cluster_folder = cluster_folder
        self.started: subprocess.Popen[bytes] | None = None

    def troubles(self) -> dict[str, Callable[[], Awaitable[None]]]:
        return {
            "a full disk": self.disk_full,
            "it is stopped at once and comes back": self.restarted,
            "it takes no writes": self.takes_no_writes,
            "a stranger locks the table of jobs": self.locked,
            "the clock leaps": self.clock_leaps,
            "workers are killed": self.workers_killed,
            "pictures are damaged": self.pictures_damaged,
        }

    async def disk_full(self) -> None:
        """The disk that the cluster lies on has no byte left."""
        ballast = self.cluster_folder / "ballast"
        try:
            await asyncio.to_thread(fill, ballast)
            await asyncio.sleep(LASTS)
        finally:
            ballast.unlink()

    async def restarted(self) -> None:
        """It is gone without a farewell, and some seconds later there again, recovering."""
        command = shlex.split((self.cluster_folder / "data" / "postmaster.opts").read_text())
        user = cluster.USER if os.geteuid() == 0 else None
        await asyncio.to_thread(self.stop, user)
        await asyncio.sleep(LASTS)
        await asyncio.to_thread(self.start, command, user)

    def stop(self, user: str | None) -> None:
        command = [str(cluster.BIN / "pg_ctl"), "-D", str(self.cluster_folder / "data"), "-m", "immediate", "stop"]
        subprocess.run(command, user=user, cwd=self.cluster_folder, check=True, stdout=subprocess.DEVNULL)

    def start(self, command: list[str], user: str | None) -> None:
        with (self.cluster_folder / "log").open("ab") as log:
            self.started = subprocess.Popen(command, user=user, cwd=self.cluster_folder, stdout=log, stderr=log)
        cluster.wait_until_it_answers(self.cluster_folder, self.started)

    async def takes_no_writes(self) -> None:
        """As one to which somebody failed over too early, it only answers questions."""
        self.set_read_only("on")
        await asyncio.sleep(LASTS)
        self.set_read_only("off")

    def set_read_only(self, value: str) -> None:
        with psycopg.connect(libpq(self.url), autocommit=True, options=WRITES) as connection:
            connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}".encode())
            connection.execute("SELECT pg_reload_conf()")

    async def locked(self) -> None:
        """A stranger holds the table of jobs for longer than GitHub waits."""
        connection = await psycopg.AsyncConnection.connect(libpq(self.url))
        async with connection:
            await connection.execute("LOCK TABLE procrastinate_jobs IN ACCESS EXCLUSIVE MODE")
            await asyncio.sleep(LOCKED)

    def end(self) -> None:
        """End the server that was started in the place of the first."""
        if self.started is not None:
            self.started.terminate()
            try:
                self.started.wait(5)
            except subprocess.TimeoutExpired:
                self.started.kill()
                self.started.wait()


def fill(file: Path) -> None:
    """Write to a file until its disk is full."""
    with file.open("wb", buffering=0) as writing:
        while free := shutil.disk_usage(file.parent).free:
            try:
                writing.write(b"\0" * min(BALLAST, free))
            except OSError:
                return


@contextmanager
def small_disk() -> Iterator[None]:
    """Have temporary folders on a disk of `DISK` MB meanwhile; it takes the right to mount one."""
    before = tempfile.gettempdir()
    place = Path(tempfile.mkdtemp(prefix="almanac-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}m,mode=1777", "tmpfs", place], check=True)
    tempfile.tempdir = str(place)
    try:
        yield
    finally:
        tempfile.tempdir = before
        subprocess.run(["umount", "--lazy", place], check=True)
        place.rmdir()


def on_postgresql(size: Size, folder: Path) -> list[Figure]:
    """Break one thing after the other around a server with PostgreSQL, on a disk of its own."""
    if not may_mount():
        return [Figure("PostgreSQL: what breaks around it", "not tried: only root may mount the small disk it lies on")]
    random.seed(SEED)
    with small_disk(), cluster.cluster(durable=True) as socket:
        cluster.run(socket, "CREATE DATABASE troubled")
        url = cluster.address(socket, "troubled")
        upgrade(url)
        weeks = TroublesOfPostgreSQL(size, url, folder, socket)
        try:
            return asyncio.run(measured(size, weeks))
        finally:
            weeks.end()
