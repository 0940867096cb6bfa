"""Referrers and paths: lists by day and place, never added up, never subtracted."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from analytics.buckets import column
from analytics.charts.ranks import Ranks
from analytics.metric import Metric, Scene
from analytics.metrics import paths, referrers
from analytics.window import BEGINNING, Window, parse_iso
from tests.analytics import replay
from tests.analytics.builders import FOUR_WEEKS, listed, measure, records, scene

METRIC = referrers.METRIC


def test_no_list() -> None:
    measured = measure(METRIC)
    assert METRIC.finding(measured, measured, scene()) == (
        "No list of referrers is known in the last 28 days; they are kept from the first capture on."
    )
    assert METRIC.charts(measured, scene()) == ()
    assert METRIC.labels.keys() == measured.facts.keys() == paths.METRIC.labels.keys()


def test_the_latest_list_and_who_moved_since_the_first() -> None:
    rows = [
        *listed(1, "github.com", "fern.example", "amber.example", "quartz.example"),
        *listed(20, "quartz.example", "github.com", "news.example"),
        *listed(-2, "old.example"),
        *listed(28, "later.example"),
    ]
    measured = measure(METRIC, referrers=rows)
    assert METRIC.finding(measured, None, scene()) == (
        "Most views come from quartz.example: 99 views by 49 visitors in the 14 days up to 21 Jun 2026. "
        "3 referrers listed; since 2 Jun 2026 news.example new at 3 and quartz.example up from 4 to 1."
    )
    assert measured.notes == ("referrers listed on 2 of 28 days",)
    assert (measured.facts["listed_ever"], measured.facts["lists"]) == (5, 2)
    assert records(measured, "latest")[0] == {"place": 1, "referrer": "quartz.example", "count": 99, "uniques": 49}
    before = measure(METRIC, FOUR_WEEKS.previous(), referrers=rows)
    first = METRIC.compare(measured, before, scene())[0]
    assert (first.label, first.now, first.before) == ("quartz.example", "1: 99 views by 49", "not listed")
    assert METRIC.compare(measured, measure(METRIC), scene())[0].before == "\N{EN DASH}"


def test_how_many_were_on_any_list_is_unknown_where_there_was_none() -> None:
    measured = measure(METRIC, referrers=listed(1, "github.com", "fern.example"))
    row = METRIC.compare(measured, measure(METRIC), scene())[-1]
    assert (row.label, row.now, row.before) == ("referrers on any list", "2", "\N{EN DASH}")


def test_places_are_counted_by_order_whatever_the_first_position_is_called() -> None:
    rows = [{**row, "position": row["position"] - 1} for row in reversed(listed(3, "a.example", "b.example"))]
    assert column(measure(METRIC, referrers=rows).tables["lists"], "place") == (1, 2)


def test_the_picture_has_places_only_where_a_list_has() -> None:
    rows = [
        *listed(1, "github.com", "fern.example"),
        *listed(2, "fern.example"),
        *listed(9, "fern.example", "github.com"),
    ]
    (chart,) = METRIC.charts(measure(METRIC, referrers=rows), scene())
    assert isinstance(chart, Ranks)
    assert chart.title == "fern.example is first now, and on 2 of 3 lists"
    assert chart.dates == (date(2026, 6, 2), date(2026, 6, 3), date(2026, 6, 10))
    assert [(line.name, line.ranks, line.last_count) for line in chart.lines] == [
        ("fern.example", (2, 1, 1), 99), ("github.com", (1, None, 2), 98)
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["l3af-project__l3afd", "jgehrcke__gipc"])
@pytest.mark.parametrize("metric", [referrers.METRIC, paths.METRIC], ids=["referrers", "paths"])
def test_real_lists(shared_folder: Path, name: str, metric: Metric) -> None:
    """The latest list and the number of names are those that others computed."""
    folder = shared_folder / "data" / "traffic" / name
    expected = json.loads((folder / "expected.json").read_text())[metric.name]
    until = parse_iso(expected["latest_capture"]) + timedelta(seconds=1)
    window = Window(BEGINNING, until)
    measured = metric.measure(replay.read(folder, until), window, Scene(name, window, until))
    assert [list(row[1:]) for row in measured.tables["latest"].rows] == expected["latest"]
    # Of several lists of one date the last is kept, so that a name may be missing.
    assert 0 <= expected["distinct"] - len(set(column(measured.tables["lists"], metric.name[:-1]))) <= 2
