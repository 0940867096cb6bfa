"""Axes of time on pages: a day, week or month is named below the middle of its bar, also where one has zoomed in."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from analytics.charts.bars import Bars
from analytics.charts.chart import Chart
from analytics.charts.daily import Daily
from analytics.charts.line import Line
from analytics.charts.panels import Panels
from analytics.charts.series import Series
from analytics.charts.weekly import Weekly
from tests.analytics.charts.samples import SUBTITLE
from tests.analytics.charts.scene import scene
from tests.analytics.charts.traffic_samples import TRAFFIC

DAY = timedelta(days=1)
MONDAY = date(2026, 3, 2)


def days(count: int, first: date = MONDAY) -> Daily:
    every = tuple(first + place * DAY for place in range(count))
    released = ((first + 3 * DAY, "v1"),)
    return Daily("t", SUBTITLE, every, tuple(range(5, 5 + count)), (), (), "views", False, released)


def weeks(count: int) -> Weekly:
    every = tuple(MONDAY + place * 7 * DAY for place in range(count))
    return Weekly("t", SUBTITLE, every, tuple(range(5, 5 + count)), (), (), "views per week")


def months(*numbers: int) -> Bars:
    every = tuple(datetime(2026, number, 1, tzinfo=UTC) for number in numbers)
    return Bars("t", SUBTITLE, every, Series("opened", tuple(range(3, 3 + len(numbers)))))


def drawn(chart: Chart, *shown: str) -> tuple[dict[str, float], list[float], list[float]]:
    """Return the names below the plot with where each stands, the middles of the buckets, and where releases stand.

    shown: from when to when, where one has zoomed in.
    """
    spec = json.loads(json.dumps(chart.spec()))
    if shown:
        zoom(spec, {"domain": [{"expr": f"+toDate('{each}')"} for each in shown]})
    names: dict[str, float] = {}
    middles, released = [], []
    for mark in scene(spec):
        for item in mark["items"]:
            if mark.get("role") == "axis-label" and item.get("text") and item["opacity"] and item["x"] >= 0:
                names[item["text"]] = item["x"]
            if mark.get("name") == "strip_marks":
                middles.append(item["x"] + item["width"] / 2)
            if mark.get("name") == "release_marks":
                released.append(item["x"])
    return names, middles, released


def below(names: dict[str, float], middles: list[float]) -> list[int]:
    """Return the number of the bar that each name stands below the middle of."""
    found = [min(range(len(middles)), key=lambda place: abs(middles[place] - x)) for x in names.values()]
    assert [middles[place] for place in found] == pytest.approx(list(names.values()), abs=0.6)
    return found


def zoom(part: Any, scale: dict[str, Any]) -> None:
    if isinstance(part, dict):
        if part.get("type") == "temporal":
            part["scale"] |= scale
        for key, value in part.items():
            if key not in ("data", "params"):
                zoom(value, scale)
    elif isinstance(part, list):
        for each in part:
            zoom(each, scale)


def test_days_are_named_below_their_bars_and_none_after_the_last() -> None:
    names, middles, released = drawn(days(14))
    assert list(names) == ["2 Mar 2026", "4 Mar", "6 Mar", "8 Mar", "10 Mar", "12 Mar", "14 Mar"]
    assert below(names, middles) == [0, 2, 4, 6, 8, 10, 12]
    assert released == pytest.approx([middles[3]], abs=0.6)  # in the middle of its day


def test_of_many_days_mondays_are_named_then_months() -> None:
    names, middles, _ = drawn(days(60))
    assert list(names)[:3] == ["2 Mar 2026", "9 Mar", "16 Mar"]
    assert below(names, middles) == list(range(0, 60, 7))
    names, middles, _ = drawn(days(250, date(2025, 11, 20)))
    assert list(names)[:3] == ["Dec", "2026", "Feb"]
    assert below(names, middles)[:3] == [11, 42, 73]


def test_zoomed_days_are_named_one_by_one_within_what_is_shown() -> None:
    names, _, _ = drawn(days(300), "2026-03-14T00:00Z", "2026-03-20T00:00Z")
    assert list(names) == ["14 Mar", "15 Mar", "16 Mar", "17 Mar", "18 Mar", "19 Mar"]


@pytest.mark.parametrize("shown", [(), ("2026-03-30T00:00Z", "2026-05-11T00:00Z")])
def test_weeks_are_named_by_the_mondays_on_which_they_begin(shown: tuple[str, ...]) -> None:
    names, middles, _ = drawn(weeks(12), *shown)
    found = below(names, middles)
    assert [name.removesuffix(" 2026") for name in names] == [
        f"{day.day} {day:%b}" for day in (MONDAY + place * 7 * DAY for place in found)
    ]
    assert found == ([4, 5, 6, 7, 8, 9] if shown else list(range(0, 12, 2)) if len(found) == 6 else list(range(12)))


def test_months_are_named_below_their_bars() -> None:
    for numbers in ((1, 2, 3, 4), (3, 4, 5), (7, 8)):
        names, middles, _ = drawn(months(*numbers))
        assert below(names, middles) == list(range(len(numbers)))


def test_a_week_alone_is_named() -> None:
    assert list(drawn(weeks(1))[0]) == ["2 Mar 2026"]


def test_lines_are_named_where_their_moments_are() -> None:
    times = tuple(datetime(2026, 3, 2, tzinfo=UTC) + place * 7 * DAY for place in range(10))
    names, _, _ = drawn(Line("t", SUBTITLE, times, (Series("open", tuple(range(10))),)))
    assert next(iter(names)) == "2 Mar 2026"
    assert names["27 Apr"] == pytest.approx(4 * names["16 Mar"])


def test_days_whose_last_is_not_over_are_named_as_days() -> None:
    times = tuple(datetime(2026, 2, 27, tzinfo=UTC) + place * DAY for place in range(7))
    times = (*times, times[-1] + DAY / 2)
    names, _, _ = drawn(Line("t", SUBTITLE, times, (Series("open", tuple(range(8))),)))
    assert list(names)[:4] == ["27 Feb 2026", "28 Feb", "1 Mar", "2 Mar"]


def test_a_small_plot_of_one_day_names_that_day_alone() -> None:
    items = [item for mark in scene(TRAFFIC["multiples of a day"].spec()) for item in mark["items"]]
    named = {(item["text"], item["x"]) for item in items if "Mar" in item.get("text", "")}
    assert named == {("2 Mar 2026", 75)}  # in the middle of 150 pixels


def test_each_panel_has_an_axis_of_its_own() -> None:
    spec = json.dumps(Panels("t", SUBTITLE, (weeks(9), days(9))).spec())
    assert "concat_0_x" in spec
    assert "concat_1_x" in spec
    assert "('x')" not in spec
