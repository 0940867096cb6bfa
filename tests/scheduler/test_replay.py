"""Real answers of two years ago, captured again one after the other: exactly the numbers that were worked out apart."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.clients import Clients
from github.auth import App
from github.endpoints import Endpoints
from reports.capture_order import order, order_now
from sandbox.build import build
from sandbox.dataset import read_all
from sandbox.server import Sandbox
from scheduler.capture import KIND, capture
from scheduler.plan import run_of
from storage import queue
from storage.connection import Connection
from storage.engine import Store
from storage.installations import all_installations
from tests.scheduler.field import Field, no_time
from tests.services import services_on


def windows(folder: Path) -> list[datetime]:
    """Return when each answer was given."""
    with gzip.open(folder / "windows.jsonl.gz", "rt") as lines:
        return [datetime.fromisoformat(json.loads(line)["captured_at"]) for line in lines]


@pytest.mark.timeout(400)
@pytest.mark.parametrize("pattern", ["cicsdev__*"])
async def test_captures_end_in_the_values_that_were_worked_out_apart(
    store: Store, database_file: Path, shared_folder: Path, pattern: str
) -> None:
    """Capture after capture, through the sandbox; the repositories of one owner are one installation.

    Each moment at which one of them was captured is a run of all of them; a day's first is the day's own. Longer
    histories are replayed into the store itself, by tests/storage/test_replay.py.
    """
    folders = sorted((shared_folder / "data" / "traffic").glob(pattern))
    assert folders
    moments = sorted({moment for folder in folders for moment in windows(folder)})
    world, keys = build([dataset for folder in folders for dataset in read_all(folder)], now=moments[0])
    world.clock.freeze()
    async with Sandbox(world) as sandbox, aiohttp.ClientSession() as session:
        sandbox.limits.points_per_minute = 1_000_000
        clients = Clients(
            session, App(str(keys.app_id), keys.private_key), Endpoints.of(sandbox.url), world.clock.now, no_time
        )
        services = services_on(store, now=world.clock.now, sleep=no_time)
        field = Field(
            world, sandbox, replace(services, github=clients.installation, as_app=clients.as_app), database_file
        )
        await field.tick()  # learns of the installation, and captures for the first time
        for moment in moments[1:]:
            world.clock.set(moment)
            await capture_now(field, moment)

    assert {state for _, state, _ in field.runs()} == {"done"}
    assert len(field.runs()) == len(moments)
    for folder in folders:
        expected = json.loads((folder / "expected.json").read_text())
        captured_on = {moment.date() for moment in windows(folder)}
        name = json.loads((folder / "meta.json").read_text())["repository"].split("/")[1]
        for kind in ("views", "clones"):
            assert_equal(known_days(field, name, kind), expected["replay"][kind], captured_on)
        for kind, number in (("referrers", 0), ("paths", 1)):
            assert latest_list(field, name, number) == expected[kind]["latest"], (name, kind)


Days = dict[date, tuple[int, int]]


def assert_equal(known: Days, expected: dict[str, Any], captured_on: set[date]) -> None:
    """Compare counts, uniques, months, weeks, and which days are known at all."""
    assert sum(count for count, _ in known.values()) == expected["count_if_max_wins"]
    assert sum(uniques for _, uniques in known.values()) == expected["uniques_if_max_wins"]
    months: Counter[str] = Counter()
    weeks: Counter[str] = Counter()
    for day, (count, _) in known.items():
        months[f"{day:%Y-%m}"] += count
        weeks[(day - timedelta(days=day.weekday())).isoformat()] += count
    assert +months == Counter(expected["per_month_if_max_wins"])
    assert +weeks == Counter(expected["per_week_monday_if_max_wins"])
    first, last = (date.fromisoformat(expected[end]) for end in ("first_day", "last_day"))
    between = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    covered = {day for day in between if any(day + timedelta(days=later) in captured_on for later in range(14))}
    assert len(between) - len(covered) == expected["days_between_first_and_last_not_covered"]
    assert covered <= known.keys()
    # a day that no answer covers is known only where one listed it all the same, and such a day is rarely zero
    assert (
        len([day for day in between if day in known and day not in covered]) <= expected["days_listed_outside_14_days"]
    )


def known_days(field: Field, name: str, kind: str) -> Days:
    """Return what is stored of a repository, day by day."""
    rows = field.rows(
        f"SELECT day, {kind} AS count, {kind[:-1]}_uniques AS uniques FROM traffic_days "
        f"JOIN repositories ON repositories.id = repository_id WHERE name = ? AND {kind} IS NOT NULL",
        name,
    )
    return {date(1970, 1, 1) + timedelta(days=row["day"]): (row["count"], row["uniques"]) for row in rows}


def latest_list(field: Field, name: str, kind: int) -> list[list[Any]]:
    """Return the list of referrers (0) or paths (1) of the last date that has one."""
    rows = field.rows(
        "SELECT n.text, l.count, l.uniques FROM traffic_lists l JOIN repositories r ON r.id = l.repository_id "
        "JOIN traffic_names n ON n.id = l.name_id WHERE r.name = ? AND l.kind = ? AND l.day = "
        "(SELECT max(day) FROM traffic_lists WHERE repository_id = l.repository_id AND kind = l.kind) "
        "ORDER BY position",
        name,
        kind,
    )
    return [[row["text"], row["count"], row["uniques"]] for row in rows]


async def capture_now(field: Field, moment: datetime) -> None:
    """Capture everything; a day's first capture is the day's own, another one is asked for."""
    services = field.services
    (installation,) = await services.store.read(all_installations)
    day = moment.date()

    async def work(conn: Connection) -> None:
        if not await order(conn, installation.id, run_of(day), day, moment):
            await order_now(conn, installation.id, moment)

    await services.store.write(work)
    job = await queue.claim(services.store, moment, timedelta(minutes=5))
    while job is not None and job.kind != KIND:
        await queue.finish(services.store, job, moment)  # another kind's turn: it is not what is replayed
        job = await queue.claim(services.store, moment, timedelta(minutes=5))
    assert job is not None
    await capture(services, job)
    await queue.finish(services.store, job, moment)
