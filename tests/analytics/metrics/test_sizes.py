"""Sizes: how many lines pull requests change, and how long each size takes to merge."""

from __future__ import annotations

from analytics.charts.dots import Dots
from analytics.charts.ranked import Ranked
from analytics.metrics.sizes import METRIC
from tests.analytics.builders import measure, pull, records, scene


def test_no_pull_requests() -> None:
    found = measure(METRIC)
    assert METRIC.finding(found, None, scene()) == "No pull request of known size was opened in the last 28 days."
    assert [type(chart) for chart in METRIC.charts(found, scene())] == [Ranked]


def test_sizes_are_of_those_opened_in_the_window_and_unknown_ones_are_counted() -> None:
    found = measure(METRIC, pulls=[pull(1, lines=4), pull(2, lines=8), pull(3), pull(-1, lines=900)])
    assert (found.facts["opened_n"], found.facts["size_n"], found.facts["size_median_lines"]) == (3, 2, 6)
    assert found.notes == ("1 pull request of unknown size left out",)


def test_each_size_has_its_count_and_the_median_of_its_merged_ones() -> None:
    found = measure(
        METRIC,
        pulls=[
            pull(1, merged=2, lines=9),
            pull(1, lines=10),
            pull(1, merged=4, lines=1000),
            pull(1, merged=2, lines=5000),
        ],
    )
    keys = ("opened", "merged_n", "merged_median_hours")
    rows = {row["lines"]: tuple(row[key] for key in keys) for row in records(found, "sizes")}
    assert rows["up to 9 lines"] == (1, 1, 24)
    assert rows["10 to 49"] == (1, 0, None)
    assert rows["over 999"] == (2, 2, 48)
    assert sum(opened for opened, _, _ in rows.values()) == 4


def test_a_merge_after_the_window_or_before_the_opening_has_no_duration() -> None:
    found = measure(METRIC, pulls=[pull(1, merged=30, lines=5), pull(9, merged=2, lines=5)])
    assert records(found, "sizes")[0]["merged_n"] == 0


def test_small_and_large_are_set_side_by_side_from_five_merged_ones_on() -> None:
    small = [pull(1, merged=2, lines=3) for _ in range(5)]
    large = [pull(1, merged=11, lines=700) for _ in range(5)]
    found = measure(METRIC, pulls=[*small, *large])
    assert METRIC.finding(found, None, scene()) == (
        "Half of 10 pull requests opened in the last 28 days change 352 lines or fewer, nine in ten 700 or fewer; "
        "5 change 500 or more (50 %); merged ones of up to 9 lines took 24 h (n = 5) at the median, "
        "those of 500 to 999 10 d (n = 5)."
    )
    assert "at the median" not in METRIC.finding(measure(METRIC, pulls=[*small, *large[:4]]), None, scene())
    spread, waits = METRIC.charts(found, scene())
    assert isinstance(spread, Ranked)
    assert isinstance(waits, Dots)
    assert [dot.label for dot in waits.rows] == ["up to 9 lines", "500 to 999"]
