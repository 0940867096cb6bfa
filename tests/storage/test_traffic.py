"""Captures become days, weeks, lists and totals: the maximum of each number, the latest list of each date."""

from __future__ import annotations

from dataclasses import astuple, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import StatementError

from analytics.traffic import Capture, Count, Listed, Snapshot
from storage import traffic
from storage.captures import last_capture
from storage.connection import Connection
from storage.engine import Store
from storage.installations import save_repository
from storage.listings import ListedOn
from storage.schema_traffic import traffic_days, traffic_lists
from storage.traffic import TrafficDay, TrafficWeek
from tests.storage.ask import read, write
from tests.storage.conftest import REPOSITORY
from tests.storage.showing import DAY, NOW, TODAY, capture, counts, listing

MONDAY = date(2026, 11, 9)


async def save(store: Store, *captures: Capture, outcome: str = "captured") -> None:
    for each in captures:
        await write(store, traffic.save_capture, each, installation_id=1, run="2026-11-22", requests=6, outcome=outcome)


async def days(store: Store, repository_id: int = REPOSITORY.id) -> dict[date, TrafficDay]:
    return {day.day: day for day in await read(store, traffic.days, repository_id)}


async def test_covered_days_that_are_not_listed_are_zero_and_others_are_unknown(store: Store) -> None:
    """GitHub leaves days without traffic out; the answer speaks for its own date and the 13 before."""
    older = TODAY - 15 * DAY
    await save(store, capture({TODAY - DAY: (9, 4), older: (3, 1)}))
    found = await days(store)
    assert sorted(found) == [older, *(TODAY - back * DAY for back in range(13, -1, -1))]
    assert (found[TODAY - DAY].views, found[TODAY - DAY].view_uniques) == (9, 4)
    assert (found[TODAY - 5 * DAY].views, found[TODAY - 5 * DAY].view_uniques) == (0, 0)
    assert {(day.clones, day.clone_uniques, day.clones_seen) for day in found.values()} == {(None, None, None)}
    assert await read(store, traffic.known_span, REPOSITORY.id) == (older, TODAY)


async def test_each_number_keeps_its_own_maximum(store: Store) -> None:
    """A later answer shows fewer views by more people: both maxima stay."""
    await save(store, capture({TODAY: (9, 2)}, {TODAY: (1, 1)}), capture({TODAY: (7, 3)}, None, at=NOW + DAY))
    day = (await days(store))[TODAY]
    assert (day.views, day.view_uniques, day.clones, day.clone_uniques) == (9, 3, 1, 1)


async def test_a_day_is_provisional_until_an_answer_two_days_later(store: Store) -> None:
    seen = []
    for later in (0, 1, 2, 9):
        await save(store, capture({TODAY: (1, 1)}, at=NOW + later * DAY))
        day = (await days(store))[TODAY]
        seen.append((day.views_seen, day.views_provisional, day.clones_provisional))
    settled = TODAY + 2 * DAY
    assert seen == [
        (TODAY, True, False),
        (TODAY + DAY, True, False),
        (settled, False, False),
        (settled, False, False),
    ]


async def test_the_captures_date_is_utcs(store: Store) -> None:
    """Half past one in the morning, two hours east of Greenwich, is still the day before."""
    local = datetime.fromisoformat("2026-11-23T01:30:00+02:00")
    await save(store, capture({TODAY: (5, 5)}, at=local))
    assert max(await days(store)) == TODAY
    row = await read(store, last_capture, REPOSITORY.id)
    assert row is not None
    assert (row.day, row.captured_at) == (TODAY, local)


async def test_only_whole_weeks_are_kept_and_their_maxima(store: Store) -> None:
    """On Sunday 22 November the week of the 9th is over and inside the 14 days; those of the 2nd and 16th are not."""
    weeks = counts({MONDAY - 7 * DAY: (80, 30), MONDAY: (50, 20), MONDAY + 7 * DAY: (10, 5)})
    fewer = counts({MONDAY: (40, 21)})
    shown = replace(capture(), view_weeks=weeks, clone_weeks=fewer)
    await save(store, shown, replace(shown, view_weeks=fewer, clone_weeks=None, captured_at=NOW + timedelta(hours=1)))
    assert await read(store, traffic.weeks, REPOSITORY.id) == [TrafficWeek(REPOSITORY.id, MONDAY, 50, 21, 40, 21)]


async def test_lists_are_replaced_per_date_and_read_from_the_top(store: Store) -> None:
    yesterday = listing(capture(at=NOW - DAY), "Bing Opal", "/quartz/mine")
    morning = listing(capture(), "Google Bing Opal", "/quartz/mine /quartz/mine/issues")
    noon = listing(capture(at=NOW + timedelta(hours=4)), "Bing Google", "")
    await save(store, yesterday, morning, noon)
    assert await read(store, traffic.lists, REPOSITORY.id, "referrers") == [
        ListedOn(TODAY - DAY, 1, "Bing", 50, 20),
        ListedOn(TODAY - DAY, 2, "Opal", 49, 19),
        ListedOn(TODAY, 1, "Bing", 50, 20),
        ListedOn(TODAY, 2, "Google", 49, 19),
    ]
    found = await read(store, traffic.lists, REPOSITORY.id, "paths", TODAY - DAY, TODAY + DAY)
    assert [(line.day, line.name) for line in found] == [(TODAY - DAY, "/quartz/mine")]
    assert await read(store, traffic.lists, REPOSITORY.id, "referrers", TODAY + DAY) == []


