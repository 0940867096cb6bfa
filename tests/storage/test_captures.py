"""The log of captures says what is due, what was done already, and what became of each repository."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from storage import captures
from storage.captures import CaptureRun
from storage.engine import Store
from storage.installations import Installation, mark_installation_removed, save_installation, save_repository
from storage.traffic import save_capture
from storage.tries import Tries, last_tries
from tests.storage.ask import read, write
from tests.storage.conftest import REPOSITORY
from tests.storage.showing import DAY, NOW, TODAY, capture

RUN = TODAY.isoformat()
HOUR = timedelta(hours=1)
OTHER = replace(REPOSITORY, id=8, name="pit")


async def save(store: Store, repository_id: int, *, at: timedelta, run: str = RUN, outcome: str = "captured") -> None:
    read_something = outcome in ("captured", "partly")
    shown = capture({} if read_something else None, at=NOW + at, repository_id=repository_id)
    await write(store, save_capture, shown, installation_id=1, run=run, requests=6, outcome=outcome)


async def test_a_run_is_planned_once_whoever_plans_it(store: Store) -> None:
    assert await write(store, captures.plan_run, 1, RUN, TODAY, NOW)
    assert not await write(store, captures.plan_run, 1, RUN, TODAY, NOW + HOUR)
    assert await write(store, captures.plan_run, 2, RUN, TODAY, NOW)
    assert await read(store, captures.recent_runs, 1) == [
        CaptureRun(1, RUN, TODAY, "planned", NOW, None, None, 0, 0, None)
    ]


async def test_due_is_every_installation_at_work_without_a_run_of_the_day(store: Store) -> None:
    """A run that somebody asked for is none of the day's; a removed or suspended installation is never due."""
    for number in (1, 2, 3, 4):
        await write(store, save_installation, Installation(number, "quartz", 40 + number, "User"))
    await write(store, save_installation, Installation(3, "quartz", 43, "User", suspended_at=NOW))
    await write(store, mark_installation_removed, 4, NOW)
    assert await read(store, captures.unplanned, TODAY) == [1, 2]
    await write(store, captures.plan_run, 1, RUN, TODAY, NOW)
    await write(store, captures.plan_run, 2, "2026-11-22T20:26:30Z", TODAY, NOW)
    assert await read(store, captures.unplanned, TODAY) == [2]
    assert await read(store, captures.unplanned, TODAY + DAY) == [1, 2]


async def test_a_run_goes_on_after_an_interruption_and_ends_once(store: Store) -> None:
    await write(store, captures.plan_run, 1, RUN, TODAY, NOW)
    for hours in (1, 2):
        await write(store, captures.begin_run, 1, RUN, NOW + hours * HOUR)
    [run] = await read(store, captures.recent_runs, 1)
    assert (run.state, run.started_at, run.finished_at) == ("running", NOW + HOUR, None)
    reason = "One repository is gone."
    end = NOW + 3 * HOUR
    await write(store, captures.end_run, 1, RUN, "done", repositories=9, requests=54, reason=reason, now=end)
    [run] = await read(store, captures.recent_runs, 1)
    assert run == CaptureRun(1, RUN, TODAY, "done", NOW, NOW + HOUR, end, 9, 54, reason)


async def test_a_run_that_was_never_planned_cannot_begin(store: Store) -> None:
    with pytest.raises(LookupError, match="installation 1 has no run 2026-11-22"):
        await write(store, captures.begin_run, 1, RUN, NOW)


async def test_the_latest_runs_come_first_and_a_forced_one_after_its_days(store: Store) -> None:
    forced = "2026-11-22T20:26:30Z"
    for run, day in ((RUN, TODAY), ("2026-11-21", TODAY - DAY), (forced, TODAY)):
        await write(store, captures.plan_run, 1, run, day, NOW)
    assert [run.run for run in await read(store, captures.recent_runs, 1)] == [forced, RUN, "2026-11-21"]
    assert len(await read(store, captures.recent_runs, 1, 2)) == 2


async def test_what_a_run_has_stored_need_not_be_done_again(store: Store) -> None:
    await write(store, save_repository, OTHER)
    await save(store, REPOSITORY.id, at=-DAY, run="2026-11-21")
    await save(store, 8, at=HOUR, outcome="refused")
    assert [row.repository_id for row in await read(store, captures.run_captures, 1, RUN)] == [8]
    assert await read(store, captures.run_captures, 2, RUN) == []
    await save(store, REPOSITORY.id, at=2 * HOUR)
    rows = await read(store, captures.run_captures, 1, RUN)
    assert [(row.repository_id, row.outcome, row.requests) for row in rows] == [(8, "refused", 6), (7, "captured", 6)]


async def test_the_last_capture_that_brought_traffic_is_known_per_repository(store: Store) -> None:
    """Of two repositories one was refused today, and one has never been captured; a third is elsewhere."""
    for more in (OTHER, replace(OTHER, id=9, installation_id=2), replace(OTHER, id=10)):
        await write(store, save_repository, more)
    await save(store, REPOSITORY.id, at=-3 * DAY, outcome="partly")
    await save(store, REPOSITORY.id, at=timedelta(), outcome="refused")
    await save(store, 9, at=timedelta())
    await save(store, 10, at=-2 * DAY)
    await save(store, 10, at=-DAY)
    assert await read(store, captures.last_captured, 1) == {7: TODAY - 3 * DAY, 10: TODAY - DAY}
    last = await read(store, captures.last_capture, REPOSITORY.id)
    assert last is not None
    assert last.outcome == "refused"
    assert await read(store, captures.last_capture, 8) is None


async def test_two_runs_never_share_a_moment_and_one_run_keeps_its_own(store: Store) -> None:
    async def free(repository_id: int, installation_id: int, run: str) -> datetime:
        return await write(store, captures.free_moment, repository_id, NOW, installation_id=installation_id, run=run)

    await save(store, REPOSITORY.id, at=timedelta(), run="other")
    instant = timedelta(microseconds=1)
    assert await free(8, 1, RUN) == NOW
    assert await free(REPOSITORY.id, 1, RUN) == NOW + instant
    assert await free(REPOSITORY.id, 1, "other") == NOW
    assert await free(REPOSITORY.id, 2, "other") == NOW + instant
    await save(store, REPOSITORY.id, at=instant, run="third")
    assert await free(REPOSITORY.id, 1, RUN) == NOW + 2 * instant


async def test_the_last_tries_are_known_whatever_came_of_them(store: Store) -> None:
    """Of three repositories one was refused after it had been read in part, one read whole, one never tried."""
    for more in (OTHER, replace(OTHER, id=9), replace(OTHER, id=10, installation_id=2)):
        await write(store, save_repository, more)
    await save(store, REPOSITORY.id, at=-5 * DAY)
    await save(store, REPOSITORY.id, at=-3 * DAY, outcome="partly")
    await save(store, REPOSITORY.id, at=timedelta(), outcome="refused")
    await save(store, 8, at=-DAY)
    await save(store, 10, at=timedelta())
    assert await read(store, last_tries, 1) == {
        7: Tries(TODAY, TODAY - 3 * DAY, TODAY - 5 * DAY),
        8: Tries(TODAY - DAY, TODAY - DAY, TODAY - DAY),
    }
