"""What this process counts of its own work, for /metrics: deliveries, jobs, what the pool computes, stalls."""

from __future__ import annotations

import asyncio

from bot.numbers import Counter, Histogram
from reports.services import Runs

STALL_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
OUTCOMES = ("new", "known", "unsigned", "malformed", "refused", "not stored")
LOOK_EVERY = 0.25  # seconds between two looks at whether the event loop turns


class Measured:
    """One of each, made with the server."""

    def __init__(self) -> None:
        help_ = "Webhook deliveries, by what became of them at the door."
        self.deliveries = Counter("almanac_deliveries_total", help_, ("outcome",))
        for outcome in OUTCOMES:
            # from nothing to one is no increase to Prometheus, from 0 to 1 is
            self.deliveries.values[outcome,] = 0
        help_ = "From a delivery's arrival to its acknowledgement."
        self.delivery_seconds = Histogram("almanac_delivery_seconds", help_)
        help_ = "Attempts of jobs in this process, by how they ended."
        self.jobs_ended = Counter("almanac_jobs_ended_total", help_, ("kind", "ending"))
        self.job_seconds = Histogram("almanac_job_seconds", "How long an attempt of a job took.", ("kind",))
        help_ = "How long measuring and drawing took in a worker process, the wait for a free one included."
        self.pool_seconds = Histogram("almanac_pool_seconds", help_, ("function",))
        help_ = "What worker processes could not compute."
        self.pool_failures = Counter("almanac_pool_failures_total", help_, ("function",))
        self.pool_failures.values["answer",] = 0
        help_ = "How late the event loop came back to a timer; as late is everything else that waits for it."
        self.stalls = Histogram("almanac_loop_delay_seconds", help_, buckets=STALL_BUCKETS)

    def job(self, kind: str, ending: str, seconds: float) -> None:
        """Count one attempt of a job."""
        self.jobs_ended.add(kind, ending)
        self.job_seconds.observe(seconds, kind)

    async def watch(self) -> None:
        """Look for ever how late the event loop is."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LOOK_EVERY
            await asyncio.sleep(LOOK_EVERY)
            self.stalls.observe(max(0.0, loop.time() - due))

    def all(self) -> tuple[Counter | Histogram, ...]:
        """Return everything that is counted."""
        return (
            self.deliveries, self.delivery_seconds, self.jobs_ended, self.job_seconds, self.pool_seconds,
            self.pool_failures, self.stalls,
        )  # fmt: skip


class MeasuredPool(Runs):
    """A pool that is looked at with a watch in the hand."""

    def __init__(self, pool: Runs, measured: Measured) -> None:
        self.pool = pool
        self.measured = measured

    async def run(self, function: str, task: object) -> object:
        """Run `reports.compute.<function>(task)` and note how long it took."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            return await self.pool.run(function, task)
        except Exception:
            self.measured.pool_failures.add(function)
            raise
        finally:
            self.measured.pool_seconds.observe(loop.time() - began, function)
