"""Releases: how many, how far apart, and how long merged work waits for the first one that contains it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.charts.bars import Bars
from analytics.charts.histogram import Histogram
from analytics.metric import Measured
from analytics.metrics.releases import METRIC
from tests.analytics.builders import FOUR_WEEKS, Row, commit, measure, on, pull, records, scene, tables


def released(day: float, holds: str | None, tag: str = "v1", *, prerelease: bool = False, draft: bool = False) -> Row:
    return {
        "tag": tag, "name": tag, "created_at": on(day), "published_at": on(day), "is_prerelease": prerelease,
        "is_draft": draft, "commit_sha": holds,
    }  # fmt: skip


def pushed(day: float, sha: str) -> Row:
    return {**commit(day), "sha": sha}


def measured(releases: list[Row], commits: list[Row] | None = None, pulls: list[Row] | None = None) -> Measured:
    return measure(METRIC, releases=releases, commits=commits or [], pulls=pulls or [])


def test_no_releases() -> None:
    found = measured([])
    assert (found.facts["releases"], found.facts["median_days_between"]) == (0, None)
    assert METRIC.finding(found, None, scene()) == "Nothing was released in the last 28 days."
    (bars,) = METRIC.charts(found, scene())
    assert isinstance(bars, Bars)


def test_releases_are_those_published_in_the_window_and_no_drafts() -> None:
    found = measured([
        released(-1, None), released(2, None), released(6, None, prerelease=True), released(16, None),
        released(20, None, draft=True), released(29, None),
    ])  # fmt: skip
    assert (found.facts["releases"], found.facts["prereleases"]) == (3, 1)
    assert found.facts["median_days_between"] == (4 + 10) / 2
    assert METRIC.finding(found, None, scene()) == (
        "3 releases in the last 28 days; half of the gaps between them were 7 d or less."
    )
    assert sum(row["releases"] for row in records(found, "per_week")) == 3


def test_lead_time_is_from_the_merge_to_the_first_release_of_a_later_commit() -> None:
    """The release of day 12 was made from a commit of day 5: what was merged on day 6 is not in it."""
    found = measured(
        [released(12, "aa", "v1"), released(20, "bb", "v2")],
        [pushed(5, "aa"), pushed(18, "bb")],
        [pull(1, merged=4), pull(1, merged=6), pull(1, merged=19)],
    )
    assert list(found.samples["lead_hours"]) == [8 * 24, 14 * 24]
    assert (found.facts["lead_time_n"], found.facts["unreleased_n"]) == (2, 1)
    assert found.facts["lead_time_median_hours"] == 11 * 24
    assert METRIC.finding(found, None, scene()) == (
        "2 releases in the last 28 days; half of 2 merged pull requests were released within 11 d; "
        "1 of 3 merged pull requests not in a release yet."
    )
    assert isinstance(METRIC.charts(found, scene())[0], Histogram)


def test_the_merge_s_own_commit_is_in_the_release_made_of_it() -> None:
    found = measured([released(5, "aa")], [pushed(4, "aa")], [pull(1, merged=4 + 1 / 86_400)])
    assert found.facts["lead_time_n"] == 1


def test_an_older_line_that_is_released_later_is_not_the_first_release_of_anything() -> None:
    found = measured(
        [released(10, "bb", "v2.0"), released(15, "aa", "v1.9.1")],
        [pushed(2, "aa"), pushed(8, "bb")],
        [pull(0, merged=1)],
    )
    assert list(found.samples["lead_hours"]) == [9 * 24]


def test_a_release_of_another_branch_contains_nothing_and_is_said() -> None:
    found = measured([released(10, "elsewhere"), released(12, None)], [pushed(2, "aa")], [pull(0, merged=1)])
    assert (found.facts["releases"], found.facts["lead_time_n"], found.facts["unreleased_n"]) == (2, 0, 1)
    assert found.notes == ("2 releases whose commit is not known on the default branch, left out of lead times",)


def test_a_release_holds_nothing_of_another_repository() -> None:
    """Both repositories merge on day 1; `amber` releases on day 4, `basalt` on days 9 and 19."""
    rows = tables(
        pulls=[pull(0, merged=1), pull(0, merged=1), pull(0, merged=20)],
        commits=[pushed(3, "aa"), pushed(8, "bb"), pushed(18, "cc")],
        releases=[
            {**released(4, "aa"), "place": 0},
            *({**released(day, sha), "place": 2} for day, sha in ((9, "bb"), (19, "cc"))),
        ],
    )
    places = ((0, "quartz/amber"), (1, "quartz/quiet"), (1, "quartz/basalt"))
    found = METRIC.measure(replace(rows, places=places), FOUR_WEEKS, scene())
    assert list(found.samples["lead_hours"]) == [3 * 24, 8 * 24]
    assert (found.facts["releases"], found.facts["unreleased_n"], found.facts["median_days_between"]) == (3, 1, 10)
    assert "gaps" not in METRIC.finding(found, None, scene())  # there is one gap, between those of basalt
    assert found.notes == ("times between releases are between those of one repository",)


def test_a_release_after_the_window_is_unknown_to_it() -> None:
    found = measured([released(29, "aa")], [pushed(2, "aa")], [pull(0, merged=1)])
    assert (found.facts["releases"], found.facts["unreleased_n"]) == (0, 1)


def test_a_merge_dated_after_its_release_is_left_out_and_counted() -> None:
    found = measured([released(3, "aa")], [pushed(9, "aa")], [pull(0, merged=8)])
    assert (found.facts["lead_time_n"], found.facts["lead_time_median_hours"]) == (0, None)
    assert found.notes == ("1 merge dated after the release, left out of lead times",)


def test_lead_times_are_compared_with_a_test_and_counts_with_theirs() -> None:
    now, before = measured([released(3, None)]), measured([])
    assert [(row.label, row.now, row.before) for row in METRIC.compare(now, before, scene())][:2] == [
        ("releases", "1", "0"),
        ("median lead time (released ones)", "\N{EN DASH}", "\N{EN DASH}"),
    ]


@pytest.mark.parametrize(("exposure", "verdict"), [(1.0, "n = 6 and 6: longer"), (0.25, "n = 6 and 6")])
def test_lead_times_of_windows_of_different_lengths_get_no_verdict(exposure: float, verdict: str) -> None:
    """What was merged in a short window and released by its end cannot have waited long."""
    slow, quick = (
        measured([released(day, "aa")], [pushed(2, "aa")], [pull(0, merged=1) for _ in range(6)]) for day in (20, 3)
    )
    row = METRIC.compare(slow, quick, replace(scene(), exposure=exposure))[1]
    assert (row.label, row.verdict) == ("median lead time (released ones)", verdict)
