"""On each tick, put what is due in the queue; the clock carries no state, so any number of them may tick."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from scheduler.plan import due
from storage.engine import Store
from storage.queue import NewJob, Wakeup, put

EVERY = 60  # seconds
PRIORITY = 2


class Clock:
    """Ticks once a minute from `start()` to `stop()`."""

    def __init__(self, store: Store, wakeup: Wakeup, now: Callable[[], datetime]) -> None:
        self.store = store
        self.wakeup = wakeup
        self.now = now
        # a late tick still counts (the default grace of one second would skip it), and late ones count once
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self.scheduler = AsyncIOScheduler(job_defaults=defaults, timezone="UTC")

    async def tick(self) -> int:
        """Put what is due; return how much of it was new."""
        now = self.now()
        jobs = [NewJob(one.kind, one.key, b"", None, PRIORITY) for one in due(now)]
        new = await self.store.write(lambda connection: put(connection, jobs, now))
        if new:
            self.wakeup.set()
        return new

    def start(self) -> None:
        self.scheduler.add_job(self.tick, "interval", seconds=EVERY)
        self.scheduler.start()

    def stop(self) -> None:
        self.scheduler.shutdown(wait=False)
