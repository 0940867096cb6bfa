"""The picture of a comparison holds what the table says, and nothing that the table cannot say in one figure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from analytics.comparing import NOTHING
from analytics.metric import Comparison
from analytics.stats import NO_CLEAR_CHANGE
from analytics.window import Window
from reports.against import Against
from reports.markdown import comparison
from reports.question import Question
from reports.room import Room
from reports.sides import sides
from reports.slope import is_clear, slope
from tests.reports.values import ANSWER, OVERVIEW

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
QUESTION = Question(("pulls",), Window.last(30, NOW), 7, "acme/rocket", compare=True)
SPRING = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
ROWS = [
    Comparison("opened", "34", "26", "more", figures=(34, 26)),
    Comparison("merged / closed", "13 / 25", "19 / 5"),
    Comparison(
        "median time to merge", "5 d", "24 h", f"n = 13 and 19: {NO_CLEAR_CHANGE}", figures=(120, 24), durations=True
    ),
    Comparison("nobody knows", NOTHING, NOTHING, figures=(None, None)),
    Comparison("new", "3", NOTHING, figures=(3, None)),
]


def test_each_row_with_a_figure_is_a_line_and_only_a_test_makes_it_clear() -> None:
    made = slope("acme/rocket", QUESTION, NOW, ROWS)
    assert made is not None
    assert [(line.label, line.before, line.now, line.clear) for line in made.lines] == [
        ("opened", 26, 34, True), ("median time to merge", 24, 120, False), ("new", None, 3, False),
    ]  # fmt: skip
    assert made.title == "1 clear change among 3 figures"
    assert made.sides == ("before", "last 30 days")
    assert (made.lines[1].before_text, made.lines[1].now_text) == ("24 h", "5 d")


@pytest.mark.parametrize(
    ("verdict", "clear"),
    [
        ("", False), ("n = 20 and 20", False), ("n = 4 and 9: too few to compare", False), (NO_CLEAR_CHANGE, False),
        ("no day known in both", False), ("n = 20 and 20: longer", True), ("n = 9 and 9: lower", True),
        ("fewer a day", True), ("more merged; fewer closed", True), ("n = 9 and 9: higher", True), ("shorter", True),
    ],
)  # fmt: skip
def test_only_the_word_of_a_test_is_a_clear_change(verdict: str, clear: bool) -> None:
    assert is_clear(verdict) is clear


def test_without_figures_there_is_no_picture() -> None:
    assert slope("acme/rocket", QUESTION, NOW, ROWS[1:2]) is None


@pytest.mark.parametrize(
    ("against", "expected"),
    [
        (Against(), ("before", "last 30 days")),
        (Against("year"), ("a year before", "last 30 days")),
        (Against("repository", 8, "acme/lamp"), ("acme/lamp", "acme/rocket")),
        (Against("window", window=SPRING), ("March 2026", "last 30 days")),
    ],
)
def test_both_sides_have_a_name(against: Against, expected: tuple[str, str]) -> None:
    assert sides(replace(QUESTION, against=against), NOW) == expected


@pytest.mark.parametrize(
    ("against", "expected"),
    [
        (Against(), ("30 d ago", "now")),
        (Against("year"), ("365 d ago", "now")),
        (Against("repository", 8, "acme/lamp"), ("acme/lamp", "acme/rocket")),
        (Against("window", window=SPRING), ("end of 31 Mar 2026", "now")),
    ],
)
def test_what_is_at_a_moment_stands_under_the_ends_of_the_windows(against: Against, expected: tuple[str, str]) -> None:
    assert sides(replace(QUESTION, against=against), NOW, of_a_moment=True) == expected


def test_the_sides_are_those_of_the_table() -> None:
    elsewhere = replace(ANSWER.question, against=Against("repository", 8, "acme/l|amp"))
    head = comparison(OVERVIEW, replace(ANSWER, question=elsewhere), Room(10)).splitlines()[0]
    assert "tls13-spec" in head
    assert "acme/l\\|amp" in head or "acme/l&#124;amp" in head
