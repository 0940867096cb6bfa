"""What breaks around a server that lives on: its disk, its clock, its database, its workers, its cache.

Each is a Monday's work as in `bench.crash`, with the trouble in the middle of it instead of kills. What the server says
meanwhile is kept: the statuses of webhooks and the reasons of `/readyz`.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import aiohttp

from bench.crash_clock import WrongClock
from bench.crash_weeks import Weeks
from bench.crash_world import stopped
from bench.figures import Figure
from bench.serving import ROOT, children
from bench.size import Size
from storage.migrate import upgrade

LASTS = 3.0  # seconds
DAMAGED = ("substr(data, 1, 100)", "CAST('this is no picture' AS {bytes})", "CAST('' AS {bytes})")  # as SQL
STEP, STEPS = 0.1, timedelta(seconds=4)  # of the machine, and of the clock: two minutes while a leap lasts
A_PAGE = 4096  # bytes: whatever is written behind them fails, as on a disk that is full
START = 15.0  # seconds in which a server that can starts
LOCKED = 12.0  # seconds; GitHub waits for ten
LEAP = timedelta(hours=5)  # what people asked for is kept for six
SEED = 9
READ_ONLY = "mount --bind {0} {0} && mount -o remount,bind,ro {0} && exec {1} -m bot serve"
HONEST = {202, 503}
READY = "ready throughout"
NO_JOB, NOT_STORED, NO_ANSWER = (
    "the database gives no job out", "deliveries cannot be stored", "the database does not answer",
)  # fmt: skip
DUE = {
    "a full disk": {NO_JOB, NOT_STORED},
    "a stranger locks the database": {NO_JOB, NOT_STORED},
    "it is stopped at once and comes back": {NO_JOB, NOT_STORED, NO_ANSWER},
    "it takes no writes": {NO_JOB, NOT_STORED},
    "a stranger locks the table of jobs": {NO_JOB, NOT_STORED, NO_ANSWER},
}
"""What `/readyz` may say in a trouble, and has to say something of; in all others it is ready."""
NOT_THERE = 404


@dataclass
class Said:
    """What the server said while something was broken: reasons of `/readyz`, statuses of webhooks."""

    reasons: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    odd: int = 0
    unanswered: int = 0


class Troubles(Weeks):
    """The same server through one trouble after the other. damaged: what it said of pictures that are."""

    def __init__(self, size: Size, url: str, folder: Path, seed: int) -> None:
        super().__init__(size, url, folder, seed)
        self.damaged: Counter[tuple[int, str]] = Counter()

    @asynccontextmanager
    async def with_a_clock(self) -> AsyncIterator[None]:
        """Give the servers a clock of their own."""
        self.wrong = WrongClock(self.sandbox.clock)
        async with self.wrong.shown():
            self.mortal.environ["CLOCK_URL"] = self.wrong.url
            yield

    def troubles(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """Return what breaks, by name, in order."""
        return {
            "a full disk": self.disk_full,
            "a stranger locks the database": self.locked,
            "the clock leaps": self.clock_leaps,
            "workers are killed": self.workers_killed,
            "pictures are damaged": self.pictures_damaged,
        }

    async def suffer(self, number: int, trouble: Callable[[], Awaitable[None]]) -> Said:
        """Let one trouble come in the middle of a Monday's work and go again."""
        books = self.load.books
        said, before, silent = Said(), books.refused, 0

        async def meanwhile() -> None:
            await self.live()
            nonlocal silent
            silent = books.unanswered
            busy = asyncio.create_task(self.be_busy(asyncio.create_task(self.mortal.ready(self.session))))
            listening = asyncio.create_task(self.listen(said))
            await self.load.ask()
            await trouble()
            said.unanswered = books.unanswered - silent
            listening.cancel()
            await asyncio.gather(busy, listening, return_exceptions=True)
            if not self.mortal.alive:
                raise RuntimeError(f"the server ended by itself: {self.mortal.log.read_text()[-3000:]}")

        await self.week(number, meanwhile)
        said.refused = books.refused - before
        said.odd = sum(count for status, count in books.statuses.items() if status not in HONEST)
        books.statuses.clear()
        return said

    async def listen(self, said: Said) -> None:
        """Ask again and again whether it is ready, and why not."""
        address = f"http://127.0.0.1:{self.mortal.environ['PORT']}/readyz"
        while True:
            with suppress(aiohttp.ClientError, TimeoutError):
                async with self.session.get(address, timeout=aiohttp.ClientTimeout(8)) as answer:
                    said.reasons.update((await answer.json()).get("reasons", ["ready"]))
            await asyncio.sleep(0.2)

    # the troubles

    async def disk_full(self) -> None:
        """Nothing can be written: neither to the database, nor to its log, nor to the log of the server."""
        assert self.mortal.process is not None
        pid = self.mortal.process.pid
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (A_PAGE, hard))
        await asyncio.sleep(LASTS)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))

    async def locked(self) -> None:
        """A stranger holds the database's write lock for longer than GitHub waits."""
        assert self.database.file is not None
        connection = sqlite3.connect(self.database.file, timeout=30, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(LOCKED)
            connection.execute("ROLLBACK")
        finally:
            connection.close()

    async def clock_leaps(self) -> None:
        """The machine's clock goes five hours ahead, ten back, and is right again; GitHub's goes on as it should."""
        for ahead in (LEAP, -LEAP, timedelta(0)):
            self.wrong.ahead = ahead
            for _ in range(round(LASTS / STEP)):
                self.sandbox.clock.advance(STEPS)
                await asyncio.sleep(STEP)

    async def workers_killed(self) -> None:
        """Whatever computes and draws is killed again and again, and in the end what starts it."""
        assert self.mortal.process is not None
        for _ in range(6):
            await asyncio.sleep(LASTS / 6)
            await self.load.ask() if self.chance.random() < 0.5 else None
            for pid in children(self.mortal.process.pid)[::-1]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    async def pictures_damaged(self) -> None:
        """What lies in the table of pictures is cut off, overwritten and emptied; each is then asked for."""
        kind = "BLOB" if self.database.file else "BYTEA"
        rows = self.database.rows("SELECT address FROM pictures ORDER BY address")
        if not rows:
            raise RuntimeError("no answer has a picture")
        for place, (address,) in enumerate(rows):
            self.database.change(
                f"UPDATE pictures SET data = {DAMAGED[place % len(DAMAGED)].format(bytes=kind)}"
                f" WHERE address = '{address}'"
            )
        root = f"http://127.0.0.1:{self.mortal.environ['PORT']}/pictures/"
        for (address,) in rows:
            async with self.session.get(f"{root}{address}.png") as answer:
                self.damaged.update([(answer.status, (await answer.text(errors="replace")).strip()[:60])])


def may_mount() -> bool:
    """Tell whether disks may be mounted here, as read-only ones and small ones have to be."""
    try:
        return subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


async def read_only(weeks: Troubles) -> str:
    """Start on a disk that nothing can be written to; return what `/readyz` says, or the last words of the server."""
    child = await asyncio.create_subprocess_exec(
        *("unshare", "-m", "sh", "-c", READ_ONLY.format(weeks.folder, sys.executable)),
        env=weeks.mortal.environ, cwd=ROOT, stderr=asyncio.subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    telling = asyncio.create_task(child.communicate())
    said = Said()
    listening = asyncio.create_task(weeks.listen(said))
    await asyncio.wait([telling], timeout=START)
    await stopped(listening)
    if said.reasons:
        os.killpg(child.pid, signal.SIGKILL)
        await telling
        return "; ".join(one for one in said.reasons if one != "ready") or "ready"
    _, words = await telling
    return words.decode(errors="replace").splitlines()[-1]


async def measured(size: Size, weeks: Troubles) -> list[Figure]:
    """Go through all troubles of a database that is there."""
    name = "SQLite" if weeks.database.file else "PostgreSQL"
    found = []
    async with weeks.opened(), weeks.with_a_clock():
        # Python before 3.12.8 and 3.13.1 keeps bytecode that a full disk has cut off, and no start gets over that
        weeks.mortal.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        await weeks.begin()
        for number, (what, trouble) in enumerate(list(weeks.troubles().items())[: 1 if size.quick else None]):
            before = sum(weeks.found.faults.counts)
            said = await weeks.suffer(number, trouble)
            size.tell(f"{name}, {what}: {said}")
            reasons = {one.partition(":")[0] for one in said.reasons if one != "ready"}
            told = "; ".join(sorted(reasons)) or READY
            due = DUE.get(what, {READY})
            fits = bool(reasons) and reasons <= due if what in DUE else not reasons
            found.append(Figure(f"{name}, {what}: what /readyz says", told, " or ".join(sorted(due)), fits))
            wrong = sum(weeks.found.faults.counts) - before
            value = f"{said.refused - said.odd} / {said.odd} / {said.unanswered} / {wrong}"
            line = f"{name}, {what}: refused with 503 / otherwise / unanswered / lost, twice, half or broken"
            found.append(Figure(line, value, "- / 0 / 0 / 0", not said.odd and not said.unanswered and not wrong))
        for (status, words), count in sorted(weeks.damaged.items()):
            found.append(Figure(f"{name}: {count} damaged pictures", f"{status}: {words}", "404", status == NOT_THERE))
        if weeks.database.file is not None and not may_mount():
            found.append(Figure("started on a read-only disk", "not tried: only root may mount one"))
        elif weeks.database.file is not None:
            weeks.mortal.kill()
            await weeks.mortal.gone()
            last = await read_only(weeks)
            size.tell(f"read-only: {last}")
            found.append(Figure("started on a read-only disk: what it says", last[:90], NO_JOB, last == NO_JOB))
    return found


def on_sqlite(size: Size, folder: Path) -> list[Figure]:
    """Break one thing after the other around a server with SQLite."""
    random.seed(SEED)
    url = f"sqlite:///{folder / 'almanac.db'}"
    upgrade(url)
    return asyncio.run(measured(size, Troubles(size, url, folder, SEED)))
