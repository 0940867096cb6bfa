"""Stored traffic is what the metrics' tables hold: whole days, unknown where nobody knows, names as texts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from analytics.rows import StarRow
from analytics.tables import DATASET_TABLES, Tables
from analytics.traffic import Snapshot
from storage import loading, loading_traffic, stars, traffic
from storage.engine import Store
from storage.installations import save_repository
from storage.loading import load
from storage.loading_rows import Wanted
from storage.urls import sqlite_path
from tests.storage.ask import write
from tests.storage.conftest import REPOSITORY
from tests.storage.showing import DAY, NOW, TODAY, capture, counts, listing

STORED = ("traffic", "referrers", "paths", "snapshots", "stars", "org-traffic")
TABLES = [table for dataset in STORED for table in DATASET_TABLES[dataset]]
MONDAY = date(2026, 11, 9)
OTHER = replace(REPOSITORY, id=8, name="pit")


@pytest.fixture
async def filled(store: Store) -> str:
    """The address of a database with two captures of one repository, a gap of history between, and one of another."""
    await write(store, save_repository, OTHER)
    shown = [
        listing(capture({TODAY - 60 * DAY: (5, 2)}, at=NOW - 60 * DAY), "Bing Opal", "/quartz/mine"),
        replace(
            listing(capture({TODAY: (9, 4)}, {TODAY - DAY: (3, 1)}), "Google Bing", "/quartz/mine/wiki"),
            view_weeks=counts({MONDAY: (20, 9)}),
        ),
        listing(capture({TODAY: (1, 1)}, {}, repository_id=8), "Topaz"),
        replace(capture(at=NOW + DAY / 4)),  # refused: no traffic
    ]
    for each in shown:
        await write(store, traffic.save_capture, each, installation_id=1, run="r", requests=6, outcome="captured")
    await write(store, traffic.save_snapshot, Snapshot(REPOSITORY.id, NOW, 12, 3, None, 5, 1))
    given = [StarRow(5, NOW - 90 * DAY), StarRow(6, NOW - DAY), StarRow(7, NOW + DAY)]
    await write(store, stars.save_stars, REPOSITORY.id, given)
    await write(store, stars.unstar, REPOSITORY.id, 6, NOW)
    await write(store, stars.unstar, REPOSITORY.id, 9, NOW)
    return store.url


def tables(url: str, since: datetime | None = None, until: datetime = NOW, organisation: Iterable[int] = ()) -> Tables:
    return Tables.of(load(url, REPOSITORY.id, TABLES, since, until, organisation=tuple(organisation)))


def rows(frame: Any) -> list[tuple[Any, ...]]:
    """Return a frame's rows as plain values, None for unknown."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [tuple(row) for row in plain.itertuples(index=False)]


def moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def test_days_come_in_order_with_the_unknown_unknown_and_the_newest_provisional(filled: str) -> None:
    found = rows(tables(filled).traffic_days)
    assert [row[0] for row in found] == [
        *(moment(TODAY - back * DAY) for back in range(73, 59, -1)),
        *(moment(TODAY - back * DAY) for back in range(13, -1, -1)),
    ]
    # the older capture's last two days were never covered again: they stay provisional, and its clones unknown
    assert found[11] == (moment(TODAY - 62 * DAY), 0, 0, None, None, False, False)
    assert found[13] == (moment(TODAY - 60 * DAY), 5, 2, None, None, True, False)
    assert found[-2] == (moment(TODAY - DAY), 0, 0, 3, 1, True, True)
    assert found[-1] == (moment(TODAY), 9, 4, 0, 0, True, True)
    assert found[-3][-2:] == (False, False)


def test_weeks_totals_and_snapshots_come_as_they_were_saved(filled: str) -> None:
    found = tables(filled)
    assert rows(found.traffic_weeks) == [(moment(MONDAY), 20, 9, None, None)]
    assert rows(found.traffic_totals) == [(NOW - 60 * DAY, 100, 40, None, None)]
    assert rows(tables(filled, until=NOW + timedelta(seconds=1)).traffic_totals)[1] == (NOW, 100, 40, 70, 30)
    assert rows(found.snapshots) == [(NOW, 12, 3, None, 5, 1)]


