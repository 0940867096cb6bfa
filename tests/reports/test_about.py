"""What a narrowed answer says of itself: what it is about stands in front of everything it rests on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from analytics.filters import Filters
from analytics.metric import Measured
from analytics.window import Window
from reports.about import about, whose
from reports.against import Against
from reports.answer import Answer, Section
from reports.completeness import line
from reports.markdown import comment
from reports.question import Question

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
QUARTER = Window(datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC))
PLAIN = Question(("pulls",), Window.last(30, NOW), 7, "acme/rocket")
NARROWED = Filters(authors=("octocat",), labels=("good first issue", "bug"), bases=("main",))
TEAM = Filters(authors=("octocat",), teams=("@acme/core",))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (PLAIN, ()),
        (replace(PLAIN, filters=NARROWED), ('only author=octocat, label="good first issue",bug, base=main',)),
        (replace(PLAIN, filters=TEAM), ("only team=acme/core",)),
        (replace(PLAIN, elsewhere="acme/rocket"), ("of acme/rocket",)),
        (replace(PLAIN, against=Against("year")), ("compared with a year before",)),
        (replace(PLAIN, against=Against("repository", 8, "acme/lamp")), ("compared with acme/lamp",)),
        (replace(PLAIN, against=Against("window", window=QUARTER)), ("compared with 2025-01-01 to 2025-03-31 UTC",)),
    ],
    ids=["plain", "filters", "team", "elsewhere", "year", "repository", "window"],
)
def test_what_is_not_as_usual_is_said(question: Question, said: tuple[str, ...]) -> None:
    assert about(question) == said


def test_whose_figures_they_are() -> None:
    assert whose(PLAIN) == "of acme/rocket"
    assert whose(replace(PLAIN, whole_organisation=True)) == "of all repositories of acme together"
    assert whose(replace(PLAIN, metrics=("org-traffic",))) == "of all repositories of acme together"


def answer(question: Question) -> Answer:
    return Answer(question, NOW, (Section("pulls", "Pulls", "How.", "3 opened.", (), Measured({"n": 3}), None),))


def test_the_completeness_line_begins_with_it() -> None:
    asked = replace(PLAIN, filters=Filters(bases=("a_b",)), elsewhere="acme/rocket", against=Against("year"))
    begin = "<sub>only base=a\\_b · of acme/rocket · compared with a year before · "
    assert line(answer(asked)).startswith(begin)
    assert line(answer(PLAIN)).startswith("<sub>2026-10-23 to ")


@pytest.mark.parametrize(
    ("question", "under"),
    [
        (replace(PLAIN, filters=Filters(bases=("main",)), elsewhere="acme/rocket"), "Only base=main, of acme/rocket."),
        (replace(PLAIN, filters=Filters(authors=("octocat",))), "Only author=octocat."),
        (replace(PLAIN, elsewhere="acme/rocket"), "Of acme/rocket."),
    ],
    ids=["both", "filter", "elsewhere"],
)
def test_it_stands_under_the_headline(question: Question, under: str) -> None:
    body = comment(answer(question), picture_urls=None, key=None)
    assert body.startswith(f"**3 opened.**\n\n{under}\n\n")


def test_where_nothing_is_narrowed_nothing_stands_there() -> None:
    assert comment(answer(PLAIN), picture_urls=None, key=None).startswith("**3 opened.**\n\n| ")
