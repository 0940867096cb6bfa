"""What was removed is deleted after the time of grace, a few repositories at a time, and not a moment before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from analytics.traffic import Capture, Count, Listed
from dashboard.analysis import UNUSED
from scheduler import prune
from storage import analyses, installations
from storage.askings import askings_around, note_asking
from storage.connection import Connection
from storage.engine import Store
from storage.installations import Installation, Repository
from storage.partitions import partitions
from storage.queue import Job
from storage.reconciling import begin_comparison, comparison
from storage.traffic import days, lists, save_capture, save_days, save_lists
from storage.watermarks import Watermark
from tests.services import services_on
from tests.storage import cluster

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
GRACE = timedelta(days=30)
SECOND = timedelta(seconds=1)
TWELVE = range(1, 13)
JOB = Job(1, prune.KIND, "one", b"", prune.KIND, 1, NOW, 1)


async def keep(conn: Connection) -> None:
    """Two installations with a dozen repositories each, all with a day of traffic."""
    for number in (51, 52):
        await installations.save_installation(conn, Installation(number, f"owner-{number}", number, "Organization"))
        for place in TWELVE:
            repository = Repository(100 * number + place, number, f"owner-{number}", f"r{place}", "public", "main")
            await installations.save_repository(conn, repository)
            await save_days(conn, repository.id, "views", {date(2026, 10, 1): Count(5, 2)}, date(2026, 10, 3))


async def known(store: Store, number: int) -> int:
    return len(await store.read(lambda conn: days(conn, number)))


@pytest.mark.parametrize(("ago", "kept"), [(GRACE, True), (GRACE + SECOND, False)])
async def test_the_grace_is_kept_to_the_second(store: Store, ago: timedelta, kept: bool) -> None:
    await store.write(keep)
    await store.write(lambda conn: installations.mark_installation_removed(conn, 51, NOW - ago))
    gone = await prune.forget(services_on(store, now=lambda: NOW, grace=GRACE))
    assert gone == (0 if kept else len(TWELVE) + 1)
    assert await known(store, 5101) == (1 if kept else 0)
    assert await known(store, 5201) == 1
    assert (await store.read(lambda conn: installations.installation(conn, 51)) is not None) is kept


async def test_what_came_back_stays(store: Store) -> None:
    await store.write(keep)
    await store.write(lambda conn: installations.mark_installation_removed(conn, 51, NOW - GRACE - SECOND))
    back = Repository(5101, 52, "owner-52", "r1", "public", "main")
    await store.write(lambda conn: installations.save_repository(conn, back))
    await prune.forget(services_on(store, now=lambda: NOW, grace=GRACE))
    assert await known(store, 5101) == 1
    assert await known(store, 5102) == 0


async def test_who_asked_is_forgotten_after_eight_days_though_they_never_ask_again(store: Store) -> None:
    await store.write(keep)
    old = NOW - timedelta(days=8) - SECOND
    await store.write(lambda conn: note_asking(conn, 5101, "opal", 1, old))
    await store.write(lambda conn: note_asking(conn, 5101, "topaz", 2, old + SECOND))
    await prune.prune(services_on(store, now=lambda: NOW), JOB)
    left = await store.read(lambda conn: askings_around(conn, 5101, NOW, timedelta(days=30)))
    assert [one.login for one in left] == ["topaz"]


async def test_comparisons_are_forgotten_after_a_month(store: Store) -> None:
    await store.write(keep)

    async def compare(conn: Connection, night: date) -> None:
        await begin_comparison(conn, Watermark(5101, "issues", newest_at=NOW), night, NOW)

    kept, gone = NOW.date() - timedelta(days=30), NOW.date() - timedelta(days=31)
    for night in (kept, gone):
        await store.write(lambda conn, night=night: compare(conn, night))  # type: ignore[misc]
    await prune.forget_told(services_on(store, now=lambda: NOW, grace=GRACE))
    assert await store.read(lambda conn: comparison(conn, 5101, "issues", kept)) is not None
    assert await store.read(lambda conn: comparison(conn, 5101, "issues", gone)) is None


async def test_lists_are_kept_for_ever_unless_an_end_is_set_and_what_goes_is_said(store: Store) -> None:
    lines = {("paths", date(year, 12, 31)): [Listed("/", 1, 1)] for year in (2023, 2024, 2025, 2026)}
    seen = Capture(5101, NOW, None, None, None, None, (), None, {})
    await store.write(keep)
    await store.write(partial(save_capture, capture=seen, installation_id=51, run="1", requests=1, outcome="captured"))
    await store.write(lambda conn: save_lists(conn, 5101, lines))  # type: ignore[arg-type]
    services = services_on(store, now=lambda: NOW, grace=GRACE)
    for kept, years in (({}, [2023, 2024, 2025, 2026]), ({"traffic_lists": 1}, [2025, 2026])):
        with capture_logs() as logged:
            await prune.prune(replace(services, kept_years=kept), JOB)
        assert [one.day.year for one in await store.read(lambda conn: lists(conn, 5101, "paths"))] == years
        said = [one for one in logged if one["event"] == "what is older than is kept was dropped"]
        assert [(one["table"], one["before"], one["rows"]) for one in said] == [
            (table, "2025-01-01", 2) for table in kept
        ]


async def test_partitions_are_made_for_the_years_to_come(postgresql: Path) -> None:
    with cluster.copied(postgresql) as address:
        store = await Store.open(address)
        later = services_on(store, now=lambda: NOW.replace(year=2101))
        await prune.prune(later, JOB)
        made = await store.read(lambda conn: partitions(conn, "raw_answers"))
        assert {"raw_answers_2101", "raw_answers_2102"} < {one.name for one in made}
        await store.close()


async def test_an_analysis_that_no_server_knows_any_more_goes(postgresql: Path) -> None:
    with cluster.copied(postgresql) as address:
        store = await Store.open(address)
        for person, ago in ((1, UNUSED), (2, UNUSED - SECOND)):
            begun = partial(analyses.begin, key=str(person), person_id=person, server="one", wanted="{}",
                            state="done", progress="{}", at=NOW - ago)  # fmt: skip
            await store.write(begun)
        await prune.forget_analyses(services_on(store, now=lambda: NOW, grace=GRACE))
        assert await store.read(lambda conn: analyses.among(conn, ["1", "2"])) == {"2"}
        await store.close()
