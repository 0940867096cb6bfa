"""Tables of an answer as a page shows them."""

from __future__ import annotations

from analytics.metric import Grid
from dashboard.presented import table


def test_lists_begin_with_the_newest_day_and_each_with_its_first_place() -> None:
    lists = Grid(("day", "place"), (("2026-03-01", 1), ("2026-03-01", 2), ("2026-03-02", 1), ("2026-03-02", 2)))
    assert table("lists", lists).rows == [
        ["2026-03-02", "1"],
        ["2026-03-02", "2"],
        ["2026-03-01", "1"],
        ["2026-03-01", "2"],
    ]


def test_a_median_of_too_few_days_says_so_and_one_of_none_is_not_known() -> None:
    columns = ("weekday", "views_median", "views_known_days", "clones_median", "clones_known_days")
    (row,) = table("per_weekday", Grid(columns, (("Monday", None, 2, None, 0),))).rows
    assert "too few" in row[1]
    assert "not known" in row[3]


def test_a_year_before_is_not_known_however_many_days_of_this_one_are() -> None:
    columns = ("week", "views", "views_known_days", "views_year_before")
    (row,) = table("per_week", Grid(columns, (("2026-W10", 5, 7, None),))).rows
    assert "not known" in row[3]
