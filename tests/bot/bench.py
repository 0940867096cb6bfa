"""A worker on the real queue, whose jobs end as a test wants them to."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.worker import Kind, Worker
from storage import queue
from storage.engine import Store
from storage.queue import Job, NewJob, Wakeup

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass
class Bench:
    """A worker, its clock, and what its jobs do: the next of `endings` each time, nothing once they are used up."""

    store: Store
    file: Path
    now: datetime = NOON
    endings: list[BaseException | None] = field(default_factory=list)
    ran: list[tuple[str, int]] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    after: Callable[[Job], None] = lambda _: None
    worker: Worker = field(init=False)

    def __post_init__(self) -> None:
        kinds = {
            "work": Kind(self.run, self.give_up),
            "plain": Kind(self.run),
            "patient": Kind(self.run, self.give_up, patience=timedelta(hours=6)),
            "doubting": Kind(self.run, self.give_up, looks_again=True),
        }
        self.worker = Worker(self.store, kinds, Wakeup(), lambda: self.now, jitter=lambda: 1.0)

    async def run(self, job: Job) -> None:
        self.ran.append((job.key, job.attempts))
        self.after(job)
        ending = self.endings.pop(0) if self.endings else None
        if ending is not None:
            raise ending

    async def give_up(self, job: Job) -> None:
        self.given_up.append(job.key)

    async def put(self, *keys: str, kind: str = "work", lock: str | None = None) -> None:
        jobs = [NewJob(kind, key, b"{}", lock) for key in keys]
        await self.store.write(lambda conn: queue.put(conn, jobs, self.now))
        self.worker.wakeup.set()

    async def one(self) -> Job | None:
        """Claim one job and run it to its end."""
        job = await claim(self.worker)
        if job is not None:
            await self.worker.run(job)
        return job

    def row(self, key: str) -> dict[str, Any]:
        """Return the job's row as the file has it."""
        with sqlite3.connect(self.file) as connection:
            connection.row_factory = sqlite3.Row
            row = dict(connection.execute("SELECT * FROM jobs WHERE key = ?", (key,)).fetchone())
        connection.close()
        return row

    def due_in(self, key: str) -> timedelta:
        run_at: int = self.row(key)["run_at"]
        return datetime.fromtimestamp(run_at / 1e6, UTC) - self.now


async def claim(worker: Worker) -> Job | None:
    """Let the worker claim one job."""
    jobs = await worker.claim_some(1)
    return jobs[0] if jobs else None


@asynccontextmanager
async def working(worker: Worker) -> AsyncIterator[None]:
    """Let the worker work until the context ends."""
    task = asyncio.create_task(worker.work())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await worker.drain(5)
