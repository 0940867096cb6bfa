"""What GitHub refuses to show is unknown: no zero, no comparison and no picture may stand for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics import refused
from analytics.charts.panels import Panels
from analytics.metric import Measured, Metric, Scene
from analytics.metrics import all_metrics
from analytics.metrics.overview import METRIC as OVERVIEW
from tests.analytics.builders import commit, issue, pull, review, scene, tables

STORED = tables(
    pulls=[pull(1, merged=2), pull(1)],
    reviews=[review("fern-lynx", of="quartz-otter")],
    issues=[issue(1)],
    commits=[commit(1), commit(2)],
)


def without(*datasets: str) -> Scene:
    return replace(scene(), refused=frozenset(datasets))


def overview(*datasets: str) -> tuple[Measured, Scene]:
    about = without(*datasets)
    return OVERVIEW.measure(STORED, about.window, about), about


@pytest.mark.parametrize("metric", [each for each in all_metrics().values() if not each.leaves_out_refused])
def test_facts_are_unknown_and_tables_have_no_rows(metric: Metric) -> None:
    measured = metric.measure(STORED, scene().window, scene())
    unknown = refused.unknown(measured)
    assert unknown.facts.keys() == measured.facts.keys()
    assert set(unknown.facts.values()) == {None}
    assert unknown.tables.keys() == measured.tables.keys()
    assert all(grid.rows == () for grid in unknown.tables.values())
    assert unknown.notes == ()


def test_the_finding_says_what_is_unknown() -> None:
    commits, authors, times = (all_metrics()[name] for name in ("commits", "authors", "time-to-merge"))
    assert refused.finding(commits, without("commits")) == (
        "Commits are unknown: GitHub did not let the App read them."
    )
    assert refused.finding(times, without("commits", "pulls")) == (
        "Pull requests are unknown: GitHub did not let the App read them."
    )
    assert refused.finding(authors, without("commits")) == (
        "Commits are unknown: GitHub did not let the App read them, so there are no figures for people."
    )


def test_an_overview_without_commits_keeps_the_rest() -> None:
    measured, about = overview("commits")
    nothing = {key for key, value in measured.facts.items() if value is None}
    assert {f"commits.{key}" for key in ("commits", "commits_by_people", "additions", "deletions")} <= nothing
    assert {"authors.authors_n", "authors.bus_factor"} <= nothing
    known = ("pulls.merged", "issues.opened", "review-matrix.reviews")
    assert [measured.facts[key] for key in known] == [1, 1, 1]
    assert OVERVIEW.finding(measured, None, about) == (
        "2 pull requests opened, 1 merged (median 24 h), 0 closed unmerged in the last 28 days; "
        "1 issue opened, 0 closed. Commits are unknown: GitHub did not let the App read them."
    )
    labels = [row.label for row in OVERVIEW.compare(measured, measured, about)]
    assert "pull requests opened" in labels
    assert not {"commits on the default branch", "people who contributed"} & set(labels)
    assert not any(measured.tables[name].rows for name in measured.tables if name.startswith("commits."))
    assert len(OVERVIEW.charts(measured, about)) == 1


def test_an_overview_without_pull_requests_speaks_of_issues() -> None:
    measured, about = overview("pulls")
    unknown = ("pulls.opened", "review-matrix.reviews", "authors.authors_n")
    assert [measured.facts[key] for key in unknown] == [None, None, None]
    assert OVERVIEW.finding(measured, measured, about) == (
        "1 issue opened, 0 closed in the last 28 days. Pull requests are unknown: GitHub did not let the App read them."
    )
    assert [row.label for row in OVERVIEW.compare(measured, measured, about)] == [
        "issues opened / closed", "open at the end: issues", "commits on the default branch"
    ]  # fmt: skip
    (chart,) = OVERVIEW.charts(measured, about)
    assert isinstance(chart, Panels)
    assert len(chart.charts) == 1
    assert chart.title == "1 issue opened in the last 28 days"


def test_an_overview_without_issues_does_not_say_that_there_were_none() -> None:
    about = without("issues")
    measured = OVERVIEW.measure(tables(issues=[issue(1)]), about.window, about)
    assert OVERVIEW.finding(measured, None, about) == (
        "No pull request was opened or closed in the last 28 days; 0 pull requests open at the end. "
        "Issues are unknown: GitHub did not let the App read them."
    )
    (chart,) = OVERVIEW.charts(measured, about)
    assert isinstance(chart, Panels)
    assert len(chart.charts) == 3


def test_an_overview_of_commits_alone() -> None:
    measured, about = overview("pulls", "issues")
    assert OVERVIEW.finding(measured, measured, about) == (
        "2 commits on the default branch by 1 person in the last 28 days. "
        "Pull requests and issues are unknown: GitHub did not let the App read them."
    )
    assert OVERVIEW.charts(measured, about) == ()


def test_an_overview_of_nothing_is_unknown() -> None:
    measured, about = overview("pulls", "issues", "commits")
    assert set(measured.facts.values()) == {None}
    assert OVERVIEW.finding(measured, measured, about) == (
        "Pull requests, issues and commits are unknown: GitHub did not let the App read them."
    )
    assert OVERVIEW.compare(measured, measured, about) == ()
    assert OVERVIEW.charts(measured, about) == ()
