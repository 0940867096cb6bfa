"""Time to merge and first review over any rows whatever: ends before beginnings, drafts for ever, nobody but bots."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.metrics import all_metrics
from analytics.terms import Hours, Terms
from analytics.window import Window
from tests.analytics.builders import MONDAY, Row, on, pull, review, scene, tables

DAYS = st.floats(-40, 40, allow_nan=False)
SOMETIMES = st.none() | DAYS
LOGINS = st.sampled_from(["quartz-otter", "Quartz-Otter", "fern-lynx", "renovate[bot]", "coderabbitai", "ghost"])


@st.composite
def any_pull(draw: st.DrawFn) -> Row:
    """A pull request whose times are in any order."""
    row = pull(draw(DAYS), draw(SOMETIMES), draw(SOMETIMES), draw(LOGINS))
    return {**row, "ready_at": on(draw(SOMETIMES)), "is_draft": draw(st.booleans())}


ROWS = st.fixed_dictionaries(
    {
        "pulls": st.lists(any_pull(), max_size=14),
        "reviews": st.lists(st.builds(review, LOGINS, LOGINS, SOMETIMES, st.integers(1, 14)), max_size=14),
    }
)
WINDOWS = st.builds(
    lambda since, days: Window(MONDAY + timedelta(days=since), MONDAY + timedelta(days=since + days)),
    st.floats(-30, 30),
    st.sampled_from([0.01, 1, 7, 30, 60]),
)
TERMS = st.sampled_from(
    [Terms(), Terms(targets={"first_review": 4.0}), Terms(hours=Hours(), targets={"first_review": 4})]
)


@given(ROWS, WINDOWS, TERMS)
@settings(max_examples=60)
def test_any_rows_have_a_sentence_a_picture_and_sums_that_add_up(
    rows: dict[str, list[Row]], window: Window, terms: Terms
) -> None:
    about, found = replace(scene(window), terms=terms), tables(**rows)
    for name in ("time-to-merge", "first-review"):
        metric = all_metrics()[name]
        now, before = metric.measure(found, window, about), metric.measure(found, window.previous(), about)
        facts: dict[str, Any] = dict(now.facts)
        json.dumps(facts, allow_nan=False)
        shares = [value for key, value in facts.items() if "within" in key and value is not None]
        assert all(0 <= share <= 1 for share in shares)
        assert shares == sorted(shares) or terms.targets
        said = [metric.finding(now, before, about), metric.finding(now, None, about), *now.notes]
        said += [f"{chart.title} {chart.alt} {chart.text()}" for chart in metric.charts(now, about)]
        said += [f"{row.now} {row.before} {row.verdict}" for row in metric.compare(now, before, about)]
        assert not any("nan" in text.split() or "None" in text for text in said)
        assert said[0].endswith(".")


@given(ROWS, WINDOWS)
@settings(max_examples=60)
def test_everybody_opened_is_somewhere(rows: dict[str, list[Row]], window: Window) -> None:
    """Opened = followed, left out for ending before the beginning, or still a draft."""
    found, about = tables(**rows), scene(window)
    merge, wait = (all_metrics()[name].measure(found, window, about) for name in ("time-to-merge", "first-review"))
    merges: dict[str, Any] = dict(merge.facts)
    waits: dict[str, Any] = dict(wait.facts)
    assert (
        merges["opened_n"] == waits["opened_n"] == all_metrics()["pulls"].measure(found, window, about).facts["opened"]
    )
    assert merges["km_events"] + merges["km_censored"] <= merges["opened_n"]
    assert merges["closed_unmerged_n"] + merges["still_open_n"] == merges["km_censored"]
    assert waits["answered_n"] + waits["ended_unreviewed_n"] + waits["waiting_now_n"] == waits["waited_n"]
    assert waits["waited_n"] + waits["drafts_n"] <= waits["opened_n"]
    assert len(wait.tables["waiting_now"].rows) == waits["waiting_now_n"]
    assert waits["answered_n"] <= waits["reviewed_n"] or any(row["ready_at"] for row in rows["pulls"])
