"""Rows to look at and to take away: order, filters, pages are what Python makes of the same rows, on each database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from analytics.people import numbered
from analytics.terms import DEFAULT_TERMS, Terms
from storage.connection import Connection
from storage.engine import Store
from storage.installations import save_repository
from storage.loading import load
from storage.previewed import Row, Wanted, chunks, count, page, size, sortable
from storage.previewed_catalogue import TABLES, Column, Table
from storage.previewed_filters import Filter, Test
from storage.previewed_people import OTHER
from storage.previewed_sources import SOURCES, source
from tests.storage.conftest import REPOSITORY
from tests.storage.filled import DRILL, LAST_DAY, NOW, TITLES, fill, pulls

ONE_BY_ONE = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
OTHERS = replace(REPOSITORY, id=8, name="pit")
NUMBERED = Terms(people="anonymous")
DAY = timedelta(days=1)
LABELS = {(): "[]", ("bug",): '["bug"]', ("bug", "Größe"): '["bug", "Gr\\u00f6\\u00dfe"]'}


@pytest.fixture
async def filled(store: Store) -> Store:
    """Two repositories with rows in every table; those of the second belong to nobody who asks here."""
    await store.write(lambda conn: save_repository(conn, OTHERS))
    await fill(store, REPOSITORY.id)
    await fill(store, OTHERS.id, 3)
    return store


async def everything(store: Store, table: Table, terms: Terms = DEFAULT_TERMS) -> list[Row]:
    """Return every row of a table, as a file has them."""
    return [row async for rows in chunks(store, Wanted(REPOSITORY.id, table, terms=terms), 7) for row in rows]


def test_every_column_is_said_where_it_is_stored() -> None:
    assert TABLES.keys() == SOURCES.keys()
    for name, table in TABLES.items():
        assert {column.name for column in table.columns} <= source(name).cells.keys()
        assert {table.sort, table.spans, *source(name).keys} <= {column.name for column in table.columns}


async def test_rows_are_those_that_were_saved(filled: Store) -> None:
    found = await everything(filled, TABLES["pulls"])
    assert found == [
        (
            row.number, row.title, row.author.login, row.author.kind.value,
            "merged" if row.merged_at else "closed" if row.closed_at else "open", row.is_draft, row.created_at,
            row.ready_at, row.updated_at, row.closed_at, row.merged_at, row.merged_by and row.merged_by.login,
            row.base_ref, row.additions, row.deletions, row.changed_files,
            LABELS[row.labels],
        )
        for row in reversed(pulls(40))
    ]  # fmt: skip


@pytest.mark.parametrize("name", [name for name in TABLES if name not in ("traffic", "weeks")])
async def test_no_row_is_left_out_and_none_is_of_another_repository(filled: Store, name: str) -> None:
    stored = {"referrers": "traffic_lists", "paths": "traffic_lists"}.get(name, name)
    which = {"referrers": " AND kind = 0", "paths": " AND kind = 1"}.get(name, "")

    async def counted(conn: Connection) -> int:
        asked = text(f"SELECT count(*) FROM {stored} WHERE repository_id = 7{which}")
        return int((await conn.execute(asked)).scalar_one())

    expected = await filled.read(counted)
    assert expected > 0
    assert len(await everything(filled, TABLES[name])) == expected
    assert (await filled.read(lambda conn: size(conn, REPOSITORY.id, TABLES[name]))).rows == expected


async def test_days_go_on_through_a_gap_and_say_what_may_still_rise(filled: Store) -> None:
    rows = {row[0]: row[1:] for row in await everything(filled, TABLES["traffic"])}
    assert list(rows) == [LAST_DAY - DAY * back for back in range(31)]
    assert rows[LAST_DAY] == (0, 0, None, None, True, None)
    assert rows[LAST_DAY - 2 * DAY] == (20, 2, None, None, False, None)
    assert rows[LAST_DAY - 3 * DAY] == (None,) * 6
    assert rows[LAST_DAY - 6 * DAY] == (30, 3, 3, 2, False, False)
    weeks = [row[:2] for row in await everything(filled, TABLES["weeks"])]
    assert weeks == [
        (date(2026, 11, 9), 40),
        (date(2026, 11, 2), None),
        (date(2026, 10, 26), None),
        (date(2026, 10, 19), 0),
    ]


async def test_an_empty_repository_has_empty_tables(store: Store) -> None:
    for table in TABLES.values():
        assert await everything(store, table) == []
        found = await store.read(lambda conn, table=table: size(conn, REPOSITORY.id, table))  # type: ignore[misc]
        assert (found.rows, found.first) == (0, None)


def order(column: Column) -> Callable[[Any], Any]:
    """Return what Python sorts a known value by: a person's name in small letters, anything else as it is."""
    return str.lower if column.is_called and column.name != "subject" else lambda value: value


