"""One value among the usual ones."""

from __future__ import annotations

import statistics

from hypothesis import given
from hypothesis import strategies as st

from analytics.usual import Usual

VALUES = st.lists(st.integers(0, 50).map(float), min_size=5, max_size=40)


def test_of_four_nothing_is_said() -> None:
    found = Usual.of(3.0, [1, 2, 3, 4])
    assert (found.median, found.n, found.tenths) == (None, 4, 0)


def test_smaller_than_seven_of_ten() -> None:
    found = Usual.of(3.5, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    assert (found.median, found.larger, found.smaller, found.tenths) == (5.5, 7, 3, 7)
    assert Usual.of(7.5, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).tenths == -7


def test_without_a_value_of_ones_own_there_still_is_a_usual_one() -> None:
    found = Usual.of(None, [1, 2, 3, 4, 9])
    assert (found.own, found.median, found.tenths) == (None, 3, 0)


@given(st.integers(0, 50), VALUES)
def test_the_median_is_the_median_and_equals_are_on_neither_side(own: int, others: list[float]) -> None:
    found = Usual.of(own, others)
    assert found.median == statistics.median(others)
    assert found.larger + found.smaller + others.count(own) == found.n == len(others)
    assert -10 <= found.tenths <= 10
