"""Issues: what counts as opened, closed and open, and the backlog over time."""

from __future__ import annotations

from analytics.charts.bars import Bars
from analytics.charts.line import Line
from analytics.metrics.issues import METRIC
from tests.analytics.builders import FOUR_WEEKS, issue, measure, records, scene


def test_no_issues() -> None:
    measured = measure(METRIC)
    assert measured.facts == {"opened": 0, "closed": 0, "open_at_end": 0, "closed_n": 0, "closed_median_hours": None}
    assert METRIC.finding(measured, measured, scene()) == (
        "No issue was opened or closed in the last 28 days; 0 open at the end."
    )


def test_one_issue_is_spoken_of_in_the_singular() -> None:
    measured = measure(METRIC, issues=[issue(1)])
    assert METRIC.finding(measured, None, scene()) == (
        "1 issue opened and 0 closed in the last 28 days; 1 open at the end."
    )
    assert METRIC.charts(measured, scene())[0].title == "1 issue open at the end"


def test_a_closing_after_the_window_is_unknown_to_it() -> None:
    measured = measure(METRIC, issues=[issue(1, closed=28), issue(28), issue(-9, closed=-3)])
    assert (measured.facts["opened"], measured.facts["closed"], measured.facts["open_at_end"]) == (1, 0, 1)


def test_the_backlog_is_what_each_bucket_leaves_open() -> None:
    measured = measure(METRIC, issues=[issue(-50), issue(1, closed=8), issue(2), issue(9, closed=40)])
    assert [
        (row["week"], row["opened"], row["closed"], row["open_at_end"]) for row in records(measured, "per_week")
    ] == [
        ("2026-W23", 2, 0, 3),
        ("2026-W24", 1, 1, 3),
        ("2026-W25", 0, 0, 3),
        ("2026-W26", 0, 0, 3),
    ]


def test_a_closing_before_the_opening_never_makes_the_backlog_negative() -> None:
    measured = measure(METRIC, issues=[issue(15, closed=1)])
    assert min(row["open_at_end"] for row in records(measured, "per_day")) == 0
    assert (measured.facts["closed"], measured.facts["closed_n"], measured.facts["closed_median_hours"]) == (1, 0, None)
    assert measured.notes == ("1 issue closed before it was opened, left out of durations",)


def test_time_to_close_is_of_those_closed_in_the_window_whenever_opened() -> None:
    measured = measure(METRIC, issues=[issue(-9, closed=1), issue(1, closed=3), issue(2)])
    assert measured.facts["closed_median_hours"] == (240 + 48) / 2


def test_the_pictures_show_the_backlog_and_the_flow() -> None:
    line, bars = METRIC.charts(measure(METRIC, issues=[issue(1, closed=8), issue(2)]), scene())
    assert isinstance(line, Line)
    assert isinstance(bars, Bars)
    assert line.times[-1] == FOUR_WEEKS.until
    assert line.series[0].values[-1] == 1
    assert bars.title == "2 opened, 1 closed in the last 28 days"


def test_more_of_both_is_one_verdict() -> None:
    now = measure(METRIC, issues=[issue(1, closed=2)] * 30)
    before = measure(METRIC, issues=[issue(1, closed=2)] * 5)
    assert METRIC.compare(now, before, scene())[0].verdict == "more of both"
    assert METRIC.finding(now, before, scene()).endswith(
        "more opened (5) and more closed (5) than in the period before."
    )