@ONE_BY_ONE
@given(name=st.sampled_from(sorted(TABLES)), picked=st.integers(0, 30), down=st.booleans(), rows=st.integers(1, 60))
async def test_pages_are_pythons_own_order_there_and_back(
    filled: Store, name: str, picked: int, down: bool, rows: int
) -> None:
    table = TABLES[name]
    names = sortable(table, Terms())
    column = table.column(names[picked % len(names)])
    wanted = Wanted(REPOSITORY.id, table, sort=column.name, down=down)
    place = table.columns.index(column)
    unsorted = await everything(filled, table)
    key = order(column)
    known = sorted((key(row[place]) for row in unsorted if row[place] is not None), reverse=down)

    pages = [await filled.read(lambda conn: page(conn, wanted, rows))]
    while (after := pages[-1].after) is not None:
        pages.append(await filled.read(lambda conn, after=after: page(conn, wanted, rows, after)))  # type: ignore[misc]
    found = [row for one in pages for row in one.rows]
    assert sorted(map(repr, found)) == sorted(map(repr, unsorted))  # each once
    assert [key(row[place]) for row in found[: len(known)]] == known
    assert all(row[place] is None for row in found[len(known) :])

    back = pages[-1]
    seen = [*back.rows]
    while (before := back.before) is not None:
        back = await filled.read(lambda conn, before=before: page(conn, wanted, rows, before, backwards=True))  # type: ignore[misc]
        seen = [*back.rows, *seen]
    assert seen == found


def fits(column: Column, test: Test, value: Any, cell: Any) -> bool:
    """Tell by Python whether a cell fits."""
    if cell is None:
        return False
    if test == "contains":
        small = str.maketrans({chr(letter): chr(letter + 32) for letter in range(65, 91)})
        return bool(value.translate(small) in cell.translate(small))
    if test == "is":
        return bool(cell is value)
    return bool(cell >= value if test == "from" else cell <= value)


