"""Every metric on activity that is nothing, one thing, too much, or absurd: a sensible sentence and a picture."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.charts.canvas import render
from analytics.metrics import all_metrics
from analytics.terms import Hours, Terms
from tests.analytics.builders import (
    ALL_HISTORY,
    FOUR_WEEKS,
    Row,
    commit,
    first,
    issue,
    listed,
    on,
    pull,
    release,
    review,
    scene,
    tables,
    visits,
)

Rows = Mapping[str, Sequence[Row]]
LARGEST = 60_000  # bytes of a picture
TERMS = Terms(hours=Hours("Europe/Berlin"), targets={"first_review": 24, "first_response": 48})


def comment(by: str, day: float, number: int = 1, *, on_pull: bool = True) -> Row:
    return {"number": number, "on_pull": on_pull, "author": by, "created_at": on(day)}


def released(day: float) -> Row:
    return {**release(day), "is_draft": False, "is_prerelease": False, "commit_sha": "aa"}


def many() -> Rows:
    """A thousand people, each with a pull request, a review, an issue and a commit; some are reviewed by all."""
    random = Random(7)
    names = [f"person-{number:04}" for number in range(1000)]
    days = [random.uniform(0, 27) for _ in names]
    return {
        "pulls": [
            pull(day, day + random.expovariate(1 / 3), by=name, lines=random.randrange(3000))
            for name, day in zip(names, days, strict=True)
        ],
        "reviews": [
            review(name, of=names[place - 1], day=days[place - 1] + 0.5, number=place)
            for place, name in enumerate(names, 1)
        ],
        "issues": [issue(day, by=name) for name, day in zip(names, days, strict=True)],
        "commits": [commit(day, by=name) for name, day in zip(names, days, strict=True)],
        "firsts": [first(name, day) for name, day in zip(names, days, strict=True)],
    }


BOT = "renovate[bot]"
CASES: Mapping[str, Rows] = {
    "nothing": {},
    "one of everything": {
        "pulls": [pull(1, merged=2, lines=10)], "reviews": [review("fern-lynx", of="quartz-otter", day=1.5)],
        "issues": [issue(1, closed=3)], "commits": [{**commit(2), "sha": "aa"}], "releases": [released(4)],
        "comments": [comment("fern-lynx", 2)], "firsts": [first("quartz-otter", 1)], "traffic_days": [visits(3, 4)],
        "referrers": listed(3, "example.org"), "paths": listed(3, "/docs"),
    },
    "one open pull request": {"pulls": [pull(1)]},
    "a thousand people": many(),
    "ends before beginnings": {
        "pulls": [pull(9, merged=2, lines=1), pull(9, closed=1)] * 6, "issues": [issue(9, closed=2)] * 6,
        "reviews": [review("fern-lynx", of="quartz-otter", day=-40)] * 6, "releases": [released(-3)],
        "commits": [{**commit(-5), "sha": "aa"}],
    },
    "bots alone": {
        "pulls": [pull(1, merged=2, by=BOT), pull(3, by=BOT)], "issues": [issue(1, by=BOT)],
        "reviews": [review("coderabbitai", of=BOT, day=1.2)], "commits": [commit(1, by=BOT)],
        "comments": [comment(BOT, 2), comment("coderabbitai", 3)], "firsts": [first("renovate", 1)],
    },
}  # fmt: skip


def sensible(name: str, rows: Rows) -> None:
    """Ask a metric in both windows, have it said, compared and drawn."""
    metric = all_metrics()[name]
    activity = tables(**rows)
    about = replace(scene(FOUR_WEEKS, ALL_HISTORY), terms=TERMS, sees_traffic=True)
    now = metric.measure(activity, FOUR_WEEKS, about)
    earlier = FOUR_WEEKS.previous()
    before = metric.measure(activity, earlier, replace(about, window=earlier))
    json.dumps([dict(now.facts), {key: grid.records() for key, grid in now.tables.items()}], allow_nan=False)
    said = [metric.finding(now, before, about), metric.finding(now, None, about), *now.notes]
    said += [f"{row.label} {row.now} {row.before} {row.verdict}" for row in metric.compare(now, before, about)]
    assert said[0].endswith(".")
    for chart in metric.charts(now, about):
        said += [chart.title, chart.subtitle, chart.alt, chart.text()]
        assert chart.title.strip()
        assert 0 < len(render(chart, "light")) <= LARGEST
    words = {word.strip(".,;:()|") for text in said for word in text.split()}
    assert not words & {"nan", "None", "NaN", "NaT", "inf"}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", list(all_metrics()))
def test_a_sensible_sentence_and_picture(name: str, case: str) -> None:
    sensible(name, CASES[case])


DAYS = st.floats(-40, 40, allow_nan=False)
PEOPLE = st.sampled_from(["quartz-otter", "fern-lynx", BOT, "coderabbitai", "ghost", "\u4e2d-heron"])
LINES = st.none() | st.integers(0, 9999)
ANYTHING = st.fixed_dictionaries({
    "pulls": st.lists(st.builds(pull, DAYS, st.none() | DAYS, st.none() | DAYS, PEOPLE, LINES), max_size=8),
    "issues": st.lists(st.builds(issue, DAYS, st.none() | DAYS, PEOPLE), max_size=8),
    "reviews": st.lists(st.builds(review, PEOPLE, PEOPLE, DAYS, st.integers(1, 8)), max_size=8),
    "commits": st.lists(st.builds(lambda day, by: {**commit(day, by), "sha": "aa"}, DAYS, PEOPLE), max_size=8),
    "comments": st.lists(st.builds(comment, PEOPLE, DAYS, st.integers(1, 8), on_pull=st.booleans()), max_size=8),
    "releases": st.lists(st.builds(released, DAYS), max_size=4),
})  # fmt: skip


@given(ANYTHING, st.sampled_from(sorted(all_metrics())))
@settings(max_examples=25, deadline=None)
def test_whatever_happened_in_whatever_order(rows: dict[str, Any], name: str) -> None:
    """Ends before beginnings, reviews of what does not exist, merges after the window: nothing of it may crash."""
    sensible(name, rows)
