"""Importing against a real database: maxima are kept, the source is remembered, nothing happens twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from analytics.traffic import Count, Kind, Listed, Snapshot
from reports.exporting import TABLES
from reports.importing.imported import Imported, Standing, Starred
from storage.engine import Store
from storage.imports import imports_of
from storage.traffic import days, save_days, save_snapshot
from tests.reports.history import LANTERN, NOW, SOURCE, bring, exported, on, series, text


async def test_the_larger_of_each_number_is_kept(store: Store) -> None:
    await bring(store, Imported(views=series(d20241118=(9, 1), d20241119=(5, 5), d20241120=(3, 3))))
    second = Imported(views=series(d20241118=(8, 4), d20241119=(4, 4), d20241120=(3, 3), d20241121=(1, 1)))
    planned = await bring(store, second, source=replace(SOURCE, sha256="1" * 64))
    (comparison,) = planned.comparisons
    assert (comparison.new, comparison.raised, comparison.lower, comparison.unchanged) == (1, 1, 1, 1)
    assert [(str(one.day), one.stored, one.found, one.kept) for one in comparison.differences] == [
        ("2024-11-18", Count(9, 1), Count(8, 4), Count(9, 4)),
        ("2024-11-19", Count(5, 5), Count(4, 4), Count(5, 5)),
    ]
    assert (await text(store, "traffic"))[1:] == [
        "2024-11-18,9,4,,",
        "2024-11-19,5,5,,",
        "2024-11-20,3,3,,",
        "2024-11-21,1,1,,",
    ]
    rows = await store.read(lambda conn: days(conn, LANTERN.id))
    assert [row.import_id for row in rows] == [2, 1, 1, 2]


@pytest.mark.parametrize("kind", ["views", "clones"])
async def test_the_same_file_twice_changes_nothing(store: Store, kind: Kind) -> None:
    known = series(d20241118=(9, 1), d20241119=(5, 5))
    found = Imported(views=known) if kind == "views" else Imported(clones=known)
    await bring(store, replace(found, stars=(Starred(9, NOW),), referrers={on("2024-11-18"): (Listed("a", 1, 1),)}))
    before = [await exported(store, what) for what in TABLES]
    remembered = await store.read(lambda conn: imports_of(conn, LANTERN.id))
    planned = await bring(store, found)
    assert planned.changes == 0
    assert [await exported(store, what) for what in TABLES] == before
    assert await store.read(lambda conn: imports_of(conn, LANTERN.id)) == remembered


async def test_an_import_is_remembered_with_where_it_came_from(store: Store) -> None:
    await bring(store, Imported(views=series(d20241118=(9, 1)), clones=series(d20241117=(1, 1))))
    (one,) = await store.read(lambda conn: imports_of(conn, LANTERN.id))
    assert (one.format, one.source, one.sha256, one.imported_at) == ("plain", "history.csv", "0" * 64, NOW)
    assert (one.first_day, one.last_day, one.rows) == (on("2024-11-17"), on("2024-11-18"), 2)


async def test_all_days_are_settled_but_the_files_last_two(store: Store) -> None:
    views = series(d20241115=(1, 1), d20241116=(1, 1), d20241117=(1, 1), d20241118=(1, 1))
    await bring(store, Imported(views=views, clones=series(d20241116=(1, 1))))
    rows = await store.read(lambda conn: days(conn, LANTERN.id))
    assert [row.views_provisional for row in rows] == [False, False, True, True]
    assert [row.clones_provisional for row in rows] == [False] * 4
    # a later answer settles them
    later = series(d20241117=(1, 1), d20241118=(1, 1))
    await store.write(lambda conn: save_days(conn, LANTERN.id, "views", later, on("2024-11-25")))
    rows = await store.read(lambda conn: days(conn, LANTERN.id))
    assert not any(row.views_provisional for row in rows)


async def test_what_github_showed_itself_wins_over_lists_counters_and_stars_of_a_file(store: Store) -> None:
    at = datetime(2024, 11, 18, 8, tzinfo=UTC)
    mine = Imported(
        referrers={on("2024-11-18"): (Listed("a", 5, 5),)},
        standings={on("2024-11-18"): Standing(at, stars=5)},
        stars=(Starred(9, at),),
    )
    await bring(store, mine)
    await store.write(lambda conn: save_snapshot(conn, Snapshot(LANTERN.id, at, 5, 1, 1, 1, 1)))
    before = [await exported(store, what) for what in TABLES]
    theirs = Imported(
        referrers={on("2024-11-18"): (Listed("a", 9, 9),)},
        standings={on("2024-11-18"): Standing(at + timedelta(hours=1), stars=9)},
        stars=(Starred(9, at, NOW),),
    )
    planned = await bring(store, theirs)
    assert [(one.what, one.lower, one.changes) for one in planned.comparisons] == [
        ("referrers", 1, 0), ("snapshots", 1, 0), ("stars", 1, 0),
    ]  # fmt: skip
    assert [await exported(store, what) for what in TABLES] == before
