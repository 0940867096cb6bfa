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
