"""Commits: merges, sizes, weeks, weekdays and hours."""

from __future__ import annotations

from dataclasses import replace

from analytics.charts.bars import Bars
from analytics.charts.heatmap import Heatmap
from analytics.metrics.commits import METRIC
from analytics.terms import Hours, Terms
from tests.analytics.builders import FOUR_WEEKS, commit, measure, records, scene, tables


def test_no_commits() -> None:
    measured = measure(METRIC)
    assert measured.facts == {"commits": 0, "commits_by_people": 0, "authors": 0, "additions": 0, "deletions": 0}
    assert METRIC.finding(measured, measured, scene()) == "No commit on the default branch in the last 28 days."
    assert len(records(measured, "weekday_hour")) == 168


def test_lines_leave_merges_out_and_commits_do_not() -> None:
    measured = measure(METRIC, commits=[commit(1, added=5, deleted=2), commit(2, added=100, deleted=100, parents=2)])
    assert measured.facts == {"commits": 2, "commits_by_people": 2, "authors": 1, "additions": 5, "deletions": 2}
    assert METRIC.finding(measured, None, scene()) == (
        "2 commits on the default branch by 1 person in the last 28 days; without merges 5 lines added, 2 deleted."
    )


def test_a_commit_of_unknown_size_is_counted_and_said() -> None:
    measured = measure(METRIC, commits=[commit(1, added=None, deleted=None), commit(1)])
    assert (measured.facts["commits"], measured.facts["additions"]) == (2, 1)
    assert measured.notes == ("1 commit of unknown size left out of additions and deletions",)


def test_a_bots_commits_count_and_the_bot_is_no_author() -> None:
    measured = measure(METRIC, commits=[commit(1, by="dependabot[bot]")])
    assert (measured.facts["commits"], measured.facts["authors"]) == (1, 0)
    assert measured.notes == ("1 bot left out of the commits' authors",)


def test_people_are_not_said_to_have_written_what_bots_did() -> None:
    bots = measure(METRIC, commits=[commit(1, by="dependabot[bot]")] * 3)
    assert METRIC.finding(bots, None, scene()).startswith("3 commits on the default branch, none of them by people, in")
    both = measure(METRIC, commits=[commit(1, by="dependabot[bot]"), commit(1, by=None), commit(1), commit(2)])
    assert METRIC.finding(both, None, scene()).startswith(
        "4 commits on the default branch, 2 of them by 1 person, in the last 28 days;"
    )
    assert METRIC.charts(both, scene())[0].title == "4 commits, 2 of them by 1 person, in the last 28 days"


def test_only_the_windows_commits_count() -> None:
    assert measure(METRIC, commits=[commit(-0.001), commit(0), commit(27.999), commit(28)]).facts["commits"] == 2


def test_weekdays_and_hours_are_utc_and_begin_on_monday() -> None:
    """Expected: 1 June 2026 is a Monday; 13.5 days later is a Sunday noon."""
    measured = measure(METRIC, commits=[commit(0), commit(13.5)])
    filled = [(row["weekday"], row["hour"]) for row in records(measured, "weekday_hour") if row["commits"]]
    assert filled == [("Monday", 0), ("Sunday", 12)]
    bars, heatmap = METRIC.charts(measured, scene())
    assert isinstance(bars, Bars)
    assert isinstance(heatmap, Heatmap)
    assert heatmap.title == "50 % of commits were made on Saturday or Sunday"
    assert heatmap.row_totals == (1, 0, 0, 0, 0, 0, 1)
    assert sum(bars.up.values) == 2  # type: ignore[arg-type]


def test_fewer_is_said_only_where_the_interval_allows_it() -> None:
    few, many = measure(METRIC, commits=[commit(1)] * 5), measure(METRIC, commits=[commit(1)] * 25)
    assert METRIC.compare(few, many, scene())[0].verdict == "fewer"
    assert METRIC.finding(few, many, scene()).endswith("fewer commits than in the period before (25).")
    assert METRIC.compare(few, few, scene())[0].verdict == "no clear change"


def test_hours_are_those_of_the_team_where_it_has_set_its_time_zone() -> None:
    """Sunday, 23:30 UTC is Monday, 1:30 in Berlin."""
    rows = tables(commits=[commit(6 + 23.5 / 24)])
    in_berlin = replace(scene(), terms=Terms(hours=Hours("Europe/Berlin")))
    found = [METRIC.measure(rows, FOUR_WEEKS, asked) for asked in (scene(), in_berlin)]
    made = [[(row["weekday"], row["hour"]) for row in records(one, "weekday_hour") if row["commits"]] for one in found]
    assert made == [[("Sunday", 23)], [("Monday", 1)]]
    assert METRIC.charts(found[1], in_berlin)[1].subtitle.endswith("by weekday and two hours, Europe/Berlin")
