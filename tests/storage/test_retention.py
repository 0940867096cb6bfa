"""Where an end is set, raw answers and lists of whole years go; what counts them and everything else stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import TextClause, text

from analytics.traffic import Capture, Count, Listed, Traffic
from storage import partitions, traffic
from storage.columns import DAY_MICROS, from_days
from storage.connection import Connection
from storage.engine import Store
from storage.installations import save_repository
from storage.retention import Dropped, drop_before, first_kept, kept_since, note
from tests.storage.conftest import REPOSITORY

NOW = datetime(2103, 2, 1, 3, tzinfo=UTC)
THIS_YEAR = datetime.now(UTC).year  # as the migration sees it
YEARS = (2019, 2026, *range(2098, 2104))
MANY = range(7, 11)  # more repositories than go in one transaction


@pytest.fixture(autouse=True)
async def _filled(store: Store) -> None:
    """Some repositories with a capture in each of several years, as the server kept them."""
    if store.dialect != "sqlite":
        for year in (2099, 2101, 2103):  # of 2098 nobody made a partition
            await partitions.make_ahead(store, datetime(year, 3, 1, tzinfo=UTC))

    async def work(conn: Connection) -> None:
        for number in MANY:
            await save_repository(conn, replace(REPOSITORY, id=number, name=f"r{number}"))
            for year in YEARS:
                when = datetime(year, 6, 1, 4, tzinfo=UTC)
                shown = Traffic(Count(5, 2), {when.date(): Count(5, 2)})
                lists = (Listed("Google", 9, 4),), (Listed("/", 7, 3),)
                given = Capture(number, when, shown, shown, None, None, *lists, {"views": b"{}"})
                await traffic.save_capture(conn, given, installation_id=1, run="one", requests=6, outcome="captured")

    await store.write(work)


async def years_of(store: Store, table: str, column: str, number: int) -> list[int]:
    """Return the years of a repository's rows."""
    query = text(f"SELECT {column} FROM {table} WHERE repository_id = {number} ORDER BY 1")
    values = await store.read(lambda conn: values_of(conn, query))
    return sorted({from_days(value if value < DAY_MICROS else value // DAY_MICROS).year for value in values})


async def values_of(conn: Connection, query: TextClause) -> list[int]:
    return list((await conn.execute(query)).scalars())


@pytest.mark.parametrize(
    ("table", "column", "other", "its"),
    [("raw_answers", "captured_at", "traffic_lists", "day"), ("traffic_lists", "day", "raw_answers", "captured_at")],
)
async def test_years_before_those_that_are_kept_go_and_nothing_else(
    store: Store, table: str, column: str, other: str, its: str
) -> None:
    before = first_kept(2, NOW)
    assert before == date(2101, 1, 1)
    assert await store.read(lambda conn: kept_since(conn, table)) is None
    gone = await drop_before(store, table, before, NOW)
    for number in MANY:
        assert await years_of(store, table, column, number) == [2101, 2102, 2103]
        assert await years_of(store, other, its, number) == list(YEARS)
        assert await years_of(store, "traffic_days", "day", number) == list(YEARS)
        assert await years_of(store, "captures", "captured_at", number) == list(YEARS)
    each = len(MANY) * (2 if table == "traffic_lists" else 1)
    if store.dialect == "sqlite":
        assert gone == Dropped((), each * 5)
    else:
        years = (f"{THIS_YEAR + 1}", "2099", "2100", f"to_{THIS_YEAR}")
        assert gone == Dropped(tuple(f"{table}_{year}" for year in years), each)
    assert await store.read(lambda conn: kept_since(conn, table)) == before
    assert await store.read(lambda conn: kept_since(conn, other)) is None
    assert await drop_before(store, table, before, NOW) == Dropped((), 0)


async def test_rows_of_several_years_in_one_partition_go_by_their_own_date(store: Store) -> None:
    """The first partition holds all that was there before there were any; its latest year may be the present one."""
    await drop_before(store, "raw_answers", date(THIS_YEAR, 1, 1), NOW)
    for number in MANY:
        kept = [year for year in YEARS if year >= THIS_YEAR]
        assert await years_of(store, "raw_answers", "captured_at", number) == kept


async def test_nothing_goes_by_a_clock_that_is_ahead_by_a_year(store: Store) -> None:
    """What it would drop was captured in what it takes for the past; nothing was in what it takes for the present."""
    ahead = NOW.replace(year=2104)
    assert await drop_before(store, "raw_answers", first_kept(1, ahead), ahead) == Dropped((), 0)
    assert await years_of(store, "raw_answers", "captured_at", 7) == list(YEARS)


async def test_where_nothing_was_older_nothing_is_said_to_be_gone(store: Store) -> None:
    await drop_before(store, "raw_answers", date(2019, 1, 1), NOW)
    assert await store.read(lambda conn: kept_since(conn, "raw_answers")) is None


async def test_what_was_dropped_stays_said_when_more_is_kept_from_then_on(store: Store) -> None:
    await drop_before(store, "raw_answers", date(2101, 1, 1), NOW)
    await store.write(lambda conn: note(conn, "raw_answers", date(2099, 1, 1), NOW))
    assert await store.read(lambda conn: kept_since(conn, "raw_answers")) == date(2101, 1, 1)


async def test_a_capture_is_still_stored_where_its_year_was_dropped(store: Store) -> None:
    """An import, or a clock that stands wrong, may bring rows of a year that has no partition any more."""
    await drop_before(store, "traffic_lists", date(2101, 1, 1), NOW)
    lines = {("paths", date(2099, 5, 5)): (Listed("/", 1, 1),)}
    await store.write(lambda conn: traffic.save_lists(conn, 7, lines))  # type: ignore[arg-type]
    assert 2099 in await years_of(store, "traffic_lists", "day", 7)
    assert (await drop_before(store, "traffic_lists", date(2101, 1, 1), NOW)).rows == 1
