"""On each tick, put what is due in the queue; the clock carries no state, so any number of them may tick."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from reports.capture_times import today
from scheduler.plan import RECONCILE, Due, compared_now, due, sweep
from storage.clock_jumps import set_right, stand_wrong
from storage.engine import Store
from storage.installations import all_installations
from storage.queue import NewJob, Wakeup, put
from storage.report_due import any_report_due

EVERY = 60  # seconds
FIRST = 10.0  # seconds after the start: what was missed is caught up once the server answers and its pool is warm
PRIORITY = 2
AT_NIGHT = 0  # the priority of what can wait for longest
BATCH = 200  # comparisons put in one transaction
DISCOVER = "discover"

log = structlog.get_logger(__name__)


class Clock:
    """Ticks once a minute from `start()` to `stop()`."""

    def __init__(self, store: Store, wakeup: Wakeup, now: Callable[[], datetime]) -> None:
        self.store = store
        self.wakeup = wakeup
        self.now = now
        # a late tick still counts (the default grace of one second would skip it), and late ones count once
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self.scheduler = AsyncIOScheduler(job_defaults=defaults, timezone="UTC")

    async def tick(self, *, woken: bool = False, reachable: bool = True) -> int:
        """Put what is due; return how much of it was new.

        woken: by a scheduler outside, perhaps once a day: the captures of the whole day are due, and where the App is
        installed has just been looked for · reachable: whether GitHub's webhooks come to this process.
        """
        now = self.now()
        if await self.store.read(lambda connection: stand_wrong(connection, now)):
            freed = await self.store.write(lambda connection: set_right(connection, now))
            log.warning("jobs that a wrong clock had put far ahead are due now", jobs=freed)
        wanted = [one for one in due(now) if not (woken and one.kind == DISCOVER)]
        if reachable:
            wanted.append(sweep(now))
        new = await self.put(wanted, now)
        if await self.store.read(all_installations):
            # a server that nobody has installed does not import what these two need
            new += await self.captures(now, spread=not woken) + await self.comparisons(now, spread=not woken)
        new += await self.digests(now)
        if new:
            self.wakeup.set()
        return new

    async def begin(self) -> int:
        """Tick for the first time: also look where the App is installed, and what GitHub could not deliver.

        That is done even if somebody did so not long ago: this process may have slept through a webhook.
        """
        now, looking = self.now(), 0
        for one in (*(one for one in due(now) if one.kind == DISCOVER), sweep(now)):
            new = await self.put([one], now)
            looking += new or await self.put([Due(one.kind, f"start:{now:%Y-%m-%dT%H:%M}")], now)
        self.wakeup.set()
        return looking + await self.tick()

    async def put(self, wanted: list[Due], now: datetime) -> int:
        # one of a kind at a time
        jobs = [NewJob(one.kind, one.key, b"", one.kind, PRIORITY) for one in wanted]
        return await self.store.write(lambda connection: put(connection, jobs, now))

    async def captures(self, now: datetime, *, spread: bool) -> int:
        """Put the captures that are due."""
        planning = await asyncio.to_thread(importlib.import_module, "scheduler.planning")
        ordered: int = await planning.plan_captures(self.store, now, spread=spread)
        return ordered

    async def digests(self, now: datetime) -> int:
        """Put the reports that are due; a server that nobody wants reports of does not import what they need."""
        if not await self.store.read(lambda conn: any_report_due(conn, now)):
            return 0
        module = await asyncio.to_thread(importlib.import_module, "scheduler.digest")
        ordered: int = await module.plan_digests(self.store, now)
        return ordered

    async def comparisons(self, now: datetime, *, spread: bool) -> int:
        """Put the night's comparisons with GitHub of what webhooks keep current."""
        day = today(now)
        midnight = datetime.combine(day, time(), UTC)
        reconciling = await asyncio.to_thread(importlib.import_module, "storage.reconciling")
        waiting = await self.store.read(lambda conn: reconciling.uncompared(conn, RECONCILE, day.isoformat(), midnight))
        wanted = compared_now(now, waiting, spread=spread)
        put_so_far = 0
        for start in range(0, len(wanted), BATCH):
            jobs = [
                NewJob(one.kind, one.key, b"", f"repository:{one.key.partition(':')[0]}", AT_NIGHT)
                for one in wanted[start : start + BATCH]
            ]
            put_so_far += await self.store.write(lambda conn, jobs=jobs: put(conn, jobs, now))  # type: ignore[misc]
        return put_so_far

    def start(self) -> None:
        first = datetime.now(UTC) + timedelta(seconds=FIRST)  # of APScheduler's own clock, not of the server's
        self.scheduler.add_job(self.begin, "date", run_date=first)
        self.scheduler.add_job(self.tick, "interval", seconds=EVERY)
        self.scheduler.start()

    def stop(self) -> None:
        self.scheduler.shutdown(wait=False)
