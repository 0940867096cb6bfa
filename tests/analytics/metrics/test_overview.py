"""The overview repeats the other metrics' figures and adds nothing of its own."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from analytics.charts.panels import Panels
from analytics.metric import Measured
from analytics.metrics import all_metrics
from analytics.metrics.overview import METRIC, PARTS
from analytics.terms import TARGETS, Hours, Terms
from tests.analytics.builders import commit, issue, measure, pull, review, scene, tables, visits


def test_a_silent_month() -> None:
    measured = measure(METRIC, pulls=[pull(-9)])
    assert METRIC.finding(measured, measured, scene()) == (
        "No pull request or issue was opened or closed in the last 28 days; "
        "1 pull request and 0 issues open at the end."
    )
    assert measured.facts["time-to-merge.merged_median_hours"] is None


def test_every_metric_is_part_of_it() -> None:
    """What captures brought has an audience or a table of its own; traffic is part of it for who may see it.

    What waits is a list to work on, releases need another dataset, and sizes are pulls' in more detail.
    """
    captured = {"traffic", "referrers", "paths", "org-traffic", "stars"}
    of_their_own = {"waiting", "releases", "sizes"}
    assert set(PARTS) == set(all_metrics()) - {"overview"} - captured - of_their_own


def test_the_headline_says_only_what_the_tests_allow() -> None:
    now = measure(METRIC, pulls=[pull(1)] * 9 + [pull(1, closed=2)] * 25, issues=[issue(1)])
    before = measure(METRIC, pulls=[pull(1)] * 21 + [pull(1, closed=2)] * 5, issues=[issue(1, closed=2)])
    assert METRIC.finding(now, before, scene()) == (
        "34 pull requests opened, 0 merged, 25 closed unmerged in the last 28 days; 1 issue opened, 0 closed; "
        "more closed unmerged than in the period before (5)."
    )


def test_the_table_asks_in_the_order_of_the_comment() -> None:
    measured = measure(METRIC, pulls=[pull(1, merged=2)], issues=[issue(1)], commits=[commit(1)])
    assert [row.label for row in METRIC.compare(measured, measured, scene())] == [
        "pull requests opened",
        "merged / closed unmerged",
        "merged within 7 d, of those followed so long",
        "median time to merge (merged ones)",
        "first review within 24 h",
        "reviews",
        "people who reviewed",
        "issues opened / closed",
        "open at the end: pull requests / issues",
        "commits on the default branch",
        "people who contributed",
    ]


def test_no_login_stands_in_an_overview() -> None:
    """An overview is asked about a repository; persons are named only where the question is about persons."""
    measured = measure(
        METRIC,
        pulls=[pull(1)],
        commits=[commit(1)],
        reviews=[review("fern-lynx", of="quartz-otter")],
        issues=[issue(1)],
    )
    charts = METRIC.charts(measured, scene())
    told = repr((measured.facts, measured.tables, measured.notes, [(chart.alt, chart.text()) for chart in charts]))
    assert "quartz-otter" not in told
    assert "fern-lynx" not in told


def test_one_picture_of_four() -> None:
    (chart,) = METRIC.charts(measure(METRIC, pulls=[pull(1, merged=2)]), scene())
    assert isinstance(chart, Panels)
    assert len(chart.charts) == 4
    assert chart.title == "1 opened, 1 merged, 0 reviews in the last 28 days"


def test_reviews_are_not_all_put_down_to_people() -> None:
    measured = measure(
        METRIC,
        reviews=[review("coderabbitai", of="quartz-otter")] * 3 + [review("fern-lynx", of="quartz-otter")] * 2,
    )
    (chart,) = METRIC.charts(measured, scene())
    assert isinstance(chart, Panels)
    assert chart.charts[2].title == "5 reviews, 2 of them by 1 person"


def test_every_fact_has_a_label() -> None:
    terms = Terms(hours=Hours(), targets=dict.fromkeys(TARGETS, 24.0))
    seeing = replace(scene(), sees_traffic=True, terms=terms)
    measured = METRIC.measure(tables(traffic_days=[visits(1, 3)]), seeing.window, seeing)
    assert METRIC.labels.keys() == measured.facts.keys()
    assert len(set(METRIC.labels.values())) == len(METRIC.labels)


def test_it_travels_between_processes_whole() -> None:
    measured = measure(METRIC, pulls=[pull(1, merged=2)])
    again = pickle.loads(pickle.dumps(measured))
    assert again == measured
    assert METRIC.finding(again, again, scene()) == METRIC.finding(measured, measured, scene())


def test_it_speaks_only_of_what_it_measured_itself() -> None:
    with pytest.raises(TypeError, match="measured itself"):
        METRIC.charts(Measured(facts={}), scene())


def test_traffic_is_part_of_it_for_who_may_see_it_alone() -> None:
    stored = tables(pulls=[pull(1)], traffic_days=[visits(day, 3) for day in range(-28, 28)])
    for seeing in (False, True):
        about = replace(scene(), sees_traffic=seeing)
        measured = METRIC.measure(stored, about.window, about)
        (chart,) = METRIC.charts(measured, about)
        rows = [row.label for row in METRIC.compare(measured, measured, about)]
        told = repr((measured.facts, measured.tables, METRIC.finding(measured, measured, about), rows, chart.alt))
        assert (" views" in told) is seeing
        assert ("traffic." in told) is seeing
    assert METRIC.finding(measured, measured, about) == (
        "1 pull request opened, 0 merged, 0 closed unmerged in the last 28 days; 0 issues opened, 0 closed; "
        "84 views and 28 clones."
    )
    assert rows[-4:] == [
        "views on 28 days known in both",
        "views on a median day of those",
        "clones on 28 days known in both",
        "clones on a median day of those",
    ]


def test_who_may_see_traffic_that_is_not_stored_hears_nothing_of_it() -> None:
    about = replace(scene(), sees_traffic=True)
    assert METRIC.measure(tables(), about.window, about) == measure(METRIC)
    refused = replace(about, refused=frozenset({"traffic"}))
    stored = tables(traffic_days=[visits(1, 3)])
    assert "traffic.views" not in METRIC.measure(stored, refused.window, refused).facts
