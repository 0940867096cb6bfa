"""Captures: every repository once a day, whatever happens in between."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reports.capture_order import order_now
from sandbox.faults import Fault, Match
from scheduler import capture as module
from scheduler.capture_repository import keep as real_keep
from storage import queue
from storage.engine import Store
from tests.scheduler.field import DAY, NOON, Field, open_field
from tests.stories.town import until

VIEWS = "traffic/views"
TODAY = "2026-11-22"


async def test_what_no_webhook_told_of_is_captured(field: Field) -> None:
    """Six requests each, beside one list, one look at the configuration and one query for all counters."""
    await field.tick()

    assert field.runs() == [(TODAY, "done", 6)]
    assert set(field.outcomes()) == {repository.id for repository in field.repositories()}
    assert len(field.asked("/traffic/")) == 6 * 6
    assert len(field.asked("/installation/repositories")) == len(field.asked("/graphql")) == 1
    assert field.rows("SELECT requests FROM capture_runs") == [{"requests": 6 * 6 + 3}]
    assert field.rows("SELECT count(*) AS n FROM snapshots") == [{"n": 6}]
    (installation,) = field.rows("SELECT * FROM installations")
    assert installation["listed_at"] is not None
    assert '"administration":"read"' in installation["permissions"]


async def test_ticking_again_captures_nothing_again(field: Field) -> None:
    await field.tick()
    asked = len(field.asked("/traffic/"))
    field.world.clock.advance(timedelta(hours=5))

    assert await field.tick() <= 1, "clearing up at most"
    assert len(field.asked("/traffic/")) == asked
    field.world.clock.advance(timedelta(hours=7, minutes=1))
    await field.tick()
    assert field.runs() == [(TODAY, "done", 6), ("2026-11-23", "done", 6)]
    assert len(field.asked("/traffic/")) == 2 * asked


async def test_a_tick_late_on_the_day_captures_the_day(store: Store, database_file: Path) -> None:
    async with open_field(store, database_file, now=NOON.replace(hour=23, minute=58)) as field:
        await field.tick()
        assert field.runs() == [(TODAY, "done", 6)]


async def test_two_replicas_that_tick_at_once_capture_once(
    field: Field, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SLICE", 2)
    other_store = await Store.open(store.url)
    other = field.replica(other_store)
    try:
        await asyncio.gather(field.tick(), other.tick(), other.tick())
        await field.work()
    finally:
        await other_store.close()

    assert field.runs() == [(TODAY, "done", 6)]
    assert len(field.asked("/traffic/")) == 6 * 6


async def test_long_runs_go_slice_by_slice(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    """In between the job is put back, which is no failure, and nothing is listed twice."""
    monkeypatch.setattr(module, "SLICE", 2)
    await field.tick()

    assert field.runs() == [(TODAY, "done", 6)]
    assert len(field.asked("/traffic/")) == 6 * 6
    assert len(field.asked("/installation/repositories")) == 1
    assert len(field.asked("/graphql")) == 3
    (job,) = field.rows("SELECT attempts, state FROM jobs WHERE kind = 'capture'")
    assert (job["attempts"], job["state"]) == (1, "done")


async def test_a_crash_in_the_middle_repeats_no_request_for_what_is_stored(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies while the fourth repository is stored; the lease runs out and the job goes on."""
    stored = 0

    async def die(*given: object) -> None:
        nonlocal stored
        if stored == 3:
            await asyncio.Event().wait()
        stored += 1
        await real_keep(*given)  # type: ignore[arg-type]

    monkeypatch.setattr("scheduler.capture_repository.keep", die)
    first = asyncio.create_task(field.tick())
    await until(lambda: stored == 3 and len(field.asked(VIEWS)) >= 8, "three repositories to be stored")
    before = {row["repository_id"] for row in field.rows("SELECT repository_id FROM captures")}
    assert len(before) == 3
    job = await running_job(field)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert await running_job(field) == job, "a dead process tells nobody"
    monkeypatch.setattr("scheduler.capture_repository.keep", real_keep)
    asked = len(field.sandbox.requests)

    field.world.clock.advance(timedelta(minutes=3))
    await field.work()

    assert field.runs() == [(TODAY, "done", 6)]
    again = [one.path for one in field.sandbox.requests[asked:] if "/traffic/" in one.path]
    assert len(again) == 3 * 6
    names = {row["name"] for row in field.rows("SELECT * FROM repositories") if row["id"] in before}
    assert not [path for path in again if path.split("/")[3] in names]


