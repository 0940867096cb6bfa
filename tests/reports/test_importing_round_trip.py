"""What was exported and is imported again is equal, whatever it is."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.traffic import Count, Listed
from reports.cells import FORMULA_STARTS, NUMBERS, guarded, unguarded
from reports.importing import plain
from reports.importing.imported import Imported, Standing, Starred
from reports.importing.sheet import TextFile
from storage.engine import Store
from storage.exported import repositories_by_name
from tests.reports.history import IMPORTABLE, LANTERN, TODAY, bring, exported

counts = st.builds(lambda uniques, more: Count(uniques + more, uniques), st.integers(0, 10**9), st.integers(0, 10**9))
dates = st.dates(date(2008, 1, 1), date(2026, 11, 22))
near = st.integers(0, 400).map(lambda place: date(2024, 1, 1) + timedelta(days=place))
daily = st.dictionaries(near, counts, max_size=8).map(lambda known: dict(sorted(known.items())))
mondays = st.dictionaries(near.map(lambda day: day - timedelta(days=day.weekday())), counts, max_size=4)
weekly = mondays.map(lambda known: dict(sorted(known.items())))
names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)
listed = st.builds(lambda name, count: Listed(name, count.count, count.uniques), names, counts)
top = st.lists(listed, min_size=1, max_size=10, unique_by=lambda line: line.name).map(tuple)
tops = st.dictionaries(near, top, max_size=3).map(lambda known: dict(sorted(known.items())))
moments = st.datetimes(
    datetime(2008, 1, 2), datetime(2026, 11, 22), timezones=st.just(UTC)  # noqa: DTZ001 - the zone stands beside
)  # fmt: skip
numbers = st.none() | st.integers(0, 10**6)
standings = st.lists(st.builds(Standing, moments, *([numbers] * 5)), max_size=4).map(
    lambda known: {one.taken_at.date(): one for one in sorted(known, key=lambda one: one.taken_at)}
)


@st.composite
def starred(draw: st.DrawFn) -> tuple[Starred, ...]:
    """Draw stars that the store can hold: each has a beginning before its end, or one of the two."""
    found = []
    for number in sorted(draw(st.sets(st.integers(1, 2**40), max_size=4))):
        first, second = sorted((draw(moments), draw(moments)))
        found.append(draw(st.sampled_from([
            Starred(number, first), Starred(number, None, second), Starred(number, first, second),
        ])))  # fmt: skip
    return tuple(found)


histories = st.builds(
    Imported, views=daily, clones=daily, view_weeks=weekly, clone_weeks=weekly, referrers=tops, paths=tops,
    standings=standings, stars=starred(),
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories)
async def test_what_was_exported_and_imported_again_is_equal(store: Store, found: Imported) -> None:
    here = replace(LANTERN, id=1 + len(await store.read(repositories_by_name)))  # each example has one of its own
    await bring(store, found, here)
    files = [TextFile(f"{what}.csv", (await exported(store, what, repository=here)).decode()) for what in IMPORTABLE]
    back = plain.parse(files, TODAY)
    assert back == ((found,) if found.rows else ())


@given(names)
def test_a_guarded_cell_is_no_formula_and_comes_back(name: str) -> None:
    cell = str(guarded(name))
    assert NUMBERS.fullmatch(cell) or not cell.startswith(FORMULA_STARTS)
    assert unguarded(cell) == name


pieces = st.text(st.sampled_from(";\t\r\n=+-@\uff1d'\" a1,"), max_size=12)


@given(pieces)
def test_no_formula_begins_within_a_text_where_semicolons_are_between_cells(name: str) -> None:
    """Whatever stands behind a separator: quotation marks fall away there, and an apostrophe makes it a text."""
    cell = str(guarded(name))
    for piece in re.split("[;\t\r\n]", cell)[1:]:
        assert not piece.lstrip('"').startswith(("=", "+", "-", "@", "\uff1d"))
    assert unguarded(cell) == name


def test_what_looks_like_a_formula_within_a_text_is_left_to_read() -> None:
    assert guarded("a;=1+1") == "a;'=1+1"
    assert guarded('a;"=1+1;') == "a;'\"=1+1;"
    assert guarded("one; -x and two") == "one; -x and two"
    assert guarded("1 -2") == "1 -2"
