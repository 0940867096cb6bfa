"""Tables: whatever a column comes as, its frame has the same dtypes and the same values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.tables import COLUMNS, DATASET_TABLES, DATASETS, Coded, Tables, frame, microseconds, moments

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
MICROSECONDS = microseconds(NOON)
SINCE_1971 = datetime(1971, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 229 * 365 * 86_400_000_000).map(lambda passed: SINCE_1971 + timedelta(microseconds=passed))
DTYPES = {
    "moment": "datetime64[us, UTC]",
    "int": "Int64",
    "bool": "bool",
    "text": "str",
    "actor": "category",
    "kind": "category",
}


def test_every_dataset_names_tables_that_exist() -> None:
    assert set(DATASET_TABLES) == set(DATASETS)
    assert {table for tables in DATASET_TABLES.values() for table in tables} < set(COLUMNS)


@pytest.mark.parametrize("table", sorted(COLUMNS))
def test_an_empty_table_has_every_column_with_its_dtype(table: str) -> None:
    empty = frame(table, {})
    assert {name: str(dtype) for name, dtype in empty.dtypes.items()} == {
        name: DTYPES[kind] for name, kind in COLUMNS[table].items()
    }
    assert len(empty) == 0


@pytest.mark.parametrize("table", sorted(COLUMNS))
def test_columns_that_are_not_given_are_unknown(table: str) -> None:
    name = next(iter(COLUMNS[table]))
    made = frame(table, {name: [None, None]})
    assert len(made) == 2
    for column, kind in COLUMNS[table].items():
        assert made[column].isna().all() or kind == "bool"


def test_a_column_the_table_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="table pulls has no column titel"):
        frame("pulls", {"titel": []})


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        frame("pulls", {"number": [1, 2], "author": ["fern-lynx"]})


@pytest.mark.parametrize(
    "values",
    [
        [MICROSECONDS, None],
        [NOON, None],
        [NOON.astimezone(timezone(timedelta(hours=9))), None],
        np.array([NOON.replace(tzinfo=None), "NaT"], dtype="datetime64[s]"),
        pd.DatetimeIndex([NOON, None]),
        pd.Series([NOON, None], dtype="datetime64[ns, UTC]"),
    ],
    ids=["microseconds", "datetimes", "elsewhere", "numpy", "index", "series"],
)
def test_moments_are_the_same_whatever_they_come_as(values: object) -> None:
    made = pd.Series(moments(values))
    assert str(made.dtype) == "datetime64[us, UTC]"
    assert made[0] == NOON
    assert made[1] is pd.NaT


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        moments([datetime(2026, 6, 1)])  # noqa: DTZ001


@given(MOMENTS)
def test_moments_are_exact_to_the_microsecond(moment: datetime) -> None:
    assert pd.Series(moments([moment, None]))[0].to_pydatetime() == moment
    assert pd.Series(moments([microseconds(moment), None]))[0].to_pydatetime() == moment


@given(st.lists(st.none() | st.integers(-(2**53), 2**53)))
def test_whole_numbers_are_exact_and_holes_stay_holes(values: list[int | None]) -> None:
    made = frame("pulls", {"additions": values})["additions"]
    assert [None if value is pd.NA else value for value in made] == values


@given(st.lists(st.none() | st.sampled_from(["fern-lynx", "quartz-otter", "zinc-crane"])))
def test_coded_columns_equal_plain_ones(values: list[str | None]) -> None:
    names = ["quartz-otter", "zinc-crane", "fern-lynx", "never-seen"]
    codes = np.array([-1 if value is None else names.index(value) for value in values], dtype="int32")
    for column in ("author", "author_kind", "state"):
        coded, plain = frame("reviews", {column: Coded(codes, names)}), frame("reviews", {column: values})
        assert coded[column].astype(object).where(coded[column].notna(), None).tolist() == values
        assert plain[column].astype(object).where(plain[column].notna(), None).tolist() == values


def test_a_ready_category_is_taken_as_it_is() -> None:
    assert frame("issues", {"author": pd.Categorical(["fern-lynx", None])})["author"].tolist()[0] == "fern-lynx"


def test_a_large_history_becomes_frames_of_the_same_length() -> None:
    """130,000 pull requests and 400,000 reviews, actors as codes."""
    names = [f"heron-{at}" for at in range(5000)]
    many = {
        "pulls": {
            "number": list(range(130_000)),
            "author": Coded(np.arange(130_000) % 5000, names),
            **{at: [MICROSECONDS, None] * 65_000 for at in ("created_at", "updated_at", "closed_at", "merged_at")},
        },
        "reviews": {
            "number": [1] * 400_000,
            "reviewer": Coded(np.arange(400_000) % 5000, names),
            "state": Coded(np.zeros(400_000, dtype="int8"), ["APPROVED"]),
            "submitted_at": [MICROSECONDS] * 400_000,
        },
    }
    made = Tables.of(many)
    assert (len(made.pulls), len(made.reviews)) == (130_000, 400_000)
