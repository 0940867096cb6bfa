"""What waits: whose turn it is, since when, and what is past its target."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from analytics.charts.canvas import drawn
from analytics.charts.dots import Dots
from analytics.charts.theme import ThemeName
from analytics.metric import Measured
from analytics.metrics.waiting import METRIC
from analytics.terms import DEFAULT_TERMS, Hours, Terms
from tests.analytics.builders import FOUR_WEEKS, Row, issue, on, pull, records, review, scene, tables


def comment(by: str, day: float, number: int = 1, *, on_pull: bool = True) -> Row:
    return {"number": number, "on_pull": on_pull, "author": by, "created_at": on(day)}


def asked(day: float, number: int = 1, kind: str = "review_requested") -> Row:
    return {"number": number, "kind": kind, "at": on(day), "actor": "quartz-otter", "subject": None}


def measured(terms: Terms = DEFAULT_TERMS, **rows: list[Row]) -> Measured:
    asked_of = replace(scene(), terms=terms)
    return METRIC.measure(tables(**rows), FOUR_WEEKS, asked_of)


def turns(found: Measured) -> list[tuple[Any, ...]]:
    return [(row["number"], row["turn"], row["waited_hours"] / 24) for row in records(found, "waiting")]


def test_a_pull_request_that_nobody_answered_waits_for_a_reviewer_since_it_was_opened() -> None:
    assert turns(measured(pulls=[pull(20)])) == [(1, "reviewer", 8)]


def test_a_review_hands_the_turn_to_the_author_and_an_answer_hands_it_back() -> None:
    pulls, reviews = [pull(10)], [review("amber-crane", "quartz-otter", 12)]
    assert turns(measured(pulls=pulls, reviews=reviews)) == [(1, "author", 16)]
    answered = measured(pulls=pulls, reviews=reviews, comments=[comment("quartz-otter", 15)])
    assert turns(answered) == [(1, "reviewer", 13)]
    again = measured(pulls=pulls, reviews=reviews, timeline=[asked(14)])
    assert turns(again) == [(1, "reviewer", 14)]


def test_who_asks_twice_has_waited_since_the_first_time() -> None:
    pulls, reviews = [pull(1)], [review("amber-crane", "quartz-otter", 2)]
    comments = [comment("quartz-otter", day) for day in (5, 9, 20)]
    assert turns(measured(pulls=pulls, reviews=reviews, comments=comments)) == [(1, "reviewer", 23)]


def test_bots_answer_nobody() -> None:
    found = measured(
        pulls=[pull(10)],
        reviews=[review("coderabbitai", "quartz-otter", 10.1)],
        comments=[comment("codecov[bot]", 10.2)],
    )
    assert turns(found) == [(1, "reviewer", 18)]


def test_what_happened_after_the_window_is_unknown_to_it() -> None:
    late = measured(
        pulls=[pull(10, merged=30), pull(29)],
        reviews=[review("amber-crane", "quartz-otter", 28.5)],
        issues=[issue(3, closed=40)],
    )
    assert turns(late) == [(1, "reviewer", 25), (1, "reviewer", 18)]


def test_drafts_wait_for_nobody_and_are_counted() -> None:
    found = measured(pulls=[{**pull(3), "is_draft": True}, {**pull(4), "is_draft": False}])
    assert found.facts["waiting_pulls_n"] == 1
    assert found.notes == ("1 draft left out, since nobody waits for a draft",)


def test_an_issue_waits_for_its_author_once_somebody_answered() -> None:
    issues = [issue(1), issue(2)]
    comments = [comment("amber-crane", 5, 2, on_pull=False), comment("amber-crane", 6, 1, on_pull=True)]
    assert turns(measured(issues=issues, comments=comments)) == [(1, "reviewer", 27), (2, "author", 23)]


def test_the_longest_wait_comes_first_whatever_it_is() -> None:
    found = measured(pulls=[pull(9), pull(2)], issues=[issue(5)])
    assert [(row["kind"], row["name"]) for row in records(found, "waiting")] == [
        ("pull request", "#2"), ("issue", "#1"), ("pull request", "#1"),
    ]  # fmt: skip


def test_among_several_repositories_each_number_is_the_one_that_github_knows() -> None:
    rows = replace(tables(issues=[issue(9), issue(5)]), places=((0, "quartz/amber"), (1, "quartz/basalt")))
    found = METRIC.measure(rows, FOUR_WEEKS, scene())
    assert [(row["number"], row["name"]) for row in records(found, "waiting")] == [
        (1, "quartz/basalt#1"), (1, "quartz/amber#1"),
    ]  # fmt: skip
    (chart,) = METRIC.charts(found, scene())
    assert isinstance(chart, Dots)
    assert [row.label for row in chart.rows] == ["basalt#1 issue", "amber#1 issue"]  # whose they are stands above


def test_only_a_reviewer_s_turn_is_held_against_a_target() -> None:
    terms = Terms(targets={"first_review": 48})
    rows: dict[str, list[Row]] = {
        "pulls": [pull(20), pull(27), pull(1)],
        "reviews": [review("amber-crane", "quartz-otter", 2, number=3)],
        "issues": [issue(1)],
    }
    found = measured(terms, **rows)
    assert [row["past_target"] for row in records(found, "waiting")] == [None, None, True, False]
    assert (found.facts["past_target_n"], found.facts["past_target_share"]) == (1, 0.5)
    assert "1 of 2 are past the target (50 %)" in METRIC.finding(found, None, scene())
    without = measured(DEFAULT_TERMS, **rows)
    assert without.facts["past_target_n"] is None
    assert "target" not in METRIC.finding(without, None, scene())


def test_a_target_is_one_of_the_calendar_also_where_a_team_has_working_hours() -> None:
    """Opened on Friday at 16:00, looked at on the Monday at 00:00: 56 hours, of which one is a working hour."""
    pulls = [pull(25 + 16 / 24)]
    for hours in (None, Hours("UTC", (0, 1, 2, 3, 4))):
        late, met = (measured(Terms(targets={"first_review": of}, hours=hours), pulls=pulls) for of in (55.0, 57.0))
        assert (late.facts["past_target_n"], met.facts["past_target_n"]) == (1, 0)
        assert ("targets are held against hours of the calendar, not working hours" in late.notes) == bool(hours)


def test_nothing_open_is_said_in_a_sentence_without_a_picture() -> None:
    found = measured()
    assert METRIC.finding(found, None, scene()) == "Nothing that is open waits now."
    assert METRIC.charts(found, scene()) == ()


def test_it_is_said_and_drawn_with_its_numbers() -> None:
    found = measured(
        pulls=[pull(20), pull(10)],
        reviews=[review("amber-crane", "quartz-otter", 12, number=2)],
        titles=[{"number": 1, "on_pull": True, "title": "Teach the otter to swim"}],
    )
    assert METRIC.finding(found, None, scene()) == (
        "2 pull requests and 0 issues wait now: 1 for a reviewer and 1 for their author; the longest for 16 d."
    )
    (chart,) = METRIC.charts(found, scene())
    assert isinstance(chart, Dots)
    assert [(row.label, row.text, row.accent) for row in chart.rows] == [
        ("#2 pull request", "16 d \N{MIDDLE DOT} author", False),
        ("#1 Teach the otter to swim", "8 d \N{MIDDLE DOT} reviewer", True),
    ]
    # the author's 16 d are no reviewer's
    assert chart.title == "1 waits for a reviewer or an answer, the longest for 8 d"


def test_an_issue_waits_for_an_answer_not_for_a_reviewer() -> None:
    found = measured(pulls=[pull(9)], issues=[issue(1), issue(2)])
    assert METRIC.finding(found, None, scene()).startswith(
        "1 pull request and 2 issues wait now: 1 for a reviewer and 2 for an answer to an issue; "
    )
    (chart,) = METRIC.charts(found, scene())
    assert isinstance(chart, Dots)
    assert [row.text.rpartition(" ")[2] for row in chart.rows] == ["answer", "answer", "reviewer"]


def test_two_ends_stand_side_by_side_without_a_verdict() -> None:
    found, before = measured(pulls=[pull(20)]), measured()
    rows = METRIC.compare(found, before, scene())
    assert [(row.label, row.now, row.before, row.verdict) for row in rows] == [
        ("wait for a reviewer or an answer", "1", "0", ""),
        ("wait for their author", "0", "0", ""),
        ("median wait so far", "8 d", "\N{EN DASH}", ""),
    ]


def test_where_only_authors_are_to_act_no_reviewer_s_wait_is_spoken_of() -> None:
    found = measured(pulls=[pull(10)], reviews=[review("amber-crane", "quartz-otter", 12)])
    (chart,) = METRIC.charts(found, scene())
    assert chart.title == "Nothing waits for a reviewer or an answer"


def test_what_the_author_said_is_answered_by_what_somebody_else_said_in_that_moment() -> None:
    comments = [comment("amber-crane", 12), comment("quartz-otter", 12)]
    assert turns(measured(pulls=[pull(10)], comments=comments)) == [(1, "author", 16)]
    assert turns(measured(pulls=[pull(10)], comments=comments[::-1])) == [(1, "author", 16)]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ago", [465.0, 9.95, 900.0, 0.39])
def test_whose_turn_it_is_is_never_cut(theme: ThemeName, ago: float) -> None:
    titles: list[Row] = [{"number": 1, "on_pull": True, "title": "Teach the otter to swim against the current"}]
    (chart,) = METRIC.charts(measured(pulls=[pull(28 - ago)], titles=titles), scene())
    assert isinstance(chart, Dots)
    assert chart.rows[0].text in {each.text for each in drawn(chart, theme).written}
