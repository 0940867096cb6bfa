"""People: who counts as one, who is new, and how few carry half."""

from __future__ import annotations

from analytics.charts.heatmap import Heatmap
from analytics.comparing import NOTHING
from analytics.metrics.authors import METRIC
from analytics.window import BEGINNING, Window
from tests.analytics.builders import (
    ALL_HISTORY,
    FOUR_WEEKS,
    commit,
    first,
    issue,
    measure,
    pull,
    records,
    review,
    scene,
    tables,
)


def test_nobody_contributed() -> None:
    measured = measure(METRIC)
    assert measured.facts == {"authors_n": 0, "new_authors_n": None, "bus_factor": None}
    assert METRIC.finding(measured, measured, scene()) == "Nobody contributed in the last 28 days."
    assert METRIC.charts(measured, scene())[0].title == "Nobody contributed in the last 28 days"


def test_a_person_is_counted_once_over_all_activities_and_spellings() -> None:
    measured = measure(
        METRIC,
        commits=[commit(1, by="Quartz-Otter")],
        pulls=[pull(1), pull(2)],
        issues=[issue(1)],
        reviews=[review("quartz-otter", of="fern-lynx")],
    )
    assert measured.facts["authors_n"] == 1
    (row,) = records(measured, "people")
    assert {name: row[name] for name in ("commits", "pulls", "reviews", "issues")} == {
        "commits": 1, "pulls": 2, "reviews": 1, "issues": 1,
    }  # fmt: skip
    assert METRIC.finding(measured, None, scene()) == (
        "1 person contributed in the last 28 days; 1 person made half or more of the commits, bots aside."
    )


def test_bots_and_deleted_accounts_are_no_people() -> None:
    measured = measure(METRIC, pulls=[pull(1, by="dependabot[bot]"), pull(1, by=None), pull(1, by="claude")])
    assert measured.facts["authors_n"] == 0
    assert records(measured, "people") == []
    assert "2 bots left out of the people" in measured.notes


def test_nobody_is_not_said_of_bots_and_deleted_accounts() -> None:
    measured = measure(METRIC, pulls=[pull(1, by="dependabot[bot]"), pull(1, by=None)])
    assert measured.notes[:2] == (
        "1 bot left out of the people", "1 contribution of deleted accounts left out of the people"
    )  # fmt: skip
    said = "Nobody contributed in the last 28 days, bots and deleted accounts aside"
    assert METRIC.finding(measured, None, scene()) == f"{said}."
    assert METRIC.charts(measured, scene())[0].title == said


def test_a_review_for_a_deleted_account_makes_nobody_a_contributor() -> None:
    """Expected: nor a newcomer, who would be one of nobody."""
    stored = tables(reviews=[review("fern-lynx", of=None)], firsts=[first("fern-lynx", 1)])
    measured = METRIC.measure(stored, FOUR_WEEKS, scene(whole_history=ALL_HISTORY))
    assert (measured.facts["authors_n"], measured.facts["new_authors_n"]) == (0, 0)
    assert measured.notes == ("1 review by or for deleted accounts left out",)


def test_no_person_is_cut_away() -> None:
    measured = measure(METRIC, pulls=[pull(1, by=f"heron-{at}") for at in range(1200)])
    assert len(measured.tables["people"].rows) == measured.facts["authors_n"] == 1200


def test_people_are_listed_by_name_and_never_ranked() -> None:
    measured = measure(METRIC, issues=[issue(1, by="Zinc-Crane"), issue(1, by="amber-heron")], pulls=[pull(1), pull(2)])
    assert [row["login"] for row in records(measured, "people")] == ["amber-heron", "quartz-otter", "Zinc-Crane"]


