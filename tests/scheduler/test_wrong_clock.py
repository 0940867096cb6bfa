"""A clock that jumps: nothing is put off until a time that was never meant, and nothing is stored under it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduler import capture as module
from storage import queue
from tests.scheduler.field import DAY, NOON, Field

TODAY = "2026-11-22"
FAR = timedelta(days=44)  # 2027-01-05


async def test_a_clock_that_stood_ahead_skips_no_day_for_ever(field: Field) -> None:
    """What ran under the wrong date is done; today, and that date when it really comes, are captured all the same."""
    field.world.clock.advance(FAR)
    await field.tick()
    field.world.clock.set(NOON)
    await field.tick()
    assert [(run, state) for run, state, _ in field.runs()] == [(TODAY, "done"), ("2027-01-05", "done")]
    assert {len(found) for found in field.outcomes().values()} == {2}

    field.world.clock.set(NOON + FAR - timedelta(hours=11, minutes=30))
    await field.tick()
    assert [(run, state) for run, state, _ in field.runs()][1:] == [
        ("2027-01-05", "done"),
        ("2027-01-05T00:00:00Z", "done"),
    ]


async def test_weekly_repositories_do_not_wait_for_a_date_that_was_never_true(field: Field) -> None:
    repository = field.repositories()[0]
    repository.archived = True
    field.world.clock.advance(FAR)
    await field.tick()
    field.world.clock.set(NOON)
    await field.tick()
    assert len(field.outcomes()[repository.id]) == 2


async def test_a_run_that_a_wrong_clock_planned_and_nobody_did_is_closed(field: Field) -> None:
    await field.tick()
    field.world.clock.advance(FAR)
    await field.clock().tick(woken=True)
    field.world.clock.set(NOON)
    await field.work()

    assert [(run, state) for run, state, _ in field.runs()] == [(TODAY, "done"), ("2027-01-05", "stopped")]
    assert "clock stood wrong" in field.reason()
    assert {len(found) for found in field.outcomes().values()} == {1}


async def test_a_lease_and_a_wait_from_the_future_hold_nothing_up(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody took the job while the clock stood ahead, and died: its lock must not wait for that time."""
    monkeypatch.setattr(module, "SLICE", 2)
    await field.clock().begin()
    await field.work()
    field.world.clock.advance(DAY)
    await field.clock().tick(woken=True)
    store = field.services.store
    job = None
    while job is None or job.kind != "capture":
        job = await queue.claim(store, NOON + FAR, timedelta(minutes=2))
        assert job is not None
        if job.kind != "capture":
            await queue.finish(store, job, NOON + FAR)

    await field.tick()
    assert [(run, state) for run, state, _ in field.runs()] == [(TODAY, "done"), ("2026-11-23", "done")]

    field.world.clock.advance(DAY)
    await field.clock().tick(woken=True)
    job = await queue.claim(store, field.world.clock.now(), timedelta(minutes=2))
    while job is not None and job.kind != "capture":
        await queue.finish(store, job, field.world.clock.now())
        job = await queue.claim(store, field.world.clock.now(), timedelta(minutes=2))
    assert job is not None
    await queue.retry(store, job, NOON + FAR, "a limit, by a wrong clock", counted=False)
    await field.tick()
    assert [state for _, state, _ in field.runs()] == ["done", "done", "done"]


async def test_a_clock_that_stood_behind_stores_nothing_under_its_date(field: Field) -> None:
    """GitHub speaks of days that have not come yet: then the date is not the server's to say."""
    field.world.clock.advance(timedelta(0))
    behind = NOON - 30 * DAY
    services = field.services
    object.__setattr__(services, "now", lambda: behind)
    await field.tick()

    assert {tuple(found) for found in field.outcomes().values()} <= {("failed",), ("captured",)}
    failed = field.rows("SELECT reason FROM captures WHERE outcome = 'failed'")
    assert failed
    assert all("while this server's clock says 2026-10-23" in row["reason"] for row in failed)
    days = field.rows(
        "SELECT repository_id FROM traffic_days WHERE repository_id IN "
        "(SELECT repository_id FROM captures WHERE outcome = 'failed')"
    )
    assert days == []


async def test_a_small_step_back_changes_nothing(field: Field) -> None:
    await field.tick()
    asked = len(field.asked("/traffic/"))
    field.world.clock.advance(-timedelta(hours=3))
    await field.tick()
    field.world.clock.advance(timedelta(hours=3))
    await field.tick()
    assert field.runs()[0] == (TODAY, "done", 6)
    assert len(field.asked("/traffic/")) == asked
    assert {len(found) for found in field.outcomes().values()} == {1}
