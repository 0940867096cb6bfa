"""Pull requests: what counts as opened, merged, closed unmerged and open, and what may be said of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from analytics.charts.bars import Bars
from analytics.comparing import NOTHING
from analytics.metrics.pulls import METRIC
from analytics.window import BEGINNING, Window
from tests.analytics.builders import FOUR_WEEKS, MONDAY, Row, measure, pull, records, scene, tables


def facts(*pulls: Row) -> list[object]:
    found = measure(METRIC, pulls=pulls).facts
    return [found[name] for name in ("opened", "merged", "closed_unmerged", "open_at_end")]


def test_an_empty_repository_has_counts_of_zero_and_no_size() -> None:
    measured = measure(METRIC)
    assert measured.facts == {
        "opened": 0, "merged": 0, "closed_unmerged": 0, "open_at_end": 0, "size_median_lines": None, "size_n": 0,
    }  # fmt: skip
    assert METRIC.finding(measured, measured, scene()) == (
        "No pull request was opened, merged or closed in the last 28 days; 0 open at the end."
    )


def test_one_pull_request_is_spoken_of_in_the_singular() -> None:
    measured = measure(METRIC, pulls=[pull(1, merged=2, lines=1)])
    assert METRIC.finding(measured, None, scene()) == (
        "1 pull request opened, 1 merged, 0 closed unmerged in the last 28 days; 0 open at the end."
    )
    assert METRIC.compare(measured, measured, scene())[3].now == "1 line"


def test_the_window_is_half_open() -> None:
    """Expected: since itself belongs to the window, until to the next one."""
    assert facts(pull(0)) == [1, 0, 0, 1]
    assert facts(pull(28)) == [0, 0, 0, 0]
    assert facts(pull(-1, merged=0)) == [0, 1, 0, 0]
    assert facts(pull(-1, merged=28)) == [0, 0, 0, 1]


def test_what_happens_after_the_window_is_unknown_to_it() -> None:
    """A pull request merged after `until` is open at the end, and one closed after it too."""
    assert facts(pull(1, merged=30)) == [1, 0, 0, 1]
    assert facts(pull(1, closed=30)) == [1, 0, 0, 1]


def test_a_merge_in_the_window_is_no_closing_whenever_the_closing_is_dated() -> None:
    assert facts(pull(1, merged=2, closed=3)) == [1, 1, 0, 0]


def test_bots_and_deleted_authors_count_like_everybody() -> None:
    assert facts(pull(1, by="dependabot[bot]"), pull(2, closed=3, by=None)) == [2, 0, 1, 1]


def test_a_merge_before_the_opening_is_counted_all_the_same() -> None:
    assert facts(pull(5, merged=4)) == [1, 1, 0, 0]


def test_size_is_of_those_opened_in_the_window_and_of_known_size() -> None:
    measured = measure(METRIC, pulls=[pull(1, lines=10), pull(2, lines=21), pull(3), pull(-9, lines=999)])
    assert (measured.facts["size_median_lines"], measured.facts["size_n"]) == (15.5, 2)
    assert measured.notes == ("1 pull request of unknown size left out of the median size",)


def test_buckets_are_labelled_by_iso_week_and_cover_empty_ones() -> None:
    measured = measure(METRIC, pulls=[pull(0.5, merged=8)])
    assert records(measured, "per_week") == [
        {"week": "2026-W23", "opened": 1, "merged": 0, "closed_unmerged": 0},
        {"week": "2026-W24", "opened": 0, "merged": 1, "closed_unmerged": 0},
        {"week": "2026-W25", "opened": 0, "merged": 0, "closed_unmerged": 0},
        {"week": "2026-W26", "opened": 0, "merged": 0, "closed_unmerged": 0},
    ]
    assert records(measured, "per_month") == [{"month": "2026-06", "opened": 1, "merged": 1, "closed_unmerged": 0}]


def test_a_whole_history_begins_with_its_first_event() -> None:
    window = Window(BEGINNING, FOUR_WEEKS.until)
    measured = METRIC.measure(tables(pulls=[pull(15)]), window, scene(window))
    assert [row["week"] for row in records(measured, "per_week")] == ["2026-W25", "2026-W26"]
    assert METRIC.finding(measured, measured, scene(window)) == (
        "1 pull request opened, 0 merged, 0 closed unmerged in the whole history; 1 open at the end."
    )
    assert [row.before for row in METRIC.compare(measured, measured, scene(window))] == [NOTHING] * 4


def test_a_change_is_called_one_only_if_the_interval_says_so() -> None:
    """Expected: 25 against 5 is more; 34 against 26 is no clear change."""
    now = measure(METRIC, pulls=[pull(1)] * 9 + [pull(1, closed=2)] * 25)
    before = measure(METRIC, pulls=[pull(1)] * 21 + [pull(1, closed=2)] * 5)
    rows = METRIC.compare(now, before, scene())
    assert [(row.now, row.before, row.verdict) for row in rows[:2]] == [
        ("34", "26", "no clear change"),
        ("0 / 25", "0 / 5", "more closed"),
    ]
    assert METRIC.finding(now, before, scene()) == (
        "34 pull requests opened, 0 merged, 25 closed unmerged in the last 28 days; 9 open at the end; "
        "more closed unmerged than in the period before (5)."
    )


def test_between_windows_of_different_lengths_both_the_change_and_the_figure_are_by_the_day() -> None:
    """25 closed in 28 days beside 14 in 280: 0.05 a day."""
    now = measure(METRIC, pulls=[pull(1, closed=2)] * 25)
    before = measure(METRIC, pulls=[pull(1, closed=2)] * 14)
    other = replace(scene(), exposure=0.1, against="in the other period")
    assert METRIC.finding(now, before, other).endswith(
        "more opened a day and more closed unmerged a day than in the other period (0.05 a day and 0.05 a day)."
    )


def test_a_picture_shows_days_weeks_or_months_by_the_length_of_the_window() -> None:
    for days, bucket, bars in ((28, "day", 28), (364, "week", 52), (728, "month", 24)):
        window = Window.last(days, MONDAY + timedelta(days=28))
        (chart,) = METRIC.charts(
            METRIC.measure(tables(pulls=[pull(1, merged=2)]), window, scene(window)), scene(window)
        )
        assert isinstance(chart, Bars)
        assert chart.subtitle.endswith(f"pull requests per {bucket}")
        assert abs(len(chart.buckets) - bars) <= 1
        assert chart.title == f"1 opened, 1 merged in the last {days} days"
        assert chart.down is not None
        assert (sum(chart.up.values), sum(chart.down.values)) == (1, 1)  # type: ignore[arg-type]
