"""Whatever a column can hold is the same in both databases once it is written down, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from storage.moving_compare import Comparison
from storage.moving_plan import Moved
from storage.moving_sides import Side, open_side
from storage.moving_values import (
    RANGES,
    Digest,
    Key,
    Kind,
    Row,
    Value,
    fits,
    misfit,
    nul_places,
    shown,
    without_nul,
    written,
)
from tests.storage import cluster

SQL = {
    Kind.SMALL: "smallint", Kind.INTEGER: "integer", Kind.BIG: "bigint", Kind.BOOLEAN: "boolean",
    Kind.FLOAT: "double precision", Kind.TEXT: "text", Kind.BYTES: "bytea",
}  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
VALUES: dict[Kind, st.SearchStrategy[Value]] = {
    **{kind: st.integers(least, most) for kind, (least, most) in RANGES.items()},
    Kind.FLOAT: st.floats(allow_nan=False),
    Kind.TEXT: TEXT,
    Kind.BYTES: st.binary(),
}
KINDS = tuple(SQL)
ROWS = st.lists(
    st.tuples(TEXT, *(st.none() | VALUES[kind] for kind in KINDS)), max_size=8, unique_by=lambda row: row[0]
)
NAMES = ("key", *(kind.name.lower() for kind in KINDS))
MOVED = Moved("kinds", NAMES, (Kind.TEXT, *KINDS), (0,), '"kinds"', ("kinds",))


@pytest.fixture
def sides(postgresql: Path, tmp_path: Path) -> Iterator[tuple[Side, Side]]:
    """Both databases, with a table that has a column of each kind."""
    columns = "".join(f', "{kind.name.lower()}" {sql}' for kind, sql in SQL.items())
    cluster.run(postgresql, "CREATE DATABASE kinds TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'")
    (tmp_path / "kinds.db").touch()
    both = open_side(f"sqlite:///{tmp_path / 'kinds.db'}"), open_side(cluster.address(postgresql, "kinds"))
    both[0].ask(f"CREATE TABLE kinds (key text PRIMARY KEY{columns.replace('bytea', 'blob')})")
    both[1].ask(f"CREATE TABLE kinds (key text PRIMARY KEY{columns})")
    yield both
    for side in both:
        side.close()
    cluster.run(postgresql, "DROP DATABASE kinds WITH (FORCE)")


def stored(side: Side, rows: Sequence[Row]) -> list[Row]:
    """Return what a database gives back of what it was given, alone in its table."""
    with side.writing():
        side.ask("DELETE FROM kinds")
        MOVED.insert(side, rows, lenient=False)
    return [row for batch in side.batches(MOVED) for row in batch]


def without_minus_zero(row: Row) -> Row:
    """Return the row with 0.0 for -0.0, which SQLite does not keep."""
    return tuple(value + 0.0 if isinstance(value, float) else value for value in row)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
@example(rows=[("a", None, None, None, None, -0.0, None, None)])
def test_both_databases_give_back_what_they_were_given_in_one_order(sides: tuple[Side, Side], rows: list[Row]) -> None:
    expected = written(sorted(map(without_minus_zero, rows), key=MOVED.key_of))
    assert [written(stored(side, rows)) for side in sides] == [expected, expected]
    # and each what the other gave
    assert written(stored(sides[1], stored(sides[0], rows))) == expected
    assert written(stored(sides[0], stored(sides[1], rows))) == expected


@given(st.lists(st.tuples(*(st.none() | VALUES[kind] for kind in KINDS))), st.integers(1, 5))
def test_rows_add_up_to_the_same_however_many_are_read_at_a_time(rows: list[Row], size: int) -> None:
    whole, parts = Digest(), Digest()
    whole.add(len(rows), written(rows))
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        parts.add(len(part), written(part))
    assert (parts.rows, parts.sum) == (whole.rows, whole.sum)


ANY: st.SearchStrategy[Value] = (
    st.none() | st.integers(-(2**63), 2**63 - 1) | TEXT | st.binary() | st.floats(allow_nan=False)
)


@given(st.tuples(ANY, ANY), st.tuples(ANY, ANY))
def test_two_rows_are_written_alike_only_if_they_are_the_same(one: Row, other: Row) -> None:
    same = [(type(value), repr(value)) for value in one] == [(type(value), repr(value)) for value in other]
    assert (written([one]) == written([other])) == same


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 1.0), (0, 0.0), (0.0, -0.0), ("1", 1), ("a", b"a"), ("", None), (b"", None), (b"", ""), (0, None)],
)
def test_values_that_look_alike_are_not(one: Value, other: Value) -> None:
    assert written([(one,)]) != written([(other,)])


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.SMALL, 2**15), (Kind.INTEGER, -(2**31) - 1), (Kind.BIG, 2**63), (Kind.BOOLEAN, 2), (Kind.BOOLEAN, "1"),
        (Kind.INTEGER, "1"), (Kind.INTEGER, 1.0), (Kind.TEXT, b"a"), (Kind.TEXT, 1), (Kind.BYTES, "a"),
        (Kind.FLOAT, float("nan")), (Kind.FLOAT, 1),
    ],
)  # fmt: skip
def test_what_only_one_of_them_keeps_does_not_fit(kind: Kind, value: Value) -> None:
    assert not fits(kind, value)
    assert misfit([Kind.BIG, kind], (1, value)) == 1


@given(st.sampled_from(KINDS).flatmap(lambda kind: st.tuples(st.just(kind), st.none() | VALUES[kind])))
def test_what_a_column_can_hold_fits(kind_and_value: tuple[Kind, Value]) -> None:
    assert misfit([kind_and_value[0]], (kind_and_value[1],)) is None


def test_a_zero_byte_in_text_is_replaced_and_one_in_bytes_is_not() -> None:
    row = (1, "a\0b\0", b"\0", None, "c")
    assert nul_places(row) == [1]
    assert without_nul(row) == (1, "a\ufffdb\ufffd", b"\0", None, "c")


def test_a_key_is_shown_as_far_as_it_can_be_read() -> None:
    assert shown((7, "RE2", b"\x01\xff")) == "7, 'RE2', 01ff"
    assert len(shown("a" * 5000)) == 60


def batches(rows: dict[Key, int], size: int) -> Iterator[list[Row]]:
    """Yield rows in the order of their keys, so many at a time."""
    ordered: list[Row] = [(*key, value) for key, value in sorted(rows.items())]
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


KEYED = st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 9)), st.integers(0, 1))


@given(KEYED, KEYED, st.integers(1, 6), st.integers(1, 6))
def test_what_differs_is_found_however_rows_come(
    source: dict[Key, int], target: dict[Key, int], ours: int, theirs: int
) -> None:
    comparison = Comparison(lambda row: (row[0], row[1]), replaces=False)  # type: ignore[arg-type,return-value]
    found = list(comparison.differences(batches(source, ours), batches(target, theirs)))
    stale = [key for difference in found for key in difference.stale]
    missing = [row for difference in found for row in difference.missing]
    assert sorted(stale) == sorted(key for key, value in target.items() if source.get(key) != value)
    assert sorted(missing) == sorted((*key, value) for key, value in source.items() if target.get(key) != value)
    assert (comparison.source.rows, comparison.target.rows) == (len(source), len(target))
    assert (comparison.source.sum == comparison.target.sum) == (source == target)
