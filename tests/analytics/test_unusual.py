"""Days that stand out from their weekday, and no others."""

from __future__ import annotations

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.unusual import FEWEST, known_median, scores, unusual_days

MONDAY = (date(2026, 6, 1) - date(1970, 1, 1)).days


def counts(*values: float | None) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([np.nan if value is None else value for value in values], dtype="float64")


def settled(size: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.zeros(size, dtype=bool)


def test_a_sunday_is_measured_by_sundays() -> None:
    """A weekend as busy as a working day stands out; the working days do not."""
    weeks = [[100, 110, 90, 105, 95, 5, 4] for _ in range(20)]
    weeks[10][6] = 100
    values = counts(*(day for week in weeks for day in week))
    (day,) = unusual_days(values, MONDAY, settled(len(values)))
    assert (day.index, day.count, day.usual, day.known) == (76, 100, 4.0, 20)
    assert day.score > 10


def test_chance_alone_is_not_unusual_where_most_days_have_none() -> None:
    values = counts(*([0] * 30 + [9] + [0] * 30))
    assert unusual_days(values, MONDAY, settled(61)) == []
    assert len(unusual_days(np.where(values == 9, 12, values), MONDAY, settled(61))) == 1


def test_a_weekday_known_too_rarely_has_no_score() -> None:
    few, usual, _ = scores(counts(*([3] * 7 * (FEWEST - 1))), MONDAY)
    assert np.isnan(few).all()
    assert np.isnan(usual).all()
    enough, _, known = scores(counts(*([3] * 7 * FEWEST)), MONDAY)
    assert known.tolist() == [FEWEST] * 7 * FEWEST
    assert not np.isnan(enough).any()


def test_a_day_that_may_still_grow_is_never_too_low() -> None:
    values = counts(*([400] * 69 + [3]))
    assert [day.index for day in unusual_days(values, MONDAY, settled(70))] == [69]
    growing = settled(70)
    growing[69] = True
    assert unusual_days(values, MONDAY, growing) == []


def test_a_day_before_which_nothing_is_known_is_never_too_low() -> None:
    """It was the oldest of an answer, which may tell of a part of it only; too high it can be."""
    low = counts(3, *[400] * 40, None, 3, *[400] * 40)
    assert unusual_days(low, MONDAY, settled(len(low))) == []
    high = counts(4000, *[400] * 40, None, 4000, *[400] * 40, 3)
    assert {day.index for day in unusual_days(high, MONDAY, settled(len(high)))} == {0, 42, 83}


def test_growth_over_years_is_not_unusual() -> None:
    values = counts(*(round(50 + day / 2) for day in range(5 * 365)))
    assert unusual_days(values, MONDAY, settled(len(values))) == []


def test_no_days() -> None:
    assert unusual_days(counts(), MONDAY, settled(0)) == []


@given(st.lists(st.none() | st.integers(0, 300), max_size=120), st.integers(0, 6))
def test_the_score_is_that_of_the_definition(values: list[int | None], lead: int) -> None:
    """Against plain Python: the same weekday, 13 weeks either side, square roots, median and its deviation."""
    score, usual, _ = scores(counts(*values), MONDAY + lead)
    for index, value in enumerate(values):
        same = [values[at] for at in range(index % 7, len(values), 7) if abs(at - index) <= 91]
        known = sorted(each for each in same if each is not None)
        if len(known) < FEWEST:
            assert np.isnan(usual[index])
            continue
        roots = np.sqrt(known)
        middle = float(np.median(roots))
        spread = max(1.4826 * float(np.median(np.abs(roots - middle))), 0.5)
        assert usual[index] == np.median(known)
        if value is None:
            assert np.isnan(score[index])
        else:
            assert abs(score[index] - (value**0.5 - middle) / spread) < 1e-9


@given(st.lists(st.lists(st.none() | st.integers(0, 9), min_size=4, max_size=4), min_size=1, max_size=5))
def test_the_median_of_what_is_known(rows: list[list[int | None]]) -> None:
    found = known_median(np.array([counts(*row) for row in rows]))
    for row, median in zip(rows, found.tolist(), strict=True):
        known = [value for value in row if value is not None]
        assert median == np.median(known) if known else np.isnan(median)
