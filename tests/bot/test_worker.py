"""The worker with the real queue: what becomes of a job however it ends."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from bot.worker import (
    BACK_OFF,
    LEASE,
    LONGEST_BACK_OFF,
    LOOK_AGAIN,
    LOOKS_AGAIN,
    MOST_ATTEMPTS,
    MOST_DEATHS,
    UNKNOWN_AGAIN,
    UNKNOWN_FOR,
    Kind,
)
from github.errors import Gone, Later, Refused
from storage import queue
from storage.queue import Job
from tests.bot.bench import NOON, Bench, claim


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
        assert await claim(bench.worker) is None, "not before its time"
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


async def test_that_a_subject_is_gone_is_believed_once_it_is_said_for_minutes(bench: Bench) -> None:
    bench.endings = [Gone("not found")] * (LOOKS_AGAIN + 1)
    await bench.put("a", kind="doubting")
    waits = []
    for _ in range(LOOKS_AGAIN):
        await bench.one()
        assert bench.row("a")["state"] == "scheduled"
        waits.append(bench.due_in("a"))
        bench.now += waits[-1]
    await bench.one()

    assert waits == [timedelta(seconds=10), timedelta(seconds=40), timedelta(seconds=160)]
    assert (bench.row("a")["state"], bench.given_up) == ("done", [])


async def test_one_wrong_word_that_it_is_gone_loses_nothing(bench: Bench) -> None:
    bench.endings = [Gone("not found"), None]
    await bench.put("a", kind="doubting")
    await bench.one()
    bench.now += LOOK_AGAIN
    await bench.one()

    assert bench.ran == [("a", 1), ("a", 2)]
    assert bench.row("a")["state"] == "done"


async def test_what_was_put_off_to_one_moment_comes_back_one_after_another(bench: Bench) -> None:
    """A tenth of the wait later at most, and half a minute."""
    for jitter, minutes, late in ((0.5, 20, 30), (1.5, 20, 30), (1.2, 20, 12), (1.5, 1, 3), (1.0, 60, 0)):
        bench.worker.jitter = lambda value=jitter: value  # type: ignore[misc]
        until = bench.now + timedelta(minutes=minutes)
        bench.endings = [Later(until, "an outage")]
        await bench.put(f"{jitter} {minutes}")
        await bench.one()
        assert bench.due_in(f"{jitter} {minutes}") == timedelta(minutes=minutes, seconds=late)


async def test_a_kind_that_this_version_has_not_is_left_to_one_that_has(bench: Bench) -> None:
    """A newer version works beside it: no attempt counts, nothing stands in the way of the lock's other jobs."""
    await bench.put("a", kind="from-the-future", lock="one")
    await bench.put("b", lock="one")
    for _ in range(MOST_ATTEMPTS + 2):
        await bench.one()
        await bench.one()
        bench.now += UNKNOWN_AGAIN
    assert (bench.row("a")["state"], bench.row("a")["attempts"]) == ("scheduled", 0)
    assert bench.row("b")["state"] == "done"


async def test_a_kind_that_nothing_runs_for_a_day_is_kept_for_a_look(bench: Bench) -> None:
    await bench.put("a", kind="from-the-future")
    await bench.one()
    bench.now += UNKNOWN_FOR + timedelta(seconds=1)
    await bench.one()
    assert bench.row("a")["state"] == "dead"
    assert bench.row("a")["error"] == "nothing runs jobs of kind from-the-future"


def claimed_so_often(bench: Bench, times: int) -> None:
    """Leave a job as processes do that died with it."""
    with sqlite3.connect(bench.file) as connection:
        connection.execute("UPDATE jobs SET attempts = ?", (times,))
    connection.close()


async def test_a_job_is_done_however_its_process_has_died_ten_times(bench: Bench) -> None:
    """Processes die with many jobs, which are not to blame."""
    await bench.put("a")
    claimed_so_often(bench, 10)
    await bench.one()
    assert (bench.row("a")["state"], bench.given_up) == ("done", [])


async def test_a_process_that_dies_while_it_gives_up_leaves_that_to_the_next(bench: Bench) -> None:
    """Else nobody would be told: what was given up is not claimed again."""
    told: list[int] = []

    async def dies_once(job: Job) -> None:
        told.append(job.attempts)
        if len(told) == 1:
            raise asyncio.CancelledError

    bench.worker.kinds = {"work": Kind(bench.run, dies_once)}
    await bench.put("a")
    claimed_so_often(bench, MOST_DEATHS)
    with suppress(asyncio.CancelledError):
        await bench.one()
    assert bench.row("a")["state"] == "running"
    bench.now += LEASE + timedelta(seconds=20)
    await bench.one()
    assert bench.row("a")["state"] == "dead"
    assert told == [MOST_DEATHS + 1, MOST_DEATHS + 2]


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


async def test_who_waits_long_is_asked_about_ever_more_rarely_and_then_given_up(bench: Bench) -> None:
    """GitHub puts a job off again and again: each wait is a quarter of its age, and after six hours it is enough."""
    bench.endings = [Later(NOON, "GitHub stumbles") for _ in range(99)]
    await bench.put("a", kind="patient")
    while not bench.given_up:
        due = await bench.store.read(queue.next_due)
        assert due is not None
        bench.now = max(bench.now + timedelta(seconds=30), due)
        await bench.one()

    assert bench.given_up == ["a"]
    assert timedelta(hours=6) < bench.now - NOON < timedelta(hours=7)
    assert 15 < len(bench.ran) < 50
    assert (await bench.store.read(queue.counts))["dead"] == 1


async def test_a_signature_that_is_refused_is_no_failure_of_the_job(bench: Bench) -> None:
    """The machine's clock stands wrong, or the App's key is no longer valid: that can be mended for hours."""
    bench.endings = [Refused(401, "POST /app/installations/1/access_tokens: 'iat' is in the future")] * 12
    await bench.put("a", kind="patient")
    for _ in range(12):
        await bench.one()
        assert (bench.row("a")["state"], bench.row("a")["attempts"]) == ("scheduled", 0)
        assert timedelta(minutes=1) <= bench.due_in("a") <= timedelta(minutes=31)
        bench.now += bench.due_in("a")
    await bench.one()
    assert bench.row("a")["state"] == "done"
    assert bench.given_up == []
