"""Expected counts: what a table would hold if rows and columns did not care, the diagonal impossible."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from analytics.independence import deviates, quasi_independence
from analytics.pairs import unusual

SQUARES = st.integers(3, 7).flatmap(lambda size: arrays(np.int64, (size, size), elements=st.integers(1, 50)))


@given(SQUARES)
def test_fitted_counts_keep_every_row_and_column_total(counts: NDArray[np.int64]) -> None:
    counts = counts.copy()
    np.fill_diagonal(counts, 0)
    a, b = quasi_independence(counts.sum(axis=1).astype(float), counts.sum(axis=0).astype(float))
    fitted = np.outer(a, b)
    np.fill_diagonal(fitted, 0)
    assert fitted.sum(axis=1) == pytest.approx(counts.sum(axis=1), rel=1e-4)
    assert fitted.sum(axis=0) == pytest.approx(counts.sum(axis=0), rel=1e-4)


def test_without_people_on_both_sides_it_is_row_times_column_over_total() -> None:
    """Expected: 6 * 4 / 10 where nobody both reviews and writes."""
    a, b = quasi_independence(np.array([6.0, 4, 0, 0]), np.array([0.0, 0, 4, 6]))
    assert a[0] * b[2] == pytest.approx(2.4)


@pytest.mark.parametrize(("rows", "columns"), [([], []), ([0.0], [0.0]), ([5.0, 0], [0.0, 5]), ([3.0, 2], [2.0, 3])])
def test_degenerate_tables_are_finite(rows: list[float], columns: list[float]) -> None:
    a, b = quasi_independence(np.array(rows), np.array(columns))
    assert np.isfinite(a).all()
    assert np.isfinite(b).all()


def test_a_count_at_its_expectation_hardly_deviates() -> None:
    far = deviates(np.array([100.0, 140.0, 60.0]), np.array([100.0] * 3))
    assert abs(far[0]) < 0.1
    assert far[1] > 3
    assert far[2] < -3


def test_unusual_is_what_lies_more_than_three_standard_deviations_out() -> None:
    """Around 100, one standard deviation of a count is 10: 128 and 72 lie under three of them off, 133 and 69 over."""
    counts = np.array([100, 123, 128, 133, 77, 72, 69])
    assert unusual(counts, np.full(len(counts), 100.0)) == ["", "", "", "high", "", "", "low"]