SOUGHT = st.sampled_from(["o", "SHORE", "%", "_", "'", '"', "ö", "Ö", "\\", "open", "bug", "zz", "1", "A", *TITLES])
VALUES: dict[str, st.SearchStrategy[tuple[Test, Any]]] = {
    "text": st.tuples(st.just("contains"), SOUGHT),
    "count": st.tuples(
        st.sampled_from(["from", "to"]),
        st.integers(-2, 1010) | st.integers(-(2**63), 2**63 - 1) | st.sampled_from([2**31 - 1, 2**31, -(2**31) - 1]),
    ),
    "day": st.tuples(st.sampled_from(["from", "to"]), st.dates(LAST_DAY - 40 * DAY, LAST_DAY + 3 * DAY)),
    "moment": st.tuples(
        st.sampled_from(["from", "to"]),
        st.datetimes(datetime(2026, 10, 5), datetime(2026, 11, 25), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants them bare
    ),
    "yes-no": st.tuples(st.just("is"), st.booleans()),
}  # fmt: skip


@ONE_BY_ONE
@given(name=st.sampled_from(sorted(TABLES)), picked=st.integers(0, 30), data=st.data())
async def test_what_fits_is_what_python_finds(filled: Store, name: str, picked: int, data: st.DataObject) -> None:
    table = TABLES[name]
    column = table.columns[picked % len(table.columns)]
    test, value = data.draw(VALUES[column.kind])
    place = table.columns.index(column)
    expected = [row for row in await everything(filled, table) if fits(column, test, value, row[place])]
    wanted = Wanted(REPOSITORY.id, table, (Filter(column.name, test, value),))
    found = [row async for rows in chunks(filled, wanted, 9) for row in rows]
    assert found == expected
    assert await filled.read(lambda conn: count(conn, wanted, 5)) == min(len(expected), 5)


async def test_several_filters_must_all_fit(filled: Store) -> None:
    filters = (Filter("author", "contains", "OPAL"), Filter("is_draft", "is", True))
    wanted = Wanted(REPOSITORY.id, TABLES["pulls"], filters)
    found = [row async for rows in chunks(filled, wanted) for row in rows]
    assert [row[0] for row in found] == [30]


async def test_numbers_of_persons_are_those_of_answers(filled: Store) -> None:
    """Expected: what `analytics.people` makes of the same rows for an answer."""
    columns = load(filled.url, REPOSITORY.id, ["pulls", "firsts"], None, NOW + DAY)
    renamed, _ = numbered(columns)
    numbers, authors = renamed["pulls"]["number"].tolist(), renamed["pulls"]["author"]
    expected = {one: authors.names[code] for one, code in zip(numbers, authors.codes.tolist(), strict=True)}
    found = {row[0]: row[2] for row in await everything(filled, TABLES["pulls"], NUMBERED)}
    assert found == expected
    assert {DRILL.login, "ghost", "person 1", "person 4"} <= set(found.values())


async def test_nobody_is_named_where_the_owners_do_not_want_it(filled: Store) -> None:
    names = {"opal", "topaz", "beryl", "agate", "watcher", "stranger"}
    for people in ("anonymous", "hidden"):
        terms = Terms(people=people)
        for table in TABLES.values():
            shown = table.shown(terms.people)
            assert not {column.name for column in shown} & {"user_id"}
            for row in await everything(filled, table, terms):
                said = {str(cell).lower() for column, cell in zip(shown, row, strict=True) if column.name != "title"}
                assert not said & names, (table.name, row)
    assert [column.name for column in TABLES["pulls"].shown("hidden") if column.person] == []
    watched = [row async for rows in chunks(filled, Wanted(7, TABLES["comments"], terms=NUMBERED)) for row in rows]
    assert OTHER in {row[2] for row in watched}


async def test_one_person_is_found_by_their_number_and_never_by_their_name(filled: Store) -> None:
    async def with_author(value: str) -> set[str]:
        wanted = Wanted(7, TABLES["pulls"], (Filter("author", "contains", value),), terms=NUMBERED)
        return {row[2] async for rows in chunks(filled, wanted) for row in rows}

    assert await with_author("person 2") == {"person 2"}
    assert await with_author("DRI") == {"drill"}
    assert await with_author("opal") == set()
    assert "author" not in sortable(TABLES["pulls"], NUMBERED)


CALLED = [
    (table.name, column.name) for table in TABLES.values() for column in table.shown("anonymous") if column.is_called
]


@pytest.mark.parametrize(("name", "column"), CALLED)
async def test_people_are_found_by_whatever_they_are_called(filled: Store, name: str, column: str) -> None:
    """Each value that is shown finds the rows where it stands, and a part of it whatever contains that."""
    table = TABLES[name]
    place = table.shown("anonymous").index(table.column(column))
    rows = await everything(filled, table, NUMBERED)
    shown = {row[place] for row in rows if row[place] is not None}
    assert shown & {"person 1", "person 2", "person 3"}
    for value in (*sorted(shown), "person", "an", "team", "DRI", "opal", "person 77"):
        exactly = value.startswith("person ")
        expected = [
            row for row in rows
            if row[place] is not None and (value == row[place] if exactly else value.lower() in row[place].lower())
        ]  # fmt: skip
        wanted = Wanted(REPOSITORY.id, table, (Filter(column, "contains", value),), terms=NUMBERED)
        found = [row async for some in chunks(filled, wanted, 9) for row in some]
        assert found == expected, value
        assert await filled.read(lambda conn, wanted=wanted: count(conn, wanted, 1000)) == len(expected)  # type: ignore[misc]


async def test_who_counts_as_a_bot_here_keeps_their_name(filled: Store) -> None:
    terms = Terms(people="anonymous", bots=("topaz",))
    assert "topaz" in {row[2] for row in await everything(filled, TABLES["pulls"], terms)}
