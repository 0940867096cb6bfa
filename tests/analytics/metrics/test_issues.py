"""Issues: what counts as opened, closed and open, and the backlog over time."""

from __future__ import annotations

import pytest

from analytics.charts.bars import Bars
from analytics.charts.line import Line
from analytics.charts.survival import Survival
from analytics.metrics.issues import METRIC
from tests.analytics.builders import FOUR_WEEKS, Row, issue, measure, on, records, scene


def test_no_issues() -> None:
    measured = measure(METRIC)
    counts = {"opened", "closed", "open_at_end", "closed_n", "responded_n", "closed_unanswered_n"}
    assert all(measured.facts[name] == 0 for name in counts)
    assert all(value is None for name, value in measured.facts.items() if name not in counts)
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


@pytest.mark.parametrize("still_open", [0, 1])
def test_of_five_issues_there_is_a_curve_and_it_says_whether_all_have_ended(still_open: int) -> None:
    opened = [issue(1, closed=2), issue(1, closed=4), issue(1, closed=4), issue(1, closed=9)]
    assert len(METRIC.charts(measure(METRIC, issues=opened), scene())) == 2
    fifth = issue(1) if still_open else issue(1, closed=9)
    *_, curve = METRIC.charts(measure(METRIC, issues=[*opened, fifth]), scene())
    assert isinstance(curve, Survival)
    assert "still open still open" not in curve.alt
    assert ("nothing is known past 27 d" in curve.alt) == bool(still_open)
    assert ("after 8 d all had ended" in curve.alt) == (not still_open)


def test_more_of_both_is_one_verdict() -> None:
    now = measure(METRIC, issues=[issue(1, closed=2)] * 30)
    before = measure(METRIC, issues=[issue(1, closed=2)] * 5)
    assert METRIC.compare(now, before, scene())[0].verdict == "more of both"
    assert (
        METRIC.finding(now, before, scene())
        .partition(". ")[0]
        .endswith("more opened and more closed than in the period before (5 and 5)")
    )


def answered(opened: float, response: float | None, closed: float | None = None) -> Row:
    return {**issue(opened, closed), "first_response_at": on(response)}


def test_half_are_closed_within_counts_those_still_open() -> None:
    """Two of six were closed, after 2 and 4 days; one opened yesterday says little. By hand: S falls to 5/6 and 4/6."""
    rows = [issue(1, closed=3), issue(1, closed=5), issue(1), issue(2), issue(3), issue(27)]
    assert measure(METRIC, issues=rows).facts["km_median_hours"] is None
    told = METRIC.finding(measure(METRIC, issues=rows), None, scene())
    assert told.endswith("Fewer than half of those opened are closed; 0 % had a first response within 24 h.")
    more = measure(METRIC, issues=[*rows[:2], issue(1, closed=8), *rows[3:5]])
    assert more.facts["km_median_hours"] == 7 * 24
    assert "Half of those opened are closed within 7 d" in METRIC.finding(more, None, scene())


def test_what_is_closed_without_a_word_counts_against_the_first_response() -> None:
    rows = [answered(1, 1.5), answered(1, 1.75), answered(1, None, closed=1.2), answered(1, 3), answered(1, None)]
    found = measure(METRIC, issues=rows)
    assert (found.facts["responded_n"], found.facts["closed_unanswered_n"]) == (3, 1)
    assert found.facts["first_response_within_24h"] == pytest.approx(2 / 5)
    assert found.facts["first_response_within_7d"] == pytest.approx(3 / 5)
    # were the closed one like the rest: S = 3/4 after 12 h, 1/2 after 18 h
    assert found.facts["first_response_km_median_hours"] == 18


def test_first_responses_are_compared_among_those_followed_a_day() -> None:
    now = measure(METRIC, issues=[answered(1, 1.5)] * 30 + [answered(27.5, None)] * 30)
    before = measure(METRIC, issues=[answered(1, 5)] * 30)
    row = next(row for row in METRIC.compare(now, before, scene()) if row.label.startswith("first response"))
    assert (row.now, row.before, row.verdict) == ("100 %", "0 %", "n = 30 and 30: higher")
