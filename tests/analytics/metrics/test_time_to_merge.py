"""Time to merge: what became of those opened, whose durations count, and what may be said of few of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from analytics.charts.histogram import Histogram
from analytics.charts.survival import Survival
from analytics.followed import comparable
from analytics.metrics.time_to_merge import METRIC
from analytics.window import Window
from tests.analytics.builders import FOUR_WEEKS, MONDAY, Row, measure, pull, records, scene

WEEK_AFTER = Window(FOUR_WEEKS.until, FOUR_WEEKS.until + timedelta(days=28))


def test_nothing_opened_or_merged_is_null_and_said() -> None:
    measured = measure(METRIC, pulls=[])
    assert {key: value for key, value in measured.facts.items() if value is not None} == {
        "merged_n": 0, "opened_n": 0, "closed_unmerged_n": 0, "still_open_n": 0, "km_events": 0, "km_censored": 0,
    }  # fmt: skip
    assert METRIC.finding(measured, measured, scene()) == "No pull request was opened in the last 28 days."
    rows = METRIC.compare(measured, measured, scene())
    assert [row.verdict for row in rows[:2]] == ["n = 0 and 0: too few to compare"] * 2
    (histogram,) = METRIC.charts(measured, scene())
    assert histogram.title == "No pull request merged in the last 28 days"


def test_one_open_pull_request_is_not_reached_and_no_nan() -> None:
    measured = measure(METRIC, pulls=[pull(1)])
    assert (measured.facts["opened_n"], measured.facts["km_censored"]) == (1, 1)
    for key in ("resolved_km_median_hours", "resolved_km_median_ci95", "km_median_hours", "km_median_ci95"):
        assert measured.facts[key] is None
    assert measured.facts["merged_within_7d"] == 0
    assert METRIC.finding(measured, None, scene()) == (
        "1 pull request opened in the last 28 days: 1 still open. No pull request was merged."
    )


def test_quantiles_are_linear_between_ranks() -> None:
    """Expected: of 24, 48 and 96 hours the median is 48, p90 = 48 + 0.8 * 48 = 86.4, the mean 56."""
    measured = measure(METRIC, pulls=[pull(-3, merged=1), pull(1, merged=2), pull(1, merged=3)])
    assert measured.facts["merged_n"] == 3
    assert measured.facts["merged_median_hours"] == 48
    assert measured.facts["merged_p90_hours"] == pytest.approx(86.4)
    assert measured.facts["merged_mean_hours"] == 56


def test_the_two_groups_are_not_mixed() -> None:
    """One was opened before and merged in the window, one opened in it and merged after."""
    measured = measure(METRIC, pulls=[pull(-3, merged=1), pull(1, merged=28)])
    assert (measured.facts["merged_n"], measured.facts["opened_n"], measured.facts["km_events"]) == (1, 1, 0)


TEN = [
    *(pull(1, merged=2) for _ in range(2)),  # a day each
    *(pull(1, merged=4) for _ in range(2)),  # three days
    *(pull(1, closed=6) for _ in range(2)),  # closed unmerged after five
    *(pull(1) for _ in range(4)),  # open for 27 days
]


def test_three_readings_of_those_opened() -> None:
    """Of ten: 2 merged after 24 h, 2 after 72 h, 2 closed after 120 h, 4 open for 648 h.

    Until either end: S is 8/10, 6/10, 4/10, so one half is passed at 120 h. Merged, closings competing: 2/10 and 4/10.
    Were closings only lost from sight: S falls to 8/10 and 6/10 and stays there.
    """
    facts = measure(METRIC, pulls=TEN).facts
    assert facts["resolved_km_median_hours"] == 120
    assert facts["merged_within_24h"] == pytest.approx(0.2)
    assert facts["merged_within_7d"] == pytest.approx(0.4)
    assert facts["merged_within_30d"] is None
    assert facts["km_median_hours"] is None
    assert (facts["km_events"], facts["km_censored"], facts["closed_unmerged_n"], facts["still_open_n"]) == (4, 6, 2, 4)
    assert facts["resolved_km_median_ci95"] == [24, None]


def test_the_sentence_gives_the_honest_median_and_the_shares() -> None:
    assert METRIC.finding(measure(METRIC, pulls=TEN), None, scene()) == (
        "Half of 10 pull requests opened in the last 28 days are merged or closed within 5 d "
        "(95 % interval from 24 h, no upper end yet); 20 % are merged within 24 h and 40 % within 7 d. "
        "Half of 4 merged pull requests were in within 2 d, nine in ten within 3 d."
    )


def test_not_reached_is_said_with_counts() -> None:
    measured = measure(METRIC, pulls=[*TEN, *(pull(1) for _ in range(4))])
    assert measured.facts["resolved_km_median_hours"] is None
    assert METRIC.finding(measured, None, scene()).startswith(
        "Fewer than half of 14 pull requests opened in the last 28 days have ended: "
        "4 merged, 2 closed unmerged, 8 still open; 14 % are merged within 24 h and 29 % within 7 d."
    )
    assert METRIC.compare(measured, measured, scene())[2].now == "not reached"


def test_rotting_pull_requests_lower_the_merged_only_median_and_raise_the_honest_one() -> None:
    """The slow third stops being merged: what is merged looks faster, what is opened takes longer."""
    quick: list[Row] = [pull(1, merged=2) for _ in range(6)] + [pull(1, merged=5) for _ in range(4)]
    healthy = measure(METRIC, pulls=[*quick, *(pull(1, merged=11) for _ in range(8))])
    rotten = measure(METRIC, pulls=[*quick, *(pull(1) for _ in range(8))])
    assert rotten.facts["merged_median_hours"] < healthy.facts["merged_median_hours"]  # type: ignore[operator]
    rotten = measure(METRIC, pulls=[*quick, *(pull(1) for _ in range(11))])
    assert healthy.facts["resolved_km_median_hours"] == 96
    assert rotten.facts["resolved_km_median_hours"] is None


def test_periods_are_compared_among_those_followed_equally_long() -> None:
    """All were merged after six days; the youngest of the later period had no seven days to be merged in."""
    rows = [*(pull(day, merged=day + 6) for day in range(20)), *(pull(day, merged=day + 6) for day in range(28, 48))]
    young = [pull(54) for _ in range(30)]
    now = measure(METRIC, WEEK_AFTER, pulls=[*rows, *young])
    before = measure(METRIC, FOUR_WEEKS, pulls=[*rows, *young])
    row = METRIC.compare(now, before, scene(WEEK_AFTER))[0]
    assert (row.now, row.before, row.verdict) == ("100 %", "100 %", "n = 20 and 20: no clear change")


def test_higher_is_said_only_where_the_interval_excludes_zero() -> None:
    quick = measure(METRIC, pulls=[pull(1, merged=2) for _ in range(20)])
    slow = measure(METRIC, pulls=[pull(1, merged=15) for _ in range(20)])
    few = measure(METRIC, pulls=[pull(1, merged=15) for _ in range(4)])
    assert METRIC.compare(quick, slow, scene())[0].verdict == "n = 20 and 20: higher"
    assert METRIC.compare(slow, quick, scene())[0].verdict == "n = 20 and 20: lower"
    assert METRIC.compare(quick, few, scene())[0].verdict == "n = 20 and 4: too few to compare"
    assert (
        "Of those followed for 7 d, 100 % were merged by then, 0 % in the period before (n = 20 and 20: higher)."
    ) in METRIC.finding(quick, slow, scene())


def test_a_negative_duration_is_left_out_and_counted() -> None:
    measured = measure(METRIC, pulls=[pull(5, merged=4), pull(1, merged=2), pull(9, closed=8)])
    assert (measured.facts["merged_n"], measured.facts["merged_median_hours"]) == (1, 24)
    assert (measured.facts["opened_n"], measured.facts["km_events"], measured.facts["km_censored"]) == (3, 1, 0)
    assert measured.notes == (
        "2 pull requests merged or closed before opening, left out of durations",
        "30 d are longer than any pull request opened in the window was followed",
    )


def test_a_merge_in_the_same_second_takes_no_time_and_counts() -> None:
    measured = measure(METRIC, pulls=[pull(5, merged=5)])
    assert (measured.facts["merged_n"], measured.facts["merged_median_hours"]) == (1, 0)


def test_closing_a_second_after_the_merge_is_no_second_end() -> None:
    measured = measure(METRIC, pulls=[{**pull(1, merged=2), "closed_at": MONDAY + timedelta(days=1.9)}])
    assert (measured.facts["km_events"], measured.facts["closed_unmerged_n"]) == (1, 0)


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
    assert METRIC.compare(few, many, scene())[1].verdict == "n = 4 and 40: too few to compare"
    assert not {"longer", "lower"} & set(METRIC.finding(few, many, scene()).replace(".", " ").split())


def test_longer_is_said_where_the_interval_excludes_zero() -> None:
    slow = measure(METRIC, pulls=[pull(1, merged=5 + at / 10) for at in range(20)])
    fast = measure(METRIC, pulls=[pull(1, merged=2 + at / 100) for at in range(20)])
    assert METRIC.compare(slow, fast, scene())[1].verdict == "n = 20 and 20: longer"
    assert METRIC.compare(fast, slow, scene())[1].verdict == "n = 20 and 20: shorter"
    assert METRIC.finding(slow, fast, scene()).endswith("(n = 20 and 20: longer).")


def test_pictures_show_all_that_were_opened_first_then_the_merged_ones() -> None:
    measured = measure(METRIC, pulls=TEN)
    still_open, fate, spread = METRIC.charts(measured, scene())
    assert isinstance(still_open, Survival)
    assert isinstance(fate, Survival)
    assert isinstance(spread, Histogram)
    (curve,) = still_open.curves
    assert list(curve.hours) == [0, 24, 72, 120, 648]
    assert list(curve.shares) == pytest.approx([1, 0.8, 0.6, 0.4, 0.4])
    assert still_open.title == "Half of pull requests are merged or closed within 5 d"
    assert dict(still_open.marks) == {120: "half within 5 d"}
    assert dict(still_open.at_risk)[96] == (6,)
    assert {curve.name: curve.shares[-1] for curve in fate.curves} == pytest.approx(
        {"merged": 0.4, "closed unmerged": 0.2}
    )
    assert (spread.hours, spread.median) == ((24.0, 24.0, 72.0, 72.0), 48.0)
    assert spread.subtitle == "quartz/harbour · 4 merged, 2026-06-01 to 2026-06-28 UTC · time from opening to merge"


def test_shares_that_nobody_was_followed_for_are_unknown_and_said_once() -> None:
    """One opened 20 days ago was merged at once; nine opened two days ago are open: of a week nothing is known."""
    measured = measure(METRIC, pulls=[pull(8, merged=8.1), *(pull(26) for _ in range(9))])
    assert measured.facts["merged_within_24h"] == pytest.approx(0.1)
    assert (measured.facts["merged_within_7d"], measured.facts["merged_within_30d"]) == (None, None)
    assert measured.notes == ("7 d and 30 d are longer than any pull request opened in the window was followed",)
    assert "of known duration" not in METRIC.finding(measured, None, scene())
    assert measure(METRIC, pulls=[]).notes == ()


def test_an_upper_end_that_will_never_come_is_not_promised() -> None:
    """All six ended, half of them after one day: there is an end to come only while something is open."""
    ended = measure(METRIC, pulls=[*(pull(1, merged=2) for _ in range(3)), *(pull(1, closed=9) for _ in range(2))])
    assert ended.facts["resolved_km_median_ci95"] == [24, None]
    assert "(95 % interval from 24 h, no upper end with so few)" in METRIC.finding(ended, None, scene())
    waiting = measure(METRIC, pulls=[*(pull(1, merged=2) for _ in range(3)), *(pull(1) for _ in range(2))])
    assert "(95 % interval from 24 h, no upper end yet)" in METRIC.finding(waiting, None, scene())


def test_the_honest_median_is_compared_without_a_verdict_and_says_its_n() -> None:
    now, before = measure(METRIC, pulls=TEN), measure(METRIC, pulls=[pull(1, merged=2)] * 20)
    row = METRIC.compare(now, before, scene())[2]
    assert (row.label, row.verdict) == ("half merged or closed within (of 10 and 20)", "")


@pytest.mark.parametrize(("exposure", "compared"), [(1.0, "7 d"), (4.0, "7 d"), (4.1, "24 h"), (28.0, "24 h")])
def test_shares_are_compared_for_as_long_as_half_of_the_shorter_window_lasts(exposure: float, compared: str) -> None:
    """The other window is 56 days / exposure long; to follow half of it for 7 d takes 14 d."""
    window = Window(MONDAY, MONDAY + timedelta(days=56))
    now = measure(METRIC, window, pulls=TEN)
    asked = replace(scene(window), exposure=exposure)
    assert METRIC.compare(now, now, asked)[0].label == f"merged within {compared}, of those followed so long"


def test_a_week_is_compared_from_windows_of_exactly_two_weeks_on() -> None:
    assert comparable(scene(Window(MONDAY, MONDAY + timedelta(days=14)))) == "7d"
    assert comparable(scene(Window(MONDAY, MONDAY + timedelta(days=13.9)))) == "24h"
    longer = replace(scene(Window(MONDAY, MONDAY + timedelta(days=10))), exposure=0.1)
    assert comparable(longer) == "24h"


def test_of_fewer_than_five_no_share_is_drawn() -> None:
    (spread,) = METRIC.charts(measure(METRIC, pulls=[pull(1, merged=2)] * 4), scene())
    assert isinstance(spread, Histogram)
    assert len(METRIC.charts(measure(METRIC, pulls=[pull(1, merged=2)] * 5), scene())) == 3


@pytest.mark.parametrize("last", [pull(1, merged=4), pull(1)])
def test_nothing_is_unknown_where_all_have_ended(last: Row) -> None:
    still_open, fate, _ = METRIC.charts(measure(METRIC, pulls=[pull(1, merged=2)] * 4 + [last]), scene())
    for chart in (still_open, fate):
        assert ("nothing is known past 27 d" in chart.alt) == (last["closed_at"] is None)
        assert ("after 3 d all had ended" in chart.alt) == (last["closed_at"] is not None)