def test_lists_name_what_was_listed_from_the_top(filled: str) -> None:
    found = tables(filled)
    assert rows(found.referrers) == [
        (moment(TODAY - 60 * DAY), 1, "Bing", 50, 20),
        (moment(TODAY - 60 * DAY), 2, "Opal", 49, 19),
        (moment(TODAY), 1, "Google", 50, 20),
        (moment(TODAY), 2, "Bing", 49, 19),
    ]
    assert [row[2] for row in rows(found.paths)] == ["/quartz/mine", "/quartz/mine/wiki"]


def test_stars_come_from_the_beginning_without_those_only_known_to_be_gone(filled: str) -> None:
    found = tables(filled, since=NOW - timedelta(hours=1))
    assert rows(found.stars) == [(NOW - 90 * DAY, None), (NOW - DAY, NOW)]


def test_a_window_takes_whole_days_and_days_of_a_year_before(filled: str) -> None:
    found = tables(filled, since=NOW - 2 * DAY, until=moment(TODAY))
    assert len(found.traffic_days) == 27  # all 28 but the newest, which begins where the window ends
    assert len(found.referrers) == 0
    assert len(tables(filled, since=NOW, until=NOW + DAY / 4).referrers) == 2  # listed at 00:00 of the day of `since`
    assert len(tables(filled, since=NOW + 340 * DAY, until=NOW + 350 * DAY).traffic_days) == 15
    assert [row[1] for row in rows(tables(filled, since=NOW - 2 * DAY).org_days)] == [
        moment(TODAY - back * DAY) for back in (2, 1, 0)
    ]


def test_an_organisations_days_name_their_repositories(filled: str) -> None:
    found = rows(tables(filled, NOW - DAY, organisation=[REPOSITORY.id, 8]).org_days)
    assert found == [
        ("quartz/mine", moment(TODAY - DAY), 0, 3),
        ("quartz/mine", moment(TODAY), 9, 0),
        ("quartz/pit", moment(TODAY - DAY), 0, 0),
        ("quartz/pit", moment(TODAY), 1, 0),
    ]


async def test_two_repositories_that_had_one_name_are_one_category(store: Store) -> None:
    await write(store, save_repository, replace(REPOSITORY, id=8, removed_at=NOW))
    for repository_id in (REPOSITORY.id, 8):
        shown = capture({}, {}, repository_id=repository_id)
        await write(store, traffic.save_capture, shown, installation_id=1, run="r", requests=6, outcome="captured")
    found = tables(store.url, organisation=[REPOSITORY.id, 8]).org_days
    assert set(found["repository"]) == {"quartz/mine"}
    assert len(found) == 28


def test_an_empty_repository_has_empty_tables(database: str) -> None:
    found = tables(database, NOW - DAY)
    assert {name: len(getattr(found, name)) for name in TABLES} == dict.fromkeys(TABLES, 0)


def test_rows_of_a_table_are_counted_by_what_they_are(filled: str) -> None:
    expected = {"traffic_days": 28, "traffic_totals": 2, "referrers": 4, "paths": 2, "snapshots": 1, "stars": 3}
    assert {table: loading.count(filled, [REPOSITORY.id], table) for table in expected} == expected
    assert loading.count(filled, [8], "referrers") == 1
    assert loading.count(filled, [8, REPOSITORY.id], "referrers") == 1 + expected["referrers"]


@pytest.mark.parametrize("table", sorted(loading_traffic.SOURCES))
def test_only_rows_of_the_asked_repositories_are_read(file: str, table: str) -> None:
    sql = loading.listing(table, [REPOSITORY.id], Wanted(REPOSITORY.id, 10**15, 2 * 10**15))
    connection = sqlite3.connect(str(sqlite_path(file)))
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    connection.close()
    assert "PRIMARY KEY (repository_id=?" in plan[0], plan
    assert not [step for step in plan if step.startswith("SCAN")]
