"""Repositories that GitHub cannot show: an outage, or they themselves; neither costs the others more than a wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sandbox.faults import Fault, Match
from scheduler import asking
from scheduler import capture as module
from scheduler.bearing import OUTAGE
from storage.engine import Store
from tests.scheduler.field import DAY, Field, open_field

TODAY = "2026-11-22"


def break_for_good(field: Field, names: list[str]) -> None:
    for name in names:
        match = Match("GET", f"*/{name}/traffic/*")
        field.sandbox.faults.add(Fault(match, "status", status=500, body="{}", times=None))


def in_order(field: Field) -> list[str]:
    return [one.name for one in sorted(field.repositories(), key=lambda one: one.full_name.lower())]


async def test_a_repository_that_github_cannot_show_fails_alone_day_after_day(field: Field) -> None:
    broken = field.repositories()[2]
    fault = Fault(Match("GET", f"*/{broken.name}/traffic/*"), "status", status=500, body="{}", times=None)
    field.sandbox.faults.add(fault)
    for _ in range(3):
        await field.tick()
        field.world.clock.advance(DAY)

    assert [(state, count) for _, state, count in field.runs()] == [("done", 6)] * 3
    outcomes = dict(field.outcomes())
    assert outcomes.pop(broken.id) == ["failed"] * 3
    assert list(outcomes.values()) == [["captured"] * 3] * 5


async def test_an_outage_marks_nothing_as_failed(field: Field) -> None:
    """Nobody knows yet what can be read: the run is put back, and goes on when GitHub answers again."""
    field.sandbox.faults.add(Fault(Match("GET", "*/traffic/*"), "status", status=500, body="{}", times=None))
    await field.tick()
    assert field.outcomes() == {}
    field.sandbox.faults.clear()
    field.world.clock.advance(timedelta(hours=1))
    await field.work()
    assert field.runs() == [(TODAY, "done", 6)]
    assert list(field.outcomes().values()) == [["captured"]] * 6


async def test_an_outage_of_one_part_marks_nothing_as_failed_either(field: Field) -> None:
    """The lists of paths are out of order for all; everything else would answer."""
    field.sandbox.faults.add(Fault(Match("GET", "*/popular/paths"), "status", status=502, body="{}", times=None))
    await field.tick()
    assert field.outcomes() == {}


@pytest.mark.parametrize("first_day", [True, False])
async def test_as_many_broken_ones_as_make_an_outage_hold_up_nobody(
    store: Store, database_file: Path, first_day: bool
) -> None:
    """They come first, on the first day or later; a look at another one tells that GitHub does answer."""
    async with open_field(store, database_file, repositories=OUTAGE + 3) as field:
        names = in_order(field)
        if not first_day:
            await field.tick()
            field.world.clock.advance(DAY)
        break_for_good(field, names[:OUTAGE])
        for _ in range(2):
            asked = len(field.sandbox.requests)
            await field.tick()
            field.world.clock.advance(DAY)

        days = 2 if first_day else 3
        assert [(state, count) for _, state, count in field.runs()] == [("done", OUTAGE + 3)] * days
        ids = {repository.id: repository.name for repository in field.repositories()}
        for one_id, outcomes in field.outcomes().items():
            assert outcomes[-2:] == ["failed" if ids[one_id] in names[:OUTAGE] else "captured"] * 2
        order = list(
            dict.fromkeys(one.path.split("/")[3] for one in field.sandbox.requests[asked:] if "/traffic/" in one.path)
        )
        assert order[0] in names[:OUTAGE], "all were tried on the day before"


async def test_broken_ones_that_are_left_over_are_noted_and_the_run_ends(
    store: Store, database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All others were read in the slice before; one of them is asked again, with one request."""
    monkeypatch.setattr(module, "SLICE", 3)
    async with open_field(store, database_file, repositories=OUTAGE + 3) as field:
        break_for_good(field, in_order(field)[3:])
        await field.tick()
        assert field.runs() == [(TODAY, "done", OUTAGE + 3)]
        assert field.reason() == f"3 captured, {OUTAGE} failed"


async def test_those_tried_the_longest_ago_come_first_whatever_came_of_it(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was never read but tried today waits for those whose last try was yesterday."""
    names = in_order(field)
    break_for_good(field, names[:1])
    await field.tick()
    field.world.clock.advance(DAY)
    monkeypatch.setattr(module, "SLICE", 2)
    field.sandbox.limits.core = 40  # half is used up before the fourth
    await field.tick()
    tried = {name for name, found in by_name(field).items() if len(found) == 2}
    assert names[0] in tried
    assert len(tried) < 6
    field.sandbox.limits.core = 5_000
    field.world.clock.advance(DAY)
    asked = len(field.sandbox.requests)
    await field.tick()
    order = list(
        dict.fromkeys(one.path.split("/")[3] for one in field.sandbox.requests[asked:] if "/traffic/" in one.path)
    )
    assert set(order[: 6 - len(tried)]).isdisjoint(tried)


def by_name(field: Field) -> dict[str, list[str]]:
    ids = {repository.id: repository.name for repository in field.repositories()}
    return {ids[one_id]: found for one_id, found in field.outcomes().items()}


async def test_between_two_repositories_github_has_a_rest(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as asking took, and never longer than a second; a GitHub on this machine needs none."""
    rests: list[float] = []

    async def rest(seconds: float) -> None:
        rests.append(seconds)

    monkeypatch.setattr(asking, "QUICK", 0.0)
    monkeypatch.setattr(asking, "LONGEST_REST", 0.000_001)
    field.services = replace(field.services, sleep=rest)
    await field.tick()
    assert rests == [0.000_001] * 6
    monkeypatch.setattr(asking, "QUICK", 60.0)
    field.world.clock.advance(DAY)
    await field.tick()
    assert len(rests) == 6
