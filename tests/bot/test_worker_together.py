"""What awaits nothing but the database is done by the dozen, and what goes wrong with one of them is its own."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import suppress
from typing import Any

import pytest

from bot.worker import CONCURRENT, Kind
from storage import queue
from storage.connection import Connection
from storage.queue import Job
from tests.bot.bench import Bench, working

KEYS = [f"{name}{n}" for n in range(3) for name in "abc"]


def trying(bench: Bench, fails: str = "") -> list[str]:
    """Let the bench's jobs be done at once, but for some; return where those that were done will be noted."""
    done: list[str] = []

    async def at_once(_: Connection, job: Job) -> None:
        if job.key in fails.split():
            raise RuntimeError("no")
        done.append(job.key)

    bench.worker.kinds = {"work": Kind(bench.run, bench.give_up, at_once=at_once)}
    return done


async def put_all(bench: Bench) -> None:
    for key in KEYS:
        await bench.put(key, lock=f"repository:{key[0]}")


async def until_done(bench: Bench, many: int) -> None:
    """Work until so many jobs are done."""
    async with working(bench.worker), asyncio.timeout(20):
        while (await bench.store.read(queue.counts))["done"] < many:  # noqa: ASYNC110 - the queue tells nobody
            await asyncio.sleep(0.005)


async def test_nothing_is_run_as_a_job_that_can_be_done_at_once(bench: Bench) -> None:
    done = trying(bench)
    ended: list[tuple[str, str]] = []
    bench.worker.ended = lambda kind, ending, _: ended.append((kind, ending))
    await put_all(bench)
    await until_done(bench, len(KEYS))

    assert sorted(done) == sorted(KEYS)
    assert all([key for key in done if key[0] == name] == [f"{name}{n}" for n in range(3)] for name in "abc")
    assert bench.ran == []
    assert ended == [("work", "done")] * len(KEYS)
    assert bench.worker.held == {}


async def test_one_of_the_dozen_that_cannot_is_run_alone_in_its_turn(bench: Bench) -> None:
    done = trying(bench, fails="a1 b0")
    order: list[str] = []
    bench.after = lambda job: order.append(job.key)
    await put_all(bench)
    await until_done(bench, len(KEYS))

    assert bench.ran == [("b0", 1), ("a1", 1)]
    assert sorted(done + order) == sorted(KEYS), "each once"
    assert bench.given_up == []


@pytest.mark.usefixtures("logged")
async def test_one_of_the_dozen_that_fails_for_good_is_tried_again_and_the_others_are_done(bench: Bench) -> None:
    trying(bench, fails="a1")
    bench.endings = [RuntimeError("no")]
    await put_all(bench)
    await until_done(bench, len(KEYS) - 1)

    assert (bench.row("a1")["state"], bench.row("a1")["attempts"]) == ("scheduled", 1)
    assert bench.row("a2")["state"] == "done", "whoever waits for its time keeps nobody waiting"


async def test_what_cannot_be_ended_together_is_run_one_by_one(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, logged: list[Any]
) -> None:
    async def refuse(*_: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    trying(bench)
    monkeypatch.setattr(queue, "work_off", refuse)
    await put_all(bench)
    await until_done(bench, len(KEYS))

    assert sorted(key for key, _ in bench.ran) == sorted(KEYS)
    assert "jobs could not be ended together" in [line["event"] for line in logged]
    assert bench.worker.held == {}


async def test_no_more_of_these_are_run_at_once_than_there_is_room_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, logged: list[Any]
) -> None:
    """A database that has just refused one thing is not asked for sixteen others."""
    lives, most = 0, 0

    async def refuse(*_: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    async def slow(_: Job) -> None:
        nonlocal lives, most
        lives += 1
        most = max(most, lives)
        await asyncio.sleep(0.02)
        lives -= 1

    async def never(_conn: Connection, _job: Job) -> None:
        raise AssertionError("it is not tried at once")

    bench.worker.kinds = {"work": Kind(slow, at_once=never)}
    monkeypatch.setattr(queue, "work_off", refuse)
    await bench.put(*(f"job {n}" for n in range(12)))
    await until_done(bench, 12)
    assert logged
    assert most == CONCURRENT
    assert bench.worker.held == {}


async def test_what_was_tried_before_is_run_alone(bench: Bench) -> None:
    """It may be what killed the process that tried it."""
    done = trying(bench)
    await bench.put("a")
    with sqlite3.connect(bench.file) as connection:
        connection.execute("UPDATE jobs SET attempts = 1")
    connection.close()
    await until_done(bench, 1)
    assert (done, bench.ran) == ([], [("a", 2)])


async def test_a_worker_that_is_told_to_stop_leaves_nothing_claimed(bench: Bench) -> None:
    """A claim that is under way is waited for, and what it gave is run: else its leases would have to run out."""
    trying(bench, fails="a0 b0")
    await put_all(bench)
    task = asyncio.create_task(bench.worker.work())
    await asyncio.sleep(0)  # the worker begins
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await bench.worker.drain(5)

    assert bench.worker.round is not None
    assert (await bench.store.read(queue.counts))["running"] == 0
    assert (bench.worker.held, bench.worker.running) == ({}, set())