async def test_a_list_that_was_not_read_leaves_the_date_as_it_is(store: Store) -> None:
    await save(store, listing(capture(), "Google", "/quartz/mine"), listing(capture(at=NOW + DAY / 4), "Bing"))
    found = [await read(store, traffic.lists, REPOSITORY.id, kind) for kind in ("referrers", "paths")]
    assert [[line.name for line in lines] for lines in found] == [["Bing"], ["/quartz/mine"]]


async def test_a_late_save_of_an_earlier_capture_does_not_undo_the_dates_lists(store: Store) -> None:
    await save(store, listing(capture(at=NOW + DAY / 4), "Bing"), listing(capture(), "Google"))
    assert [line.name for line in await read(store, traffic.lists, REPOSITORY.id, "referrers")] == ["Bing"]


async def test_a_names_rows_are_the_repositorys_own(store: Store) -> None:
    other = replace(REPOSITORY, id=8, name="pit")
    await write(store, save_repository, other)
    await save(store, listing(capture(), "Google"), listing(capture(repository_id=8), "Google Bing"))
    found = [await read(store, traffic.lists, repository_id, "referrers") for repository_id in (REPOSITORY.id, 8)]
    assert [[line.name for line in lines] for lines in found] == [["Google"], ["Google", "Bing"]]


async def test_a_capture_keeps_its_totals_and_its_bodies(store: Store) -> None:
    bodies = {"views": b'{"count":100,"uniques":40,"views":[]}', "paths": b"[]\n", "clones": b"\xff\x00 odd"}
    await save(store, replace(capture({TODAY: (9, 4)}), raw=bodies), outcome="partly")
    row = await read(store, last_capture, REPOSITORY.id)
    assert row is not None
    assert astuple(row)[2:] == (TODAY, 1, "2026-11-22", 6, "partly", None, 100, 40, None, None)
    assert await read(store, traffic.raw_answer, REPOSITORY.id, NOW) == bodies
    assert await read(store, traffic.raw_answer, REPOSITORY.id, NOW + DAY) is None


async def test_totals_of_zero_are_zero_and_not_unknown(store: Store) -> None:
    shown = capture({}, {})
    assert shown.views is not None
    await save(store, replace(shown, views=replace(shown.views, total=Count(0, 0))))
    row = await read(store, last_capture, REPOSITORY.id)
    assert row is not None
    assert (row.views, row.view_uniques, row.clones) == (0, 0, 70)


async def test_a_refused_capture_says_nothing_about_traffic(store: Store) -> None:
    refused = {
        "installation_id": 1,
        "run": "2026-11-22",
        "requests": 0,
        "outcome": "refused",
        "reason": "No permission.",
    }
    await store.write(lambda conn: traffic.save_capture(conn, capture(), **refused))  # type: ignore[arg-type]
    assert await days(store) == {}
    assert await read(store, traffic.known_span, REPOSITORY.id) is None
    row = await read(store, last_capture, REPOSITORY.id)
    assert row is not None
    assert (row.outcome, row.reason, row.views) == ("refused", "No permission.", None)


async def everything(conn: Connection) -> list[Any]:
    """All that captures have left behind, but for the log."""
    return [
        await traffic.days(conn, REPOSITORY.id),
        await traffic.weeks(conn, REPOSITORY.id),
        await traffic.lists(conn, REPOSITORY.id, "referrers"),
        await traffic.lists(conn, REPOSITORY.id, "paths"),
    ]


SHOWN = [
    listing(capture({TODAY: (3, 2), TODAY - DAY: (8, 2)}, {TODAY - 3 * DAY: (4, 4)}), "Google Bing", "/quartz/mine"),
    listing(capture({TODAY: (5, 1)}, None, at=NOW + DAY / 3), "Bing", "/quartz/mine /quartz/mine/wiki"),
    listing(capture({TODAY: (7, 4), TODAY - DAY: (6, 3)}, {}, at=NOW + DAY), "Opal", ""),
    capture(None, {TODAY: (2, 1)}, at=NOW + 9 * DAY),
]
SHOWN[2] = replace(SHOWN[2], view_weeks=counts({MONDAY + 7 * DAY: (9, 3)}))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations([*range(4), *range(4)]))
async def test_any_order_and_repetition_of_captures_ends_the_same(store: Store, order: list[int]) -> None:
    """Expected: what saving each once, in the order of time, leaves behind."""

    async def work(conn: Connection) -> None:
        for numbers in (range(4), order):
            for table in ("traffic_days", "traffic_weeks", "traffic_lists", "captures"):
                await conn.exec_driver_sql(f"DELETE FROM {table}")
            for number in numbers:
                shown = SHOWN[number]
                await traffic.save_capture(conn, shown, installation_id=1, run="r", requests=6, outcome="captured")
            found.append(await everything(conn))

    found: list[list[Any]] = []
    await store.write(work)
    assert found[-2] == found[-1]
    assert all(found[-1])


