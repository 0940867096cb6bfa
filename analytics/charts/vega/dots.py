"""A value per row with its interval and a target, as a specification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.charts.axis import count_marks
from analytics.charts.frame import mark_labels
from analytics.charts.hours import EVERY, SOME, bounds
from analytics.charts.vega.parts import (
    ROW_NAMES,
    Spec,
    at_most,
    by_role,
    distinct,
    exact,
    layer,
    mark,
    marked,
    nothing,
    number_field,
    rows_strips,
    say,
    values_scale,
    whole,
)
from analytics.words import number

if TYPE_CHECKING:
    from analytics.charts.dots import Dots

ROW = 26  # pixels
SIDE = 120  # pixels at the right for the values in words
MOST = 25  # rows, as many as a picture shows


def spec(chart: Dots) -> Spec:
    """Return a point per row over its whisker; an end that is unknown is an arrow at the edge."""
    if not chart.rows:
        return nothing(chart)
    shown = chart.rows[:MOST]
    names = distinct(row.label for row in shown)
    accents = any(row.accent for row in chart.rows)
    rows = []
    for name, row in zip(names, shown, strict=True):
        each: Spec = {"name": name, "value": exact(row.value), "words": row.text}
        each["role"] = "blue" if row.accent or not accents else "muted"
        each |= {} if row.low is None else {"low": exact(row.low)}
        each |= {} if row.high is None else {"high": exact(row.high)}
        within = ""
        if chart.target is not None:
            within = f"above the {chart.aim}" if row.value > chart.target else f"within the {chart.aim}"
        interval = chart.interval(row)
        each["say"] = say(
            row.label, f"{chart.unit} {row.text}", f"95 % interval {interval}" if interval else "", within
        )
        rows.append(each)
    x = _across(chart)
    y = {
        "field": "name",
        "type": "nominal",
        "sort": None,
        "scale": {"domain": names},
        "axis": {"title": None, "labelLimit": ROW_NAMES, "grid": True},
    }
    low, high = {"x": number_field("low")}, {"x2": {"field": "high"}}
    either = {"filter": "isValid(datum.low) || isValid(datum.high)"}
    ends = x["scale"]["domain"]
    filled = [
        either,
        {"calculate": f"isValid(datum.low) ? datum.low : {ends[0]}", "as": "low"},
        {"calculate": f"isValid(datum.high) ? datum.high : {ends[1]}", "as": "high"},
    ]
    layers = [
        layer({"type": "rule", "strokeWidth": 3, "opacity": 0.5, "clip": True},
              {"y": y, "color": by_role(), **low, **high}, transform=filled),
        layer({"type": "point", "shape": "triangle-right", "size": 50},
              {"y": y, "x": {"value": "width"}, "color": by_role()},
              transform=[{"filter": "isValid(datum.low) && !isValid(datum.high)"}]),
        layer({"type": "point", "shape": "triangle-left", "size": 50},
              {"y": y, "x": {"value": 0}, "color": by_role()},
              transform=[{"filter": "isValid(datum.high) && !isValid(datum.low)"}]),
        layer({"type": "point", "size": 90}, {"y": y, "x": x, "color": by_role()}),
        layer(mark("text", "ink", align="left", dx=10, fontWeight=600, limit=at_most(SIDE - 10, 0.24)),
              {"y": y, "x": {"value": "width"}, "text": {"field": "words"}}),
    ]  # fmt: skip
    if chart.target is not None:
        aim = {"values": [{"value": exact(chart.target), "words": chart.aim}]}
        layers += [
            layer(mark("rule", "orange"), {"x": x}, data=aim),
            layer(mark("text", "orange"), {"x": x, "y": {"value": -9}, "text": {"field": "words"}}, data=aim),
        ]
    layers.append(rows_strips(y))
    body = {
        "height": ROW * len(rows),
        "padding": {"left": 5, "top": 22 if chart.target is not None else 5, "bottom": 5, "right": 5},
        "data": {"values": rows},
        "layer": layers,
    }
    left = len(chart.rows) - len(shown)
    return whole(chart, body, keys=[("", f"and {number(left)} more")] if left else [], beside=SIDE + 90)


def _across(chart: Dots) -> Spec:
    """Return the values' axis: logarithms of hours, or counts from zero."""
    ends = chart.ends(chart.rows[:MOST])
    if chart.durations:
        low, high = bounds(ends, beyond=True)
        ticks = [(hours, label) for hours, label in EVERY if low <= hours <= high * (1 + 1e-9)]
        ticks = [tick for tick in ticks if tick[1] in SOME] if len(ticks) > 8 else ticks
        scale = values_scale(low, high, type="log", clamp=True)
        axis = marked([hours for hours, _ in ticks], [label for _, label in ticks], grid=False, labelOverlap=True)
    else:
        least, most = min(0.0, *ends), max(0.0, *ends)
        most = most if most > least else least + 1.0
        steps = [step for step in count_marks(most, 4) if least <= step <= most]
        scale = values_scale(least, most, clamp=True)
        axis = marked(steps, mark_labels(steps), grid=False, labelOverlap=True)
    return number_field("value", scale=scale, axis=axis)
