"""The worker with the real queue: what becomes of a job however it ends."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot import worker as module
from bot.worker import BACK_OFF, LEASE, LONGEST_BACK_OFF, MOST_ATTEMPTS, Kind, Worker
from github.errors import Gone, Later
from storage import queue
from storage.engine import Store
from storage.queue import Job, NewJob, Wakeup

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    """What was logged."""
    with structlog.testing.capture_logs() as lines:
        yield lines


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
        kinds = {"work": Kind(self.run, self.give_up), "plain": Kind(self.run)}
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
        job = await self.worker.claim()
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


@pytest.fixture
def bench(store: Store, database_file: Path) -> Bench:
    return Bench(store, database_file)


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


async def test_a_job_that_ends_well_is_done_and_its_payload_dropped(bench: Bench) -> None:
    await bench.put("a")
    await bench.one()

    assert bench.row("a")["state"] == "done"
    with sqlite3.connect(bench.file) as connection:
        assert connection.execute("SELECT count(*) FROM payloads").fetchone() == (0,)
    connection.close()
    assert await bench.one() is None


@pytest.mark.usefixtures("logged")
async def test_each_failure_waits_twice_as_long_and_the_sixth_is_the_last(bench: Bench) -> None:
    bench.endings = [RuntimeError("no")] * MOST_ATTEMPTS
    await bench.put("a")
    waits = []
    for _ in range(MOST_ATTEMPTS - 1):
        await bench.one()
        assert bench.row("a")["state"] == "scheduled"
        assert bench.row("a")["error"] == "RuntimeError('no')"
        waits.append(bench.due_in("a"))
        assert await bench.worker.claim() is None, "not before its time"
        bench.now += waits[-1]
    await bench.one()

    assert waits == [BACK_OFF * 2**n for n in range(MOST_ATTEMPTS - 1)]
    assert max(waits) <= LONGEST_BACK_OFF
    assert [attempt for _, attempt in bench.ran] == list(range(1, MOST_ATTEMPTS + 1))
    assert bench.row("a")["state"] == "dead"
    assert bench.given_up == ["a"]
    bench.now += timedelta(days=1)
    assert await bench.one() is None


@pytest.mark.usefixtures("logged")
async def test_a_dead_job_keeps_its_payload_for_a_look(bench: Bench) -> None:
    bench.endings = [RuntimeError("no")] * MOST_ATTEMPTS
    await bench.put("a")
    while await bench.one():
        bench.now += LONGEST_BACK_OFF

    with sqlite3.connect(bench.file) as connection:
        assert connection.execute("SELECT body FROM payloads").fetchall() == [(b"{}",)]
    connection.close()


@pytest.mark.usefixtures("logged")
async def test_jitter_spreads_what_failed_together(bench: Bench) -> None:
    bench.worker.jitter = lambda: 1.5
    bench.endings = [RuntimeError("no")]
    await bench.put("a")
    await bench.one()

    assert bench.due_in("a") == BACK_OFF * 1.5


async def test_waiting_for_github_is_no_failure(bench: Bench) -> None:
    """However often GitHub says later, the attempts of a job are not used up."""
    await bench.put("a")
    for _ in range(MOST_ATTEMPTS + 3):
        until = bench.now + timedelta(minutes=20)
        bench.endings = [Later(until, "the hour is used up")]
        await bench.one()
        assert bench.row("a")["state"] == "scheduled"
        assert bench.due_in("a") == timedelta(minutes=20)
        bench.now = until
    await bench.one()

    assert {attempt for _, attempt in bench.ran} == {1}
    assert bench.row("a")["state"] == "done"
    assert bench.given_up == []


async def test_what_is_gone_needs_no_further_try(bench: Bench) -> None:
    bench.endings = [Gone("uninstalled")]
    await bench.put("a")
    await bench.one()

    assert bench.row("a")["state"] == "done"
    assert bench.given_up == []


async def test_a_kind_that_nothing_runs_is_kept_for_a_look(bench: Bench) -> None:
    await bench.put("a", kind="from-the-future")
    await bench.one()

    assert bench.row("a")["state"] == "dead"
    assert bench.row("a")["error"] == "nothing runs jobs of kind from-the-future"


@pytest.mark.usefixtures("logged")
async def test_a_kind_that_owes_no_words_is_given_up_in_silence(bench: Bench) -> None:
    bench.endings = [RuntimeError("no")] * MOST_ATTEMPTS
    await bench.put("a", kind="plain")
    while await bench.one():
        bench.now += LONGEST_BACK_OFF

    assert bench.row("a")["state"] == "dead"
    assert bench.given_up == []


async def test_who_cannot_say_that_it_gives_up_is_heard_in_the_logs(bench: Bench, logged: list[Any]) -> None:
    async def fail(_: Job) -> None:
        raise Gone("the thread is deleted")

    bench.worker.kinds = {"work": Kind(bench.run, fail)}
    bench.endings = [RuntimeError("no")] * MOST_ATTEMPTS
    await bench.put("a")
    while await bench.one():
        bench.now += LONGEST_BACK_OFF

    assert bench.row("a")["state"] == "dead"
    assert "that a job was given up could not be said" in [line["event"] for line in logged]


@pytest.mark.usefixtures("logged")
async def test_a_job_that_somebody_else_took_over_is_left_to_them(bench: Bench) -> None:
    """A worker that was slow finds its lease gone: it neither ends the job nor speaks for it."""
    await bench.put("a")
    slow = await bench.worker.claim()
    assert slow is not None
    bench.now += LEASE + timedelta(seconds=1)
    other = Bench(bench.store, bench.file, now=bench.now)
    taken = await other.worker.claim()
    assert taken is not None
    assert (taken.id, taken.attempts) == (slow.id, 2)

    await bench.worker.run(slow)
    assert bench.row("a")["state"] == "running"
    bench.endings = [RuntimeError("no")]
    await bench.worker.run(Job(**{**slot_values(slow), "attempts": MOST_ATTEMPTS}))
    assert bench.row("a")["state"] == "running"
    assert bench.given_up == []
    await other.worker.run(taken)
    assert bench.row("a")["state"] == "done"


def slot_values(job: Job) -> dict[str, Any]:
    return {
        name: getattr(job, name) for name in ("id", "kind", "key", "payload", "lock", "attempts", "created_at", "lease")
    }


async def test_what_a_dead_process_left_is_taken_up_once_its_lease_is_over(bench: Bench) -> None:
    await bench.put("a")
    assert await bench.worker.claim() is not None
    survivor = Bench(bench.store, bench.file, now=NOON + LEASE)
    assert await survivor.one() is None
    survivor.now += timedelta(seconds=11)
    job = await survivor.one()

    assert job is not None
    assert job.attempts == 2, "the attempt stays counted: it may be what killed"
    assert bench.row("a")["state"] == "done"


async def test_a_long_job_keeps_its_lease(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EXTEND_EVERY", 0.0)
    extended = asyncio.Event()

    async def wait(_: Job) -> None:
        bench.now += LEASE * 10
        await extended.wait()

    original = queue.extend

    async def extend(*arguments: Any) -> bool:
        held = await original(*arguments)
        extended.set()
        return held

    monkeypatch.setattr(queue, "extend", extend)
    bench.worker.kinds = {"work": Kind(wait)}
    await bench.put("a")
    job = await bench.worker.claim()
    assert job is not None
    running = asyncio.create_task(bench.worker.run(job))
    await extended.wait()
    other = Bench(bench.store, bench.file, now=bench.now + LEASE / 2)
    assert await other.worker.claim() is None
    await running

    assert bench.row("a")["state"] == "done"


async def test_a_lease_that_is_lost_is_logged_and_no_longer_asked_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, logged: list[Any]
) -> None:
    monkeypatch.setattr(module, "EXTEND_EVERY", 0.0)
    await bench.put("a")
    job = await bench.worker.claim()
    assert job is not None
    assert await queue.finish(bench.store, job, bench.now)
    await bench.worker.hold(job)

    assert [line["event"] for line in logged] == ["a running job's lease was lost"]


async def test_an_extension_that_fails_is_tried_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, logged: list[Any]
) -> None:
    monkeypatch.setattr(module, "EXTEND_EVERY", 0.0)
    answers: list[bool | Exception] = [sqlite3.OperationalError("disk full"), True, False]

    async def extend(*_: Any) -> bool:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(queue, "extend", extend)
    await bench.put("a")
    job = await bench.worker.claim()
    assert job is not None
    await bench.worker.hold(job)

    assert answers == []
    assert [line["event"] for line in logged] == [
        "a running job's lease could not be extended",
        "a running job's lease was lost",
    ]


@pytest.mark.parametrize("ending", [None, RuntimeError("no"), Later(NOON, "wait"), Gone("away")])
async def test_a_job_whose_end_the_database_refuses_to_note_comes_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, logged: list[Any], ending: Exception | None
) -> None:
    async def refuse(*_: Any, **__: Any) -> bool:
        raise sqlite3.OperationalError("database or disk is full")

    bench.endings = [ending]
    await bench.put("a")
    with monkeypatch.context() as full:
        full.setattr(queue, "finish", refuse)
        full.setattr(queue, "retry", refuse)
        await bench.one()
    assert bench.row("a")["state"] == "running"
    assert "a job's end could not be stored" in [line["event"] for line in logged]
    bench.now += LEASE + timedelta(seconds=1)
    await bench.one()

    assert bench.row("a")["state"] == "done"
    assert [attempt for _, attempt in bench.ran] == [1, 2]


async def test_a_database_that_cannot_answer_is_asked_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, logged: list[Any]
) -> None:
    monkeypatch.setattr(module, "IDLE", 0.0)
    refusals = [sqlite3.OperationalError("locked"), sqlite3.OperationalError("locked")]
    original, done = queue.claim, asyncio.Event()

    async def claim(*arguments: Any) -> Job | None:
        if refusals:
            raise refusals.pop()
        return await original(*arguments)

    monkeypatch.setattr(queue, "claim", claim)
    bench.after = lambda _: done.set()
    await bench.put("a")
    async with working(bench.worker):
        await done.wait()

    assert bench.row("a")["state"] == "done"
    assert [line["event"] for line in logged] == ["no job could be claimed"] * 2


async def test_several_run_at_once_but_never_two_of_one_lock(bench: Bench) -> None:
    """Jobs of three repositories, four each: each repository's come one after the other, in the order they were put."""
    active: list[str] = []
    order: list[str] = []
    all_done, together = asyncio.Event(), asyncio.Barrier(3)

    async def run(job: Job) -> None:
        assert job.lock is not None
        assert job.lock not in active, "two jobs of one repository at once"
        active.append(job.lock)
        if job.key.endswith("0"):
            await together.wait()  # the first of each repository wait for one another
        await bench.store.read(queue.counts)
        active.remove(job.lock)
        order.append(job.key)
        if len(order) == 12:
            all_done.set()

    bench.worker.kinds = {"work": Kind(run)}
    for n in range(4):
        for name in ("x", "y", "z"):
            await bench.put(f"{name}{n}", lock=f"repository:{name}")
    async with working(bench.worker):
        await all_done.wait()

    for name in ("x", "y", "z"):
        assert [key for key in order if key.startswith(name)] == [f"{name}{n}" for n in range(4)]