async def test_rows_in_which_nothing_rises_are_not_written(store: Store) -> None:
    """The number of rows changed is what says that a row was written: none, if the same is said again."""
    week = counts({TODAY - back * DAY: (5, 2) for back in range(7)})
    assert await write(store, traffic.save_days, REPOSITORY.id, "views", week, TODAY) == 7
    assert await write(store, traffic.save_days, REPOSITORY.id, "views", week, TODAY) == 0
    # a day later the newest two are covered again while still provisional; the others have settled
    assert await write(store, traffic.save_days, REPOSITORY.id, "views", week, TODAY + DAY) == 2
    assert await write(store, traffic.save_days, REPOSITORY.id, "views", week, TODAY + 2 * DAY) == 1
    assert await write(store, traffic.save_days, REPOSITORY.id, "views", week, TODAY + 9 * DAY) == 0
    raised = week | counts({TODAY: (5, 3), TODAY - DAY: (4, 1)})
    assert await write(store, traffic.save_days, REPOSITORY.id, "views", raised, TODAY + 9 * DAY) == 1
    assert await write(store, traffic.save_days, REPOSITORY.id, "clones", {}, TODAY) == 0


async def test_an_import_settles_its_days_and_is_remembered_where_it_gave_a_value(store: Store) -> None:
    await save(store, capture({TODAY: (9, 4), TODAY - DAY: (5, 5)}))
    history = counts({TODAY - DAY: (6, 5), TODAY: (8, 4), TODAY - 40 * DAY: (2, 1)})
    changed = await write(store, traffic.save_days, REPOSITORY.id, "views", history, None, import_id=3)
    found = await days(store)
    assert changed == 3  # the newest day has got no new value, but is settled
    assert [found[TODAY - back * DAY].import_id for back in (40, 1, 0)] == [3, 3, None]
    assert [found[TODAY - back * DAY].views for back in (40, 1, 0)] == [2, 6, 9]
    assert not found[TODAY - DAY].views_provisional
    assert await write(store, traffic.save_days, REPOSITORY.id, "views", history, None, import_id=4) == 0
    await save(store, capture({TODAY - DAY: (7, 5)}))
    assert (await days(store))[TODAY - DAY].import_id == 3


async def test_a_snapshot_is_one_a_date_and_the_latest_wins(store: Store) -> None:
    noon = Snapshot(REPOSITORY.id, NOW + DAY / 6, 12, 3, 2, None, 1)
    morning = Snapshot(REPOSITORY.id, NOW, 10, 3, 2, 5, 1)
    next_day = replace(morning, taken_at=NOW + DAY, stars=None)
    for each in (noon, morning, next_day, noon):
        await write(store, traffic.save_snapshot, each)
    assert await read(store, traffic.snapshots, REPOSITORY.id) == [noon, next_day]
    later = replace(noon, taken_at=NOW + DAY / 2, stars=None, open_issues=6)
    await write(store, traffic.save_snapshot, later)
    assert await read(store, traffic.snapshots, REPOSITORY.id, TODAY, TODAY + DAY) == [replace(later, stars=12)]


async def test_periods_hold_their_first_day_and_not_their_last(store: Store) -> None:
    await save(store, capture({}))
    found = await read(store, traffic.days, REPOSITORY.id, TODAY - 3 * DAY, TODAY)
    assert [day.day for day in found] == [TODAY - 3 * DAY, TODAY - 2 * DAY, TODAY - DAY]


async def test_a_naive_moment_of_capture_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="time zone"):
        await save(store, capture({TODAY: (1, 1)}, at=NOW.replace(tzinfo=None)))
    assert await days(store) == {}


async def test_lists_from_elsewhere_are_saved_by_date(store: Store) -> None:
    older = {("referrers", TODAY - 50 * DAY): [Listed("Google", 9, 3)], ("paths", TODAY): []}
    await write(store, traffic.save_lists, REPOSITORY.id, older)  # type: ignore[arg-type]
    found = await read(store, traffic.lists, REPOSITORY.id, "referrers")
    assert found == [ListedOn(TODAY - 50 * DAY, 1, "Google", 9, 3)]


async def test_a_repositorys_rows_are_found_by_its_key(embedded: Store) -> None:
    """No query of one repository may read other repositories' rows: SQLite tells how it looks them up."""

    async def plans(conn: Connection) -> list[str]:
        found = []
        for table, more in ((traffic_days, "day > 20000"), (traffic_lists, "kind = 1 AND day > 20000")):
            sql = f"EXPLAIN QUERY PLAN SELECT * FROM {table.name} WHERE repository_id = 7 AND {more}"
            found += [str(row.detail) for row in await conn.exec_driver_sql(sql)]
        return found

    assert all("SEARCH" in step and "PRIMARY KEY (repository_id=?" in step for step in await embedded.read(plans))
