"""Time puts jobs into the queue: once each, however often and by however many it ticks."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bot.jobs import TIMED
from reports.services import Services
from scheduler import clock as module
from scheduler.clock import DISCOVER, Clock
from scheduler.plan import PRUNE_EVERY, due, sweep
from scheduler.prune import KIND, prune
from storage import queue
from storage.connection import Connection
from storage.engine import Store
from storage.installations import Installation, save_installation
from storage.queue import KEYS_KEPT, Job, NewJob, Wakeup
from tests.services import services_on

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ALL = len(due(NOON)) + 1  # with the look for lost deliveries
moments = st.timedeltas(timedelta(0), timedelta(days=5000)).map(lambda passed: NOON + passed)


@given(moments)
def test_the_same_moment_names_the_same_keys(now: datetime) -> None:
    assert due(now) == due(now)


@given(moments, st.timedeltas(timedelta(0), timedelta(hours=7)))
def test_what_is_due_again_has_a_new_key_and_only_then(now: datetime, later: timedelta) -> None:
    """Turns begin at 00:00, 06:00, 12:00 and 18:00 UTC."""
    begun = now.replace(hour=now.hour // 6 * 6, minute=0, second=0, microsecond=0)
    same_turn = now + later < begun + PRUNE_EVERY
    assert (due(now + later) == due(now)) is same_turn


async def test_one_that_no_webhook_reaches_does_not_ask_for_any(store: Store) -> None:
    """A tick of the command line ends before GitHub could deliver anything to it."""
    assert await Clock(store, Wakeup(), lambda: NOON).tick(woken=True, reachable=False) == len(due(NOON)) - 1


def test_what_is_due_has_a_kind_that_a_worker_runs() -> None:
    assert {KIND, DISCOVER} <= {one.kind for one in (*due(NOON), sweep(NOON))} <= set(TIMED)


async def test_ticking_again_puts_nothing_again(store: Store) -> None:
    clock = Clock(store, Wakeup(), lambda: NOON)

    assert await clock.tick() == ALL
    assert await clock.tick() == 0
    assert await Clock(store, Wakeup(), lambda: NOON + timedelta(minutes=1)).tick() == 0, "a second process"
    assert (await store.read(queue.counts))["waiting"] == ALL


async def test_a_job_that_is_done_is_not_put_again_in_its_turn(store: Store) -> None:
    clock = Clock(store, Wakeup(), lambda: NOON)
    await clock.tick()
    job = await queue.claim(store, NOON, timedelta(minutes=1))
    assert job is not None
    await queue.finish(store, job, NOON)

    assert await clock.tick() == 0
    later = NOON + PRUNE_EVERY
    new = {*due(later), sweep(later)} - {*due(NOON), sweep(NOON)}
    assert await Clock(store, Wakeup(), lambda: later).tick() == len(new) >= 2


async def test_the_bell_rings_only_for_what_is_new(store: Store) -> None:
    wakeup = Wakeup()
    clock = Clock(store, wakeup, lambda: NOON)
    await clock.tick()
    assert await wakeup.wait(0)
    await clock.tick()
    assert not await wakeup.wait(0)


async def test_people_go_first(store: Store) -> None:
    """A delivery that comes later is claimed before the clock's job."""
    await Clock(store, Wakeup(), lambda: NOON).tick()
    await store.write(lambda conn: queue.put(conn, [NewJob("delivery", "d", b"", None)], NOON))

    first = await queue.claim(store, NOON, timedelta(minutes=1))
    assert first is not None
    assert first.kind == "delivery"


async def test_a_late_tick_still_counts_and_late_ones_count_once(store: Store) -> None:
    clock = Clock(store, Wakeup(), lambda: NOON)
    clock.start()
    try:
        jobs = {job.func: job for job in clock.scheduler.get_jobs()}
        assert jobs.keys() == {clock.begin, clock.tick}
        for job in jobs.values():
            assert (job.coalesce, job.max_instances, job.misfire_grace_time) == (True, 1, None)
        assert jobs[clock.tick].trigger.interval == timedelta(seconds=module.EVERY)
    finally:
        clock.stop()


