"""Ways to kill a server: at any moment, at a request of its own, or while it commits; and its database beside it."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import psycopg

from bench.serving import ROOT, START_SECONDS
from sandbox.faults import Fault
from sandbox.server import Sandbox
from storage.urls import libpq

LONGEST = 1.5  # seconds that a life may have, once the server is ready
SHORTEST = 0.1
STARTING = 0.15  # of lives end before the server is ready
# what is in a transaction just now, be it between two statements or committing
AT_WORK = "SELECT pid FROM pg_stat_activity WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() AND datname = %s"


class Mortal:
    """One server, its lives one after the other; each is a session of its own, so that what it leaves is found."""

    def __init__(self, environ: dict[str, str], log: Path) -> None:
        self.environ, self.log = environ, log
        self.process: asyncio.subprocess.Process | None = None
        self.sessions: list[int] = []

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.returncode is None

    async def start(self) -> None:
        """Begin a life."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "serve"),
                env=self.environ, cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.sessions.append(self.process.pid)

    async def ready(self, session: aiohttp.ClientSession) -> bool:
        """Return True once it says that it is ready, False if it died before."""
        async with asyncio.timeout(START_SECONDS):
            while self.alive:
                with suppress(aiohttp.ClientError, OSError):
                    async with session.get(f"http://127.0.0.1:{self.environ['PORT']}/readyz") as answer:
                        if answer.status == 200:
                            return True
                await asyncio.sleep(0.01)
        return False

    def kill(self) -> None:
        """SIGKILL to the server alone, from any thread: what it has begun must end by itself."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGKILL)

    async def gone(self) -> int | None:
        """Wait for its end; return its status."""
        return None if self.process is None else await self.process.wait()

    def left_over(self) -> int:
        """Return how many processes of lives that are over run still."""
        mine = set(self.sessions) - ({self.process.pid} if self.process is not None and self.alive else set())
        return sum(session_of(path) in mine for path in Path("/proc").glob("[0-9]*/stat"))


def session_of(path: Path) -> int | None:
    """Return the session of a process, None once it has ended."""
    try:
        fields = path.read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[3])


class Killer:
    """Ends lives: each call of `one` waits for a moment of its kind, drawn by chance, and kills there."""

    def __init__(self, mortal: Mortal, sandbox: Sandbox, url: str, file: Path | None, chance: random.Random) -> None:
        self.mortal, self.sandbox, self.url, self.file, self.chance = mortal, sandbox, url, file, chance
        self.kinds: dict[str, Callable[[], Any]] = {
            "at any moment": self.any_moment,
            "at a request to GitHub": self.at_a_request,
            "in a commit": self.in_a_commit,
        }
        if file is None:
            self.kinds["PostgreSQL itself"] = self.database_too
        self.done: dict[str, int] = dict.fromkeys((*self.kinds, "before it was ready"), 0)

    async def one(self, ready: asyncio.Task[bool]) -> None:
        """Kill the life that has just begun; `ready` ends once it answers."""
        if self.chance.random() < STARTING:
            await asyncio.sleep(self.chance.uniform(0.05, 1.0))
            self.mortal.kill()
            self.done["before it was ready"] += 1
            return
        if not await ready:
            raise RuntimeError(f"the server ended by itself: {self.mortal.log.read_text()[-3000:]}")
        kind = self.chance.choice(list(self.kinds))
        await self.kinds[kind]()
        self.done[kind] += 1

    def span(self) -> float:
        return self.chance.uniform(SHORTEST, LONGEST)

    async def any_moment(self) -> None:
        await asyncio.sleep(self.span())
        self.mortal.kill()

    async def at_a_request(self) -> None:
        """Kill when a request arrives at GitHub, before it is carried out or just before its answer is sent."""
        left, over = self.chance.randrange(1, 12), asyncio.Event()
        after = self.chance.random() < 0.5
        draw = self.sandbox.faults.draw

        def count(method: str, path: str, operation: str | None) -> Fault | None:
            nonlocal left
            left -= 1
            if left == 0:
                # the handler runs on at once, and its answer is written when the loop comes back here
                asyncio.get_running_loop().call_soon(self.mortal.kill) if after else self.mortal.kill()
                over.set()
            return draw(method, path, operation)

        self.sandbox.faults.draw = count  # type: ignore[method-assign]
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(LONGEST * 2):
                    await over.wait()
        finally:
            self.sandbox.faults.draw = draw  # type: ignore[method-assign]
        await asyncio.sleep(0)
        self.mortal.kill()

    async def in_a_commit(self) -> None:
        """Kill while a transaction is written: SQLite's log has just grown, PostgreSQL's backend is in one."""
        await asyncio.sleep(self.span())
        await asyncio.to_thread(self.at_growth if self.file is not None else self.at_work)

    def at_growth(self) -> None:
        """Kill between the first page of a transaction in SQLite's log and whatever follows, or its sync."""
        assert self.file is not None
        wal = Path(f"{self.file}-wal")
        stop = time.monotonic() + LONGEST
        with file_times(wal) as changed:
            while time.monotonic() < stop and not changed():
                pass
        self.mortal.kill()

    def at_work(self) -> None:
        with psycopg.connect(libpq(self.url), autocommit=True) as connection:
            stop = time.monotonic() + LONGEST
            while time.monotonic() < stop and not connection.execute(AT_WORK, [connection.info.dbname]).fetchone():
                pass
        self.mortal.kill()

    async def database_too(self) -> None:
        """Kill a backend of PostgreSQL in its transaction, so that it recovers as from a crash; then the server."""
        await asyncio.sleep(self.span())
        await asyncio.to_thread(self.kill_backend)
        await asyncio.sleep(self.chance.uniform(0, 1.0))
        self.mortal.kill()

    def kill_backend(self) -> None:
        with psycopg.connect(libpq(self.url), autocommit=True) as connection:
            stop = time.monotonic() + LONGEST
            while time.monotonic() < stop:
                found = connection.execute(AT_WORK, [connection.info.dbname]).fetchone()
                if found is not None:
                    with suppress(ProcessLookupError):
                        os.kill(found[0], signal.SIGKILL)
                    return


@contextmanager
def file_times(path: Path) -> Any:
    """Yield whether a file was written since, by its size and time."""

    def state() -> tuple[int, int]:
        try:
            found = path.stat()
        except OSError:
            return 0, 0
        return found.st_size, found.st_mtime_ns

    before = state()
    yield lambda: state() != before
