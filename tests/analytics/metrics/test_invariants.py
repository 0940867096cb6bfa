"""What must hold for any activity, however it is spread."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.buckets import column
from analytics.metric import Grid, Measured
from analytics.metrics import all_metrics
from analytics.tables import Tables
from analytics.window import Window
from tests.analytics.builders import ALL_HISTORY, MONDAY, Row, commit, issue, pull, review, scene, tables

DAYS = st.floats(-60, 60, allow_nan=False)
LENGTHS = st.floats(0, 60, allow_nan=False)
LOGINS = st.sampled_from(["quartz-otter", "Quartz-Otter", "fern-lynx", "renovate[bot]", "coderabbitai", "ghost"])
WINDOWS = st.builds(
    lambda since, days: Window(MONDAY + timedelta(days=since), MONDAY + timedelta(days=since + days)),
    st.floats(-30, 30),
    st.floats(0.01, 60),
)


@st.composite
def pulls(draw: st.DrawFn) -> Row:
    """A pull request that ends, if at all, once and after its beginning."""
    opened = draw(DAYS)
    ended = opened + draw(LENGTHS)
    how = draw(st.sampled_from(["open", "merged", "closed"]))
    return pull(
        opened, ended if how == "merged" else None, ended if how == "closed" else None, draw(LOGINS), draw(SIZES)
    )


SIZES = st.none() | st.integers(0, 500)
ISSUES = st.builds(lambda day, length: issue(day, None if length is None else day + length), DAYS, st.none() | LENGTHS)
REVIEWS = st.builds(
    review, LOGINS, LOGINS, DAYS, st.integers(1, 5), st.sampled_from(["APPROVED", "PENDING", "COMMENTED"])
)
COMMITS = st.builds(commit, DAYS, LOGINS, SIZES, SIZES, st.integers(1, 2))
ACTIVITY = st.fixed_dictionaries(
    {
        "pulls": st.lists(pulls(), max_size=12),
        "issues": st.lists(ISSUES, max_size=12),
        "reviews": st.lists(REVIEWS, max_size=12),
        "commits": st.lists(COMMITS, max_size=12),
    }
)
TABLES = ACTIVITY.map(lambda rows: tables(**rows))


def ask(name: str, window: Window, activity: Tables) -> Measured:
    return all_metrics()[name].measure(activity, window, scene(window, ALL_HISTORY))


def whole(measured: Measured, key: str) -> int:
    value = measured.facts[key]
    assert isinstance(value, int)
    return value


@given(TABLES, WINDOWS)
def test_what_is_opened_less_what_ends_is_the_change_in_what_is_open(activity: Tables, window: Window) -> None:
    before, now = ask("pulls", window.previous(), activity), ask("pulls", window, activity)
    assert whole(now, "open_at_end") - whole(before, "open_at_end") == (
        whole(now, "opened") - whole(now, "merged") - whole(now, "closed_unmerged")
    )
    before, now = ask("issues", window.previous(), activity), ask("issues", window, activity)
    assert whole(now, "open_at_end") - whole(before, "open_at_end") == whole(now, "opened") - whole(now, "closed")
    assert column(now.tables["per_week"], "open_at_end")[-1] == now.facts["open_at_end"]


@given(TABLES, WINDOWS)
def test_sums_over_weeks_and_months_are_the_facts(activity: Tables, window: Window) -> None:
    flows = {
        "pulls": ("opened", "merged", "closed_unmerged"),
        "issues": ("opened", "closed"),
        "commits": ("commits",),
        "review-matrix": ("reviews",),
    }
    for name, keys in flows.items():
        measured = ask(name, window, activity)
        for table in ("per_week", "per_month"):
            for key in keys:
                assert sum(column(measured.tables[table], key)) == measured.facts[key]
    hours = ask("commits", window, activity)
    assert sum(column(hours.tables["weekday_hour"], "commits")) == hours.facts["commits"]


@given(TABLES, WINDOWS)
def test_the_histogram_counts_every_merge_once(activity: Tables, window: Window) -> None:
    measured = ask("time-to-merge", window, activity)
    assert (
        sum(column(measured.tables["histogram"], "n"))
        == measured.facts["merged_n"]
        == len(measured.samples["merged_hours"])
    )
    assert measured.facts["merged_n"] == ask("pulls", window, activity).facts["merged"]


@given(TABLES, WINDOWS)
def test_pairs_hold_every_counted_review(activity: Tables, window: Window) -> None:
    measured = ask("review-matrix", window, activity)
    by_reviews, by_pulls = measured.tables["pairs_by_reviews"], measured.tables["pairs_by_pulls"]
    assert sorted(by_reviews.rows) == sorted(by_pulls.rows)
    assert len(by_reviews.rows) == measured.facts["distinct_pairs"]
    assert sum(column(by_reviews, "reviews")) == whole(measured, "reviews")
    assert all(
        pulled <= reviewed
        for pulled, reviewed in zip(column(by_reviews, "pulls"), column(by_reviews, "reviews"), strict=True)
    )
    assert "ghost" not in {*column(by_reviews, "reviewer"), *column(by_reviews, "author")}
    share, unequal = measured.facts["top1_share"], measured.facts["gini"]
    assert share is None or 0 <= share <= 1  # type: ignore[operator]
    assert unequal is None or 0 <= unequal < 1  # type: ignore[operator]


@given(ACTIVITY, WINDOWS, st.sampled_from(["until", "later"]))
def test_the_future_is_unknown(activity: dict[str, list[Row]], window: Window, when: str) -> None:
    """Adding what happens at or after `until` changes nothing."""
    at = window.until if when == "until" else window.until + timedelta(days=3)
    later: dict[str, list[Row]] = {
        "pulls": [{**pull(0, by="zinc-crane"), "created_at": at, "merged_at": at, "closed_at": at}],
        "issues": [{**issue(0, by="zinc-crane"), "created_at": at, "closed_at": at}],
        "reviews": [{**review("zinc-crane", of="amber-heron"), "submitted_at": at}],
        "commits": [{**commit(0, by="zinc-crane"), "committed_at": at}],
    }
    more = {name: [*rows, *later[name]] for name, rows in activity.items()}
    assert ask("overview", window, tables(**more)) == ask("overview", window, tables(**activity))


@given(TABLES, WINDOWS)
@settings(max_examples=20)
def test_everything_published_is_plain_and_can_be_said_and_drawn(activity: Tables, window: Window) -> None:
    """Facts and cells are JSON without NaN; sentences end in a full stop and never say NaN or None."""
    about = scene(window, ALL_HISTORY)
    for name, metric in all_metrics().items():
        now, before = ask(name, window, activity), ask(name, window.previous(), activity)
        json.dumps([dict(now.facts), {key: grid.records() for key, grid in now.tables.items()}], allow_nan=False)
        assert all(plain(value) for value in now.facts.values())
        assert all(plain(cell) for grid in now.tables.values() for cell in cells(grid))
        said = [metric.finding(now, before, about), metric.finding(now, None, about), *now.notes]
        said += [f"{row.label}{row.now}{row.before}{row.verdict}" for row in metric.compare(now, before, about)]
        said += [f"{chart.title}{chart.subtitle}{chart.alt}{chart.text()}" for chart in metric.charts(now, about)]
        assert said[0].endswith(".")
        assert not any("nan" in text or "None" in text for text in said)


def plain(value: Any) -> bool:
    """Return whether a value is a plain, finite Python value, or a list of such values."""
    if type(value) is list:
        return all(map(plain, value))
    return type(value) in (int, float, str, bool, type(None)) and not (
        isinstance(value, float) and not math.isfinite(value)
    )


def cells(grid: Grid) -> list[Any]:
    return [cell for row in grid.rows for cell in row]
