"""A job belongs to whoever holds its lease: what is slow, dead or cut off from the database loses it."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from typing import Any

import pytest

from bot import worker as module
from bot.worker import LEASE, MOST_ATTEMPTS, Kind
from github.errors import Gone, Later
from storage import queue
from storage.queue import Job
from tests.bot.bench import NOON, Bench, claim


@pytest.mark.usefixtures("logged")
async def test_a_job_that_somebody_else_took_over_is_left_to_them(bench: Bench) -> None:
    """A worker that was slow finds its lease gone: it neither ends the job nor speaks for it."""
    await bench.put("a")
    slow = await claim(bench.worker)
    assert slow is not None
    bench.now += LEASE + timedelta(seconds=1)
    other = Bench(bench.store, bench.file, now=bench.now)
    taken = await claim(other.worker)
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
    assert await claim(bench.worker) is not None
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
    job = await claim(bench.worker)
    assert job is not None
    running = asyncio.create_task(bench.worker.run(job))
    await extended.wait()
    other = Bench(bench.store, bench.file, now=bench.now + LEASE / 2)
    assert await claim(other.worker) is None
    await running

    assert bench.row("a")["state"] == "done"


async def test_a_lease_that_is_lost_is_logged_and_no_longer_asked_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, logged: list[Any]
) -> None:
    monkeypatch.setattr(module, "EXTEND_EVERY", 0.0)
    await bench.put("a")
    job = await claim(bench.worker)
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
    job = await claim(bench.worker)
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
