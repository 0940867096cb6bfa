"""What a closed milestone held."""

from __future__ import annotations

from datetime import timedelta

from analytics.milestone_items import Item, milestone_items, place_of
from tests.analytics.builders import MONDAY, issue, on, pull, tables

CLOSED = MONDAY + timedelta(days=100)


def item(number: int, opened: float, closed: float | None = None, merged: float | None = None, **facts: bool) -> Item:
    begin = on(opened)
    assert begin is not None
    is_pull = facts.get("is_pull", merged is not None)
    return Item(number, is_pull, begin, on(closed), on(merged), facts.get("by_program", False))


def test_it_counts_what_was_closed_merged_and_left() -> None:
    held = [
        item(1, 1, 5), item(2, 1), item(3, 1, 6, 6), item(4, 1, 7, is_pull=True), item(5, 1, is_pull=True),
    ]  # fmt: skip
    found = milestone_items(tables(), held, CLOSED)
    assert (found.issues, found.pulls, found.unmerged, found.left_open) == (1, 1, 1, 2)
    assert (found.closing.own, found.merging.own) == (None, None)


def test_its_waits_are_placed_among_what_ended_in_the_90_days_before_outside_of_it() -> None:
    issues = [issue(90, 90 + days) for days in (1, 2, 3, 4, 5, 9)]
    rows = tables(issues=[*issues, issue(1, 5), issue(99, 101)], pulls=[pull(90, 91)])
    held = [item(6, 90, 99), *(item(50 + place, 90, 90 + place) for place in (1, 1, 2, 2))]
    found = milestone_items(rows, held, CLOSED)
    assert (found.closing.own, found.closing.median, found.closing.n) == (48, 72, 5)
    assert found.merging.median is None


def test_programs_count_on_neither_side_of_the_waits() -> None:
    rows = tables(issues=[issue(90, 91, by="tidy[bot]") for _ in range(5)])
    held = [item(50 + place, 90, 91, by_program=True) for place in range(5)]
    found = milestone_items(rows, held, CLOSED)
    assert (found.issues, found.closing.own, found.closing.n) == (5, None, 0)


def test_the_place_is_where_the_last_of_it_ended() -> None:
    held = [item(1, 1, 5), item(2, 1, 7), item(3, 1, 7), item(4, 1), item(9, 1, 8, by_program=True)]
    assert place_of(held) == 3
    assert place_of(held, in_threads_of_programs=True) == 9
    assert place_of([item(4, 1)]) is None
