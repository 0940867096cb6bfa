"""Time to merge: whose durations count, and what may be said of few of them."""

from __future__ import annotations

import pytest

from analytics.charts.histogram import Histogram
from analytics.metrics.time_to_merge import METRIC
from tests.analytics.builders import measure, pull, records, scene


def test_nothing_merged_is_null_and_said() -> None:
    measured = measure(METRIC, pulls=[pull(1), pull(2, closed=3)])
    assert measured.facts == {
        "merged_n": 0, "merged_median_hours": None, "merged_p90_hours": None, "merged_mean_hours": None,
    }  # fmt: skip
    assert METRIC.finding(measured, measured, scene()) == "No pull request was merged in the last 28 days."
    assert METRIC.compare(measured, measured, scene())[0].verdict == "n = 0 and 0: too few to compare"
    assert METRIC.charts(measured, scene())[0].title == "No pull request merged in the last 28 days"


def test_one_merge_is_not_a_half_of_anything() -> None:
    measured = measure(METRIC, pulls=[pull(1, merged=2)])
    assert METRIC.finding(measured, None, scene()) == (
        "One pull request was merged in the last 28 days, 24 h after it was opened."
    )


def test_quantiles_are_linear_between_ranks() -> None:
    """Expected: of 24, 48 and 96 hours the median is 48, p90 = 48 + 0.8 * 48 = 86.4, the mean 56."""
    measured = measure(METRIC, pulls=[pull(-3, merged=1), pull(1, merged=2), pull(1, merged=3)])
    assert measured.facts["merged_n"] == 3
    assert measured.facts["merged_median_hours"] == 48
    assert measured.facts["merged_p90_hours"] == pytest.approx(86.4)
    assert measured.facts["merged_mean_hours"] == 56


def test_merges_outside_the_window_and_open_ones_are_not_in_the_cohort() -> None:
    assert measure(METRIC, pulls=[pull(-3, merged=-1), pull(1, merged=28), pull(1)]).facts["merged_n"] == 0


def test_a_negative_duration_is_left_out_and_counted() -> None:
    measured = measure(METRIC, pulls=[pull(5, merged=4), pull(1, merged=2)])
    assert (measured.facts["merged_n"], measured.facts["merged_median_hours"]) == (1, 24)
    assert measured.notes == ("1 pull request merged before it was opened, left out of durations",)


def test_a_merge_in_the_same_second_takes_no_time_and_counts() -> None:
    measured = measure(METRIC, pulls=[pull(5, merged=5)])
    assert (measured.facts["merged_n"], measured.facts["merged_median_hours"]) == (1, 0)


def test_bots_count_like_everybody() -> None:
    assert measure(METRIC, pulls=[pull(1, merged=2, by="renovate[bot]")]).facts["merged_n"] == 1


def test_the_histogram_counts_each_duration_once() -> None:
    """Expected: exactly one hour begins the bar from 1 to 2 hours."""
    measured = measure(METRIC, pulls=[pull(1, merged=1 + 1 / 24), pull(1, merged=1), pull(-1000, merged=1)])
    filled = {row["from_hours"]: row["n"] for row in records(measured, "histogram") if row["n"]}
    assert filled == {0: 1, 1: 1, 17532: 1}


def test_nothing_is_called_longer_with_fewer_than_five() -> None:
    few = measure(METRIC, pulls=[pull(1, merged=11)] * 4)
    many = measure(METRIC, pulls=[pull(1, merged=2)] * 40)
    assert METRIC.compare(few, many, scene())[0].verdict == "n = 4 and 40: too few to compare"
    assert "longer" not in METRIC.finding(few, many, scene())


def test_longer_is_said_where_the_interval_excludes_zero() -> None:
    slow = measure(METRIC, pulls=[pull(1, merged=5 + at / 10) for at in range(20)])
    fast = measure(METRIC, pulls=[pull(1, merged=2 + at / 100) for at in range(20)])
    assert METRIC.compare(slow, fast, scene())[0].verdict == "n = 20 and 20: longer"
    assert METRIC.compare(fast, slow, scene())[0].verdict == "n = 20 and 20: shorter"
    assert METRIC.finding(slow, fast, scene()).endswith("(n = 20 and 20: longer).")


def test_the_picture_holds_every_duration_and_its_median() -> None:
    measured = measure(METRIC, pulls=[pull(1, merged=2), pull(1, merged=4)])
    (chart,) = METRIC.charts(measured, scene())
    assert isinstance(chart, Histogram)
    assert (chart.hours, chart.median) == ((24.0, 72.0), 48.0)
    assert chart.title == "Half of merged pull requests were in within 2 d"
    assert chart.subtitle == "quartz/harbour · 2 merged, 2026-06-01 to 2026-06-28 UTC · time from opening to merge"