async def test_no_more_than_a_few_run_at_once(bench: Bench) -> None:
    free, started = asyncio.Event(), asyncio.Semaphore(0)

    async def run(_: Job) -> None:
        started.release()
        await free.wait()

    bench.worker.kinds = {"work": Kind(run)}
    await bench.put(*(f"job-{n}" for n in range(module.CONCURRENT + 3)))
    async with working(bench.worker):
        for _ in range(module.CONCURRENT):
            await started.acquire()
        assert len(bench.worker.running) == module.CONCURRENT
        assert (await bench.store.read(queue.counts))["waiting"] == 3
        free.set()
        for _ in range(3):
            await started.acquire()


async def test_a_ring_of_the_bell_is_enough(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that would sleep for an hour works at once on what its own process puts."""
    monkeypatch.setattr(module, "IDLE", 3600.0)
    done = asyncio.Event()
    bench.after = lambda _: done.set()
    async with working(bench.worker):
        await bench.put("a")
        await done.wait()


async def test_draining_lets_running_jobs_end(bench: Bench) -> None:
    started, finish = asyncio.Event(), asyncio.Event()

    async def run(_: Job) -> None:
        started.set()
        await finish.wait()

    bench.worker.kinds = {"work": Kind(run)}
    await bench.put("a")
    async with working(bench.worker):
        await started.wait()
        asyncio.get_running_loop().call_soon(finish.set)

    assert bench.row("a")["state"] == "done"
    assert bench.worker.running == set()


async def test_what_does_not_end_in_time_is_cancelled_and_comes_again(bench: Bench) -> None:
    started = asyncio.Event()

    async def run(_: Job) -> None:
        started.set()
        await asyncio.Event().wait()

    bench.worker.kinds = {"work": Kind(run)}
    await bench.put("a")
    task = asyncio.create_task(bench.worker.work())
    await started.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await bench.worker.drain(0)

    assert bench.worker.running == set()
    assert bench.row("a")["state"] == "running"
    successor = Bench(bench.store, bench.file, now=NOON + LEASE + timedelta(seconds=1))
    assert await successor.one() is not None
    assert bench.row("a")["state"] == "done"


async def test_draining_an_idle_worker_is_nothing(bench: Bench) -> None:
    await bench.worker.drain(5)
    assert bench.worker.running == set()
