"""Stars: given, taken back, and how many there are."""

from __future__ import annotations

from dataclasses import replace

from analytics.buckets import column
from analytics.charts.bars import Bars
from analytics.charts.line import Line
from analytics.metrics.stars import METRIC
from tests.analytics.builders import Row, measure, on, scene, tables


def star(given: float, back: float | None = None) -> Row:
    return {"starred_at": on(given), "unstarred_at": on(back)}


def snapshot(day: float, stars: int | None, forks: int | None = 2, watchers: int | None = 3) -> Row:
    return {"taken_at": on(day), "stars": stars, "forks": forks, "watchers": watchers}


def test_nothing() -> None:
    measured = measure(METRIC)
    assert measured.facts == {"starred": 0, "unstarred": 0, "stars": None, "forks": None, "watchers": None}
    assert METRIC.finding(measured, measured, scene()) == "0 new stars in the last 28 days."
    assert [chart.title for chart in METRIC.charts(measured, scene())] == ["No new star in the last 28 days"]


def test_given_and_taken_back() -> None:
    stars = [star(-9), star(1), star(2, back=5), star(-3, back=28), star(28)]
    measured = measure(METRIC, stars=stars, snapshots=[snapshot(3, 40), snapshot(27.5, 41, 5), snapshot(28, 99)])
    assert measured.facts == {"starred": 2, "unstarred": 1, "stars": 41, "forks": 5, "watchers": 3}
    assert METRIC.finding(measured, None, scene()) == (
        "2 new stars, 1 taken back in the last 28 days. 41 stars, 5 forks and 3 watchers at the end."
    )
    assert column(measured.tables["per_week"], "stars_at_end") == (39, 39, 39, 41)
    assert column(measured.tables["per_day"], "stars_at_end")[:6] == (38, 39, 40, 40, 40, 39)
    assert measured.tables["snapshots"].rows == (("2026-06-04", 40, 2, 3), ("2026-06-28", 41, 5, 3))
    line, bars = METRIC.charts(measured, scene())
    assert isinstance(line, Line)
    assert isinstance(bars, Bars)
    assert (line.title, bars.title) == (
        "41 stars, 2 of them new in the last 28 days",
        "2 new stars in the last 28 days",
    )


def test_the_line_goes_through_the_snapshots() -> None:
    """Stars taken back without anybody hearing it: reckoned back from the end, the line would contradict them."""
    counted = [snapshot(day + 0.5, 100 - day) for day in range(27)]
    measured = measure(METRIC, stars=[star(4.2), star(4.8), star(27.2)], snapshots=counted)
    per_day = column(measured.tables["per_day"], "stars_at_end")
    assert per_day == (100, 99, 98, 97, 97, *range(95, 73, -1), 74)  # one given after the fifth day's snapshot
    assert measured.facts["stars"] == per_day[-1] == 74


def test_between_snapshots_stars_are_reckoned_on_and_before_the_first_back() -> None:
    stars = [star(1.5), star(4.5), star(6.5), star(6.6, back=7.5), star(20.5)]
    measured = measure(METRIC, stars=stars, snapshots=[snapshot(3.5, 10), snapshot(8.5, None), snapshot(10.5, 50)])
    per_day = column(measured.tables["per_day"], "stars_at_end")
    assert per_day == (9, 10, 10, 10, 11, 11, 13, 12, 12, 12, *[50] * 18)


def test_without_a_snapshot_or_a_whole_list_no_line_is_drawn() -> None:
    measured = measure(METRIC, stars=[star(1)])
    assert set(column(measured.tables["per_day"], "stars_at_end")) == {None}


def test_the_whole_list_tells_the_total_where_no_snapshot_does() -> None:
    about = replace(scene(), whole_history=frozenset({"stars"}))
    measured = METRIC.measure(tables(stars=[star(-400), star(-9), star(1), star(30)]), about.window, about)
    assert measured.facts["stars"] == 3
    assert column(measured.tables["per_week"], "stars_at_end") == (3, 3, 3, 3)


def test_more_only_where_the_interval_allows_it() -> None:
    few, many = measure(METRIC, stars=[star(1)] * 5), measure(METRIC, stars=[star(1)] * 30)
    assert METRIC.finding(many, few, scene()) == (
        "30 new stars in the last 28 days. More new stars than in the period before (5)."
    )
    assert METRIC.compare(few, few, scene())[0].verdict == "no clear change"


def test_between_windows_of_different_lengths_stars_are_counted_by_the_day() -> None:
    few, many = measure(METRIC, stars=[star(1)] * 5), measure(METRIC, stars=[star(1)] * 30)
    year = replace(scene(), exposure=28 / 364, against="in 2025")
    assert METRIC.compare(few, many, year)[0].verdict == "no clear change"
    assert METRIC.finding(many, few, year).endswith("More new stars a day than in 2025 (0.01 a day).")