async def running_job(field: Field) -> list[int]:
    return [row["id"] for row in field.rows("SELECT id FROM jobs WHERE state = 'running'")]


@pytest.mark.parametrize(("days", "unknown"), [(13, 0), (20, 7)])
async def test_an_outage_leaves_one_run_to_do_and_the_days_nobody_can_know(
    field: Field, days: int, unknown: int
) -> None:
    """An answer speaks for its date and the 13 days before: after 13 days without a capture no day is missing."""
    await field.tick()
    field.world.clock.advance(DAY * (days + 1))
    await field.tick()

    assert len(field.runs()) == 2
    repository = field.repositories()[0].id
    rows = field.rows("SELECT day FROM traffic_days WHERE repository_id = ? ORDER BY day", repository)
    known = {row["day"] for row in rows}
    today = (NOON.date() - NOON.date().replace(year=1970, month=1, day=1)).days
    missing = set(range(today, today + days + 2)) - known
    assert len(missing) == unknown


async def test_an_interrupted_run_of_an_earlier_day_is_taken_over(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SLICE", 2)
    field.sandbox.limits.core = 60  # half is used up after five repositories
    await field.tick()
    assert [(run, state) for run, state, _ in field.runs()] == [(TODAY, "running")]
    first = set(field.outcomes())
    field.sandbox.limits.core = 5_000
    field.world.clock.advance(DAY)
    asked = len(field.sandbox.requests)
    await field.tick()

    assert [(run, state) for run, state, _ in field.runs()] == [(TODAY, "stopped"), ("2026-11-23", "done")]
    taken_over = field.rows("SELECT reason FROM capture_runs WHERE run = ?", TODAY)
    assert taken_over == [{"reason": "it was interrupted; the run 2026-11-23 took over"}]
    order = [one.path.split("/")[3] for one in field.sandbox.requests[asked:] if VIEWS in one.path]
    names = {row["name"]: row["id"] for row in field.rows("SELECT * FROM repositories")}
    assert names[order[0]] not in first, "those that had no turn yesterday come first"


async def test_half_of_the_hourly_limit_is_left_to_people_and_the_run_goes_on(field: Field) -> None:
    field.sandbox.limits.core = 40
    await field.tick()

    done = len(field.outcomes())
    assert 0 < done < 6
    (job,) = field.rows("SELECT state, attempts, error FROM jobs WHERE kind = 'capture'")
    assert (job["state"], job["attempts"]) == ("scheduled", 0)
    assert "half of the hourly limit" in job["error"]
    for _ in range(6):
        field.world.clock.advance(timedelta(minutes=61))
        await field.work()
    assert field.runs() == [(TODAY, "done", 6)]
    assert len(field.asked("/traffic/")) == 6 * 6


async def test_a_limit_in_the_middle_of_a_repository_stores_no_half_of_it(field: Field) -> None:
    """The answers that came are asked for again: what is stored is of one moment."""
    limited = Match("GET", f"*/{field.repositories()[2].name}/traffic/clones")
    fault = field.sandbox.faults.add(
        Fault(
            limited, "status", status=403, headers={"retry-after": "3600"}, body='{"message": "secondary rate limit"}'
        )
    )
    await field.tick()
    assert field.repositories()[2].id not in field.outcomes()
    field.sandbox.faults.clear()
    assert fault is not None
    field.world.clock.advance(timedelta(minutes=61))
    await field.work()
    assert field.runs() == [(TODAY, "done", 6)]


async def test_a_plan_without_traffic_is_noted_for_that_repository(field: Field) -> None:
    private = [repository for repository in field.repositories() if repository.private]
    public = [repository for repository in field.repositories() if not repository.private]
    if not private:
        private = [public.pop()]
        private[0].visibility = "private"
    field.installation().account.plan = "free"
    await field.tick()

    assert {one.id for one in public} == {key for key, found in field.outcomes().items() if found == ["captured"]}
    (reason,) = {row["reason"] for row in field.rows("SELECT reason FROM captures WHERE outcome = 'refused'")}
    assert reason == "GitHub shows the traffic of private repositories only on a paid plan"
    assert field.reason() == f"{len(public)} captured, {len(private)} refused"


async def test_suspended_in_the_middle_stops_and_goes_on_when_it_is_over(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SLICE", 2)
    field.sandbox.limits.core = 30
    await field.tick()
    done = len(field.outcomes())
    assert 0 < done < 6
    field.installation().suspended_at = field.world.now()
    field.sandbox.limits.core = 5_000
    field.world.clock.advance(timedelta(hours=2))
    asked = len(field.asked("/traffic/"))
    await field.tick()
    assert [(run, state) for run, state, _ in field.runs()] == [(TODAY, "stopped")]
    assert "suspended since" in field.reason()
    assert len(field.asked("/traffic/")) == asked
    field.world.clock.advance(DAY)
    await field.tick()
    assert len(field.runs()) == 1, "nothing is due while it is suspended"

    field.installation().suspended_at = None
    await field.tick()
    assert [state for _, state, _ in field.runs()][-1] == "done"
    assert len(field.outcomes()) == 6


async def test_uninstalled_in_the_middle_stops_at_once(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two repositories: nothing more is asked, and the log says why."""
    seen = 0

    async def uninstall(*given: object) -> None:
        nonlocal seen
        seen += 1
        await real_keep(*given)  # type: ignore[arg-type]
        if seen == 2:
            field.installation().removed_at = field.world.now()

    monkeypatch.setattr("scheduler.capture_repository.keep", uninstall)
    await field.tick()

    assert field.runs() == [(TODAY, "stopped", 2)]
    assert field.reason() == "the App was uninstalled"
    assert len(field.outcomes()) == 2
    (row,) = field.rows("SELECT removed_at FROM installations")
    assert row["removed_at"] is not None
    field.world.clock.advance(DAY)
    await field.tick()
    assert len(field.runs()) == 1


async def test_a_deleted_repository_is_gone_and_the_others_are_captured(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    doomed = field.repositories()[3]

    async def delete_it(*given: object) -> None:
        monkeypatch.setattr("scheduler.capture_repository.keep", real_keep)
        field.world.delete_repository(doomed)
        await real_keep(*given)  # type: ignore[arg-type]

    monkeypatch.setattr("scheduler.capture_repository.keep", delete_it)
    await field.tick()

    assert field.outcomes()[doomed.id] == ["gone"]
    assert field.reason() == "5 captured, 1 gone"
    (row,) = field.rows("SELECT removed_at FROM repositories WHERE id = ?", doomed.id)
    assert row["removed_at"] is not None


async def test_a_renamed_repository_keeps_its_rows_and_says_so(field: Field) -> None:
    repository = field.repositories()[0]
    former = repository.full_name
    await field.tick()
    field.world.rename_repository(repository, "lighthouse")
    field.world.clock.advance(DAY)
    await field.tick()

    assert field.outcomes()[repository.id] == ["captured", "captured"]
    rows = field.rows("SELECT reason FROM captures WHERE repository_id = ? ORDER BY captured_at", repository.id)
    assert [row["reason"] for row in rows] == [None, f"it was called {former} before"]


async def test_archived_repositories_are_captured_weekly_and_patterns_decide(field: Field) -> None:
    names = [repository.name for repository in field.repositories()]
    field.repositories()[0].archived = True
    settings = field.world.add_repository(f"{field.installation().account.login}/.github")
    settings.files[".github/analytics.yml"] = f'capture:\n  "{names[1]}": weekly\n  "{names[2]}": off\n'
    for _ in range(8):
        await field.tick()
        field.world.clock.advance(DAY)

    counts = {
        repository.name: len(field.outcomes().get(repository.id, []))
        for repository in (*field.repositories(), settings)
    }
    expected = dict.fromkeys(counts, 8) | {names[0]: 2, names[1]: 2, names[2]: 0}
    assert counts == expected


async def test_one_part_that_fails_does_not_cost_the_others(field: Field) -> None:
    name = field.repositories()[1].name
    broken = Match("GET", f"*/{name}/traffic/popular/paths")
    field.sandbox.faults.add(Fault(broken, "status", status=422, body='{"message": "no"}'))
    await field.tick()

    assert field.outcomes()[field.repositories()[1].id] == ["partly"]
    (row,) = field.rows("SELECT reason FROM captures WHERE outcome = 'partly'")
    assert row["reason"] == "paths: GitHub answered 422: no"
    rows = field.rows("SELECT * FROM traffic_days WHERE repository_id = ?", field.repositories()[1].id)
    assert len(rows) >= 14


async def test_a_weekly_repository_that_came_in_part_is_tried_again_the_next_day(field: Field) -> None:
    one = field.repositories()[1]
    one.archived = True
    broken = Match("GET", f"*/{one.name}/traffic/popular/paths")
    field.sandbox.faults.add(Fault(broken, "status", status=422, body='{"message": "no"}'))
    for _ in range(3):
        await field.tick()
        field.world.clock.advance(DAY)
    assert field.outcomes()[one.id] == ["partly", "captured"]


async def test_two_runs_of_one_moment_have_a_line_each(field: Field) -> None:
    """The clock stands still; the second run, which somebody asked for, does not write over the first one's log."""
    await field.tick()
    await field.services.store.write(lambda conn: order_now(conn, field.installation().id, field.services.now()))
    await field.work()

    assert list(field.outcomes().values()) == [["captured"] * 2] * 6
    rows = field.rows("SELECT run, count(*) AS n FROM captures GROUP BY run ORDER BY run")
    assert [row["n"] for row in rows] == [6, 6]
    assert field.rows("SELECT count(*) AS n FROM raw_answers") == [{"n": 12}]


async def test_settings_that_cannot_be_read_stop_no_capture(field: Field) -> None:
    field.sandbox.faults.add(Fault(Match("GET", "*/contents/*"), "status", status=500, body="{}", times=None))
    await field.tick()
    assert field.runs() == [(TODAY, "done", 6)]


async def test_names_that_changed_hands_while_a_run_waited_are_asked_anew(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else one repository's traffic would be kept under another's number for good."""
    monkeypatch.setattr(module, "SLICE", 2)
    left = 2

    async def keep_two(*args: Any) -> None:
        nonlocal left
        await real_keep(*args)
        left -= 1
        if left == 0:
            for repository in field.repositories()[2:4]:
                field.sandbox.hands.rename_repository(repository.full_name, f"new-{repository.name}")
            field.world.clock.advance(timedelta(hours=1))

    monkeypatch.setattr("scheduler.capture_repository.keep", keep_two)
    await field.tick()
    assert field.runs() == [(TODAY, "done", 6)]
    assert list(field.outcomes().values()) == [["captured"]] * 6
    (former, *_) = field.rows("SELECT reason FROM captures WHERE reason IS NOT NULL")
    assert former["reason"].startswith("it was called ")


async def test_captures_never_take_every_place(field: Field) -> None:
    """Two places of four: a command that comes while thousands wait is claimed at once."""
    assert {bot_kind for bot_kind, kind in module_kinds(field).items() if kind} == {
        "capture",
        "digest",
        "discover",
        "freshen",
        "history",
        "prune",
        "reconcile",
        "redeliver",
        "refresh",
        "settings",
        "speak",
    }
    jobs = [queue.NewJob("capture", str(number), b"", None, 0) for number in range(50)]
    await field.services.store.write(lambda conn: queue.put(conn, jobs, NOON))
    assert await queue.claim(field.services.store, NOON, timedelta(minutes=1), 3) is None
    delivery = [queue.NewJob("delivery", "d", b"", None)]
    await field.services.store.write(lambda conn: queue.put(conn, delivery, NOON))
    job = await queue.claim(field.services.store, NOON, timedelta(minutes=1), 3)
    assert job is not None
    assert job.kind == "delivery"


def module_kinds(field: Field) -> dict[str, bool]:
    from bot.jobs import kinds  # noqa: PLC0415 - the roof, seen from below

    return {name: kind.background for name, kind in kinds(field.services).items()}