async def test_apscheduler_ticks(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real scheduler runs the tick, here without waiting a minute for it."""
    monkeypatch.setattr(module, "EVERY", 0.01)
    monkeypatch.setattr(module, "FIRST", 600)
    wakeup = Wakeup()
    clock = Clock(store, wakeup, lambda: NOON)
    clock.start()
    try:
        assert await wakeup.wait(30)
    finally:
        clock.stop()
    assert (await store.read(queue.counts))["waiting"] == ALL


async def test_what_was_missed_is_caught_up_shortly_after_the_start(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST", 0.01)
    wakeup = Wakeup()
    clock = Clock(store, wakeup, lambda: NOON)
    clock.start()
    try:
        assert await wakeup.wait(30)
    finally:
        clock.stop()


async def test_a_restart_looks_for_installations_and_lost_deliveries_again(store: Store) -> None:
    """Every six hours, and whenever a process begins: it may have slept through a webhook."""
    assert await Clock(store, Wakeup(), lambda: NOON).begin() == ALL
    assert await Clock(store, Wakeup(), lambda: NOON).begin() == 2
    assert await Clock(store, Wakeup(), lambda: NOON).begin() == 0, "within the same minute"


async def test_captures_are_spread_over_the_first_hours_and_planned_once(store: Store) -> None:
    """Whoever ticks from outside, perhaps once a day, has all of them at once."""
    there = [Installation(number, f"o{number}", number, "Organization") for number in range(1, 41)]
    gone = [
        replace(there[0], id=41, suspended_at=NOON),
        replace(there[0], id=42, removed_at=NOON),
    ]

    async def save(conn: Connection) -> None:
        for one in (*there, *gone):
            await save_installation(conn, one)

    await store.write(save)
    midnight = NOON.replace(hour=0)
    seen: list[int] = []
    for hour in range(7):
        moment = midnight + timedelta(hours=hour)
        await asyncio.gather(*(clock_at(store, moment).tick() for _ in range(3)))
        seen.append(len(await ordered(store)))
    assert seen == sorted(seen)
    assert seen[0] < 5
    assert 10 < seen[3] < 30
    assert seen[6] == 40
    assert await ordered(store) == {f"capture:{one.id}:2026-11-22" for one in there}

    tomorrow = midnight + timedelta(days=1)
    await Clock(store, Wakeup(), lambda: tomorrow).tick(woken=True)
    assert len(await ordered(store)) == 80


def clock_at(store: Store, moment: datetime) -> Clock:
    return Clock(store, Wakeup(), lambda: moment)


async def ordered(store: Store) -> set[str]:
    query = text("SELECT key FROM jobs WHERE kind = 'capture'")

    async def read(conn: Connection) -> set[str]:
        return set((await conn.execute(query)).scalars())

    return await store.read(read)


async def test_pruning_forgets_what_can_no_longer_come_again(store: Store) -> None:
    """What ended is kept as long as GitHub may redeliver it; what was given up for as long, to be looked at."""
    services: Services = services_on(store, now=lambda: NOON)
    ended = {"old": NOON - KEYS_KEPT - timedelta(seconds=1), "young": NOON - KEYS_KEPT, "dead": NOON}
    for key, at in ended.items():
        await put_and_end(store, key, at)
    with structlog.testing.capture_logs() as logged:
        await prune(services, a_job())

    assert [line["jobs"] for line in logged] == [1]
    counts = await store.read(queue.counts)
    assert (counts["done"], counts["dead"]) == (1, 1)
    again = [NewJob("delivery", key, b"", None) for key in ended]
    assert await store.write(lambda conn: queue.put(conn, again, NOON)) == 1


async def put_and_end(store: Store, key: str, at: datetime) -> None:
    await store.write(lambda conn: queue.put(conn, [NewJob("delivery", key, b"", None)], at))
    job = await queue.claim(store, at, timedelta(minutes=1))
    assert job is not None
    await (queue.bury(store, job, at, "no") if key == "dead" else queue.finish(store, job, at))


async def test_pruning_goes_on_slice_by_slice_until_nothing_is_left(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    slices = [10_000, 10_000, 7, 0]

    async def take(_: Store, before: datetime) -> int:
        assert before == NOON - KEYS_KEPT
        return slices.pop(0)

    monkeypatch.setattr(queue, "prune", take)
    with structlog.testing.capture_logs() as logged:
        await prune(services_on(store, now=lambda: NOON), a_job())

    assert slices == []
    assert [line["jobs"] for line in logged] == [20_007]


def a_job(**changes: Any) -> Job:
    return replace(Job(1, KIND, "1", b"", None, 1, NOON, 1), **changes)
