"""Many repositories at a glance, as a specification: a small plot each, on one scale or on their own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from analytics.charts.axis import count_marks
from analytics.charts.columns import ceiling
from analytics.charts.frame import mark_labels, short
from analytics.charts.spans import Dated, dated, span_name
from analytics.charts.vega.moments import moments_axis
from analytics.charts.vega.parts import (
    BASE,
    SAY,
    Spec,
    at_most,
    distinct,
    layer,
    mark,
    marked,
    nothing,
    number_field,
    say,
    values_scale,
    whole,
)
from analytics.words import number

if TYPE_CHECKING:
    from analytics.charts.multiples import Multiples, Panel

TALL = 84  # pixels of a panel's plot
CELL = 150  # pixels of a panel, at least: a page puts as many side by side as fit
MOST_COLUMNS = 4
DAY = timedelta(days=1)
MILLISECONDS = 86_400_000


def spec(chart: Multiples) -> Spec:
    """Return a panel per repository; its days are one list, since thousands of rows would be too heavy for a page."""
    days = [day for panel in chart.shown for day in panel.days]
    if not days:
        return nothing(chart)
    every = [dated(panel.days, panel.counts, (), panel.provisional, DAY) for panel in chart.shown]
    names = distinct(
        f"{number(panel.total)} \N{MIDDLE DOT} {panel.name}" if panel.known else panel.name for panel in chart.shown
    )
    rows = [
        {"place": place, **_panel(chart, *each)}
        for place, each in enumerate(zip(chart.shown, every, names, strict=True))
    ]
    tallest = max((ceiling(data.known) for data in every if any(data.known)), default=1.0)
    first = min(data.starts[0] for data in every if data.starts)
    last = max(data.ends[-1] for data in every if data.ends)
    starts = [first + place * DAY for place in range((last - first).days + 1)]
    axis = moments_axis(starts, [start + DAY for start in starts], DAY)
    x = {"field": "from", "type": "temporal", "scale": {"type": "utc", "nice": False, "padding": 0}, "axis": axis}
    steps = count_marks(tallest, 2)
    y = number_field("n", stack=None, axis=None)
    if chart.shared:
        y |= {"scale": values_scale(0, tallest), "axis": marked(steps, mark_labels(steps))}
    following = {"calculate": f"datum.from + {MILLISECONDS}", "as": "to"}
    unfolded = [
        {"flatten": ["n", "g"]},
        {"window": [{"op": "row_number", "as": "day"}], "groupby": ["name"]},
        {"calculate": f"datum.first + {MILLISECONDS} * (datum.day - 1)", "as": "from"},
        following,
    ]
    across = {"x": x, "x2": {"field": "to"}}
    full = {**across, "y": {"value": 0}, "y2": {"value": TALL}}
    layers = [
        layer(mark("rect", "gap"), full, transform=[{"filter": "!isValid(datum.n)"}]),
        layer(mark("bar", "dark", clip=True), {**across, "y": y, **BASE}, transform=[{"filter": "!datum.g"}]),
        layer(mark("rect", "strip"), {"x": {"value": 0}, "x2": {"value": "width"}, "y": {"value": 0},
              "y2": {"value": TALL}, "tooltip": SAY}, name="strip"),
    ]  # fmt: skip
    if any(any(data.provisional) for data in every):
        growing = [{"filter": "datum.g"}]
        layers.insert(2, layer(mark("bar", "growing", clip=True), {**across, "y": y, **BASE}, transform=growing))
    header = {"title": None, "labelAnchor": "start", "labelLimit": at_most(CELL - 10, 1, 10), "labelPadding": 4}
    body = {
        "data": {"values": rows},
        "transform": unfolded,
        "facet": {"field": "name", "type": "nominal", "sort": {"field": "place", "op": "min"}, "header": header},
        "columns": 2,
        "spacing": {"row": 26, "column": 22},
        "spec": {"width": CELL, "height": TALL, "layer": layers},
        "resolve": {"axis": {"x": "independent"}, "scale": {} if chart.shared else {"y": "independent"}},
        "autosize": {"type": "pad"},
    }
    keys = [("growing", "may still grow")] if any(any(data.provisional) for data in every) else []
    keys += [("gap", "no data")] if any(data.gaps for data in every) else []
    keys += [] if chart.shared else [("", "each on its own scale")]
    keys += [("", f"and {number(chart.left_out)} more")] if chart.left_out else []
    made = whole(chart, body, keys=keys)
    del made["width"]
    made["usermeta"]["cells"] = {"least": CELL, "most": min(MOST_COLUMNS, len(rows)), "between": 22}
    return made


def _panel(chart: Multiples, panel: Panel, data: Dated, name: str) -> Spec:
    known = panel.known
    said = [f"{number(panel.total)} {chart.noun}" if known else f"{chart.noun} unknown"]
    if any(known):
        at = data.counts.index(max(known))
        said.append(f"most in a day {short(max(known))}, {span_name(data.starts[at], data.ends[at], year=True)}")
    missing = len(data.counts) - len(data.known)
    said += [f"{number(missing)} days without data"] if missing else []
    return {
        "name": name,
        "first": _moment(data.starts[0]) if data.starts else 0,
        "n": list(data.counts),
        "g": [int(grows) for grows in data.provisional],
        "say": say(panel.name, *said),
    }


def _moment(day: date) -> int:
    """Return the milliseconds from 1970 to where a UTC day begins."""
    return round(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
