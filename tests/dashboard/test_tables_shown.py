"""Tables of an answer as a page shows them."""

from __future__ import annotations

import pytest

from analytics.metric import Grid
from dashboard.at_github import AtGitHub
from dashboard.tables_shown import table

AT = AtGitHub("https://github.example", "quartz-labs/lantern")
WAITING = ("number", "name", "kind", "title", "turn", "since", "waited_hours", "past_target")


def test_lists_begin_with_the_newest_day_and_each_with_its_first_place() -> None:
    lists = Grid(("day", "place"), (("2026-03-01", 1), ("2026-03-01", 2), ("2026-03-02", 1), ("2026-03-02", 2)))
    assert table("lists", lists, AT).rows == [
        ["2026-03-02", "1"],
        ["2026-03-02", "2"],
        ["2026-03-01", "1"],
        ["2026-03-01", "2"],
    ]


def test_a_median_of_too_few_days_says_so_and_one_of_none_is_not_known() -> None:
    columns = ("weekday", "views_median", "views_known_days", "clones_median", "clones_known_days")
    (row,) = table("per_weekday", Grid(columns, (("Monday", None, 2, None, 0),)), AT).rows
    assert "too few" in row[1]
    assert "not known" in row[3]


def test_a_year_before_is_not_known_however_many_days_of_this_one_are() -> None:
    columns = ("week", "views", "views_known_days", "views_year_before")
    (row,) = table("per_week", Grid(columns, (("2026-W10", 5, 7, None),)), AT).rows
    assert "not known" in row[3]


def test_what_waits_is_named_once_leads_to_github_and_says_whose_turn_it_is_as_the_chart_does() -> None:
    rows = (
        (4, "#4", "issue", "Crash", "reviewer", "2025-05-30T12:46:30Z", 50.0, None),
        (7, "#7", "pull request", "Mend it", "reviewer", "2025-05-30T00:00:00Z", 60.0, None),
    )
    shown = table("waiting", Grid(WAITING, rows), AT)
    assert shown.columns[:4] == ["Number", "Kind", "Title", "Turn"]
    number, _, _, turn, since, *_ = shown.rows[0]
    assert number == '<a href="https://github.example/quartz-labs/lantern/issues/4" rel="noreferrer">#4</a>'
    assert turn == "answer"
    assert since == '<time datetime="2025-05-30T12:46:30Z" title="2025-05-30 12:46:30 UTC">30 May 2025</time>'
    assert 'lantern/pull/7"' in shown.rows[1][0]
    assert shown.rows[1][3:5] == [
        "reviewer",
        '<time datetime="2025-05-30T00:00:00Z" title="2025-05-30 00:00:00 UTC">30 May 2025</time>',
    ]


@pytest.mark.parametrize(("past", "column"), [(None, []), (False, ["Past target"]), (True, ["Past target"])])
def test_what_is_past_its_target_stands_there_only_where_one_is_set(past: bool | None, column: list[str]) -> None:
    row = (4, "#4", "issue", "Crash", "reviewer", "2025-05-30T12:46:30Z", 50.0, past)
    shown = table("waiting", Grid(WAITING, (row,)), AT)
    assert shown.columns[6:] == column
    assert {len(one) for one in shown.rows} == {6 + len(column)}


def test_what_waits_in_several_repositories_leads_to_each_of_them() -> None:
    row = (1004, "quartz-labs/ember#4", "pull request", "Mend it", "author", "2025-05-30T12:46:30Z", 50.0, None)
    shown = table("waiting", Grid(WAITING, (row,)), AT).rows[0][0]
    address = "https://github.example/quartz-labs/ember/pull/4"
    assert shown == f'<a href="{address}" rel="noreferrer">quartz-labs/ember#4</a>'


def test_numbers_and_tags_lead_to_github_and_what_they_are_called_is_escaped() -> None:
    first_review = table("waiting_now", Grid(("number", "waited_hours"), ((189, 3.0),)), AT)
    assert 'lantern/pull/189" rel="noreferrer">#189</a>' in first_review.rows[0][0]
    releases = table("releases", Grid(("day", "tag"), (("2026-03-01", 'v1/"<b>'),)), AT)
    assert 'lantern/releases/tag/v1/%22%3Cb%3E" rel="noreferrer">v1/&#34;&lt;b&gt;</a>' in releases.rows[0][1]


def test_what_a_list_counts_is_called_views() -> None:
    grid = Grid(("place", "referrer", "count", "uniques"), ((1, "search.example", 5, 2),))
    assert table("latest", grid, AT).columns == ["Place", "Referrer", "Views", "Uniques"]