def test_newcomers_are_unknown_until_the_whole_history_is_stored() -> None:
    stored = tables(pulls=[pull(1)], firsts=[first("quartz-otter", 1), first("fern-lynx", -9), first("stale[bot]", 2)])
    partly = METRIC.measure(stored, FOUR_WEEKS, scene(whole_history=frozenset({"pulls", "issues"})))
    assert partly.facts["new_authors_n"] is None
    assert partly.notes == ("newcomers unknown until the whole history of commits is stored",)
    whole = METRIC.measure(stored, FOUR_WEEKS, scene(whole_history=ALL_HISTORY))
    assert (whole.facts["new_authors_n"], whole.notes) == (1, ())
    assert METRIC.finding(whole, None, scene()) == "1 person contributed in the last 28 days, 1 for the first time."


def test_the_bus_factor_is_the_fewest_people_with_half_of_the_commits() -> None:
    def factor(*commits: int) -> object:
        made = [commit(1, by=f"heron-{at}") for at, count in enumerate(commits) for _ in range(count)]
        return measure(METRIC, commits=made).facts["bus_factor"]

    assert factor() is None
    assert factor(1) == 1
    assert factor(5, 5) == 1
    assert factor(4, 3, 3) == 2
    assert factor(1, 1, 1, 1) == 2


def test_commits_of_bots_are_no_part_of_the_half() -> None:
    made = [commit(1, by="renovate[bot]")] * 90 + [commit(1), commit(2), commit(1, by="fern-lynx")]
    assert measure(METRIC, commits=made).facts["bus_factor"] == 1


def test_authors_without_an_account_count_and_are_said() -> None:
    measured = measure(METRIC, commits=[commit(1, by="h:0123456789ab")])
    assert measured.facts["authors_n"] == 1
    assert "1 person known only by an e-mail address without an account" in measured.notes


def test_the_picture_says_what_the_contributions_are() -> None:
    measured = measure(METRIC, commits=[commit(1), commit(2)], pulls=[pull(1)])
    (chart,) = METRIC.charts(measured, scene())
    assert isinstance(chart, Heatmap)
    assert (chart.rows, chart.columns) == (("quartz-otter",), ("commits", "pull requests", "reviews", "issues"))
    assert chart.values == ((2, 1, 0, 0),)


def test_of_many_people_the_picture_shows_the_most_active_by_name() -> None:
    """Expected: thirty people with 1 to 30 commits; the twenty with the most, in alphabetical order."""
    made = [commit(1, by=f"heron-{at:02}") for at in range(30) for _ in range(at + 1)]
    (chart,) = METRIC.charts(measure(METRIC, commits=made), scene())
    assert isinstance(chart, Heatmap)
    assert chart.rows == tuple(f"heron-{at:02}" for at in range(10, 30))


def test_people_are_compared_without_a_verdict() -> None:
    measured = measure(METRIC, pulls=[pull(1)])
    rows = METRIC.compare(measured, measured, scene())
    assert [(row.now, row.before, row.verdict) for row in rows] == [
        ("1", "1", ""),
        (NOTHING, NOTHING, ""),
        (NOTHING, NOTHING, ""),
    ]


def test_nobody_active_makes_room_for_somebody_with_an_earlier_name() -> None:
    """Expected: thirty people with one commit and `zinc-crane` with five, who is last by name and is shown."""
    made = [commit(1, by=f"heron-{at:02}") for at in range(30)] + [commit(1, by="zinc-crane")] * 5
    (chart,) = METRIC.charts(measure(METRIC, commits=made), scene())
    assert isinstance(chart, Heatmap)
    assert chart.rows == (*(f"heron-{at:02}" for at in range(19)), "zinc-crane")


def test_in_the_whole_history_nobody_is_said_to_be_new() -> None:
    """Everybody was, once."""
    window = Window(BEGINNING, FOUR_WEEKS.until)
    about = scene(window, ALL_HISTORY)
    rows = tables(commits=[commit(1)], firsts=[first("quartz-otter", 1)])
    measured = METRIC.measure(rows, window, about)
    assert measured.facts["new_authors_n"] == 1
    assert METRIC.finding(measured, None, about).startswith("1 person contributed in the whole history; ")
    assert METRIC.charts(measured, about)[0].title == "1 person contributed in the whole history"
