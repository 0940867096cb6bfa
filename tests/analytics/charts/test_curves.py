"""The lines of a picture of places: how many of its dates they pass, and how they bend."""

from __future__ import annotations

from analytics.charts.curves import MOST_STEPS, bent, thinned


def test_many_dates_are_thinned_out_and_the_last_is_kept() -> None:
    steps = thinned(1000, [[1] * 1000])
    assert len(steps) == MOST_STEPS
    assert steps[-1] == 999
    assert len(thinned(400, [[1 + index % 10 for index in range(400)]] * 10)) < MOST_STEPS
    assert thinned(3, [[1, 2, 3]]) == (0, 1, 2)


def test_a_curve_is_level_at_its_points() -> None:
    curve = bent([(0.0, 0.0), (10.0, 5.0), (20.0, 5.0)])
    assert {(0.0, 0.0), (10.0, 5.0), (20.0, 5.0)} <= set(curve)
    assert curve[-2:] == [(10.0, 5.0), (20.0, 5.0)]
    assert all(0 <= y <= 5 for _, y in curve)
